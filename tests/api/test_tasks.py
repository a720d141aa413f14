"""The task of a year: set and revised with history, read beside what the year has brought."""

from pathlib import Path
from typing import Any

import pytest

from app.database import Database
from app.migration import migrate
from app.services.ledger.verification import verify_plan
from app.settings import Settings
from tests.api.reads import get_items
from tests.conftest import Deployment
from tests.small_plan import SMALL, figures, get_small, load_small, since, target
from tests.writing import CITY, NATION, places

REVENUE = "software_business_revenue"
GIVEN = {"reason": "the work plan of the year"}
# Four years of the small plan: the quarters have brought 20, 40, 65 and 100 of each year's 100.
QUARTERS = {"Q1": 0.2, "Q2": 0.4, "Q3": 0.65, "Q4": 1}
HISTORY = {
    f"{y}-{q}": w * s
    for y, w in ((2022, 120), (2023, 150), (2024, 200))
    for q, s in QUARTERS.items()
}


def _set(deployment: Deployment, *tasks: dict[str, Any], plan: str = NATION) -> Any:
    body = tasks[0] if len(tasks) == 1 else {"targets": list(tasks)}
    key = deployment.key("administrator")
    return deployment.client.post(f"{plan}/targets", json=body, headers=key)


def _task(value: float, year: int = 2024, indicator: str = REVENUE, **more: Any) -> dict[str, Any]:
    return {"indicator": indicator, "year": year, "value": value, **GIVEN, **more}


def _row(deployment: Deployment, plan: str = NATION, **query: Any) -> Any:
    (row,) = get_items(deployment, f"{plan}/tasks", **query)
    return row


def test_a_task_that_is_set_is_read_with_what_the_year_has_brought(deployment: Deployment) -> None:
    answer = _set(deployment, _task(135000))
    assert answer.status_code == 201
    assert answer.json()["targets"] == []
    (saved,) = answer.json()["tasks"]
    assert (saved["year"], saved["area"], saved["value"]) == (2024, "china", 135000)
    row = _row(deployment, year=2024, period="2024-Q2", indicator=REVENUE)
    # 62350 of 135000; half the year is over, and 44.69 % is usual (tests/cases/year_cases.json).
    numbers = {
        "task": 135000,
        "year_actual": 62350,
        "year_gap": 72650,
        "year_attainment_percent": 46.1851851851851852,
        "year_elapsed_percent": 50,
        "seasonal_elapsed_percent": 44.6919632313326975,
        "full_year_estimate": 139510.541699111539,
        "full_year_low": 127861.799851641439,
        "full_year_high": 153494.532079911356,
        "year_estimated_gap": -4510.541699111539,
        # 46.1851.../44.6919...
        "year_rating_index": 1.0334114199934188,
    }
    assert {name: row[name] for name in numbers} == pytest.approx(numbers, rel=1e-12)
    codes = ("period", "task_source", "comparator", "year_rating", "year_with_arrears")
    assert [row[name] for name in codes] == ["2024-Q2", "set", "gt", "on_track", None]
    assert row["reasons"]["year_with_arrears"] == "not_applicable"
    assert "ahead" in row["flags"]
    over = _row(deployment, year=2024, indicator=REVENUE)
    assert (over["period"], over["year_actual"], over["year_rating"]) == (
        "2024-Q4",
        137276,
        "achieved",
    )
    assert (over["full_year_low"], over["full_year_high"]) == (137276, 137276)


def test_a_year_without_a_task_takes_what_the_path_asks_of_it(reads: Deployment) -> None:
    # 81616 in 2020 to 140000 in 2025, geometric: 81616 (140000/81616)^(4/5) by the end of 2024.
    row = _row(reads, year=2024, indicator=REVENUE)
    assert (row["task_source"], row["task"]) == (
        "path",
        pytest.approx(125677.48747783458, rel=1e-12),
    )
    assert row["year_rating"] == "achieved"


def test_a_task_is_revised_with_history_and_as_known_then(deployment: Deployment) -> None:
    first = _set(deployment, _task(135000)).json()["revision"]
    again = _set(deployment, _task(135000))
    assert (again.status_code, again.json()["applied"], again.json()["tasks"]) == (200, False, [])
    second = _set(deployment, _task(13.8, unit="万亿元", reason="raised in July")).json()[
        "revision"
    ]
    assert second == first + 1
    detail = deployment.client.get(f"{NATION}/tasks/{REVENUE}", params={"year": 2024}).json()
    assert [(each["value"], each["reason"]) for each in detail["history"]] == [
        (135000, GIVEN["reason"]),
        (138000, "raised in July"),
    ]
    assert (detail["task"], detail["year_rating"]) == (138000, "missed")
    wanted: dict[str, Any] = {"year": 2024, "indicator": REVENUE}
    assert _row(deployment, **wanted, as_of=str(first))["year_rating"] == "achieved"
    assert _row(deployment, **wanted, as_of=str(first - 1))["task_source"] == "path"


