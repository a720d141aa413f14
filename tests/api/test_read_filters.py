"""What the filters of the figures leave, and which typing mistakes they refuse."""

import pytest

from tests.api.reads import CITY, DISTRICTS, NATION, REVENUE, Row, approve, get_items, submit
from tests.conftest import Deployment
from tests.small_plan import figures, get_small, load_small, target

GAPS = f"{NATION}/gaps"


def _places(rows: list[Row]) -> list[tuple[str, str, str | None]]:
    return [(row["indicator"], row["area"], row["period"]) for row in rows]


def test_the_table_has_a_row_for_every_indicator_in_every_area(reads: Deployment) -> None:
    for plan in (CITY, NATION):
        rows = get_items(reads, f"{plan}/gaps")
        indicators = [each["code"] for each in get_items(reads, f"{plan}/indicators")]
        areas = [each["code"] for each in get_items(reads, f"{plan}/areas")]
        expected = [(indicator, area) for indicator in indicators for area in areas]
        assert [(row["indicator"], row["area"]) for row in rows] == expected


def test_filters_may_be_given_more_than_once(reads: Deployment) -> None:
    query = {
        "indicator": [REVENUE, "software_export"],
        "area": ["china", "east"],
        "period": ["2024-Q4", "2023-Q4"],
    }
    assert _places(get_items(reads, GAPS, **query)) == [
        (indicator, area, period)
        for indicator in query["indicator"]
        for area in query["area"]
        for period in ("2023-Q4", "2024-Q4")
    ]


def test_a_year_is_its_fourth_quarter_and_counts_once(reads: Deployment) -> None:
    query = {"indicator": REVENUE, "area": "china"}
    year = get_items(reads, GAPS, **query, period="2024")
    assert _places(year) == [(REVENUE, "china", "2024-Q4")]
    assert get_items(reads, GAPS, **query, period=["2024", "2024-Q4", "2024"]) == year
    seen = get_items(reads, f"{NATION}/observations", **query, period="2024")
    assert [row["period"] for row in seen] == ["2024-Q4"]


def test_a_range_of_years_runs_from_the_first_quarter_to_the_last(reads: Deployment) -> None:
    query = {"indicator": REVENUE, "area": "china", "start_period": "2023", "end_period": "2024"}
    quarters = [f"{year}-Q{quarter}" for year in (2023, 2024) for quarter in (1, 2, 3, 4)]
    assert [row["period"] for row in get_items(reads, GAPS, **query)] == quarters
    seen = get_items(reads, f"{NATION}/observations", **query)
    assert [row["period"] for row in seen] == quarters


def test_a_range_open_at_one_end_stops_with_the_plan(reads: Deployment) -> None:
    query = {"indicator": REVENUE, "area": "china"}
    late = get_items(reads, GAPS, **query, start_period="2025-Q2")
    assert [row["period"] for row in late] == ["2025-Q2", "2025-Q3", "2025-Q4"]
    early = get_items(reads, GAPS, **query, end_period="2020-Q2")
    assert [row["period"] for row in early] == ["2020-Q1", "2020-Q2"]


def test_a_range_and_periods_narrow_each_other(reads: Deployment) -> None:
    query = {"indicator": REVENUE, "area": "china", "period": ["2022", "2024"]}
    rows = get_items(reads, GAPS, **query, start_period="2023")
    assert [row["period"] for row in rows] == ["2024-Q4"]
    assert get_items(reads, GAPS, **query, start_period="2025") == []


def test_ratings_are_filtered_in_the_finished_rows(reads: Deployment) -> None:
    rows = get_items(reads, GAPS, rating=["achieved", "missed"])
    assert {row["rating"] for row in rows} == {"achieved"}
    assert {row["indicator"] for row in rows} == {REVENUE, "software_revenue_growth"}


