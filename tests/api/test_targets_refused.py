"""What is wrong with a target is said with its place, and nothing of the request is stored."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Deployment
from tests.writing import CITY, deployed_once, nothing_stored, places

REASON = {"reason": "the mid-term review"}
RAISED = {"indicator": "value_added", "value": 4500, **REASON}


@pytest.fixture(scope="module")
def once(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed_once(sqlite_template, tmp_path_factory.mktemp("once")) as deployment:
        yield deployment


@pytest.fixture
def refusing(once: Deployment) -> Iterator[Deployment]:
    """The deployment that every refusal leaves as it was."""
    with nothing_stored(once):
        yield once


def _refuse(deployment: Deployment, *targets: dict[str, Any]) -> Any:
    body = {"targets": [REASON | each for each in targets]}
    headers = deployment.key("administrator")
    answer = deployment.client.post(f"{CITY}/targets", json=body, headers=headers)
    assert answer.status_code == 422
    return answer


@pytest.mark.parametrize(
    ("target", "field"),
    [
        ({"indicator": "value_add", "value": 1}, "indicator"),
        ({"indicator": "value_added", "value": 1, "area": "atlantis"}, "area"),
        ({"indicator": "value_added", "value": 1, "unit": "人"}, "unit"),
        ({"indicator": "value_added", "value": 10_000_000_000}, "value"),
        ({"indicator": "value_added", "value": 0.000000001}, "value"),
        ({"indicator": "rd_institutions", "value": 12.5}, "value"),
        ({"indicator": "value_added", "value": 1, "path": "milestones"}, "milestones"),
        (
            {
                "indicator": "value_added",
                "value": 1,
                "path": "linear",
                "milestones": [{"period": "2023", "value": 1}],
            },
            "path",
        ),
        (
            {"indicator": "value_added", "value": 1, "baseline": {"value": 1, "period": "2026"}},
            "baseline/period",
        ),
        (
            {
                "indicator": "value_added",
                "value": 1,
                "baseline": {"value": 1_000_000_000_000, "period": "2021"},
            },
            "baseline/value",
        ),
        (
            {
                "indicator": "value_added",
                "value": 1,
                "baseline": {"value": 1e-12, "period": "2021"},
            },
            "baseline/value",
        ),
        (
            {
                "indicator": "value_added",
                "value": 1,
                "path": "milestones",
                "milestones": [{"period": "2030", "value": 1}],
            },
            "milestones/0/period",
        ),
    ],
)
def test_a_fault_of_a_target_is_named_with_its_place(
    refusing: Deployment, target: dict[str, Any], field: str
) -> None:
    sound = {"indicator": "industrial_space", "value": 6_000_000}
    assert [place[0] for place in places(_refuse(refusing, sound, target))] == [
        f"/targets/1/{field}"
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"value": "4500"}, "value"),
        ({"value": True}, "value"),
        ({"value": None}, "value"),
        ({"value": 1234567.890123456}, "value"),
        ({"comparator": "more"}, "comparator"),
        ({"path": "exponential"}, "path"),
        ({"valid_from": "2024-Q5"}, "valid_from"),
        ({"reason": ""}, "reason"),
        ({"deadline": "2030"}, "deadline"),
    ],
)
def test_a_field_that_cannot_be_read_is_named_with_its_place(
    refusing: Deployment, changed: dict[str, Any], field: str
) -> None:
    listed = _refuse(refusing, RAISED | changed)
    assert [place[0] for place in places(listed)] == [f"/targets/0/{field}"]
    headers = refusing.key("administrator")
    alone = refusing.client.post(f"{CITY}/targets", json=RAISED | changed, headers=headers)
    assert [place[0] for place in places(alone)] == [f"/{field}"]


@pytest.mark.parametrize(("language", "said"), [("en", "increase"), ("zh", "方向不一致")])
def test_a_ceiling_on_what_is_to_rise_is_a_conflict(
    refusing: Deployment, language: str, said: str
) -> None:
    headers = {**refusing.key("administrator"), "Accept-Language": language}
    sent = RAISED | {"comparator": "lte"}
    answer = refusing.client.post(f"{CITY}/targets", json=sent, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "direction_conflict")
    assert [(each["pointer"], each["code"]) for each in problem["errors"]] == [
        ("/comparator", "direction_conflict")
    ]
    assert said in problem["title"] + problem["detail"]


def test_a_conflict_among_other_faults_is_one_of_them(refusing: Deployment) -> None:
    wrong = {"indicator": "value_added", "value": 1, "comparator": "lt"}
    answer = _refuse(refusing, {"indicator": "value_add", "value": 1}, wrong)
    assert answer.json()["code"] == "invalid_parameter"
    assert [each["code"] for each in answer.json()["errors"]] == [
        "unknown_code",
        "direction_conflict",
    ]


def test_a_fault_of_a_target_that_came_alone_is_named_in_its_own_body(
    refusing: Deployment,
) -> None:
    sent = RAISED | {"indicator": "value_add"}
    headers = refusing.key("administrator")
    answer = refusing.client.post(f"{CITY}/targets", json=sent, headers=headers)
    assert [place[0] for place in places(answer)] == ["/indicator"]


def test_every_fault_of_every_target_comes_at_once(refusing: Deployment) -> None:
    answer = _refuse(
        refusing,
        {"indicator": "value_add", "value": 1},
        {"indicator": "value_added", "value": 1e12, "area": "nanshan"},
        {"indicator": "rd_institutions", "value": 5, "unit": "亿元", "path": "milestones"},
    )
    assert {place[0] for place in places(answer)} == {
        "/targets/0/indicator",
        "/targets/1/value",
        "/targets/2/unit",
        "/targets/2/milestones",
    }


def test_one_target_is_revised_once_in_a_request(refusing: Deployment) -> None:
    # The whole area may be named or left out.
    answer = _refuse(
        refusing,
        {"indicator": "value_added", "value": 1},
        {"indicator": "value_added", "value": 2, "area": "shenzhen"},
    )
    assert [place[0] for place in places(answer)] == ["/targets/1/indicator"]


@pytest.mark.parametrize("body", [{"targets": []}, {"targets": {}}, {}, []])
def test_a_body_without_targets_is_refused(refusing: Deployment, body: Any) -> None:
    headers = refusing.key("administrator")
    answer = refusing.client.post(f"{CITY}/targets", json=body, headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize("role", ["reader", "reporter", "reviewer"])
def test_only_an_administrator_sets_targets(refusing: Deployment, role: str) -> None:
    areas = ["nanshan"] if role == "reporter" else []
    headers = refusing.key(role, *areas)
    answer = refusing.client.post(f"{CITY}/targets", json=RAISED, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


def test_targets_need_a_key_and_one_for_the_plan(refusing: Deployment) -> None:
    place = f"{CITY}/targets"
    assert refusing.client.post(place, json=RAISED).status_code == 401
    other = refusing.key("administrator", plan="china-software-2025")
    answer = refusing.client.post(place, json=RAISED, headers=other)
    assert (answer.status_code, answer.json()["code"]) == (403, "plan_not_allowed")