def test_no_answer_but_the_tasks_changes_by_a_task(deployment: Deployment) -> None:
    paths = (
        *("gaps", f"gaps/{REVENUE}", "overview", "targets", f"targets/{REVENUE}", "reconciliation"),
        *("observations", "completeness", "goals", "indicators", "briefing?period=2024-Q4"),
    )
    before = {path: deployment.client.get(f"{NATION}/{path}").json() for path in paths}
    # Missed by far: 137276 of 200000.
    assert _set(deployment, _task(200000)).status_code == 201
    assert _row(deployment, year=2024, indicator=REVENUE)["year_rating"] == "missed"
    for path, was in before.items():
        now = deployment.client.get(f"{NATION}/{path}").json()
        assert _without_revision(now) == _without_revision(was), path


def test_an_increment_has_a_task_for_its_additions_and_one_with_arrears(
    api: Deployment,
) -> None:
    # 400 in four years (1461 days): 99.93 in each, 100.21 in the leap year 2024.
    total = {"2022-Q4": 80, "2023-Q4": 160, "2024-Q1": 180, "2024-Q2": 200}
    load_small(
        api,
        targets=[target("workers", "city", 400)],
        observations=figures("workers", "city", total),
    )
    row = get_small(api, "/tasks", year=2024, indicator="workers")["items"][0]
    task, by_end = 400 * 366 / 1461, 400 * 1096 / 1461
    assert row["task"] == pytest.approx(task, rel=1e-12)
    assert row["year_actual"] == 40
    assert row["year_with_arrears"] == pytest.approx(by_end - 160, rel=1e-12)
    assert row["year_attainment_percent"] == pytest.approx(100 * 40 / task, rel=1e-12)
    # 40 of the 50.1 that half a year asks for: 0.798.
    assert row["year_rating_index"] == pytest.approx(40 / (task / 2), rel=1e-12)
    assert row["year_rating"] == "acceleration_needed"
    assert row["reasons"]["full_year_estimate"] == "insufficient_history"


@pytest.mark.parametrize(
    ("value", "rating", "index"),
    [
        # 65 % of the year usually falls before the end of September: 130/(200 0.65) = 1.
        (130, "on_track", 1),
        (120, "acceleration_needed", 12 / 13),
        (70, "off_track", 7 / 13),
        (200, "achieved_early", 200 / 130),
    ],
)
def test_a_year_is_rated_by_its_season_on_the_bands_of_the_plan(
    api: Deployment, value: float, rating: str, index: float
) -> None:
    observations = figures("revenue", "city", HISTORY | {"2025-Q3": value})
    load_small(
        api, targets=[target("revenue", "city", 400, **since(100))], observations=observations
    )
    answer = _set(api, _task(200, 2025, "revenue"), plan=SMALL)
    assert answer.status_code == 201, answer.text
    row = get_small(api, "/tasks", year=2025, indicator="revenue")["items"][0]
    assert (row["year_rating"], row["year_rating_index"]) == (rating, pytest.approx(index))
    assert (row["full_year_low"], row["full_year_high"]) == pytest.approx(
        (value / 0.65, value / 0.65)
    )


def test_a_value_that_is_reached_counts_from_where_the_year_began(api: Deployment) -> None:
    observations = figures("firms", "city", {"2024-Q4": 100, "2025-Q2": 104})
    load_small(api, targets=[target("firms", "city", 140, **since(80))], observations=observations)
    _set(api, _task(120, 2025, "firms"), plan=SMALL)
    row = get_small(api, "/tasks", year=2025, indicator="firms")["items"][0]
    # 4 of the 20 that the year asks for, with half of it over.
    assert (row["year_actual"], row["year_gap"], row["year_rating_index"]) == (104, 16, 0.4)
    assert row["year_rating"] == "off_track"
    assert row["reasons"]["full_year_estimate"] == "not_applicable"


def test_a_ceiling_is_kept_or_not_when_the_year_is_over(api: Deployment) -> None:
    falls = {"comparator": "lte", "direction": "decrease"}
    observations = figures("research", "city", {"2024-Q3": 50, "2024-Q4": 90, "2025-Q2": 60})
    ceiling = target("research", "city", 80, **falls, **since(120))
    load_small(api, targets=[ceiling], observations=observations)
    _set(api, _task(100, 2024, "research"), _task(100, 2025, "research"), plan=SMALL)
    over, running = (
        get_small(api, "/tasks", year=year, indicator="research")["items"][0]
        for year in (2024, 2025)
    )
    assert (over["comparator"], over["year_rating"]) == ("lte", "achieved")
    assert over["year_attainment_percent"] == pytest.approx(100 * 100 / 90)
    assert running["reasons"]["year_attainment_percent"] == "year_not_over"
    # 60 used where 50 should be: 50/60.
    assert (running["year_rating"], running["year_rating_index"]) == (
        "acceleration_needed",
        pytest.approx(5 / 6),
    )


