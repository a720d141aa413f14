"""A plan that counts firms in five districts and withholds small counts."""

from collections.abc import Mapping
from typing import Any

from app.schemas.document.plan import PlanDocument
from app.services.plans.loading import load_plan
from tests.conftest import NOW, Deployment
from tests.small_plan import make_small, target

CODE = "small-plan"
COUNTED = f"/api/v1/plans/{CODE}"
DISTRICTS = ("east", "west", "north", "south", "hills")
# Each indicator with the basis of its figures.
FIRMS, SHARE_OF = "firms", "all_firms"
COUNTS = {FIRMS: "level", "started": "since_start"}

Entry = dict[str, Any]


def counts(indicator: str, period: str, /, **values: int) -> list[Entry]:
    """Published counts of areas at a quarter."""
    return [
        {
            "indicator": indicator,
            "area": area,
            "period": period,
            "value": value,
            "unit": "家",
            "basis": COUNTS.get(indicator, "level"),
            "source": {"publisher": "the city"},
        }
        for area, value in values.items()
    ]


def make_counted(
    observations: list[Entry],
    *,
    small_cells: Mapping[str, Any] | None = None,
    **settings: Any,
) -> PlanDocument:
    """The plan as its file states it; by default counts below 3 are withheld."""
    stated = make_small(targets=[], observations=[]).model_dump(mode="json")
    city, east, *_ = stated["areas"]
    stated["areas"] = [
        city,
        *({**east, "code": each, "name_zh": each, "name_en": each} for each in DISTRICTS),
        {**east, "code": "zone", "name_zh": "zone", "name_en": "zone", "in_sum": False},
    ]
    (firms,) = (each for each in stated["indicators"] if each["code"] == FIRMS)
    named = {
        each: {"code": each, "name_zh": each, "name_en": each} for each in (SHARE_OF, "started")
    }
    stated["indicators"] += [
        {**firms, **named[SHARE_OF]},
        {**firms, **named["started"], "accumulation": "increment"},
        {
            "code": "firm_share",
            "name_zh": "firm_share",
            "name_en": "firm_share",
            "unit": "%",
            "measure": "ratio",
            "accumulation": "ratio",
            "numerator": FIRMS,
            "denominator": SHARE_OF,
        },
    ]
    rule = {"minimum": 3, "indicators": [*COUNTS]} if small_cells is None else small_cells
    stated["settings"] |= {**settings, "small_cells": rule or None}
    goals = {
        area: target(FIRMS, area, 60, baseline={"value": 0, "period": "2021"}) for area in DISTRICTS
    }
    stated["targets"] = [target(FIRMS, "city", 300), *goals.values()]
    stated["observations"] = observations
    return PlanDocument.model_validate(stated)


def load_counted(deployment: Deployment, observations: list[Entry], **settings: Any) -> None:
    """Load the plan with these published counts."""
    with deployment.database.write_transaction() as session:
        assert load_plan(session, make_counted(observations, **settings), now=NOW)


def read(deployment: Deployment, path: str, headers: Mapping[str, str] = {}, **query: Any) -> Any:
    """The answer to a read of the plan."""
    found = deployment.client.get(f"{COUNTED}{path}", params=query, headers=dict(headers))
    assert found.status_code == 200, found.text
    return found.json()


def read_row(
    deployment: Deployment, area: str, headers: Mapping[str, str] = {}, **query: Any
) -> Any:
    """The gap row of an area."""
    wanted = {"indicator": FIRMS, "area": area, **query}
    (row,) = read(deployment, "/gaps", headers, **wanted)["items"]
    return row


def report(
    deployment: Deployment,
    area: str,
    period: str,
    value: int,
    *,
    indicator: str = FIRMS,
    **more: Any,
) -> None:
    """A count that a district reports and the office approves."""
    figure = {"indicator": indicator, "value": value, "unit": "家", "basis": COUNTS[indicator]}
    explained = {"explanations": {indicator: "as counted"}}
    body = {"area": area, "period": period, "figures": [figure], **explained, **more}
    key = deployment.key("reporter", area, owner=area)
    sent = deployment.client.post(f"{COUNTED}/reports", json=body, headers=key)
    assert sent.status_code == 201, sent.text
    reviewer = deployment.key("reviewer", owner="office")
    decided = deployment.client.post(f"{sent.headers['location']}/approve", headers=reviewer)
    assert decided.status_code == 200, decided.text
