"""What differs between two revisions or publications: figures with reasons, and what they moved."""

from typing import Any

import pytest

from tests.conftest import Deployment
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
