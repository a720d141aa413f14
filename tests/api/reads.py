"""What the tests of the reads share: the plans' paths, and reports that go the whole way."""

from collections.abc import Sequence
from typing import Any

from tests.conftest import Deployment

CITY = "/api/v1/plans/shenzhen-software-2025"
NATION = "/api/v1/plans/china-software-2025"
REVENUE = "software_business_revenue"

DISTRICTS = [
    "luohu",
    "futian",
    "nanshan",
    "baoan",
    "longgang",
    "yantian",
    "longhua",
    "pingshan",
    "guangming",
    "dapeng",
    "shenshan",
]

Row = dict[str, Any]


def get_items(deployment: Deployment, path: str, **query: Any) -> list[Row]:
    """The rows of a list that must be there."""
    found = deployment.client.get(path, params=query)
    assert found.status_code == 200, found.text
    rows: list[Row] = found.json()["items"]
    return rows


def get_row(deployment: Deployment, plan: str, **query: Any) -> Row:
    """The one gap row that the filters leave."""
    (row,) = get_items(deployment, f"{plan}/gaps", **query)
    return row


def submit(
    deployment: Deployment,
    area: str,
    value: float | None = 100,
    *,
    period: str = "2024-Q4",
    indicator: str = "value_added",
    **more: Any,
) -> str:
    """The path of a new report with one figure, from the district's own key."""
    said = {
        "correction_reason": more.pop("correction_reason", None),
        "explanations": more.pop("explanations", {}),
    }
    figure = {"indicator": indicator, "value": value, "unit": "亿元", "basis": "ytd", **more}
    body = {"area": area, "period": period, "figures": [figure], **said}
    key = deployment.key("reporter", area, owner=area)
    sent = deployment.client.post(f"{CITY}/reports", json=body, headers=key)
    assert sent.status_code == 201, sent.text
    return sent.headers["location"]


def approve(deployment: Deployment, *reports: str) -> None:
    """Make the reports' figures official."""
    reviewer = deployment.key("reviewer", owner="city-office")
    for report in reports:
        decided = deployment.client.post(f"{report}/approve", headers=reviewer)
        assert decided.status_code == 200, decided.text


def approve_at_once(deployment: Deployment, reports: Sequence[str]) -> None:
    """Make the figures of the reports with these ids official, in one revision."""
    decisions = [{"report": report, "decision": "approve"} for report in reports]
    decided = deployment.client.post(
        f"{CITY}/reports/decisions",
        json={"decisions": decisions},
        headers=deployment.key("reviewer", owner="city-office"),
    )
    assert decided.status_code == 201, decided.text
