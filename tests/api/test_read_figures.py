"""The figures that must come out, and a reason for every one that cannot: through HTTP."""

from decimal import Decimal

import pytest

from tests.api.reads import CITY, DISTRICTS, NATION, REVENUE, Row, get_items, get_row
from tests.conftest import Deployment

NATIONAL = {"indicator": REVENUE, "area": "china"}
REGIONS = ["east", "central", "west", "northeast"]


def _mismatches(row: Row) -> set[str]:
    """The null fields without a reason, and the reasons of what is no null field."""
    unknown = {name for name, value in row.items() if value is None and name != "explain"}
    return unknown ^ set(row["reasons"])


def test_the_nations_revenue_of_2024_is_short_of_its_target(reads: Deployment) -> None:
    row = get_row(reads, NATION, **NATIONAL, period="2024-Q4")
    assert (row["target"], row["baseline"], row["actual"], row["gap"]) == (
        140000,
        81616,
        137276,
        2724,
    )
    assert round(row["attainment_percent"], 4) == 98.0543
    assert round(row["progress_percent"], 4) == 95.3343
    assert row["elapsed_percent"] == 80
    assert row["rating"] == "on_track"
    assert row["actual_basis"] == "full_year"


def test_the_nations_revenue_of_2025_achieves_its_target(reads: Deployment) -> None:
    row = get_row(reads, NATION, **NATIONAL)
    assert (row["period"], row["actual"], row["rating"]) == ("2025-Q4", 154831, "achieved")
    assert round(row["attainment_percent"], 4) == 110.5936
    assert (row["gap"], row["required_rate"]) == (-14831, None)
    assert row["reasons"]["required_rate"] == "deadline_passed"


def test_trailing_four_quarters_that_meet_the_target_do_not_achieve_it(reads: Deployment) -> None:
    row = get_row(reads, NATION, **NATIONAL, period="2025-Q1")
    assert (row["actual"], row["actual_basis"]) == (140735, "ttm")
    assert row["rating"] == "on_track"
    assert "ttm_meets_target" in row["flags"]


def test_trailing_four_quarters_without_all_inputs_are_null_with_a_reason(
    reads: Deployment,
) -> None:
    row = get_row(reads, NATION, **NATIONAL, period="2025-Q2")
    assert row["actual"] is None
    assert row["reasons"]["actual"] in {"insufficient_history", "mixed_sources"}
    assert (row["rating"], row["rating_index"]) == ("unable_to_assess", None)


def test_a_growth_target_is_met_by_growth_and_implies_a_level(reads: Deployment) -> None:
    path = f"{NATION}/gaps/software_revenue_growth"
    row = reads.client.get(path, params={"period": "2025-Q4"}).json()
    assert (round(row["actual"], 2), row["target"], row["unit"]) == (13.66, 12, "%")
    assert row["rating"] == "achieved"
    assert round(row["implied_level"]) == 143835
    assert round(row["gap"], 2) == -1.66
    assert row["of"] == REVENUE
    for name in ("attainment_percent", "progress_percent"):
        assert row["reasons"][name] == "not_defined_for_growth"


def test_a_growth_row_compounds_the_published_growth_of_its_years(reads: Deployment) -> None:
    path = f"{NATION}/gaps/software_revenue_growth"
    row = reads.client.get(path, params={"period": "2025"}).json()
    years = [f"{year}-Q4" for year in range(2021, 2026)]
    published = {
        each["period"]: Decimal(str(each["published_growth_percent"]))
        for each in get_items(reads, f"{NATION}/observations", **NATIONAL, period=years)
    }
    assert sorted(published) == years
    product = Decimal(1)
    for percent in published.values():
        product *= 1 + percent / 100
    expected = 100 * (float(product) ** 0.2 - 1)
    assert row["chain_linked_growth_percent"] == pytest.approx(expected, rel=1e-12)


def test_a_growth_target_is_not_achieved_before_its_deadline(reads: Deployment) -> None:
    query = {"indicator": "software_revenue_growth", "area": "china", "period": "2024-Q4"}
    row = get_row(reads, NATION, **query)
    assert row["actual"] > row["target"]
    assert row["rating"] == "on_track"


