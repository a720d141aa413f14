"""The rating: the first rule that matches, and the index it stands on."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.measures import Situation
from app.domain.path import Comparator, Direction, PathKind, Waypoint
from app.domain.quantity import Flag, Quantity, Reason, Undefined
from app.domain.rating import (
    LATE,
    WELL,
    Bands,
    Rating,
    RatingBasis,
    Verdict,
    rate,
    rate_by_bands,
    rating_index,
)
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
LINEAR = Target(
    value=D(200),
    comparator=Comparator.GTE,
    deadline=Period(2025),
    direction=Direction.INCREASE,
    path=PathKind.LINEAR,
    baseline=D(100),
    baseline_period=Period(2021),
)
GEOMETRIC = replace(LINEAR, path=PathKind.GEOMETRIC)
FALLING = replace(LINEAR, direction=Direction.DECREASE, comparator=Comparator.LTE, value=D(50))


def situate(target: Target, value: Quantity, period: str = "2023") -> Situation:
    at = Period.parse(period)
    return Situation(target=target, value=value, trend=value, at=at, clock=target.clock_at(at))


def verdict_on(
    target: Target, value: str, period: str = "2023", *, is_trailing: bool = False
) -> Verdict:
    return rate(situate(target, D(value), period), is_trailing=is_trailing, bands=Bands())


@pytest.mark.parametrize(
    ("target", "value", "period", "rating"),
    [
        (LINEAR, "200", "2025", Rating.ACHIEVED),
        (LINEAR, "250", "2026-Q1", Rating.ACHIEVED),
        (LINEAR, "200", "2025-Q3", Rating.ACHIEVED_EARLY),
        (LINEAR, "199.99", "2025", Rating.MISSED),
        (LINEAR, "199.99", "2026-Q2", Rating.MISSED),
        (FALLING, "50", "2025", Rating.ACHIEVED),
        (FALLING, "50", "2024", Rating.ACHIEVED_EARLY),
        (FALLING, "50.01", "2025", Rating.MISSED),
        (LINEAR, "148", "2023", Rating.ON_TRACK),
        (LINEAR, "130", "2023", Rating.ACCELERATION_NEEDED),
        (LINEAR, "129.99", "2023", Rating.OFF_TRACK),
        (LINEAR, "100", "2023", Rating.OFF_TRACK),
        (LINEAR, "99", "2023", Rating.DETERIORATING),
        (FALLING, "75", "2023", Rating.ON_TRACK),
        (FALLING, "101", "2023", Rating.DETERIORATING),
    ],
)
def test_the_first_rule_that_matches_rates(
    target: Target, value: str, period: str, rating: Rating
) -> None:
    assert verdict_on(target, value, period).rating is rating


@pytest.mark.parametrize(
    ("comparator", "direction", "at_deadline"),
    [
        (Comparator.GT, Direction.INCREASE, Rating.MISSED),
        (Comparator.GTE, Direction.INCREASE, Rating.ACHIEVED),
        (Comparator.LTE, Direction.DECREASE, Rating.ACHIEVED),
        (Comparator.LT, Direction.DECREASE, Rating.MISSED),
    ],
)
def test_exactly_at_its_number_the_word_decides(
    comparator: Comparator, direction: Direction, at_deadline: Rating
) -> None:
    target = replace(LINEAR, value=D(4200), comparator=comparator, direction=direction)

    assert verdict_on(target, "4200", "2025").rating is at_deadline


def test_a_missing_actual_cannot_be_assessed() -> None:
    given = situate(LINEAR, Undefined(Reason.NOT_REPORTED), "2025")

    assert rate(given, is_trailing=False, bands=Bands()) == Verdict(
        rating=Rating.UNABLE_TO_ASSESS,
        index=Undefined(Reason.NOT_REPORTED),
        basis=None,
        threshold=Undefined(Reason.NOT_RATED),
    )


def test_partial_coverage_cannot_be_assessed_even_at_the_deadline() -> None:
    given = replace(situate(LINEAR, D(250), "2025"), trend=Undefined(Reason.PARTIAL_COVERAGE))

    assert rate(given, is_trailing=False, bands=Bands()).rating is Rating.UNABLE_TO_ASSESS


def test_a_trailing_total_is_on_track_and_never_achieved() -> None:
    found = verdict_on(LINEAR, "250", "2025-Q1", is_trailing=True)

    assert (found.rating, found.flags) == (Rating.ON_TRACK, (Flag.TTM_MEETS_TARGET,))
    assert found.threshold == Undefined(Reason.DECIDED_BY_COMPARATOR)


def test_a_trailing_total_below_its_target_is_rated_by_its_index() -> None:
    assert verdict_on(LINEAR, "130", "2023-Q4", is_trailing=True).rating is (
        Rating.ACCELERATION_NEEDED
    )


@pytest.mark.parametrize(
    ("baseline", "value"), [("200", "190"), ("210", "190"), ("210", "199.99"), ("200", "0")]
)
def test_a_baseline_that_meets_the_target_and_a_value_that_does_not_is_deteriorating(
    baseline: str, value: str
) -> None:
    found = verdict_on(replace(LINEAR, baseline=D(baseline)), value)

    assert (found.rating, found.flags) == (Rating.DETERIORATING, (Flag.BASELINE_MEETS_TARGET,))


def test_a_baseline_at_a_strict_target_counts_as_at_it() -> None:
    target = replace(LINEAR, comparator=Comparator.GT, baseline=D(200))

    assert verdict_on(target, "200").flags == (Flag.BASELINE_MEETS_TARGET,)


def test_at_the_deadline_a_lost_baseline_is_simply_missed() -> None:
    found = verdict_on(replace(LINEAR, baseline=D(210)), "190", "2025")

    assert (found.rating, found.flags) == (Rating.MISSED, ())


def test_without_a_baseline_only_the_end_can_be_rated() -> None:
    target = replace(LINEAR, baseline=None, baseline_period=None)

    assert verdict_on(target, "150", "2023").rating is Rating.UNABLE_TO_ASSESS
    assert verdict_on(target, "200", "2023").rating is Rating.ACHIEVED_EARLY
    assert verdict_on(target, "199", "2025").rating is Rating.MISSED
    assert verdict_on(target, "200", "2025").rating is Rating.ACHIEVED


def test_before_the_start_there_is_no_index_to_rate_by() -> None:
    assert verdict_on(LINEAR, "120", "2021-Q2").rating is Rating.UNABLE_TO_ASSESS


@pytest.mark.parametrize(
    ("index", "rating", "threshold", "is_ahead"),
    [
        ("1.5", Rating.ON_TRACK, "0.95", True),
        ("1", Rating.ON_TRACK, "0.95", True),
        ("0.999999999999", Rating.ON_TRACK, "0.95", True),
        ("0.999999999998", Rating.ON_TRACK, "0.95", False),
        ("0.95", Rating.ON_TRACK, "0.95", False),
        ("0.949999999999", Rating.ON_TRACK, "0.95", False),
        ("0.949999999998", Rating.ACCELERATION_NEEDED, "0.60", False),
        ("0.60", Rating.ACCELERATION_NEEDED, "0.60", False),
        ("0.5999999", Rating.OFF_TRACK, "0", False),
        ("0", Rating.OFF_TRACK, "0", False),
        ("-0.000000000001", Rating.OFF_TRACK, "0", False),
        ("-0.000000000002", Rating.DETERIORATING, "0", False),
        ("-3", Rating.DETERIORATING, "0", False),
    ],
)
def test_bands_include_their_lower_bound_within_1e_12(
    index: str, rating: Rating, threshold: str, *, is_ahead: bool
) -> None:
    found = rate_by_bands(D(index), RatingBasis.SCHEDULE_INDEX, Bands())

    assert (found.rating, found.threshold) == (rating, D(threshold))
    assert found.flags == ((Flag.AHEAD,) if is_ahead else ())


def test_the_bands_are_the_plans_own() -> None:
    strict = Bands(on_track=D("1.05"), acceleration_needed=D("0.9"))

    found = rate_by_bands(D(1), RatingBasis.GROWTH_RATIO, strict)

    assert (found.rating, found.threshold, found.flags) == (
        Rating.ACCELERATION_NEEDED,
        D("0.9"),
        (),
    )


@pytest.mark.parametrize(
    ("target", "value", "basis"),
    [
        (LINEAR, "150", RatingBasis.SCHEDULE_INDEX),
        (GEOMETRIC, "150", RatingBasis.GROWTH_RATIO),
        (replace(GEOMETRIC, baseline=D(199)), "199.5", RatingBasis.SCHEDULE_INDEX),
        (replace(GEOMETRIC, baseline=D(30)), "100", RatingBasis.SCHEDULE_INDEX),
        (replace(GEOMETRIC, baseline=D(0)), "100", RatingBasis.SCHEDULE_INDEX),
        (replace(GEOMETRIC, baseline=D(-9)), "100", RatingBasis.SCHEDULE_INDEX),
        (GEOMETRIC, "0", RatingBasis.SCHEDULE_INDEX),
        (GEOMETRIC, "-10", RatingBasis.SCHEDULE_INDEX),
        (replace(LINEAR, path=PathKind.MILESTONES), "150", RatingBasis.PATH_INDEX),
    ],
)
def test_the_path_prescribes_the_index(target: Target, value: str, basis: RatingBasis) -> None:
    named, index = rating_index(situate(target, D(value)))

    assert named is basis
    assert isinstance(index, Decimal)


def test_milestones_are_rated_on_their_own_path() -> None:
    """A plan that asks for 110 by 2023 has what it asked for with 110, though half is 150."""
    target = replace(
        LINEAR,
        path=PathKind.MILESTONES,
        waypoints=(Waypoint(period=Period(2023), value=D(110)),),
    )
    found = verdict_on(target, "110")

    assert (found.rating, found.index, found.basis) == (
        Rating.ON_TRACK,
        D(1),
        RatingBasis.PATH_INDEX,
    )
    assert found.flags == (Flag.AHEAD,)


def test_a_zero_baseline_is_never_rated_by_growth() -> None:
    """1000 of 200000 after half the time is off track, whatever a growth ratio might say."""
    target = replace(
        GEOMETRIC, value=D(200000), baseline=D(0), baseline_period=None, start=date(2022, 1, 1)
    )
    found = verdict_on(target, "1000", "2023-Q4")

    assert (found.rating, found.basis) == (Rating.OFF_TRACK, RatingBasis.SCHEDULE_INDEX)


def test_an_end_that_was_decided_still_shows_its_index() -> None:
    """100 % a year so far, where a doubling in four years is 18.92 %."""
    found = verdict_on(GEOMETRIC, "400", "2023")

    assert isinstance(found.index, Decimal)
    assert (round(found.index, 4), found.basis) == (D("5.2852"), RatingBasis.GROWTH_RATIO)
    assert found.threshold == Undefined(Reason.DECIDED_BY_COMPARATOR)


def test_late_and_well_are_apart() -> None:
    assert not LATE & WELL
    assert set(Rating) == {*LATE, *WELL, Rating.MISSED, Rating.UNABLE_TO_ASSESS}
