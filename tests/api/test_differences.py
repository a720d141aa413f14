"""What differs between two revisions or publications: figures with reasons, and what they moved."""

from typing import Any

import pytest

from tests.conftest import Deployment
from tests.small_plan import CODE, SMALL, figures, load_small, since, target
from tests.writing import CITY, decide, figure, head, missing, submit


def _official(deployment: Deployment, *figures: Any, **more: Any) -> int:
    reporter = deployment.key("reporter", "nanshan", owner="nanshan")
    sent = submit(deployment, reporter, *figures, **more)
    decide(deployment, deployment.key("reviewer", owner="city"), sent, "approve")
    revision: int = head(deployment)["revision"]
    return revision


def _diff(deployment: Deployment, **query: int | str) -> Any:
    return deployment.client.get(f"{CITY}/diff", params=query)


def test_a_correction_is_shown_with_its_reason_and_what_it_moved(deployment: Deployment) -> None:
    first = _official(deployment, figure(value=800), period="2024-Q4")
    second = _official(
        deployment, figure(value=900), period="2024-Q4", correction_reason="two firms were missing"
    )
    found = _diff(deployment, **{"from": first, "to": second}).json()
    assert (found["from_revision"], found["to_revision"]) == (first, second)
    assert found["figures"] == [
        {
            "indicator": "value_added",
            "area": "nanshan",
            "period": "2024-Q4",
            "before": 800,
            "after": 900,
            "revision": second,
            "reason": "two firms were missing",
            "changed_by": "city",
        }
    ]
    moved = {(row["area"], row["field"]): (row["before"], row["after"]) for row in found["rows"]}
    assert moved == {
        ("shenzhen", "actual"): (800, 900),
        ("shenzhen", "gap"): (3400, 3300),
        ("nanshan", "actual"): (800, 900),
    }


def test_new_figures_and_those_taken_back_are_differences_too(deployment: Deployment) -> None:
    before = head(deployment)["revision"]
    first = _official(deployment, figure(value=800), figure("rd_institutions", 3))
    second = _official(deployment, missing(reason="withheld"), correction_reason="not ours")
    new = _diff(deployment, **{"from": before, "to": first}).json()["figures"]
    assert [(each["indicator"], each["before"], each["after"]) for each in new] == [
        ("rd_institutions", None, 3),
        ("value_added", None, 800),
    ]
    gone = _diff(deployment, **{"from": first, "to": second}).json()["figures"]
    assert [(each["before"], each["after"], each["reason"]) for each in gone] == [
        (800, None, "not ours")
    ]
    # Backwards it is the same difference the other way round.
    back = _diff(deployment, **{"from": second, "to": first}).json()["figures"]
    assert [(each["before"], each["after"]) for each in back] == [(None, 800)]


def test_a_revised_target_is_a_difference_of_its_row(deployment: Deployment) -> None:
    first = _official(deployment, figure(value=800))
    body = {"indicator": "value_added", "value": 4300, "reason": "raised"}
    deployment.client.post(f"{CITY}/targets", json=body, headers=deployment.key("administrator"))
    found = _diff(deployment, **{"from": first}).json()
    assert found["figures"] == []
    changes = {(row["area"], row["field"]): row["after"] for row in found["rows"]}
    assert changes[("shenzhen", "target")] == 4300


def test_every_period_is_compared_not_the_latest_alone(deployment: Deployment) -> None:
    """Of 1200 by 2025 from 800: 820 of the 900 asked for by 2022 is off track, 880 needs more."""
    load_small(
        deployment,
        targets=[target("revenue", "city", 1200, **since(800))],
        observations=[
            *figures("revenue", "east", {"2022-Q4": 400, "2023-Q4": 500, "2024-Q4": 550}),
            *figures("revenue", "west", {"2022-Q4": 420, "2023-Q4": 500, "2024-Q4": 550}),
        ],
    )
    first = deployment.client.get(f"{SMALL}/ledger/head").json()["revision"]
    _correct(deployment, "east", "2022-Q4", 460)
    found = deployment.client.get(f"{SMALL}/diff", params={"from": first}).json()
    rows = [
        (row["area"], row["period"], row["field"], row["before"], row["after"])
        for row in found["rows"]
    ]
    assert rows == [
        ("city", "2022-Q4", "actual", 820, 880),
        ("city", "2022-Q4", "gap", 380, 320),
        ("city", "2022-Q4", "rating", "off_track", "acceleration_needed"),
        ("east", "2022-Q4", "actual", 400, 460),
    ]


