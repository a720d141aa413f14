"""Who brought the change and who owes the gap: real regions, and targets split where none are."""

import pytest

from tests.api.reads import CITY, NATION, REVENUE, Row, get_items
from tests.conftest import Deployment
from tests.small_plan import SMALL, figures, get_small, load_small, since, target

CITY_TARGET = target("revenue", "city", 4200, **since(2300))


def _parts(row: Row) -> dict[str, Row]:
    return {part["area"]: part for part in row["contributions"]}


def test_the_four_regions_from_2022_to_2024_as_the_ministry_published_them(
    reads: Deployment,
) -> None:
    """108126 to 137276: east 88663 to 113022, central 5390 to 7341, west 11574 to 13776, ..."""
    query = {"period": "2024-Q4", "from_period": "2022-Q4"}
    row = reads.client.get(f"{NATION}/gaps/{REVENUE}", params=query).json()
    assert row["from_period"] == "2022-Q4"
    parts = _parts(row)
    assert {area: part["change"] for area, part in parts.items()} == {
        "east": 24359,
        "central": 1951,
        "west": 2202,
        "northeast": 638,
    }
    assert sum(part["change"] for part in parts.values()) == 137276 - 108126 == 29150
    shares = {area: round(part["contribution_percent"], 6) for area, part in parts.items()}
    assert shares == {
        "east": 83.564322,
        "central": 6.692967,
        "west": 7.554031,
        "northeast": 2.188679,
    }
    pulls = {area: round(part["pull_points"], 6) for area, part in parts.items()}
    assert pulls == {
        "east": 22.528347,
        "central": 1.804376,
        "west": 2.036513,
        "northeast": 0.590052,
    }
    # The baseline's year 2020 has no regions: the same period is chosen, and said, by default.
    default = reads.client.get(f"{NATION}/gaps/{REVENUE}", params={"period": "2024-Q4"}).json()
    assert default["from_period"] == "2022-Q4"
    assert default["contributions"] == row["contributions"]


def test_of_silent_areas_neither_the_change_nor_a_rest_is_known(reads: Deployment) -> None:
    """Only the east is published for 2023: how the rest is shared is not known."""
    query = {"period": "2023-Q4", "from_period": "2022-Q4"}
    parts = _parts(reads.client.get(f"{NATION}/gaps/{REVENUE}", params=query).json())
    assert list(parts) == ["east", "central", "west", "northeast"]
    assert parts["east"]["change"] == 100783 - 88663
    assert parts["east"]["like_for_like_share_percent"] == 100
    west = parts["west"]
    assert (west["first"], west["last"], west["change"]) == (11574, None, None)
    assert (west["reasons"]["last"], west["reasons"]["change"]) == (
        "not_reported",
        "partial_coverage",
    )
    for part in parts.values():
        assert part["reasons"]["contribution_percent"] == "partial_coverage"
        assert part["reasons"]["pull_points"] == "partial_coverage"


def test_where_no_region_has_published_nothing_is_said_of_the_whole(reads: Deployment) -> None:
    row = reads.client.get(f"{NATION}/gaps/{REVENUE}").json()
    assert (row["period"], row["from_period"]) == ("2025-Q4", "2022-Q4")
    parts = _parts(row)
    assert list(parts) == ["east", "central", "west", "northeast"]
    assert {part["change"] for part in parts.values()} == {None}
    assert {part["reasons"]["contribution_percent"] for part in parts.values()} == {
        "partial_coverage"
    }


def test_contributions_of_the_year_before_are_those_of_a_bulletin(api: Deployment) -> None:
    published = figures("revenue", "east", {"2021": 1000, "2022": 1200, "2023": 1500})
    published += figures("revenue", "west", {"2021": 1000, "2022": 1100, "2023": 1200})
    load_small(api, targets=[CITY_TARGET], observations=published)
    row = get_small(api, "/gaps/revenue", from_period="previous_year")
    assert (row["period"], row["from_period"]) == ("2023-Q4", "2022-Q4")
    parts = _parts(row)
    assert [part["contribution_percent"] for part in parts.values()] == [75, 25]
    assert parts["east"]["pull_points"] == pytest.approx(100 * 300 / 2300, rel=1e-12)
    default = get_small(api, "/gaps/revenue")
    assert default["from_period"] == "2021-Q4"
    refused = api.client.get(f"{SMALL}/gaps/revenue", params={"from_period": "last_year"})
    assert refused.status_code == 422
    assert [each["parameter"] for each in refused.json()["errors"]] == ["from_period"]