def test_a_sum_that_lacks_an_area_is_not_rated(api: Deployment) -> None:
    observations = figures("revenue", "east", {"2024-Q4": 60, "2025-Q1": 10})
    observations += figures("revenue", "west", {"2024-Q4": 40})
    load_small(
        api, targets=[target("revenue", "city", 400, **since(100))], observations=observations
    )
    row = get_small(api, "/tasks", year=2025, indicator="revenue")["items"][0]
    assert (row["year_actual"], row["reasons"]["year_actual"]) == (None, "partial_coverage")
    assert (row["areas_expected"], row["areas_reported"], row["missing_areas"]) == (2, 1, ["west"])
    assert row["year_rating"] == "unable_to_assess"


def test_districts_have_tasks_of_their_own_and_filters_find_them(deployment: Deployment) -> None:
    tasks = [_task(900, 2025, "value_added", area=area) for area in ("nanshan", "futian")]
    assert _set(deployment, *tasks, plan=CITY).status_code == 201
    rows = get_items(deployment, f"{CITY}/tasks", year=2025, indicator="value_added")
    assert [(row["area"], row["task_source"]) for row in rows] == [
        ("shenzhen", "path"),
        ("futian", "set"),
        ("nanshan", "set"),
    ]
    rated = get_items(
        deployment, f"{CITY}/tasks", year=2025, area="nanshan", rating="unable_to_assess"
    )
    assert [row["indicator"] for row in rated] == ["value_added"]
    assert rated[0]["reasons"]["year_actual"] == "no_data"


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"year": 2031}, "/year", "invalid"),
        ({"year": 2024.5}, "/year", "invalid"),
        ({"comparator": "between"}, "/comparator", "invalid"),
        ({"comparator": "lte"}, "/comparator", "direction_conflict"),
        ({"valid_from": "2024"}, "/valid_from", "invalid"),
        ({"path": "linear"}, "/path", "invalid"),
        ({"indicator": "software_revenue_growth"}, "/indicator", "invalid"),
        ({"unit": "家"}, "/unit", "unknown_code"),
        ({"value": 12345678901}, "/value", "invalid"),
    ],
)
def test_what_is_no_task_is_refused(
    api: Deployment, changed: dict[str, Any], pointer: str, code: str
) -> None:
    answer = _set(api, _task(135000) | changed)
    assert answer.status_code == 422
    assert [(place, found) for place, _, found in places(answer)] == [(pointer, code)]


def test_one_request_sets_a_target_and_tasks_and_names_the_same_one_twice(api: Deployment) -> None:
    both = [{"indicator": REVENUE, "value": 150000, **GIVEN}, _task(1, 2023), _task(2, 2024)]
    answer = _set(api, *both)
    assert answer.status_code == 201, answer.text
    assert (len(answer.json()["targets"]), len(answer.json()["tasks"])) == (1, 2)
    twice = _set(api, _task(1), _task(2))
    assert twice.status_code == 422


def test_only_an_administrator_sets_a_task(api: Deployment) -> None:
    key = api.key("reviewer")
    assert api.client.post(f"{NATION}/targets", json=_task(1), headers=key).status_code == 403
    assert api.client.post(f"{NATION}/targets", json=_task(1)).status_code == 401


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 422),
        ({"year": 2031}, 422),
        ({"year": 2024, "period": "2023-Q4"}, 422),
        ({"year": "x"}, 422),
    ],
)
def test_a_year_of_the_plan_is_asked_for(
    read_api: Deployment, query: dict[str, Any], status: int
) -> None:
    assert read_api.client.get(f"{NATION}/tasks", params=query).status_code == status


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "jsonstat"])
def test_every_format_has_the_tasks(read_api: Deployment, kind: str) -> None:
    found = read_api.client.get(f"{NATION}/tasks", params={"year": 2024, "format": kind})
    assert found.status_code == 200
    if kind == "csv":
        assert "year_attainment_percent" in found.text.splitlines()[0]
        assert ",137276," in found.text


def test_a_ledger_with_tasks_verifies(deployment: Deployment, tmp_path: Path) -> None:
    _set(deployment, _task(135000))
    blank = Database(Settings(database_url=f"sqlite:///{tmp_path}/blank.db"))
    migrate(blank)
    with deployment.database.read_session() as session:
        assert verify_plan(session, "china-software-2025", blank) == []
    blank.dispose()


def _without_revision(found: Any) -> Any:
    """An answer without what the newest revision changes in all, and without a briefing's tasks."""
    if isinstance(found, list):
        return [_without_revision(each) for each in found]
    if isinstance(found, dict):
        left = {"revision", "recorded_at", "since", "tasks"}
        return {name: _without_revision(each) for name, each in found.items() if name not in left}
    return found
