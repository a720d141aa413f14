"""Growth, share and rank in the answers: of the national plan, worked out by hand, and in files."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.api.reads import CITY, NATION, REVENUE, approve, get_items, get_row, submit
from tests.conftest import Deployment
from tests.small_plan import SMALL, figures, get_small, load_small, since, target

FILE = Path(__file__).parents[1] / "cases" / "growth_cases.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["cases"]
SPACE = {"unit": "平方米", "basis": "since_start"}
VALUES = {"luohu": 300, "futian": 500, "nanshan": 500, "baoan": 100}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['indicator']}-{case['period']}")
def test_the_nations_growth_is_as_worked_out_by_hand(
    read_api: Deployment, case: dict[str, Any]
) -> None:
    asked = {"indicator": case["indicator"], "area": "china", "period": case["period"]}
    row = get_row(read_api, NATION, **asked)
    for name, value in case["expected"].items():
        wanted = value if value is None or isinstance(value, str) else pytest.approx(value, 1e-12)
        assert row[name] == wanted, name
    assert row["reasons"] | case.get("reasons", {}) == row["reasons"]
    assert set(case.get("flags", [])) <= set(row["flags"])


def test_a_target_in_full_has_the_growth_of_the_year_to_date_and_of_the_quarter(
    read_api: Deployment,
) -> None:
    found = read_api.client.get(f"{NATION}/gaps/{REVENUE}", params={"period": "2024-Q2"}).json()
    # 62350 on 55170; 62350 - 28020 = 34330 on 55170 - 24415 = 30755.
    assert found["year_to_date_yoy_percent"] == pytest.approx(13.0143193764727, 1e-12)
    assert found["quarter_yoy_percent"] == pytest.approx(11.6241261583482, 1e-12)
    assert (
        found["explain"]["formulas"]["yoy_percent"] == "100 (V - V_b)/abs(V_b), V_b: a year before"
    )


def test_the_overview_has_the_growth_of_the_year_to_date(read_api: Deployment) -> None:
    found = read_api.client.get(f"{NATION}/overview", params={"period": "2024-Q2"}).json()
    rows = {row["indicator"]: row for row in found["targets"]}
    # 62350 on 55170, beside the growth of the trailing year: 130438 on 117030.
    revenue = rows[REVENUE]
    assert revenue["year_to_date_yoy_percent"] == pytest.approx(13.0143193764727, 1e-12)
    assert revenue["yoy_percent"] == pytest.approx(100 * (130438 / 117030 - 1), 1e-12)
    apps = rows["industrial_app_count"]
    assert apps["year_to_date_yoy_percent"] is None
    assert apps["reasons"]["year_to_date_yoy_percent"] in {"not_applicable", "no_data"}


def test_the_calculator_has_growth_with_enough_observations(read_api: Deployment) -> None:
    target = {"value": 4200, "comparator": "gt", "deadline": "2025", "path": "geometric"}
    asked: dict[str, Any] = {
        "target": {**target, "direction": "increase"},
        "baseline": {"value": 2300, "period": "2021"},
        "accumulation": "annual_flow",
        "observations": [
            {"period": "2021", "value": 2300, "basis": "ytd"},
            {"period": "2022", "value": 2650, "basis": "ytd"},
            {"period": "2023", "value": 3100, "basis": "ytd"},
        ],
    }
    row = read_api.client.post("/api/v1/evaluate", json=asked).json()
    # 3100 on 2650, and (3100/2300)^(1/2).
    assert row["yoy_percent"] == pytest.approx(16.9811320754717, 1e-12)
    assert (row["yoy_change"], row["yoy_basis"]) == (450, "full_year")
    assert row["two_year_average_growth_percent"] == pytest.approx(16.09591237233643, 1e-12)
    fewer = asked | {"observations": asked["observations"][2:]}
    assert read_api.client.post("/api/v1/evaluate", json=fewer).json()["yoy_percent"] is None


def test_a_scenario_grows_on_what_is_known(read_api: Deployment) -> None:
    figure = {"indicator": REVENUE, "area": "china", "period": "2025-Q3", "value": 110000}
    body = {"period": "2025-Q3", "figures": [{**figure, "unit": "亿元", "basis": "ytd"}]}
    found = read_api.client.post(f"{NATION}/scenarios", json=body).json()["items"]
    (row,) = [each for each in found if (each["indicator"], each["area"]) == (REVENUE, "china")]
    # 110000 + 137276 - 98281 = 148995 on 98281 + 123258 - 87610 = 133929.
    assert row["yoy_percent"] == pytest.approx(100 * (148995 / 133929 - 1), 1e-12)


def test_districts_have_ranks_at_one_quarter_and_the_city_has_none(api: Deployment) -> None:
    for area, value in VALUES.items():
        approve(api, submit(api, area, value))
    rows = get_items(api, f"{CITY}/gaps", indicator="value_added")
    ranks = {row["area"]: (row["rank"], row["rank_of"]) for row in rows}
    assert {area: ranks[area] for area in VALUES} == {
        "luohu": (3, 4),
        "futian": (1, 4),
        "nanshan": (1, 4),
        "baoan": (4, 4),
    }
    assert ranks["shenzhen"] == ranks["qianhai"] == (None, None)
    # A neighbour's figure moves the rank of a row that was asked for before.
    approve(api, submit(api, "longgang", 400))
    (luohu,) = get_items(api, f"{CITY}/gaps", indicator="value_added", area="luohu")
    assert (luohu["rank"], luohu["rank_of"]) == (4, 5)
    assert luohu["reasons"]["share_percent"] == "partial_coverage"


def test_a_districts_overview_follows_what_its_neighbours_report(api: Deployment) -> None:
    order = {"indicator": "value_added", "area": "luohu", "value": 900, "reason": "split"}
    set_ = api.client.post(f"{CITY}/targets", json=order, headers=api.key("administrator"))
    assert set_.status_code == 201, set_.text
    approve(api, submit(api, "luohu", 300))

    def rank() -> tuple[int, int]:
        found = api.client.get(f"{CITY}/overview", params={"area": "luohu"}).json()
        (row,) = (each for each in found["targets"] if each["indicator"] == "value_added")
        return row["rank"], row["rank_of"]

    assert rank() == (1, 1)
    approve(api, submit(api, "futian", 500))
    assert rank() == (2, 2)


def test_rows_at_a_common_period_never_mix_quarters(api: Deployment) -> None:
    for area, periods in {"luohu": ("2024-Q2", "2024-Q3"), "futian": ("2024-Q2",)}.items():
        for period in periods:
            approve(
                api, submit(api, area, 300, period=period, indicator="industrial_space", **SPACE)
            )
    asked: dict[str, Any] = {"indicator": "industrial_space", "area": ["luohu", "futian", "baoan"]}
    own = get_items(api, f"{CITY}/gaps", **asked)
    assert [row["period"] for row in own] == ["2024-Q3", "2024-Q2", None]
    common = get_items(api, f"{CITY}/gaps", **asked, common_period=True)
    assert [(row["period"], row["rank"]) for row in common] == [
        ("2024-Q2", 1),
        ("2024-Q2", 1),
        ("2024-Q2", None),
    ]


def test_figures_are_held_against_the_targets_of_another_moment(api: Deployment) -> None:
    approve(api, submit(api, "luohu", 300))
    head = api.client.get(f"{CITY}/ledger/head").json()["revision"]
    order = {"indicator": "value_added", "area": "luohu", "value": 900, "reason": "split"}
    set_ = api.client.post(f"{CITY}/targets", json=order, headers=api.key("administrator"))
    assert set_.status_code == 201, set_.text
    asked = {"indicator": "value_added", "area": "luohu", "as_of": head}
    (then,) = get_items(api, f"{CITY}/gaps", **asked)
    assert (then["actual"], then["target"]) == (300, None)
    found = api.client.get(f"{CITY}/gaps", params=asked | {"targets_as_of": head + 1})
    (today,) = found.json()["items"]
    assert (today["actual"], today["target"], today["gap"]) == (300, 900, 600)
    assert "immutable" in found.headers["cache-control"]
    moving = api.client.get(f"{CITY}/gaps", params=asked | {"targets_as_of": "2026-03-01"})
    assert "immutable" not in moving.headers["cache-control"]
    refused = api.client.get(f"{CITY}/gaps", params=asked | {"targets_as_of": head + 9})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_as_of")


def test_a_row_says_its_goal_who_answers_for_it_and_which_way_it_moves(
    read_api: Deployment,
) -> None:
    row = get_row(read_api, NATION, indicator=REVENUE, area="china", period="2024-Q4")
    before = get_row(read_api, NATION, indicator=REVENUE, area="china", period="2023-Q4")
    # The growth ratio fell by less than 0.02, or moved further.
    change = row["rating_index"] - before["rating_index"]
    expected = "steady" if abs(change) <= 0.02 else "improving" if change > 0 else "worsening"
    assert (row["trend"], expected) == ("worsening", "worsening")
    assert row["reasons"]["required_per_quarter"] == "not_applicable"
    city = get_row(read_api, CITY, indicator="value_added", area="shenzhen")
    assert city["reasons"]["trend"] == "no_data"


def test_areas_are_ranked_by_a_measure_that_is_named(api: Deployment) -> None:
    for area, (before, now) in {"luohu": (100, 120), "futian": (400, 420)}.items():
        approve(api, submit(api, area, before, period="2023-Q4"))
        approve(api, submit(api, area, now))
    asked = {"indicator": "value_added", "area": ["luohu", "futian"], "rank_by": "yoy_percent"}
    rows = get_items(api, f"{CITY}/gaps", **asked)
    assert {row["area"]: row["rank"] for row in rows} == {"luohu": 1, "futian": 2}
    refused = api.client.get(f"{CITY}/gaps", params={"rank_by": "luck"})
    assert refused.status_code == 422


def test_growth_rests_on_the_year_before_and_the_row_says_so(deployment: Deployment) -> None:
    """A correction of the year before moves the growth of a row, and its revision."""
    values = {"2024-Q4": 110, "2023-Q4": 100}
    counts = {"2025-Q1": 90, "2024-Q4": 60, "2024-Q1": 30, "2023-Q4": 20}
    found = [*figures("revenue", "east", values), *figures("workers", "east", counts)]
    load_small(
        deployment, targets=[target("revenue", "city", 200, **since(100))], observations=found
    )

    def row(indicator: str) -> tuple[Any, dict[str, float]]:
        asked = {"indicator": indicator, "area": "east", "explain": "true"}
        (read,) = get_small(deployment, "/gaps", **asked)["items"]
        return read, {each["period"]: each["value"] for each in read["explain"]["inputs"]}

    before, inputs = row("revenue")
    assert (before["yoy_percent"], inputs) == (10, values)
    # Of an increment the additions are compared: 90 - 60 on 30 - 20.
    workers, inputs = row("workers")
    assert (workers["yoy_change"], inputs) == (20, counts)
    body = {
        "area": "east",
        "period": "2023-Q4",
        "figures": [{"indicator": "revenue", "value": 88, "unit": "亿元", "basis": "ytd"}],
        "correction_reason": "one firm was counted twice",
    }
    headers = deployment.key("reporter", "east", owner="east")
    sent = deployment.client.post(f"{SMALL}/reports", json=body, headers=headers)
    assert sent.status_code == 201, sent.text
    approve(deployment, sent.headers["location"])
    newest = deployment.client.get(f"{SMALL}/ledger/head").json()["revision"]
    after, inputs = row("revenue")
    assert (after["actual"], after["yoy_percent"]) == (110, 25)
    assert (after["revision"], inputs) == (newest, {"2024-Q4": 110, "2023-Q4": 88})
    assert before["revision"] < newest


def test_the_calculator_explains_growth_by_the_year_before(read_api: Deployment) -> None:
    """Of a ratio each figure is one input, though it is made of two parts."""
    target_ = {"value": 8, "comparator": "gte", "deadline": "2025", "path": "linear"}
    given = {"2022": (20, 400), "2023": (28, 400)}
    asked: dict[str, Any] = {
        "target": {**target_, "direction": "increase"},
        "baseline": {"value": 4, "period": "2021"},
        "accumulation": "ratio",
        "observations": [
            {"period": period, "numerator": top, "denominator": bottom}
            for period, (top, bottom) in given.items()
        ],
    }
    found = read_api.client.post("/api/v1/evaluate", json=asked).json()
    assert found["yoy_change"] == 0.02
    inputs = found["explain"]["inputs"]
    assert [(each["period"], each["value"]) for each in inputs] == [
        ("2023", 0.07),
        ("2022", 0.05),
    ]