def test_the_parts_of_a_sum_are_held_against_sums_whatever_the_city_says_in_between(
    api: Deployment,
) -> None:
    published = figures("firms", "east", {"2021-Q4": 10, "2023-Q4": 16})
    published += figures("firms", "west", {"2021-Q4": 20, "2023-Q4": 24})
    published += figures("firms", "city", {"2021-Q4": 99})
    load_small(api, targets=[target("firms", "city", 60, **since(30))], observations=published)
    parts = _parts(get_small(api, "/gaps/firms"))
    assert {area: part["contribution_percent"] for area, part in parts.items()} == {
        "east": 60,
        "west": 40,
    }


def test_without_targets_of_their_own_areas_share_the_target_by_what_they_had(
    reads: Deployment,
) -> None:
    """140000 by the values of 2022-Q4; the centre has outgrown its part and owes nothing."""
    query = {"period": "2024-Q4", "allocation": "notional"}
    row = reads.client.get(f"{NATION}/gaps/{REVENUE}", params=query).json()
    assert (row["allocation"], row["allocation_period"]) == ("notional", "2022-Q4")
    assert "notional" in row["flags"]
    parts = _parts(row)
    assert [part["weight"] for part in parts.values()] == [88663, 5390, 11574, 2499]
    assert sum(part["target"] for part in parts.values()) == pytest.approx(140000, abs=1e-7)
    assert parts["east"]["target"] == pytest.approx(140000 * 88663 / 108126, abs=1e-8)
    assert sum(part["gap"] for part in parts.values()) == pytest.approx(row["gap"], abs=1e-7)
    assert parts["central"]["gap"] < 0
    assert parts["central"]["shortfall_share_percent"] == 0
    shares = [part["shortfall_share_percent"] for part in parts.values()]
    assert sum(shares) == pytest.approx(100, abs=1e-9)
    plain = reads.client.get(f"{NATION}/gaps/{REVENUE}", params={"period": "2024-Q4"}).json()
    assert plain["reasons"]["allocation"] == "no_area_targets"
    assert "notional" not in plain["flags"]


def test_targets_of_their_own_are_never_split_over(api: Deployment) -> None:
    published = figures("revenue", "east", {"2021": 1000, "2023": 1500})
    published += figures("revenue", "west", {"2021": 1000, "2023": 1200})
    own = target("revenue", "east", 2500)
    load_small(api, targets=[CITY_TARGET, own], observations=published)
    row = get_small(api, "/gaps/revenue", allocation="notional")
    assert (row["allocation"], row["allocation_period"]) == ("own", None)
    assert row["reasons"]["allocation_period"] == "not_applicable"
    parts = _parts(row)
    assert (parts["east"]["gap"], parts["west"]["reasons"]["gap"]) == (1000, "no_target")
    assert parts["unallocated"]["gap"] == 1500 - 1000
    assert row["like_for_like_gap"] == 1000


def test_a_count_is_split_into_whole_ones(api: Deployment) -> None:
    published = figures("firms", "east", {"2021-Q4": 1, "2023-Q4": 2})
    published += figures("firms", "west", {"2021-Q4": 2, "2023-Q4": 3})
    load_small(api, targets=[target("firms", "city", 10, **since(3))], observations=published)
    row = get_small(api, "/gaps/firms", allocation="notional")
    parts = _parts(row)
    assert [(part["target"], part["gap"]) for part in parts.values()] == [(3, 1), (7, 4)]


def test_totals_that_start_at_zero_are_split_by_the_first_that_do_not(api: Deployment) -> None:
    published = figures("workers", "east", {"2022-Q4": 100, "2023-Q4": 150})
    published += figures("workers", "west", {"2022-Q4": 300, "2023-Q4": 500})
    load_small(api, targets=[target("workers", "city", 2000)], observations=published)
    row = get_small(api, "/gaps/workers", allocation="notional")
    assert (row["from_period"], row["allocation_period"]) == ("2021-Q4", "2022-Q4")
    assert [part["target"] for part in row["contributions"]] == [500, 1500]
    assert [part["weight"] for part in row["contributions"]] == [100, 300]
    assert "notional" in row["flags"]
    later = get_small(api, "/gaps/workers", allocation="notional", from_period="2023-Q4")
    assert later["allocation_period"] == "2023-Q4"


