"""One target in full: the year it is in, what it takes, and how firm its rating is."""

import pytest

from tests.api.reads import NATION, REVENUE, Row
from tests.conftest import Deployment
from tests.small_plan import figures, get_small, load_small, since, target

YEAR = (
    "year_to_date",
    "seasonal_elapsed_percent",
    "full_year_estimate",
    "year_milestone",
    "year_progress_percent",
    "year_projected_gap",
)
TAKES = (
    "required_per_quarter",
    "best_per_quarter",
    "average_per_quarter",
    "last_four_per_quarter",
    "reachability",
)
NEXT = [
    f"next_{side}_{what}" for side in ("better", "worse") for what in ("rating", "actual", "change")
]


def _national(deployment: Deployment, **query: str) -> Row:
    found = deployment.client.get(f"{NATION}/gaps/{REVENUE}", params=query)
    assert found.status_code == 200, found.text
    return dict(found.json())


def _close(value: float) -> object:
    return pytest.approx(value, rel=1e-12)


def test_a_first_quarter_is_held_against_what_first_quarters_usually_are(
    reads: Deployment,
) -> None:
    """Shares 2021-2024: 19029.55/94994, 20060/108126, 24415/123258, 28020/137276."""
    row = _national(reads, period="2025-Q1")
    assert [row[name] for name in YEAR] == [
        31479,
        _close(19.7010697129796),
        _close(159783.201920558),
        140000,
        _close(22.485),
        _close(-19783.201920558),
    ]
    # The row itself stands on the trailing year, as its rating does.
    assert (row["actual_basis"], row["actual"]) == ("ttm", 140735)


def test_the_share_of_the_year_uses_the_years_before_it_alone(reads: Deployment) -> None:
    """At 2022-Q3: 58387 of 81616 in 2020, whose first half is not known, 69000 of 94994 in 2021."""
    row = _national(reads, period="2022-Q3")
    share = (58387 / 81616 + 69000 / 94994) / 2
    assert row["seasonal_elapsed_percent"] == _close(100 * share)
    assert row["full_year_estimate"] == _close(74763 / share)
    assert row["year_milestone"] == _close(101278.298850203)


def test_a_whole_year_is_its_own_estimate(reads: Deployment) -> None:
    row = _national(reads, period="2024")
    assert [row[name] for name in YEAR[:3]] == [137276, 100, 137276]


def test_the_worked_example_of_two_districts_that_make_up_the_city(api: Deployment) -> None:
    """The history of the measures, split in two: the city's share and estimate are its own."""
    history = {
        2021: (480, 1010, 1580, 2300),
        2022: (520, 1105, 1745, 2560),
        2023: (575, 1216, 1910, 2790),
    }
    published = [
        figure
        for year, totals in history.items()
        for quarter, total in enumerate(totals, 1)
        for figure in (
            *figures("revenue", "east", {f"{year}-Q{quarter}": total - 100}),
            *figures("revenue", "west", {f"{year}-Q{quarter}": 100}),
        )
    ]
    published += figures("revenue", "east", {"2024-Q2": 1200, "2024-Q3": 1900})
    published += figures("revenue", "west", {"2024-Q2": 145})
    load_small(
        api, targets=[target("revenue", "city", 4200, **since(2300))], observations=published
    )

    row = get_small(api, "/gaps/revenue", period="2024-Q2")
    assert row["seasonal_elapsed_percent"] == pytest.approx(43.55377846, abs=1e-8)
    assert row["full_year_estimate"] == pytest.approx(3088.1362023, abs=1e-7)
    assert (row["year_to_date"], row["year_milestone"]) == (1345, 3725)
    partial = get_small(api, "/gaps/revenue", period="2024-Q3")
    silent = ("year_to_date", "full_year_estimate", "year_progress_percent", "year_projected_gap")
    assert {partial["reasons"][name] for name in silent} == {"partial_coverage"}
    assert partial["year_milestone"] == 3725
    west = get_small(api, "/gaps/revenue", area="west", period="2024-Q2")
    assert (west["year_to_date"], west["reasons"]["year_milestone"]) == (145, "no_target")
    none = get_small(api, "/gaps/revenue", period="2021-Q2")
    assert none["reasons"]["full_year_estimate"] == "insufficient_history"


@pytest.mark.parametrize("indicator", ["workers", "firms", "share", "growth"])
def test_only_annual_flows_have_a_year(api: Deployment, indicator: str) -> None:
    growth = target("growth", "city", 12, path="geometric", **since(2300))
    load_small(api, targets=[growth], observations=[])
    row = get_small(api, f"/gaps/{indicator}")
    assert {row["reasons"][name] for name in YEAR} == {"not_applicable"}
    is_growth = indicator == "growth"
    why = "no_data" if is_growth else "not_applicable"
    assert row["reasons"]["chain_linked_growth_percent"] == why