def test_a_correction_moves_what_rests_on_it_later_and_nothing_before(
    deployment: Deployment,
) -> None:
    """A trailing year takes the year before: 2023-Q2 is 240 + 480 - 200, then 240 + 500 - 200."""
    early = {"2022-Q2": 200, "2022-Q4": 480, "2023-Q2": 240, "2023-Q4": 520}
    load_small(deployment, targets=[], observations=figures("revenue", "east", early))
    first = deployment.client.get(f"{SMALL}/ledger/head").json()["revision"]
    _correct(deployment, "east", "2022-Q4", 500)
    rows = deployment.client.get(f"{SMALL}/diff", params={"from": first}).json()["rows"]
    assert [
        (row["area"], row["period"], row["before"], row["after"])
        for row in rows
        if row["field"] == "actual"
    ] == [
        ("city", "2022-Q4", 480, 500),
        ("city", "2023-Q2", 520, 540),
        ("east", "2022-Q4", 480, 500),
        ("east", "2023-Q2", 520, 540),
    ]


def test_a_target_without_figures_or_that_begins_later_is_compared_too(
    deployment: Deployment,
) -> None:
    load_small(
        deployment,
        targets=[target("workers", "city", 1000), target("firms", "city", 50, **since(30))],
        observations=figures("firms", "city", {"2024-Q1": 40}),
    )
    first = deployment.client.get(f"{SMALL}/ledger/head").json()["revision"]
    changed = [
        {"indicator": "workers", "value": 1100, "reason": "raised"},
        {"indicator": "firms", "value": 60, "valid_from": "2025-Q1", "reason": "raised"},
    ]
    headers = deployment.key("administrator", plan=CODE)
    sent = deployment.client.post(f"{SMALL}/targets", json={"targets": changed}, headers=headers)
    assert sent.status_code == 201
    rows = deployment.client.get(f"{SMALL}/diff", params={"from": first}).json()["rows"]
    assert [
        (row["indicator"], row["period"], row["field"], row["before"], row["after"]) for row in rows
    ] == [
        ("workers", None, "target", 1000, 1100),
        ("firms", "2025-Q1", "target", 50, 60),
    ]


def _correct(deployment: Deployment, area: str, period: str, value: int) -> None:
    sent = {"indicator": "revenue", "value": value, "unit": "亿元", "basis": "ytd"}
    body = {
        "area": area,
        "period": period,
        "figures": [sent],
        "correction_reason": "recount",
        "explanations": {"revenue": "recount"},
    }
    reporter = deployment.key("reporter", area, owner=area, plan=CODE)
    found = deployment.client.post(f"{SMALL}/reports", json=body, headers=reporter)
    assert found.status_code == 201, found.text
    reviewer = deployment.key("reviewer", owner="reviewer", plan=CODE)
    approved = deployment.client.post(f"{found.headers['location']}/approve", headers=reviewer)
    assert approved.status_code == 200, approved.text


def test_two_publications_are_compared_by_name(deployment: Deployment) -> None:
    headers = deployment.key("administrator")
    for name, value in (("first", 800), ("second", 900)):
        _official(deployment, figure(value=value), correction_reason="recount")
        deployment.client.post(f"{CITY}/publications", json={"name": name}, headers=headers)
    found = _diff(deployment, **{"from": "first", "to": "second"}).json()
    assert [(each["before"], each["after"]) for each in found["figures"]] == [(800, 900)]
    same = _diff(deployment, **{"from": "second", "to": "second"}).json()
    assert (same["figures"], same["rows"]) == ([], [])


def test_only_between_two_revisions_the_answer_is_the_same_for_ever(api: Deployment) -> None:
    first = _official(api, figure(value=800))
    fixed = _diff(api, **{"from": first - 1, "to": first})
    open_ended = _diff(api, **{"from": first - 1})
    assert "immutable" in fixed.headers["cache-control"]
    assert "immutable" not in open_ended.headers["cache-control"]
    assert fixed.content == open_ended.content
    _official(api, figure(value=900), correction_reason="recount")
    assert _diff(api, **{"from": first - 1, "to": first}).content == fixed.content


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "invalid_parameter"),
        ({"from": "yesterday"}, "invalid_as_of"),
        ({"from": "1", "to": "99999"}, "invalid_as_of"),
        ({"from": "1", "too": "2"}, "invalid_parameter"),
    ],
)
def test_what_cannot_be_compared(api: Deployment, query: dict[str, str], code: str) -> None:
    answer = _diff(api, **query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