def test_totals_of_which_one_is_never_known_cannot_be_split(api: Deployment) -> None:
    published = figures("workers", "east", {"2022-Q4": 100, "2023-Q4": 150})
    load_small(api, targets=[target("workers", "city", 2000)], observations=published)
    none = get_small(api, "/gaps/workers", allocation="notional")
    assert (none["allocation"], none["reasons"]["allocation"]) == (None, "no_weights")
    assert _parts(none)["east"]["reasons"]["target"] == "no_target"


def test_carried_values_are_the_same_in_the_sum_and_in_its_parts(api: Deployment) -> None:
    published = figures("firms", "east", {"2021-Q4": 10, "2023-Q3": 14, "2023-Q4": 15})
    published += figures("firms", "west", {"2021-Q4": 20, "2023-Q3": 26})
    load_small(api, targets=[target("firms", "city", 60, **since(30))], observations=published)
    query = {"period": "2023-Q4", "carry_forward": 1}
    row = get_small(api, "/gaps/firms", **query)
    assert (row["actual"], row["areas_reported"], row["areas_carried_forward"]) == (41, 1, 1)
    assert {area: part["last"] for area, part in _parts(row).items()} == {"east": 15, "west": 26}


def test_ratios_and_averages_of_growth_have_no_parts_that_would_sum(api: Deployment) -> None:
    published = [
        *figures("revenue", "east", {"2021": 1000, "2023": 2000}),
        *figures("revenue", "west", {"2021": 1000, "2023": 1000}),
        *figures("research", "east", {"2021": 50, "2023": 200}),
        *figures("research", "west", {"2021": 50, "2023": 40}),
    ]
    targets = [
        target("share", "city", 10, **since(5)),
        target("share", "east", 12),
        target("growth", "city", 12, path="geometric", **since(2000)),
    ]
    load_small(api, targets=targets, observations=published)
    for code, actual in (("share", 8), ("growth", pytest.approx(22.474487139, rel=1e-9))):
        row = get_small(api, f"/gaps/{code}", period="2023", allocation="notional")
        assert row["actual"] == actual
        assert row["contributions"] == []
        assert row["reasons"]["like_for_like_gap"] == "not_a_sum"
        assert row["reasons"]["allocation"] == "no_area_targets"


def test_of_a_partial_sum_the_reporting_areas_are_held_against_their_own(api: Deployment) -> None:
    published = figures("revenue", "east", {"2021": 1000, "2023": 1500})
    targets = [CITY_TARGET, target("revenue", "east", 2500), target("revenue", "west", 1700)]
    load_small(api, targets=targets, observations=published)
    row = get_small(api, "/gaps/revenue", period="2023")
    assert (row["gap"], row["like_for_like_gap"]) == (2700, 1000)
    assert "partial_coverage" in row["flags"]
    parts = _parts(row)
    assert parts["west"]["reasons"]["gap"] == "partial_coverage"
    assert "unallocated" not in parts
    assert parts["east"]["like_for_like_shortfall_percent"] == 100
    assert parts["east"]["reasons"]["shortfall_share_percent"] == "partial_coverage"


def test_a_bureau_sees_which_of_its_targets_are_behind(api: Deployment) -> None:
    """The education bureau answers for the new workers alone; nine tenths are still missing."""
    key = api.key("reporter", "shenzhen", owner="statistics")
    facts = {"unit": "人", "basis": "since_start"}
    sent = [
        {"indicator": "new_software_workers", "value": 20000, **facts},
        {"indicator": "rd_institutions", "value": 8, "unit": "家", "basis": "since_start"},
    ]
    body = {"area": "shenzhen", "period": "2024-Q2", "figures": sent}
    stored = api.client.post(f"{CITY}/reports", json=body, headers=key)
    assert stored.status_code == 201, stored.text
    reviewer = api.key("reviewer", owner="city-office")
    assert api.client.post(f"{stored.headers['location']}/approve", headers=reviewer).is_success

    behind = {"area": "shenzhen", "rating": ["off_track", "acceleration_needed", "missed"]}
    for unit, late in (
        ("education_bureau", ["new_software_workers"]),
        ("market_regulation_administration", []),
        ("industry_information_bureau", []),
    ):
        rows = get_items(api, f"{CITY}/gaps", responsible_unit=unit, **behind)
        assert [row["indicator"] for row in rows] == late, unit