def test_without_a_figure_there_is_no_year_and_nothing_to_take(api: Deployment) -> None:
    targets = [target("revenue", "city", 4200, **since(2300)), target("workers", "city", 9)]
    load_small(api, targets=targets, observations=[])
    row = get_small(api, "/gaps/revenue")
    assert {row["reasons"][name] for name in YEAR} == {"no_data"}
    total = get_small(api, "/gaps/workers")
    assert {total["reasons"][name] for name in TAKES} == {"no_data"}


def test_what_an_increment_takes_is_told_beside_what_it_did(api: Deployment) -> None:
    """4000, 6000, 5000, 9000, 6000, 6000 in six quarters; 64 000 are left for ten."""
    totals = dict(
        zip(
            ("2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4", "2023-Q1", "2023-Q2"),
            (4000, 10000, 15000, 24000, 30000, 36000),
            strict=True,
        )
    )
    load_small(
        api,
        targets=[target("workers", "city", 100000)],
        observations=figures("workers", "city", totals),
    )
    row = get_small(api, "/gaps/workers")
    assert [row[name] for name in TAKES] == [6400, 9000, 6000, 6500, "reachable"]
    late = get_small(api, "/gaps/workers", period="2022-Q4")
    assert (late["required_per_quarter"], late["reachability"]) == (76000 / 12, "stretch")


def test_of_what_is_no_increment_nothing_is_required_a_quarter(read_api: Deployment) -> None:
    row = _national(read_api, period="2024")
    assert {row["reasons"][name] for name in TAKES} == {"not_applicable"}
    path = f"{NATION}/gaps/software_export"
    none = read_api.client.get(path).json()
    assert {none["reasons"][name] for name in TAKES} == {"no_target"}


def test_a_rating_says_where_the_next_ones_begin(reads: Deployment) -> None:
    """0.95 of the 11.396 % a year that were needed: 81616 x 1.10826^4 = 123125.7."""
    row = _national(reads, period="2024-Q4")
    assert [row[name] for name in NEXT] == [
        "achieved_early",
        140000,
        2724,
        "acceleration_needed",
        _close(123125.697052228),
        _close(-14150.302947772),
    ]


def test_at_its_end_a_target_can_only_be_lost(reads: Deployment) -> None:
    row = _national(reads, period="2025")
    assert (row["next_worse_rating"], row["next_worse_change"]) == ("missed", -14831)
    assert row["reasons"]["next_better_rating"] == "highest_rating"


def test_a_growth_target_changes_by_points(reads: Deployment) -> None:
    found = reads.client.get(f"{NATION}/gaps/software_revenue_growth", params={"period": "2024"})
    row = found.json()
    assert (row["next_worse_rating"], row["next_worse_actual"]) == ("acceleration_needed", 11.4)


def test_without_a_rating_there_is_none_to_change(read_api: Deployment) -> None:
    none = read_api.client.get(f"{NATION}/gaps/china_software_parks").json()
    assert {none["reasons"][name] for name in NEXT} == {"not_rated"}
    other = read_api.client.get(f"{NATION}/gaps/software_export").json()
    assert {other["reasons"][name] for name in NEXT} == {"no_target"}


def test_the_worked_projection_of_a_series_of_six_values(api: Deployment) -> None:
    """1500 to 2560 in five steps of 212 on average: 2772 next, 2703.4 to 2840.6 nominally."""
    totals = {"2020-Q4": 1680, "2021-Q4": 1850, "2022-Q4": 2050, "2023-Q4": 2300, "2024-Q4": 2560}
    wanted = target("firms", "city", 2800, **since(1500, "2019"))
    load_small(api, targets=[wanted], observations=figures("firms", "city", totals))
    row = get_small(api, "/gaps/firms")
    assert (row["period"], row["projection"], row["projected_gap"]) == ("2024-Q4", 2772, 28)
    assert row["projection_low"] == pytest.approx(2703.3643981337, abs=1e-10)
    assert row["projection_high"] == pytest.approx(2840.6356018663, abs=1e-10)
    assert row["projection_prudent"] == 2772
    assert "long_horizon" not in row["flags"]


def test_three_of_five_after_912_of_1461_days_are_more_likely_than_not(api: Deployment) -> None:
    load_small(
        api,
        targets=[target("workers", "city", 5)],
        observations=figures("workers", "city", {"2024-Q2": 3}),
    )
    row = get_small(api, "/gaps/workers")
    assert row["elapsed_percent"] == pytest.approx(62.42299795, abs=1e-8)
    assert row["probability"] == pytest.approx(0.5550678710, abs=1e-10)