def test_a_city_without_figures_cannot_be_assessed(reads: Deployment) -> None:
    row = get_row(reads, CITY, indicator="value_added", area="shenzhen")
    assert (row["rating"], row["actual"], row["period"]) == ("unable_to_assess", None, None)
    assert row["reasons"]["actual"] == "no_data"
    assert (row["gap"], row["attainment_percent"], row["progress_percent"]) == (None, None, None)
    assert (row["areas_expected"], row["areas_reported"]) == (11, 0)
    assert row["missing_areas"] == DISTRICTS
    assert (row["target"], row["comparator"], row["baseline"]) == (4200, "gt", 2300)


def test_the_contributions_of_the_regions_sum_to_the_nations_change(reads: Deployment) -> None:
    query = {"period": "2024-Q4", "from_period": "2022-Q4"}
    detail = reads.client.get(f"{NATION}/gaps/{REVENUE}", params=query).json()
    parts = detail["contributions"]
    assert detail["from_period"] == "2022-Q4"
    assert [part["area"] for part in parts] == REGIONS
    assert sum(part["contribution_percent"] for part in parts) == pytest.approx(100, abs=1e-9)
    assert sum(part["change"] for part in parts) == 137276 - sum(part["first"] for part in parts)
    assert parts[0]["change"] == parts[0]["last"] - parts[0]["first"]
    assert all(part["reasons"]["gap"] == "no_target" for part in parts)


def test_contributions_count_from_the_first_period_that_all_parts_know(reads: Deployment) -> None:
    detail = reads.client.get(f"{NATION}/gaps/{REVENUE}", params={"period": "2024-Q4"}).json()
    # Before the end of 2022 no region's full year is published.
    assert detail["from_period"] == "2022-Q4"
    assert [part["first"] for part in detail["contributions"]] == [88663, 5390, 11574, 2499]


def test_the_series_runs_from_the_baseline_to_the_deadline(reads: Deployment) -> None:
    series = reads.client.get(f"{NATION}/gaps/{REVENUE}").json()["series"]
    assert [series[0]["period"], series[-1]["period"], len(series)] == ["2021-Q1", "2025-Q4", 20]
    for point in series:
        assert (point["actual"] is None) == (point["reason"] is not None)
        assert point["path_value"] is not None
    assert series[-1]["path_value"] == pytest.approx(140000, rel=1e-12)
    assert (series[-1]["actual"], series[-1]["rating"]) == (154831, "achieved")


def test_provinces_are_shown_and_never_summed_beside_the_regions(reads: Deployment) -> None:
    shown = get_items(reads, f"{NATION}/observations", indicator=REVENUE, area="guangdong")
    assert [row["value"] for row in shown] == [4438, 9730]
    row = get_row(reads, NATION, indicator=REVENUE, area="guangdong", period="2023-Q2")
    assert row["reasons"]["actual"] == "insufficient_history"
    assert row["reasons"]["target"] == "no_target"
    nation = get_row(reads, NATION, **NATIONAL, period="2025-Q2")
    assert (nation["areas_expected"], nation["missing_areas"]) == (4, REGIONS)


@pytest.mark.parametrize("plan", [CITY, NATION])
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"start_period": "2021", "end_period": "2022"},
        {"start_period": "2024", "carry_forward": 4},
        {"period": ["2019", "2020", "2026-Q1", "2030"]},
    ],
    ids=["latest", "quarters", "carried forward", "beyond the plan"],
)
def test_every_null_has_a_reason_and_nothing_else_has_one(
    read_api: Deployment, plan: str, query: Row
) -> None:
    offset, wrong, seen = 0, [], 0
    while True:
        page = read_api.client.get(
            f"{plan}/gaps", params={**query, "limit": 1000, "offset": offset}
        )
        rows = page.json()["items"]
        wrong += [(row["indicator"], row["area"], _mismatches(row)) for row in rows]
        offset, seen = offset + 1000, seen + len(rows)
        if page.json()["next"] is None:
            break
    assert seen == page.json()["total"] > 90
    assert [each for each in wrong if each[2]] == []


@pytest.mark.parametrize("plan", [CITY, NATION])
def test_targets_overview_and_details_give_a_reason_for_every_null(
    read_api: Deployment, plan: str
) -> None:
    rows = get_items(read_api, f"{plan}/targets")
    rows += read_api.client.get(f"{plan}/overview").json()["targets"]
    for indicator in get_items(read_api, f"{plan}/indicators"):
        detail = read_api.client.get(f"{plan}/gaps/{indicator['code']}").json()
        rows += [detail, *detail["contributions"]]
    assert [row for row in rows if _mismatches(row)] == []
