"""How far an actual must move to change its rating: solved exactly, for each kind of path."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accumulation import ActualBasis, ActualSource
from app.domain.course.growth import GrowthTarget, growth_since, sensitivity_of_growth
from app.domain.coverage import Actual, Coverage, Part
from app.domain.outlook.sensitivity import (
    RatingChange,
    Sensitivity,
    sensitivity_of,
)
from app.domain.path import Comparator, Direction, PathKind, Waypoint
from app.domain.quantity import EXACT, Quantity, Reason, Undefined
from app.domain.rating import Bands, Rating, rate_only
from app.domain.series import Comparable
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
CASES = settings(derandomize=True, max_examples=100, deadline=None)
BANDS = Bands()
# The city's value added: from 2300 in 2021 to more than 4200 in 2025.
CITY = Target(
    value=D(4200),
    comparator=Comparator.GT,
    deadline=Period(2025),
    direction=Direction.INCREASE,
    path=PathKind.LINEAR,
    baseline=D(2300),
    baseline_period=Period(2021),
)
GEOMETRIC = replace(CITY, path=PathKind.GEOMETRIC)
MILESTONES = replace(
    CITY, path=PathKind.MILESTONES, waypoints=(Waypoint(period=Period(2023), value=D(2900)),)
)
FALLING = replace(
    CITY,
    value=D(20),
    baseline=D(40),
    comparator=Comparator.LTE,
    direction=Direction.DECREASE,
)
MIDDLE = Period(2023)
NOTHING = Undefined(Reason.NOT_RATED)


def actual(
    value: Quantity | str, at: Period = MIDDLE, basis: ActualBasis = ActualBasis.FULL_YEAR
) -> Actual:
    found = D(value) if isinstance(value, str) else value
    return Actual(period=at, value=found, basis=basis, source=ActualSource.REPORTED)


def moved(change: RatingChange | Undefined) -> tuple[str, Decimal, Decimal]:
    assert isinstance(change, RatingChange), change
    return change.rating.value, round(change.actual, 10), round(change.distance, 10)


def found(target: Target, value: str, at: Period = MIDDLE) -> Sensitivity:
    return sensitivity_of(target, actual(value, at), BANDS)


def test_linear_the_bands_lie_at_their_share_of_the_way_that_should_be_gone() -> None:
    """Half the time gone, 950 should be: 0.95 of it is 3202.5, 0.60 of it is 2870."""
    row = found(CITY, "3100")

    assert moved(row.better) == ("on_track", D("3202.5"), D("102.5"))
    assert moved(row.worse) == ("off_track", D(2870), D(-230))


def test_geometric_the_bands_lie_at_their_share_of_the_growth_that_is_needed() -> None:
    """16.2463 % a year are needed; 0.95 of it for two years is 2300 x 1.154343^2."""
    row = found(GEOMETRIC, "3000")

    assert moved(row.better) == ("on_track", D("3064.7676652809"), D("64.7676652809"))
    assert moved(row.worse) == ("off_track", D("2770.2622311031"), D("-229.7377688969"))


def test_milestones_the_bands_lie_at_their_share_of_what_the_path_asks_for() -> None:
    """The path asks for 2900 by 2023: 0.95 of the 600 is 2870, 0.60 of it 2660."""
    row = found(MILESTONES, "2800")

    assert moved(row.better) == ("on_track", D(2870), D(70))
    assert moved(row.worse) == ("off_track", D(2660), D(-140))


def test_where_milestones_first_fall_the_nearer_of_two_ways_to_be_better_is_named() -> None:
    """The path asks for 2200, from 2300: 0.60 of the way down is 10 off, the target 1950."""
    dip = replace(MILESTONES, waypoints=(Waypoint(period=MIDDLE, value=D(2200)),))

    row = found(dip, "2250")
    assert moved(row.better) == ("acceleration_needed", D(2240), D(-10))
    assert moved(row.worse) == ("deteriorating", D(2300), D(50))
    assert moved(found(dip, "4150").better) == ("achieved_early", D(4200), D(50))


@pytest.mark.parametrize("path", [PathKind.LINEAR, PathKind.GEOMETRIC])
def test_on_the_way_from_a_loss_to_a_profit_the_bands_are_shares_of_the_way(path: PathKind) -> None:
    """From -100 to 100, half the time gone: 0.95 of the 100 is at -5, 0.60 at -40."""
    row = found(replace(CITY, path=path, baseline=D(-100), value=D(100)), "-20")

    assert moved(row.better) == ("on_track", D(-5), D(15))
    assert moved(row.worse) == ("off_track", D(-40), D(-20))


def test_a_falling_target_is_better_below_and_worse_above() -> None:
    row = found(FALLING, "33")

    assert moved(row.better) == ("on_track", D("30.5"), D("-2.5"))
    assert moved(row.worse) == ("off_track", D(34), D(1))


def test_the_target_itself_is_the_last_change() -> None:
    ahead = found(CITY, "4200")

    assert moved(ahead.better) == ("achieved_early", D(4200), D(0))
    met = found(CITY, "4201")
    assert met.better == Undefined(Reason.HIGHEST_RATING)
    assert moved(met.worse) == ("on_track", D(4200), D(-1))


def test_at_the_deadline_there_is_only_met_or_missed() -> None:
    at = Period(2025)

    missed, met = found(CITY, "4000", at), found(CITY, "4300", at)
    assert moved(missed.better) == ("achieved", D(4200), D(200))
    assert missed.worse == Undefined(Reason.LOWEST_RATING)
    assert moved(met.worse) == ("missed", D(4200), D(-100))


def test_a_trailing_year_is_never_better_than_on_track() -> None:
    trailing = actual("3300", Period(2023, 2), ActualBasis.TTM)

    row = sensitivity_of(CITY, trailing, BANDS)
    assert row.better == Undefined(Reason.HIGHEST_RATING)
    assert isinstance(row.worse, RatingChange)


def test_a_figure_below_its_baseline_only_gets_better() -> None:
    row = found(CITY, "2200")

    assert moved(row.better) == ("off_track", D(2300), D(100))
    assert row.worse == Undefined(Reason.LOWEST_RATING)


def test_a_figure_below_zero_is_rated_on_the_way_and_above_zero_on_its_growth() -> None:
    row = found(GEOMETRIC, "-5")

    assert moved(row.better) == ("off_track", D(2300), D(2305))


def test_where_direction_and_number_disagree_the_rating_changes_where_growth_ends() -> None:
    """A rise was set and a fall is wanted: 2 of 2300 fell far, and 0 has no rate at all."""
    row = found(replace(GEOMETRIC, direction=Direction.DECREASE), "2")

    assert moved(row.worse) == ("deteriorating", D(0), D(-2))


@pytest.mark.parametrize("path", [PathKind.LINEAR, PathKind.GEOMETRIC])
def test_from_nothing_the_bands_are_shares_of_the_way(path: PathKind) -> None:
    """Half the time gone, 2100 should be: 0.95 of it is 1995, 0.60 is 1260."""
    row = found(replace(CITY, path=path, baseline=D(0)), "1500")

    assert moved(row.better) == ("on_track", D(1995), D(495))
    assert moved(row.worse) == ("off_track", D(1260), D(-240))


def test_a_target_of_zero_has_no_growth_and_bands_all_the_same() -> None:
    """From 40 to nothing, half the time gone: 20 should be; 0.95 of the way is 21, 0.60 is 28."""
    row = found(replace(FALLING, value=D(0)), "25")

    assert moved(row.better) == ("on_track", D(21), D(-4))
    assert moved(row.worse) == ("off_track", D(28), D(3))


def test_a_target_that_the_baseline_meets_is_lost_at_once() -> None:
    kept = replace(CITY, value=D(2000))

    row = found(kept, "2100")
    assert moved(row.worse) == ("deteriorating", D(2000), D(-100))
    assert moved(found(kept, "1900").better) == ("achieved_early", D(2000), D(100))


def test_a_floor_that_a_falling_figure_is_to_stay_above_is_worse_below() -> None:
    """gte 50 from 80, falling: the direction does not say on which side better is."""
    floor = replace(FALLING, value=D(50), baseline=D(80), comparator=Comparator.GTE)

    row = found(floor, "60")
    assert moved(row.worse) == ("deteriorating", D(50), D(-10))


def test_bands_that_growth_cannot_reach_are_left_out() -> None:
    """A fall of nine tenths a year: twice that cannot be, so on_track begins at the target."""
    steep = replace(
        GEOMETRIC,
        value=D("0.1"),
        baseline=D(1),
        comparator=Comparator.LTE,
        direction=Direction.DECREASE,
        deadline=Period(2022),
    )
    wide = Bands(on_track=D(2), acceleration_needed=D("0.5"))

    row = sensitivity_of(steep, actual("0.8", Period(2021, 4).shift(2)), wide)
    assert isinstance(row.better, RatingChange)
    assert row.better.rating is Rating.ACCELERATION_NEEDED
    near = sensitivity_of(steep, actual("0.2", Period(2021, 4).shift(2)), wide)
    assert moved(near.better) == ("achieved_early", D("0.1"), D("-0.1"))


def test_the_bands_of_the_plan_are_the_ones_that_count() -> None:
    row = sensitivity_of(CITY, actual("3100"), Bands(on_track=D("0.9")))

    assert moved(row.better) == ("on_track", D(3155), D(55))


@pytest.mark.parametrize(
    ("target", "given_actual"),
    [
        (CITY, actual(Undefined(Reason.NOT_REPORTED))),
        (replace(CITY, baseline=None, baseline_period=None), actual("3100")),
        (CITY, actual("2300", Period(2021))),
        (CITY, Actual(period=None, value=Undefined(Reason.NO_DATA))),
    ],
    ids=["silent", "no baseline", "at the start", "no period"],
)
def test_what_is_not_rated_has_nothing_to_change(target: Target, given_actual: Actual) -> None:
    row = sensitivity_of(target, given_actual, BANDS)

    assert (row.better, row.worse) == (NOTHING, NOTHING)


@pytest.mark.parametrize(
    "target",
    [
        replace(CITY, baseline=None, baseline_period=None),
        replace(CITY, baseline=None),
        replace(CITY, baseline_period=None),
        replace(CITY, baseline_period=Period(2025)),
    ],
    ids=["no baseline", "a period alone", "a baseline of no period", "a baseline at the deadline"],
)
def test_without_a_way_a_target_is_still_met_or_not(target: Target) -> None:
    row = sensitivity_of(target, actual("4300"), BANDS)
    assert moved(row.worse) == ("unable_to_assess", D(4200), D(-100))


def test_a_partial_sum_that_meets_its_target_could_no_longer_be_rated_below_it() -> None:
    part = Part(area="nanshan", value=Comparable(value=D(4300)))
    partial = replace(
        actual("4300"),
        source=ActualSource.SUMMED,
        parts=(part,),
        coverage=Coverage(expected=11, reported=1, carried_forward=0, missing=("luohu",)),
    )

    row = sensitivity_of(CITY, partial, BANDS)
    assert row.better == Undefined(Reason.HIGHEST_RATING)
    assert moved(row.worse) == ("unable_to_assess", D(4200), D(-100))


def test_without_a_target_there_is_no_rating() -> None:
    row = sensitivity_of(None, actual("5"), BANDS)

    assert row.better == row.worse == Undefined(Reason.NO_TARGET)


def test_a_growth_target_changes_with_the_points_of_growth() -> None:
    """12 % a year from 81616 in 2020: 0.95 of it is 11.4 points, 0.60 of it 7.2."""
    growth = GrowthTarget(
        target=Target(
            value=D(12),
            comparator=Comparator.GTE,
            deadline=Period(2025),
            direction=Direction.INCREASE,
            path=PathKind.GEOMETRIC,
            baseline_period=Period(2020),
        ),
        base_level=D(81616),
    )
    level = actual("137276", Period(2024))
    now = growth_since(growth, level)

    row = sensitivity_of_growth(growth, now, level, BANDS)
    assert row.better == Undefined(Reason.HIGHEST_RATING)
    assert isinstance(now.value, Decimal)
    assert moved(row.worse) == (
        "acceleration_needed",
        D("11.4"),
        round(D("11.4") - now.value, 10),
    )
    slow = sensitivity_of_growth(growth, replace(now, value=D(3)), level, BANDS)
    assert moved(slow.better) == ("acceleration_needed", D("7.2"), D("4.2"))
    assert moved(slow.worse) == ("deteriorating", D(0), D(-3))
    end = actual("137276", Period(2025))
    closed = sensitivity_of_growth(growth, growth_since(growth, end), end, BANDS)
    assert moved(closed.better)[:2] == ("achieved", D(12))


levels = st.integers(1, 10**8).map(lambda number: D(number).scaleb(-3))
paths = st.sampled_from([PathKind.LINEAR, PathKind.GEOMETRIC])


@CASES
@given(baseline=levels, wanted=levels, value=levels, gone=st.integers(1, 20), path=paths)
def test_a_change_is_where_the_rating_says_it_is(
    baseline: Decimal, wanted: Decimal, value: Decimal, gone: int, path: PathKind
) -> None:
    is_rise = wanted >= baseline
    target = Target(
        value=wanted,
        comparator=Comparator.GTE if is_rise else Comparator.LTE,
        deadline=Period(2025),
        direction=Direction.INCREASE if is_rise else Direction.DECREASE,
        path=path,
        baseline=baseline,
        baseline_period=Period(2020),
    )
    given_actual = actual(value, Period(2020).shift(gone), ActualBasis.LEVEL)
    now = rate_only(target, given_actual, BANDS)

    row = sensitivity_of(target, given_actual, BANDS)
    for change, side in ((row.better, target.direction.sign), (row.worse, -target.direction.sign)):
        if isinstance(change, RatingChange):
            assert change.rating is not now
            assert EXACT.subtract(change.actual, value) == change.distance
            step = side * D("1e-9") * max(baseline, wanted, change.actual)
            beyond = rate_only(target, replace(given_actual, value=change.actual + step), BANDS)
            before = rate_only(target, replace(given_actual, value=change.actual - step), BANDS)
            assert beyond is change.rating
            is_on_the_way = abs(step) < abs(change.distance)
            assert before is now or not is_on_the_way


@CASES
@given(
    value=levels, factor=st.decimals("0.001", "1000", places=3), gone=st.integers(1, 15), path=paths
)
def test_a_unit_scales_every_distance_and_changes_no_rating(
    value: Decimal, factor: Decimal, gone: int, path: PathKind
) -> None:
    at = Period(2021).shift(gone)
    scaled = replace(CITY, path=path, value=factor * 4200, baseline=factor * 2300)
    target = replace(CITY, path=path)

    plain = sensitivity_of(target, actual(value, at), BANDS)
    other = sensitivity_of(scaled, actual(factor * value, at), BANDS)
    for one, two in ((plain.better, other.better), (plain.worse, other.worse)):
        if isinstance(one, RatingChange) and isinstance(two, RatingChange):
            assert one.rating is two.rating
            assert abs(one.distance * factor - two.distance) < D("1e-20")
        else:
            assert one == two
