"""A task divided among districts: a proposal that sums exactly and stores nothing."""

from typing import Any

import pytest

from tests.api.reads import DISTRICTS
from tests.conftest import Deployment
from tests.small_plan import SMALL, figures, load_small, since, target
from tests.writing import CITY, NATION, nothing_stored, places

FIGURES = [
    *figures("revenue", "east", {"2023-Q4": 40, "2024-Q4": 60}),
    *figures("revenue", "west", {"2023-Q4": 40, "2024-Q4": 40}),
]


def _split(deployment: Deployment, plan: str = SMALL, **asked: Any) -> Any:
    return deployment.client.post(f"{plan}/targets/split", json=asked)


def _parts(answer: Any) -> dict[str, float]:
    assert answer.status_code == 200, answer.text
    return {part["area"]: part["value"] for part in answer.json()["parts"]}


@pytest.fixture
def small(api: Deployment) -> Deployment:
    load_small(api, targets=[target("revenue", "city", 401, **since(80))], observations=FIGURES)
    return api


def test_equal_parts_of_the_citys_target_sum_to_it(reads: Deployment) -> None:
    with nothing_stored(reads):
        answer = _split(reads, CITY, indicator="value_added", by="equal")
    # 4200/11 = 381.8: nine of eleven districts get the unit that is left.
    parts = _parts(answer)
    assert [*parts] == DISTRICTS
    assert sorted(parts.values()) == [381] * 2 + [382] * 9
    assert sum(parts.values()) == answer.json()["value"] == 4200


def test_parts_follow_what_the_areas_brought_in_the_last_full_year(small: Deployment) -> None:
    answer = _split(small, indicator="revenue", by="past_share")
    # 60 and 40 of 100 in 2024: 240.6 and 160.4 of 401.
    assert _parts(answer) == {"east": 241, "west": 160}
    assert answer.json()["weights_year"] == 2024
    assert [part["weight"] for part in answer.json()["parts"]] == [60, 40]


def test_growth_is_carried_on_to_the_year_that_is_divided(small: Deployment) -> None:
    answer = _split(small, indicator="revenue", by="past_growth", year=2025, value=130)
    # East grew by half: 60 * 1.5 = 90 beside the 40 of west.
    assert _parts(answer) == {"east": 90, "west": 40}
    assert answer.json()["year"] == 2025


def test_the_task_of_a_year_is_divided_by_weights_among_some_areas(small: Deployment) -> None:
    set_task = {"indicator": "revenue", "year": 2025, "value": 120.5, "reason": "the year's plan"}
    key = small.key("administrator")
    assert small.client.post(f"{SMALL}/targets", json=set_task, headers=key).status_code == 201
    weights = {"east": 1, "west": 2}
    answer = _split(small, indicator="revenue", by="weights", weights=weights, year=2025)
    # Stated to a tenth: 40.1666 and 80.3333.
    assert _parts(answer) == {"east": 40.2, "west": 80.3}
    one = _split(small, indicator="revenue", by="equal", areas=["west"], year=2025)
    assert _parts(one) == {"west": 120.5}


def test_the_parts_can_be_posted_as_tasks(small: Deployment) -> None:
    parts = _parts(_split(small, indicator="revenue", by="past_share", year=2025))
    tasks = [
        {"indicator": "revenue", "area": area, "year": 2025, "value": value, "reason": "agreed"}
        for area, value in parts.items()
    ]
    key = small.key("administrator")
    answer = small.client.post(f"{SMALL}/targets", json={"targets": tasks}, headers=key)
    assert answer.status_code == 201
    assert sum(each["value"] for each in answer.json()["tasks"]) == sum(parts.values()) == 401


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"indicator": "nothing"}, "/indicator", "unknown_code"),
        ({"indicator": "share"}, "/indicator", "invalid"),
        ({"area": "nowhere"}, "/area", "unknown_code"),
        ({"areas": ["port"]}, "/areas/0", "unknown_code"),
        ({"by": "luck"}, "/by", "invalid"),
        ({"by": "weights"}, "/weights", "invalid"),
        ({"weights": {"east": 1}}, "/weights", "invalid"),
        (
            {"by": "weights", "weights": {"east": 1}, "areas": ["east", "west"]},
            "/weights",
            "invalid",
        ),
        ({"by": "weights", "weights": {"east": 0, "west": 0}}, "/by", "invalid"),
        ({"indicator": "firms"}, "/value", "invalid"),
        ({"indicator": "firms", "value": 10, "by": "past_share"}, "/by", "invalid"),
        ({"year": 2031}, "/year", "invalid"),
        ({"value": -1}, "/value", "invalid"),
    ],
)
def test_what_cannot_be_divided_is_refused(
    small: Deployment, changed: dict[str, Any], pointer: str, code: str
) -> None:
    answer = _split(small, **({"indicator": "revenue", "by": "equal"} | changed))
    assert answer.status_code == 422, answer.text
    assert [(place, found) for place, _, found in places(answer)] == [(pointer, code)]


def test_an_unknown_plan_is_not_there(read_api: Deployment) -> None:
    answer = _split(read_api, NATION.replace("china", "mars"), indicator="revenue", by="equal")
    assert answer.status_code == 404
