"""What a sum covers, what may be carried into it, and what a sum with areas missing still says."""

from typing import Any

import pytest

from tests.api.reads import Row
from tests.conftest import Deployment
from tests.small_plan import SMALL, figures, get_small, load_small, since, target

COVERAGE = ("areas_expected", "areas_reported", "areas_carried_forward")
NEEDS_ALL = ("progress_percent", "schedule_index", "growth_ratio", "path_gap", "projection")


def _row(deployment: Deployment, indicator: str, **query: Any) -> Row:
    wanted = {"indicator": indicator, "area": "city", **query}
    (row,) = get_small(deployment, "/gaps", **wanted)["items"]
    return dict(row)


def _say_missing(deployment: Deployment, area: str, reason: str, **place: str) -> None:
    """A figure that is not there, reported with its reason and approved."""
    figure = {"indicator": place["indicator"], "missing_reason": reason}
    body = {"area": area, "period": place["period"], "figures": [figure]}
    key = deployment.key("reporter", area, owner=area)
    sent = deployment.client.post(f"{SMALL}/reports", json=body, headers=key)
    assert sent.status_code == 201, sent.text
    reviewer = deployment.key("reviewer", owner="office")
    assert deployment.client.post(
        f"{sent.headers['location']}/approve", headers=reviewer
    ).is_success


@pytest.mark.parametrize(
    ("indicator", "carried", "age", "counts"),
    [
        ("firms", 0, 0, [2, 1, 0]),
        ("firms", 1, 0, [2, 1, 0]),
        ("firms", 2, 2, [2, 1, 1]),
        ("workers", 2, 2, [2, 1, 1]),
        ("workers", 40, 2, [2, 1, 1]),
        ("revenue", 40, 0, [2, 1, 0]),
    ],
)
def test_levels_and_totals_are_carried_as_far_as_asked_and_flows_never(
    api: Deployment, indicator: str, carried: int, age: int, counts: list[int]
) -> None:
    """The west is silent since the second quarter of 2023, the east reports the fourth."""
    published = figures(indicator, "east", {"2023-Q2": 30, "2023-Q4": 40})
    published += figures(indicator, "west", {"2023-Q2": 7})
    load_small(
        api, targets=[target(indicator, "city", 100, **_start(indicator))], observations=published
    )
    row = _row(api, indicator, period="2023-Q4", carry_forward=carried)
    is_carried = counts[2] == 1
    assert [row[name] for name in COVERAGE] == counts
    assert (row["actual"], row["data_age_quarters"]) == (47 if is_carried else 40, age)
    assert ("carried_forward" in row["flags"]) is is_carried
    assert ("partial_coverage" in row["flags"]) is not is_carried
    assert row["missing_areas"] == ([] if is_carried else ["west"])
    assert (row["progress_percent"] is None) is not is_carried


def _start(indicator: str) -> Row:
    return {} if indicator == "workers" else since(20)


@pytest.mark.parametrize(
    ("reason", "expected", "rating"),
    [
        ("not_applicable", 1, "on_track"),
        ("not_reported", 2, "unable_to_assess"),
        ("withheld", 2, "unable_to_assess"),
        ("not_yet_available", 2, "unable_to_assess"),
    ],
)
def test_only_what_does_not_apply_is_not_expected(
    api: Deployment, reason: str, expected: int, rating: str
) -> None:
    published = figures("firms", "east", {"2023-Q4": 62})
    load_small(api, targets=[target("firms", "city", 100, **since(20))], observations=published)
    _say_missing(api, "west", reason, indicator="firms", period="2023-Q4")
    row = _row(api, "firms", period="2023-Q4")
    assert [row[name] for name in COVERAGE] == [expected, 1, 0]
    assert (row["actual"], row["rating"]) == (62, rating)
    # What does not apply now is not filled with what applied before.
    later = _row(api, "firms", period="2024-Q1", carry_forward=1)
    assert later["areas_expected"] == 2
    assert later["areas_carried_forward"] == 1


def test_a_partial_sum_gives_its_gap_and_nothing_that_needs_every_area(api: Deployment) -> None:
    published = figures("firms", "east", {"2023-Q4": 62})
    load_small(api, targets=[target("firms", "city", 100, **since(20))], observations=published)
    row = _row(api, "firms", period="2023-Q4")
    assert (row["gap"], row["gap_percent"], row["attainment_percent"]) == (38, 38, 62)
    assert {row["reasons"][name] for name in NEEDS_ALL} == {"partial_coverage"}
    assert (row["rating"], row["elapsed_percent"]) == ("unable_to_assess", 50)


def test_a_part_that_meets_a_rising_target_alone_is_enough(api: Deployment) -> None:
    published = figures("firms", "east", {"2023-Q4": 120})
    ceiling = target("revenue", "city", 50, comparator="lte", direction="decrease", **since(80))
    published += figures("revenue", "east", {"2023-Q4": 30})
    rising = target("firms", "city", 100, **since(20))
    load_small(api, targets=[rising, ceiling], observations=published)
    met = _row(api, "firms", period="2023-Q4")
    assert (met["rating"], met["progress_percent"]) == ("achieved_early", 125)
    assert "partial_coverage" in met["flags"]
    # Below a ceiling the missing part may still be what breaks through it.
    assert _row(api, "revenue", period="2023-Q4")["rating"] == "unable_to_assess"


def test_an_area_that_lies_within_others_is_shown_and_never_summed(api: Deployment) -> None:
    published = figures("firms", "east", {"2023-Q4": 60})
    published += figures("firms", "west", {"2023-Q4": 40})
    published += figures("firms", "port", {"2023-Q4": 25})
    load_small(api, targets=[target("firms", "city", 100, **since(20))], observations=published)
    row = _row(api, "firms", period="2023-Q4")
    assert (row["actual"], row["areas_expected"]) == (100, 2)
    assert _row(api, "firms", period="2023-Q4", area="port")["actual"] == 25


def test_a_value_that_is_no_sum_has_no_coverage(api: Deployment) -> None:
    published = figures("firms", "city", {"2023-Q4": 60})
    load_small(api, targets=[], observations=published)
    row = _row(api, "firms", period="2023-Q4")
    assert row["actual_source"] == "reported"
    assert {row["reasons"][name] for name in COVERAGE} == {"not_a_sum"}
