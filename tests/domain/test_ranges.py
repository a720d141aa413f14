"""A target that is a range: 50 to 60 by 2025, from 30 below it, from 100 above it, from within."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.accumulation import ActualBasis, ActualSource
from app.domain.course.growth import (
    GrowthTarget,
    assess_growth,
    growth_since,
    sensitivity_of_growth,
)
from app.domain.coverage import Actual, Coverage
from app.domain.gap import assess
from app.domain.measures import situate
from app.domain.outlook.requirement import Reachability, requirement_of
from app.domain.outlook.sensitivity import RatingChange, sensitivity_of
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Flag, Quantity, Reason, Undefined
from app.domain.rating import Bands, Rating
from app.domain.target import Target
from app.domain.time.period import Period
from app.domain.time.spells import Dated

D = Decimal
FROM_BELOW = Target(
    value=D(50),
    high=D(60),
    comparator=Comparator.BETWEEN,
    deadline=Period(2025),
    direction=Direction.INCREASE,
    path=PathKind.LINEAR,
    baseline=D(30),
    baseline_period=Period(2021),
)
FROM_ABOVE = replace(FROM_BELOW, baseline=D(100), direction=Direction.DECREASE)
FROM_WITHIN = replace(FROM_BELOW, baseline=D(55))
FROM_NOWHERE = replace(FROM_BELOW, baseline=None, baseline_period=None)
COUNTER = Target(
    value=D(3),
    high=D(5),
    comparator=Comparator.BETWEEN,
    deadline=Period(2025, 4),
    direction=Direction.INCREASE,
    path=PathKind.LINEAR,
    baseline=D(0),
    start=date(2022, 1, 1),
)
GROWTH = GrowthTarget(
    target=replace(FROM_BELOW, value=D(5), high=D(7), baseline=None, baseline_period=Period(2020)),
    base_level=D(100),
)
HALF, END = Period(2023, 4), Period(2025, 4)


def actual(value: str | Quantity, at: Period = HALF, *, missing: tuple[str, ...] = ()) -> Actual:
    return Actual(
        period=at,
        value=D(value) if isinstance(value, str) else value,
        basis=ActualBasis.LEVEL,
        source=ActualSource.SUMMED if missing else ActualSource.REPORTED,
        coverage=Coverage(expected=3, reported=2, carried_forward=0, missing=missing)
        if missing
        else None,
    )


def row(target: Target, value: str, at: Period = HALF, *past: tuple[int, str]) -> Any:
    history = tuple(Dated(period=Period(year), value=D(each)) for year, each in past)
    return assess(target, actual(value, at), history=history, bands=Bands())


def test_on_the_way_into_a_range_the_nearer_end_is_the_target() -> None:
    found = row(FROM_BELOW, "40")
    assert (found.gap, found.gap_percent) == (10, 20)
    assert found.attainment_percent == Undefined(Reason.NOT_DEFINED_FOR_RANGE)
    assert (found.progress_percent, found.elapsed_percent, found.schedule_index) == (50, 50, 1)
    assert (found.path_value, found.path_progress_percent, found.path_gap) == (40, 50, 0)
    assert (found.achieved_rate, found.required_rate, found.acceleration) == (5, 5, 1)
    assert found.rating is Rating.ON_TRACK
    assert found.eta == date(2025, 12, 30)


def test_a_range_is_reached_from_above_at_its_upper_end() -> None:
    found = row(FROM_ABOVE, "84")
    assert (found.gap, found.gap_percent) == (24, 40)
    assert (found.progress_percent, found.path_value, found.path_gap) == (40, 80, 4)
    assert (found.required_rate, found.rating) == (-12, Rating.ACCELERATION_NEEDED)


@pytest.mark.parametrize("value", ["50", "55", "60"])
@pytest.mark.parametrize("target", [FROM_BELOW, FROM_ABOVE, FROM_WITHIN, FROM_NOWHERE])
def test_within_the_range_there_is_no_gap(target: Target, value: str) -> None:
    found = row(target, value)
    assert (found.gap, found.gap_percent, found.required_rate) == (0, 0, 0)
    assert found.rating is Rating.ACHIEVED_EARLY
    assert Flag.AT_THRESHOLD not in found.flags
    assert row(target, value, END).rating is Rating.ACHIEVED


@pytest.mark.parametrize(
    ("target", "value", "gap", "percent", "rate"),
    [(FROM_BELOW, "66", -6, -10, -3), (FROM_ABOVE, "45", -5, -10, 2.5)],
)
def test_beyond_the_far_end_a_figure_has_gone_through_the_range(
    target: Target, value: str, gap: int, percent: int, rate: float
) -> None:
    found = row(target, value)
    assert (found.gap, found.gap_percent, found.required_rate) == (gap, percent, D(str(rate)))
    assert found.acceleration == found.eta == Undefined(Reason.NO_PROGRESS)
    assert found.rating is Rating.DETERIORATING
    assert Flag.BEYOND_RANGE in found.flags
    assert row(target, value, END).rating is Rating.MISSED


def test_from_within_the_range_there_is_no_way_to_go() -> None:
    found = row(FROM_WITHIN, "57")
    assert found.progress_percent == Undefined(Reason.TARGET_EQUALS_BASELINE)
    assert (found.path_value, found.gap) == (55, 0)
    left = row(FROM_WITHIN, "63")
    assert (left.gap, left.rating) == (-3, Rating.DETERIORATING)
    assert Flag.BASELINE_MEETS_TARGET in left.flags


@pytest.mark.parametrize(("value", "gap"), [("40", 10), ("70", -10)])
def test_without_a_baseline_only_the_gap_is_known(value: str, gap: int) -> None:
    found = row(FROM_NOWHERE, value)
    assert (found.gap, found.rating) == (gap, Rating.UNABLE_TO_ASSESS)
    assert found.progress_percent == found.path_value == Undefined(Reason.NO_BASELINE)


def test_a_gap_in_percent_is_of_the_nearer_end() -> None:
    around = replace(FROM_NOWHERE, value=D(0), high=D(10))
    assert row(around, "0").gap_percent == 0
    assert row(around, "12").gap_percent == -20
    below = row(around, "-1")
    assert (below.gap, below.gap_percent) == (1, Undefined(Reason.ZERO_TARGET))


def test_a_partial_sum_within_a_range_may_still_pass_it() -> None:
    found: Any = assess(FROM_BELOW, actual("55", missing=("east",)), bands=Bands())
    assert (found.gap, found.rating) == (0, Rating.UNABLE_TO_ASSESS)
    assert found.progress_percent == Undefined(Reason.PARTIAL_COVERAGE)


def test_a_geometric_path_leads_to_the_nearer_end() -> None:
    """From 25 to 100 in four years is twice in two; the growth ratio is 1 there."""
    doubling = replace(FROM_BELOW, value=D(100), high=D(120), baseline=D(25))
    found = row(replace(doubling, path=PathKind.GEOMETRIC), "50")
    assert (found.path_value, round(found.growth_ratio, 20)) == (50, 1)
    assert (round(found.achieved_rate, 10), found.rating) == (D("41.4213562373"), Rating.ON_TRACK)


@pytest.mark.parametrize(
    ("steps", "projection", "gap", "chance"),
    [
        (("35", "40"), 50, 0, 1),
        (("37", "44"), 58, 0, 1),
        (("32", "34"), 38, 12, 0),
        (("40", "50"), 70, -10, 0),
    ],
)
def test_an_even_course_ends_within_the_range_or_not(
    steps: tuple[str, str], projection: int, gap: int, chance: int
) -> None:
    """Without spread: four points so far, at even steps from 30 in 2021 on."""
    first, second = steps
    middle = (2021, "30"), (2022, first)
    quarterly = [Dated(period=Period(2022, 2), value=(D(30) + D(first)) / 2)]
    history = tuple(Dated(period=Period(year), value=D(each)) for year, each in middle)
    found: Any = assess(
        FROM_BELOW, actual(second), history=(history[0], *quarterly, history[1]), bands=Bands()
    )
    assert (found.projection, found.projected_gap, found.probability) == (projection, gap, chance)


def test_the_probability_of_a_range_is_that_of_both_its_ends() -> None:
    past = ((2021, "30"), (2022, "38"))
    record = tuple(Dated(period=Period(year), value=D(value)) for year, value in past)
    record = (*record, Dated(period=Period(2022, 2), value=D(33)))
    reach, stay = (
        assess(
            replace(FROM_BELOW, value=D(value), high=None, comparator=comparator),
            actual("42"),
            history=record,
            bands=Bands(),
        ).probability
        for value, comparator in ((50, Comparator.GTE), (60, Comparator.GT))
    )
    found = assess(FROM_BELOW, actual("42"), history=record, bands=Bands())
    assert isinstance(reach, Decimal)
    assert isinstance(stay, Decimal)
    assert isinstance(found.probability, Decimal)
    assert round(found.probability, 20) == round(reach - stay, 20)
    # Projected to 54; of Student's t with two degrees of freedom.
    assert (round(reach, 6), round(stay, 6)) == (D("0.75"), D("0.172673"))


def test_a_small_count_ends_within_a_range_by_the_model_of_counts() -> None:
    at = Period(2024, 2)
    ends = ((3, Comparator.GTE), (6, Comparator.GTE))
    reach, beyond = (
        row(replace(COUNTER, value=D(v), high=None, comparator=c), "2", at).probability
        for v, c in ends
    )
    assert isinstance(reach, Decimal)
    assert isinstance(beyond, Decimal)
    assert round(row(COUNTER, "2", at).probability, 20) == round(reach - beyond, 20)


def test_two_points_give_a_range_no_probability() -> None:
    assert row(FROM_BELOW, "40").probability == Undefined(Reason.INSUFFICIENT_POINTS)


def test_an_increment_beyond_its_range_cannot_come_back() -> None:
    at = Period(2023, 4)
    short = requirement_of(situate(COUNTER, actual("1"), at), ())
    # 2 more in the 8 quarters left; 1 in the 8 so far.
    assert short.required_per_quarter == D("0.25")
    assert short.reachability is Reachability.BEYOND_BEST
    far = requirement_of(situate(COUNTER, actual("7"), at), ())
    assert far.required_per_quarter == D("-0.25")
    assert far.reachability == Undefined(Reason.NO_PROGRESS)


def test_a_rating_changes_at_either_end_of_a_range() -> None:
    near = sensitivity_of(FROM_BELOW, actual("58"), Bands())
    assert near.better == Undefined(Reason.HIGHEST_RATING)
    assert near.worse == RatingChange(rating=Rating.DETERIORATING, actual=D(60), distance=D(2))
    below = sensitivity_of(FROM_BELOW, actual("40"), Bands())
    assert below.better == RatingChange(rating=Rating.ACHIEVED_EARLY, actual=D(50), distance=D(10))
    assert below.worse == RatingChange(
        rating=Rating.ACCELERATION_NEEDED, actual=D("39.5"), distance=D("-0.5")
    )


def grown(percent: str, at: Period) -> Any:
    years = at.year - 2020
    level = replace(actual("0", at), value=100 * (1 + D(percent) / 100) ** years)
    return assess_growth(GROWTH, growth_since(GROWTH, level), level, Bands())


def test_growth_within_a_range_is_on_track_and_achieved_at_the_end() -> None:
    """5 to 7 % a year from 100 is 127.62815625 to 140.25517307 at the end."""
    found = grown("6", Period(2022, 4))
    assert GROWTH.implied_level == D("127.62815625")
    assert (found.gap, found.growth_ratio, found.rating) == (0, D("1.2"), Rating.ON_TRACK)
    assert found.required_rate == pytest.approx(D("4.3385799"), abs=D("1e-6"))
    assert grown("6", END).rating is Rating.ACHIEVED
    assert grown("4", END).rating is Rating.MISSED


def test_growth_beyond_a_range_has_left_it() -> None:
    found = grown("9", Period(2024, 4))
    assert (found.gap, found.rating) == (-2, Rating.DETERIORATING)
    assert Flag.BEYOND_RANGE in found.flags
    assert found.acceleration == Undefined(Reason.NO_PROGRESS)
    assert grown("9", END).rating is Rating.MISSED
    assert Flag.BEYOND_RANGE not in grown("9", END).flags


def test_the_rating_of_growth_changes_at_the_upper_end_too() -> None:
    at = Period(2022, 4)
    level = replace(actual("112.36", at), value=D("112.36"))
    found = sensitivity_of_growth(GROWTH, growth_since(GROWTH, level), level, Bands())
    assert found.worse == RatingChange(rating=Rating.DETERIORATING, actual=D(7), distance=D(1))


def test_a_level_within_the_implied_levels_needs_no_more_growth() -> None:
    assert grown("8", Period(2024, 4)).required_rate == 0
