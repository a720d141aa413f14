"""Rows of sums with areas missing: what is given, what is not, and the one exception."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.accumulation import ActualBasis
from app.domain.coverage import Actual, Part, combine
from app.domain.gap import Assessment, assess
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Flag, Reason, Undefined
from app.domain.rating import Bands, Rating
from app.domain.series import Comparable, ratio_of
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
AT = Period(2024, 4)
SILENT = Comparable(value=Undefined(Reason.NOT_REPORTED))
PARTIAL = Undefined(Reason.PARTIAL_COVERAGE)
TARGET = Target(
    value=D(1000),
    comparator=Comparator.GTE,
    deadline=Period(2025),
    direction=Direction.INCREASE,
    path=PathKind.LINEAR,
    baseline=D(200),
    baseline_period=Period(2021),
)
NEEDS_EVERY_AREA = (
    "progress_percent",
    "schedule_variance",
    "schedule_index",
    "path_gap",
    "achieved_rate",
    "required_rate",
    "acceleration",
    "growth_ratio",
    "projection",
    "projection_low",
    "projection_high",
    "projection_prudent",
    "probability",
    "projected_gap",
    "eta",
    "rating_index",
)


def two_of_eleven(*values: str, basis: ActualBasis = ActualBasis.LEVEL) -> Actual:
    known = [Comparable(value=D(value), basis=basis) for value in values]
    parts = [*known, *[SILENT] * (11 - len(known))]
    return combine(
        period=AT,
        own=SILENT,
        parts=tuple(Part(area=f"d{n}", value=each) for n, each in enumerate(parts)),
    )


def row_of(*values: str, target: Target = TARGET) -> Assessment:
    return assess(target, two_of_eleven(*values), bands=Bands())


def test_two_of_eleven_districts_are_summed_and_the_other_nine_named() -> None:
    actual = two_of_eleven("300", "150")

    assert actual.value == 450
    assert actual.coverage is not None
    assert (actual.coverage.expected, actual.coverage.reported) == (11, 2)
    assert actual.coverage.missing == tuple(f"d{n}" for n in range(2, 11))


def test_a_partial_sum_has_a_gap_and_no_rating() -> None:
    row = row_of("300", "150")

    assert (row.gap, row.gap_percent, row.attainment_percent) == (D(550), D(55), D(45))
    assert row.rating is Rating.UNABLE_TO_ASSESS
    assert row.rating_basis is None
    assert row.flags == (Flag.PARTIAL_COVERAGE,)


@pytest.mark.parametrize("name", NEEDS_EVERY_AREA)
def test_what_needs_every_area_is_null(name: str) -> None:
    assert getattr(row_of("300", "150"), name) == PARTIAL


def test_the_time_and_the_path_need_no_area() -> None:
    row = row_of("300", "150")

    assert (row.elapsed_percent, row.path_value, row.path_progress_percent) == (
        D(75),
        D(800),
        D(75),
    )


def test_a_partial_sum_that_already_meets_a_rising_target_is_achieved() -> None:
    row = row_of("900", "150")

    assert row.rating is Rating.ACHIEVED_EARLY
    assert row.progress_percent == D("106.25")
    assert row.required_rate == 0
    assert Flag.PARTIAL_COVERAGE in row.flags


def test_one_negative_part_and_nothing_is_sure() -> None:
    row = row_of("1200", "-1")

    assert (row.gap, row.rating) == (D(-199), Rating.UNABLE_TO_ASSESS)
    assert row.progress_percent == PARTIAL


def test_a_falling_target_is_not_met_by_a_part_of_the_sum() -> None:
    target = replace(
        TARGET, direction=Direction.DECREASE, comparator=Comparator.LTE, baseline=D(2000)
    )

    assert row_of("300", "150", target=target).rating is Rating.UNABLE_TO_ASSESS


def test_a_partial_trailing_total_that_meets_its_target_is_on_track() -> None:
    row = assess(TARGET, two_of_eleven("900", "150", basis=ActualBasis.TTM), bands=Bands())

    assert row.rating is Rating.ON_TRACK
    assert row.flags == (Flag.PARTIAL_COVERAGE, Flag.TTM_MEETS_TARGET)


def test_a_partial_ratio_that_meets_its_target_may_still_fall() -> None:
    """8 % of one district says nothing of the ten others: a quotient is no sum."""
    parts = [
        ratio_of(Comparable(value=D(8)), Comparable(value=D(100)), scale=D(100)),
        *[SILENT] * 10,
    ]
    actual = combine(
        period=AT,
        own=SILENT,
        parts=tuple(Part(area=f"d{n}", value=each) for n, each in enumerate(parts)),
        scale=D(100),
    )
    row = assess(replace(TARGET, value=D(7), baseline=D(5)), actual, bands=Bands())

    assert (row.gap, row.rating, row.progress_percent) == (D(-1), Rating.UNABLE_TO_ASSESS, PARTIAL)


def test_a_partial_ratio_over_nothing_is_null_for_that_and_not_for_its_coverage() -> None:
    nothing = Undefined(Reason.ZERO_DENOMINATOR)
    actual = replace(two_of_eleven("0", basis=ActualBasis.RATIO), value=nothing)

    row = assess(TARGET, actual, bands=Bands())
    assert actual.is_partial
    assert row.gap == row.progress_percent == row.projection == nothing


def test_a_partial_sum_without_a_target_is_flagged_all_the_same() -> None:
    row = assess(None, two_of_eleven("300"), bands=Bands())

    assert row.flags == (Flag.PARTIAL_COVERAGE,)
    assert row.gap == Undefined(Reason.NO_TARGET)


def test_mixed_sources_are_null_throughout() -> None:
    mixed = Actual(period=AT, value=Undefined(Reason.MIXED_SOURCES))
    row = assess(TARGET, mixed, bands=Bands())

    assert row.gap == row.progress_percent == Undefined(Reason.MIXED_SOURCES)
    assert row.rating is Rating.UNABLE_TO_ASSESS
