"""A break in a series: the plan marks it, the point after it says so, and no trend crosses it."""

from typing import Any

import pytest

from tests.api.reads import NATION, get_row
from tests.conftest import Deployment
from tests.small_plan import SMALL, figures, get_small, load_small, since, target

FIRMS = target("firms", "city", 300, **since(100))
# Doubled by a wider scope in 2023; before and after it grew by 5 a quarter.
YEAR = {"2022-Q1": 105, "2022-Q2": 110, "2022-Q3": 115, "2022-Q4": 120}
WIDER = {"2023-Q1": 245, "2023-Q2": 250, "2023-Q3": 255, "2023-Q4": 260}


def _detail(api: Deployment, breaks: dict[str, str], **query: Any) -> Any:
    published = figures("firms", "city", YEAR | WIDER)
    load_small(api, targets=[FIRMS], observations=published, breaks=breaks)
    return get_small(api, "/gaps/firms", **query)


def test_a_projection_begins_with_the_new_series(deployment: Deployment) -> None:
    """From 245 to 260 in three quarters, which are 20 a year, for two more years."""
    row = _detail(deployment, {"firms": "2023-Q1"})
    assert row["projection"] == pytest.approx(300, rel=1e-12)
    assert row["projection_low"] == row["projection_high"] == pytest.approx(300, rel=1e-12)
    assert "break_in_series" in row["flags"]
    assert (row["eta"], row["reasons"]["eta"]) == (None, "break_in_series")
    assert [each["from_period"] for each in row["rating_history"]] == ["2023-Q1"]
    points = {each["period"]: each["flags"] for each in row["series"] if each["actual"]}
    assert points["2023-Q1"] == ["break_in_series"]
    assert [flags for period, flags in points.items() if period != "2023-Q1"] == [[]] * 7
    (listed,) = [
        each
        for each in deployment.client.get(f"{SMALL}/indicators").json()["items"]
        if each["code"] == "firms"
    ]
    assert listed["breaks"] == [
        {"period": "2023-Q1", "text_zh": "统计范围扩大", "text_en": "a wider scope"}
    ]


@pytest.mark.parametrize("area", ["city", "east"])
def test_a_break_that_an_area_reports_is_one_like_any(api: Deployment, area: str) -> None:
    """Of the city's own figures, and of a sum in which one district's series breaks."""
    published = figures("firms", area, YEAR | WIDER)
    if area == "east":
        published += figures("firms", "west", dict.fromkeys(YEAR | WIDER, 0))
    for each in published:
        if (each["area"], each["period"]) == (area, "2023-Q1"):
            each["obs_status"] = "B"
    load_small(api, targets=[FIRMS], observations=published)
    row = get_small(api, "/gaps/firms")
    assert row["projection"] == pytest.approx(300, rel=1e-12)
    assert "break_in_series" in row["flags"]
    assert (row["eta"], row["reasons"]["eta"]) == (None, "break_in_series")
    assert (row["yoy_percent"], row["reasons"]["yoy_percent"]) == (None, "break_in_series")
    assert [each["from_period"] for each in row["rating_history"]] == ["2023-Q1"]
    points = {each["period"]: each["flags"] for each in row["series"] if each["actual"]}
    assert points["2023-Q1"] == ["break_in_series"]
    assert [flags for period, flags in points.items() if period != "2023-Q1"] == [[]] * 7
    at = {
        period: get_small(api, "/gaps/firms", period=period)["obs_status"]
        for period in ("2022-Q4", "2023-Q1", "2023-Q2")
    }
    assert at == {"2022-Q4": "A", "2023-Q1": "B", "2023-Q2": "A"}


def test_without_the_mark_the_jump_is_taken_for_growth(api: Deployment) -> None:
    row = _detail(api, {})
    assert row["projection"] == pytest.approx(260 + 160, rel=1e-12)
    assert "break_in_series" not in row["flags"]


def test_before_the_break_nothing_has_changed(api: Deployment) -> None:
    row = _detail(api, {"firms": "2023-Q1"}, period="2022-Q4")
    assert row["projection"] == pytest.approx(120 + 3 * 20, rel=1e-12)
    assert "break_in_series" not in row["flags"]


def test_contributions_are_counted_after_the_break(api: Deployment) -> None:
    published = figures("firms", "east", {"2021-Q4": 10, "2023-Q1": 30, "2023-Q4": 36})
    published += figures("firms", "west", {"2021-Q4": 20, "2023-Q1": 50, "2023-Q4": 54})
    load_small(api, targets=[FIRMS], observations=published, breaks={"firms": "2023-Q1"})
    row = get_small(api, "/gaps/firms")
    assert row["from_period"] == "2023-Q1"
    assert [part["contribution_percent"] for part in row["contributions"]] == [60, 40]
    across = get_small(api, "/gaps/firms", from_period="2021-Q4")
    for part in across["contributions"]:
        assert part["last"] in {36, 54}
        for name in ("first", "change", "contribution_percent", "pull_points"):
            assert part["reasons"][name] == "break_in_series"


def test_published_growth_is_not_held_against_a_growth_across_a_break(api: Deployment) -> None:
    published = figures("revenue", "city", {"2022-Q4": 1000, "2023-Q4": 1500})
    published[1]["published_growth_percent"] = 10
    revenue = target("revenue", "city", 2000, **since(900))
    load_small(api, targets=[revenue], observations=published, breaks={"revenue": "2023"})
    assert "base_restated" not in get_small(api, "/gaps/revenue")["flags"]


def test_growth_over_the_whole_span_tells_a_restated_base(reads: Deployment) -> None:
    """2025-Q4: 13.66 % a year since 2020 by the levels, 13.07 % as published year by year.

    Over the last year alone, 12.79 beside 13.2 %, nothing would show.
    """
    for indicator in ("software_business_revenue", "software_revenue_growth"):
        row = get_row(reads, NATION, indicator=indicator, area="china", period="2025-Q4")
        assert "base_restated" in row["flags"], indicator
    detail = reads.client.get(f"{NATION}/gaps/software_revenue_growth").json()
    assert round(detail["actual"], 2) == 13.66
    assert round(detail["chain_linked_growth_percent"], 2) == 13.07