def test_area_levels_leave_the_areas_of_that_level(reads: Deployment) -> None:
    query = {"indicator": "value_added", "area_level": "district"}
    areas = [row["area"] for row in get_items(reads, f"{CITY}/gaps", **query)]
    levels = {area["code"]: area["level"] for area in get_items(reads, f"{CITY}/areas")}
    assert areas == [code for code, level in levels.items() if level == "district"]
    assert set(areas) <= set(DISTRICTS)
    provinces = get_items(reads, f"{NATION}/observations", area_level="province", limit=1000)
    assert {row["area"] for row in provinces} <= {"beijing", "guangdong", "jiangsu", "shandong"} | {
        "zhejiang",
        "shanghai",
    }
    assert provinces != []


def test_a_goal_leaves_the_indicators_under_it(reads: Deployment) -> None:
    goals = {goal["code"]: goal["indicators"] for goal in get_items(reads, f"{CITY}/goals")}
    for code, indicators in goals.items():
        gaps = get_items(reads, f"{CITY}/gaps", goal=code, area="shenzhen")
        assert [row["indicator"] for row in gaps] == indicators
        targets = get_items(reads, f"{CITY}/targets", goal=code)
        assert [row["indicator"] for row in targets] == indicators


def test_a_responsible_unit_leaves_the_indicators_that_its_actions_serve(
    reads: Deployment,
) -> None:
    actions = get_items(reads, f"{CITY}/actions")
    for unit in {code for action in actions for code in action["responsible_units"]}:
        served = {
            indicator
            for action in actions
            if unit in action["responsible_units"] and action["serves"]
            for indicator in action["serves"]["indicators"]
        }
        rows = get_items(reads, f"{CITY}/gaps", responsible_unit=unit, area="shenzhen")
        assert {row["indicator"] for row in rows} == served, unit


def test_targets_are_filtered_by_indicator_and_area(reads: Deployment) -> None:
    rows = get_items(reads, f"{CITY}/targets", indicator=["value_added", "rd_institutions"])
    assert [row["indicator"] for row in rows] == ["value_added", "rd_institutions"]
    assert get_items(reads, f"{CITY}/targets", area="nanshan") == []


def test_levels_are_carried_forward_only_where_asked(reads: Deployment) -> None:
    query = {"indicator": "industrial_app_count", "area": "china", "period": "2021-Q4"}
    (plain,) = get_items(reads, GAPS, **query)
    assert (plain["actual"], plain["reasons"]["actual"]) == (None, "not_reported")
    (short,) = get_items(reads, GAPS, **query, carry_forward=1)
    assert short["actual"] is None
    (carried,) = get_items(reads, GAPS, **query, carry_forward=2)
    assert (carried["actual"], carried["data_age_quarters"]) == (51.2, 2)
    assert "carried_forward" in carried["flags"]


def test_explained_rows_name_formulas_and_inputs_with_their_revisions(reads: Deployment) -> None:
    query = {"indicator": REVENUE, "area": "china", "period": "2025-Q1"}
    (plain,) = get_items(reads, GAPS, **query)
    assert plain["explain"] is None
    (row,) = get_items(reads, GAPS, **query, explain="true")
    inputs = row["explain"]["inputs"]
    assert {each["period"]: each["value"] for each in inputs} == {
        "2025-Q1": 31479,
        "2024-Q4": 137276,
        "2024-Q1": 28020,
        # The trailing year before, for growth.
        "2023-Q4": 123258,
        "2023-Q1": 24415,
    }
    assert row["revision"] == max(each["revision"] for each in inputs)
    assert {name for name in row["explain"]["formulas"] if row[name] is None} == set()
    assert {**row, "explain": None} == plain


