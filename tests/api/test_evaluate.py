"""The calculator: the shared cases through HTTP, contradictions, and the edges of time and size."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.reads import CITY, NATION, REVENUE, Row, get_row
from tests.conftest import Deployment

EVALUATE = "/api/v1/evaluate"
FILE = Path(__file__).parents[1] / "cases" / "gap_cases.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))["cases"]

# The contract's own example (api, POST /evaluate in full).
EXAMPLE: Row = {
    "target": {
        "value": 4200,
        "comparator": "gt",
        "deadline": "2025",
        "direction": "increase",
        "path": "geometric",
        "milestones": [],
    },
    "baseline": {"value": 2300, "period": "2021"},
    "start": None,
    "accumulation": "annual_flow",
    "observations": [
        {"period": "2022", "value": 2650, "basis": "ytd"},
        {"period": "2023", "value": 3100, "basis": "ytd"},
    ],
    "period": "2023",
}


def _changed(**changes: Any) -> Row:
    """The example with other values at places such as ``target__value``."""
    body: Any = copy.deepcopy(EXAMPLE)
    for place, value in changes.items():
        *parents, name = place.split("__")
        holder = body
        for parent in parents:
            holder = holder[parent]
        holder[name] = value
    return dict(body)


def _evaluate(deployment: Deployment, body: Row) -> Row:
    found = deployment.client.post(EVALUATE, json=body)
    assert found.status_code == 200, found.text
    row: Row = found.json()
    unknown = {name for name, value in row.items() if value is None}
    assert unknown == set(row["reasons"])
    return row


def _increment(**changes: Any) -> Row:
    observed = {"period": "2024-Q2", "value": 50000, "basis": "since_start"}
    body = _changed(
        target__value=200000, target__comparator="gte", target__path="linear", start="2022-01-01"
    )
    return {**body, "baseline": None, "accumulation": "increment", "observations": [observed]} | {
        "period": "2024-Q2",
        **changes,
    }


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_shared_case_comes_out_through_http(read_api: Deployment, case: Row) -> None:
    row = _evaluate(read_api, case["request"])
    for name, expected in case["expected"].items():
        if isinstance(expected, int | float):
            assert row[name] == pytest.approx(expected, rel=1e-6, abs=1e-9), name
        else:
            assert row[name] == expected, name
        if expected is None:
            assert row["reasons"][name]


def test_the_contracts_example_comes_out(read_api: Deployment) -> None:
    row = _evaluate(read_api, EXAMPLE)
    assert (row["actual"], row["gap"], row["rating"]) == (3100, 1100, "on_track")
    assert round(row["attainment_percent"], 1) == 73.8
    assert round(row["progress_percent"], 1) == 42.1
    assert row["elapsed_percent"] == 50
    assert row["explain"]["inputs"][0]["value"] == 3100


def test_a_calculation_has_the_fields_of_a_row_but_where_it_belongs(read_api: Deployment) -> None:
    row = get_row(read_api, CITY, indicator="value_added", area="shenzhen")
    places = {name for name in row if name.startswith(("plan", "indicator", "area_"))}
    calculated = _evaluate(read_api, EXAMPLE)
    of_the_plan = {"area", "revision", "goal", "responsible_units", "trend"}
    assert set(row) - places - of_the_plan == set(calculated)


def test_the_calculator_agrees_with_the_table(read_api: Deployment) -> None:
    row = get_row(read_api, NATION, indicator=REVENUE, area="china", period="2024-Q4")
    history = {2021: 94994, 2022: 108126, 2023: 123258, 2024: 137276}
    body = _changed(
        target__value=140000,
        baseline={"value": 81616, "period": "2020"},
        period="2024",
        observations=[
            {"period": f"{year}", "value": value, "basis": "ytd"} for year, value in history.items()
        ],
    )
    calculated = _evaluate(read_api, body)
    same = set(calculated) & set(row) - {
        "period",
        "unit",
        "commitment",
        "reasons",
        "explain",
        "flags",
        # The calculator is given no published growth.
        "published_growth_percent",
    }
    assert {name: calculated[name] for name in same} == {name: row[name] for name in same}


def test_exactly_at_a_strict_target_is_not_achieved(read_api: Deployment) -> None:
    body = _changed(
        period="2025", observations=[{"period": "2025", "value": 4200.00, "basis": "ytd"}]
    )
    row = _evaluate(read_api, body)
    assert (row["gap"], row["progress_percent"], row["rating"]) == (0, 100, "missed")
    assert "at_threshold" in row["flags"]
    early = _evaluate(read_api, _changed(observations=[{**EXAMPLE["observations"][1]}]))
    assert early["rating"] == "on_track"


def test_a_year_and_its_fourth_quarter_are_the_same_point(read_api: Deployment) -> None:
    quarters = copy.deepcopy(EXAMPLE)
    quarters["target"]["deadline"], quarters["period"] = "2025-Q4", "2023-Q4"
    quarters["baseline"]["period"] = "2021-Q4"
    for observed in quarters["observations"]:
        observed["period"] += "-Q4"
    years, row = _evaluate(read_api, EXAMPLE), _evaluate(read_api, quarters)
    named = {"period", "deadline", "baseline_period", "explain"}
    assert {n: v for n, v in row.items() if n not in named} == {
        n: v for n, v in years.items() if n not in named
    }


def test_the_period_is_by_default_that_of_the_last_observation(read_api: Deployment) -> None:
    body = {name: value for name, value in EXAMPLE.items() if name != "period"}
    body["observations"] = EXAMPLE["observations"][::-1]
    assert _evaluate(read_api, body)["period"] == "2023"
    assert _evaluate(read_api, {**body, "observations": []})["period"] is None


def test_after_the_deadline_the_deadlines_own_figure_counts(read_api: Deployment) -> None:
    observed = [
        {"period": "2025", "value": 4100, "basis": "ytd"},
        {"period": "2026", "value": 5000, "basis": "ytd"},
    ]
    row = _evaluate(read_api, _changed(period="2026", observations=observed))
    assert (row["actual"], row["rating"], row["elapsed_percent"]) == (4100, "missed", 100)
    assert row["reasons"]["required_rate"] == "deadline_passed"
    assert "deadline_passed" in row["flags"]


def test_an_increment_counts_days_from_its_start(read_api: Deployment) -> None:
    row = _evaluate(read_api, _increment())
    assert row["elapsed_percent"] == pytest.approx(62.42299795, rel=1e-9)
    assert (row["baseline"], row["progress_percent"]) == (0, 25)
    assert row["reasons"]["growth_ratio"] == "not_defined_for_increment"


def test_an_increment_without_a_start_has_no_time(read_api: Deployment) -> None:
    row = _evaluate(read_api, _increment(start=None))
    assert (row["actual"], row["elapsed_percent"]) == (50000, None)
    assert row["reasons"]["elapsed_percent"] in {"no_start", "no_baseline"}
    assert row["rating"] == "unable_to_assess"


@pytest.mark.parametrize(
    ("parts", "actual", "reason"),
    [
        ({"numerator": 0, "denominator": 0}, None, "zero_denominator"),
        ({"numerator": 1, "denominator": 0}, None, "zero_denominator"),
        ({"numerator": 0, "denominator": 3}, 0, None),
        ({"numerator": 1, "denominator": 4}, 0.25, None),
        ({"value": 5.5}, 5.5, None),
    ],
)
def test_a_ratio_comes_as_its_parts_or_as_a_value(
    read_api: Deployment, parts: Row, actual: float | None, reason: str | None
) -> None:
    body = _changed(accumulation="ratio", target__path="linear", baseline=None)
    row = _evaluate(read_api, {**body, "observations": [{"period": "2023", **parts}]})
    assert row["actual"] == actual
    assert row["reasons"].get("actual") == reason


@pytest.mark.parametrize("value", [1e60, -1e60, 1e-60, 0, -1, 123456789012345, 1e15])
@pytest.mark.parametrize("place", ["target", "baseline", "observation"])
@pytest.mark.parametrize("path", ["linear", "geometric"])
def test_values_of_any_size_give_an_answer(
    read_api: Deployment, value: float, place: str, path: str
) -> None:
    body = _changed(target__path=path)
    holder = body["observations"][1] if place == "observation" else body[place]
    holder["value"] = value
    _evaluate(read_api, body)


CONTRADICTIONS = {
    "a falling comparator and a rising direction": (
        _changed(target__comparator="lte"),
        "/target/direction",
    ),
    "a baseline at the deadline": (_changed(baseline__period="2025-Q4"), "/baseline/period"),
    "a start without an increment": (_changed(start="2022-01-01"), "/start"),
    "a start after the deadline": (_increment(start="2026-01-01"), "/start"),
    "a start in seconds": (_increment(start=0), "/start"),
    "a start in seconds as text": (_increment(start="1640995200"), "/start"),
    "a start with a time": (_increment(start="2022-01-01T00:00:00"), "/start"),
    "a day that there is not": (_increment(start="2022-02-30"), "/start"),
    "an increment with a baseline": (
        _increment(baseline={"value": 5, "period": "2021"}),
        "/baseline",
    ),
    "milestones on another path": (
        _changed(target__milestones=[{"period": "2023", "value": 3000}]),
        "/target/milestones",
    ),
    "a path without its milestones": (_changed(target__path="milestones"), "/target/milestones"),
    "a basis of another kind": (
        _changed(observations=[{"period": "2023", "value": 1, "basis": "level"}]),
        "/observations/0/basis",
    ),
    "no basis": (_changed(observations=[{"period": "2023", "value": 1}]), "/observations/0/basis"),
    "no value": (
        _changed(observations=[{"period": "2023", "basis": "ytd"}]),
        "/observations/0/value",
    ),
    "parts without a ratio": (
        _changed(
            observations=[{"period": "2023", "numerator": 1, "denominator": 2, "basis": "ytd"}]
        ),
        "/observations/0/value",
    ),
    "two observations of one point": (
        _changed(
            observations=[
                {"period": "2023", "value": 1, "basis": "ytd"},
                {"period": "2023-Q4", "value": 1, "basis": "ytd"},
            ]
        ),
        "/observations/1/period",
    ),
    "a milestone after the deadline": (
        _changed(target__path="milestones", target__milestones=[{"period": "2026", "value": 1}]),
        "/target/milestones/0/period",
    ),
}


@pytest.mark.parametrize(
    ("comparator", "direction"),
    [("gte", "decrease"), ("gt", "decrease"), ("lte", "increase"), ("lt", "increase")],
)
def test_a_comparator_against_its_direction_is_a_conflict(
    read_api: Deployment, comparator: str, direction: str
) -> None:
    body = _changed(target__comparator=comparator, target__direction=direction)
    found = read_api.client.post(EVALUATE, json=body)
    assert (found.status_code, found.json()["code"]) == (422, "direction_conflict")
    (error,) = found.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/target/direction", "direction_conflict")


@pytest.mark.parametrize(("comparator", "gap"), [("gte", 1100), ("lte", -1100)])
def test_the_direction_follows_from_the_comparator(
    read_api: Deployment, comparator: str, gap: int
) -> None:
    body = _changed(target__comparator=comparator, target__direction=None)
    assert _evaluate(read_api, body)["gap"] == gap


@pytest.mark.parametrize(("body", "pointer"), CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_contradiction_is_refused_at_its_place(
    read_api: Deployment, body: Row, pointer: str, language: str
) -> None:
    headers = {"Accept-Language": language}
    found = read_api.client.post(EVALUATE, json=body, headers=headers)
    assert found.status_code == 422, found.text
    (error,) = found.json()["errors"]
    assert error["pointer"] == pointer
    assert "{" not in error["message"]
    assert any("一" <= sign <= "鿿" for sign in error["message"]) == (language == "zh")


def test_all_contradictions_come_at_once(read_api: Deployment) -> None:
    body = _changed(
        target__comparator="lte",
        baseline__period="2026",
        start="2022-01-01",
        observations=[{"period": "2023", "basis": "level"}],
    )
    errors = read_api.client.post(EVALUATE, json=body).json()["errors"]
    assert {error["pointer"] for error in errors} == {
        "/target/direction",
        "/baseline/period",
        "/start",
        "/observations/0/basis",
        "/observations/0/value",
    }


def test_the_calculator_takes_no_parameters_and_stores_nothing(read_api: Deployment) -> None:
    found = read_api.client.post(EVALUATE, json=EXAMPLE, params={"explain": "true"})
    assert found.status_code == 422
    first, second = (read_api.client.post(EVALUATE, json=EXAMPLE) for _ in range(2))
    assert first.content == second.content
    assert first.headers["cache-control"] == "no-store"