def test_each_input_is_explained_as_whose_it_is(api: Deployment) -> None:
    """The share of research in revenue, summed over two districts: four figures."""
    values = {"east": ("research", 6, "revenue", 100), "west": ("research", 3, "revenue", 50)}
    load_small(
        api,
        targets=[target("growth", "city", 10, baseline={"value": 100, "period": "2022"})],
        observations=[
            figure
            for area, (top, small, bottom, large) in values.items()
            for code, value in ((top, small), (bottom, large))
            for figure in figures(code, area, {"2024-Q4": value})
        ],
    )
    (share,) = get_small(api, "/gaps", indicator="share", area="city", explain="true")["items"]
    assert share["actual"] == 6
    assert [
        (each["indicator"], each["area"], each["period"], each["value"], each["unit"])
        for each in share["explain"]["inputs"]
    ] == [
        ("research", "east", "2024-Q4", 6, "亿元"),
        ("revenue", "east", "2024-Q4", 100, "亿元"),
        ("research", "west", "2024-Q4", 3, "亿元"),
        ("revenue", "west", "2024-Q4", 50, "亿元"),
    ]
    (growth,) = get_small(api, "/gaps", indicator="growth", area="city", explain="true")["items"]
    assert [
        (each["indicator"], each["area"], each["value"]) for each in growth["explain"]["inputs"]
    ] == [("revenue", "east", 100), ("revenue", "west", 50)]
    assert {each["revision"] > 0 for each in growth["explain"]["inputs"]} == {True}


@pytest.mark.parametrize(
    ("path", "query", "names"),
    [
        ("gaps", {"indicator": "value", "area": "nowhere"}, ["indicator", "area"]),
        ("gaps", {"rating": "green", "goal": "g9"}, ["goal", "rating"]),
        (
            "gaps",
            {"responsible_unit": "me", "area_level": "town"},
            ["area_level", "responsible_unit"],
        ),
        ("gaps", {"area": ["nanshan", "NANSHAN"]}, ["area"]),
        ("gaps/value_added", {"area": "nowhere"}, ["area"]),
        ("targets", {"indicator": "x", "area": "y", "goal": "z"}, ["indicator", "area", "goal"]),
        ("observations", {"indicator": "x", "area_level": "y"}, ["indicator", "area_level"]),
    ],
)
def test_codes_that_the_plan_does_not_have_are_refused_all_at_once(
    read_api: Deployment, path: str, query: Row, names: list[str]
) -> None:
    found = read_api.client.get(f"{CITY}/{path}", params=query)
    assert found.status_code == 422
    errors = found.json()["errors"]
    assert {error["code"] for error in errors} == {"unknown_code"}
    assert set(names) <= {error["parameter"] for error in errors}
    assert len(errors) == len(query)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("period", "2024-Q5"),
        ("period", "2024Q1"),
        ("period", "20 24"),
        ("period", ""),
        ("start_period", "0999"),
        ("end_period", "2024-13"),
        ("carry_forward", "41"),
        ("carry_forward", "-1"),
        ("explain", "perhaps"),
        ("view", "everything"),
    ],
)
def test_values_that_mean_nothing_are_refused_by_name(
    read_api: Deployment, name: str, value: str
) -> None:
    found = read_api.client.get(GAPS, params={name: value})
    assert found.status_code == 422
    assert [error["parameter"] for error in found.json()["errors"]] == [name]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/plans/atlantis-2025",
        "/api/v1/plans/atlantis-2025/gaps",
        f"{CITY}/indicators/atlantis",
        f"{CITY}/targets/atlantis",
        f"{CITY}/gaps/atlantis",
        f"{NATION}/targets/software_export",
    ],
)
def test_what_a_path_names_and_is_not_there_is_404(reads: Deployment, path: str) -> None:
    found = reads.client.get(path)
    assert found.status_code == 404
    assert found.json()["code"] in {"unknown_plan", "not_found"}


def test_the_filters_of_the_figures_see_what_was_approved(deployment: Deployment) -> None:
    approve(deployment, submit(deployment, "nanshan", 812.4), submit(deployment, "futian", 100))
    query = {"indicator": "value_added", "period": "2024"}
    rows = get_items(deployment, f"{CITY}/gaps", **query, area=["nanshan", "futian", "luohu"])
    assert [(row["area"], row["actual"]) for row in rows] == [
        ("luohu", None),
        ("futian", 100),
        ("nanshan", 812.4),
    ]
    seen = get_items(deployment, f"{CITY}/observations", **query, area_level="district")
    assert [(row["area"], row["value"]) for row in seen] == [("futian", 100), ("nanshan", 812.4)]
