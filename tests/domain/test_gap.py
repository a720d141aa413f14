"""A whole row: national revenue as published, and what qualifies a row."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.accumulation import Accumulation, Basis
from app.domain.coverage import Actual, combine
from app.domain.gap import MEASURES, Assessment, assess
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Flag, Quantity, Reason, Undefined
from app.domain.rating import Bands, Rating, RatingBasis, rate_only
from app.domain.series import Comparable, Observed, Series
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
REVENUE = Target(
    value=D(140000),
    comparator=Comparator.GT,
    deadline=Period(2025),
    direction=Direction.INCREASE,
    path=PathKind.GEOMETRIC,
    baseline=D(81616),
    baseline_period=Period(2020),
)
PUBLISHED = {
    "2022-Q4": "108126",
    "2023-Q4": "123258",
    "2024-Q1": "28020",
    "2024-Q4": "137276",
    "2025-Q1": "31479",
    "2025-Q4": "154831",
}
NATIONAL = Series.of(
    [
        Observed(period=Period.parse(period), value=D(value), basis=Basis.YTD)
        for period, value in PUBLISHED.items()
    ],
    accumulation=Accumulation.ANNUAL_FLOW,
    start=None,
)


def actual_at(period: str, series: Series = NATIONAL, carry_forward: int = 0) -> Actual:
    at = Period.parse(period)
    return combine(period=at, own=series.comparable(at, carry_forward=carry_forward), parts=())


def level(value: str, period: str = "2023-Q4", *, is_rounded: bool = False) -> Actual:
    at = Period.parse(period)
    observed = Observed(period=at, value=D(value), basis=Basis.LEVEL, is_rounded=is_rounded)
    series = Series.of([observed], accumulation=Accumulation.LEVEL, start=None)
    return combine(period=at, own=series.comparable(at), parts=())


def row_at(period: str, target: Target = REVENUE) -> Assessment:
    return assess(target, actual_at(period), bands=Bands())


def rounded(quantity: Quantity) -> Decimal:
    assert isinstance(quantity, Decimal), quantity
    return round(quantity, 4)


def test_national_revenue_2024_is_on_track_and_ahead() -> None:
    row = row_at("2024-Q4")

    assert row.gap == 2724
    assert rounded(row.attainment_percent) == D("98.0543")
    assert rounded(row.progress_percent) == D("95.3343")
    assert rounded(row.path_value) == D("125677.4875")
    assert (row.rating, row.rating_basis) == (Rating.ON_TRACK, RatingBasis.GROWTH_RATIO)
    assert rounded(row.rating_index) == D("1.2181")
    assert row.rating_threshold == D("0.95")
    assert Flag.AHEAD in row.flags


def test_national_revenue_2025_is_achieved() -> None:
    row = row_at("2025-Q4")

    assert row.gap == -14831
    assert rounded(row.attainment_percent) == D("110.5936")
    assert row.rating is Rating.ACHIEVED
    assert row.required_rate == Undefined(Reason.DEADLINE_PASSED)
    assert row.projection == Undefined(Reason.DEADLINE_PASSED)
    assert row.eta == Undefined(Reason.MET)


def test_a_trailing_total_over_the_target_is_not_achieved_early() -> None:
    """31479 + 137276 - 28020 = 140735, above 140000 in the first quarter of the last year."""
    actual = actual_at("2025-Q1")
    row = assess(REVENUE, actual, bands=Bands())

    assert actual.value == 140735
    assert (row.rating, row.gap) == (Rating.ON_TRACK, D(-735))
    assert Flag.TTM_MEETS_TARGET in row.flags
    assert row.elapsed_percent == 85


def test_without_a_target_everything_held_against_it_is_null() -> None:
    row = assess(None, actual_at("2024-Q4"), bands=Bands())

    assert row == Assessment.undefined(Reason.NO_TARGET)
    assert row.gap == row.elapsed_percent == row.eta == Undefined(Reason.NO_TARGET)
    assert (row.rating, row.rating_basis) == (Rating.UNABLE_TO_ASSESS, None)
    assert row.rating_threshold == Undefined(Reason.NOT_RATED)


def test_without_any_period_there_is_no_data() -> None:
    nothing = Actual(period=None, value=Undefined(Reason.NO_DATA))

    assert assess(REVENUE, nothing, bands=Bands()) == Assessment.undefined(Reason.NO_DATA)
    assert rate_only(REVENUE, nothing, Bands()) is Rating.UNABLE_TO_ASSESS


def test_a_period_without_a_figure_still_has_its_time_and_path() -> None:
    row = row_at("2025-Q2")

    assert (
        row.gap
        == row.progress_percent
        == row.projection
        == row.eta
        == (Undefined(Reason.NOT_REPORTED))
    )
    assert row.elapsed_percent == 90
    assert rounded(row.path_progress_percent) == D("87.4034")
    assert row.rating is Rating.UNABLE_TO_ASSESS


@pytest.mark.parametrize("period", ["2022-Q4", "2024-Q4", "2025-Q1", "2025-Q2", "2025-Q4"])
def test_the_rating_alone_is_the_rating_of_the_row(period: str) -> None:
    assert rate_only(REVENUE, actual_at(period), Bands()) is row_at(period).rating


def test_every_field_is_a_number_a_day_or_a_reason() -> None:
    names = set(MEASURES) - {"actual", "path", "rating", "rating_basis", "year_to_date"}

    for row in (row_at("2024-Q4"), row_at("2025-Q2"), assess(None, level("1"), bands=Bands())):
        for name in names:
            assert isinstance(getattr(row, name), Decimal | date | Undefined)


def test_exactly_at_a_strict_target_is_flagged_and_missed_at_the_deadline() -> None:
    target = replace(REVENUE, value=D(4200), baseline=D(2300), baseline_period=Period(2021))
    row = assess(target, level("4200", "2025-Q4"), bands=Bands())

    assert (row.gap, row.progress_percent, row.rating) == (D(0), D(100), Rating.MISSED)
    assert row.flags == (Flag.AT_THRESHOLD,)


def test_exactly_at_an_inclusive_target_is_no_threshold() -> None:
    target = replace(REVENUE, comparator=Comparator.GTE)

    assert assess(target, level("140000", "2025-Q4"), bands=Bands()).flags == ()


def test_exactly_at_a_strict_ceiling_is_flagged_too() -> None:
    target = replace(
        REVENUE,
        comparator=Comparator.LT,
        direction=Direction.DECREASE,
        value=D(50),
        baseline=D(100),
    )

    assert Flag.AT_THRESHOLD in assess(target, level("50"), bands=Bands()).flags


def test_nearly_equal_levels_are_rated_on_the_schedule_and_flagged() -> None:
    """Drinking water, 98.82 to 100 %: the growth ratio is kept and not rated on."""
    target = replace(
        REVENUE,
        value=D(100),
        baseline=D("98.82"),
        baseline_period=Period(2015),
        deadline=Period(2030),
        comparator=Comparator.GTE,
    )
    row = assess(target, level("99.04", "2022-Q4"), bands=Bands())

    assert Flag.RATIO_UNSTABLE in row.flags
    assert row.rating_basis is RatingBasis.SCHEDULE_INDEX
    assert rounded(row.rating_index) == rounded(row.schedule_index) == D("0.3995")
    assert rounded(row.growth_ratio) == D("0.4014")
    assert rounded(row.path_value) == D("99.3689")


@pytest.mark.parametrize(("baseline", "value"), [("0", "30"), ("-50", "30"), ("50", "0")])
def test_a_geometric_path_between_levels_that_have_none_is_linear_and_says_so(
    baseline: str, value: str
) -> None:
    target = replace(REVENUE, baseline=D(baseline), value=D(value))
    row = assess(target, level("10"), bands=Bands())

    assert Flag.LINEAR_ONLY in row.flags
    assert row.rating_basis in {RatingBasis.SCHEDULE_INDEX, None}
    assert row.growth_ratio == Undefined(Reason.NOT_POSITIVE)


def test_a_declared_linear_path_is_not_flagged() -> None:
    target = replace(REVENUE, baseline=D(0), path=PathKind.LINEAR)

    assert Flag.LINEAR_ONLY not in assess(target, level("10"), bands=Bands()).flags


def test_a_rounded_input_is_flagged() -> None:
    row = assess(REVENUE, level("100000", is_rounded=True), bands=Bands())

    assert Flag.ROUNDED_INPUT in row.flags


def test_what_qualifies_an_actual_is_said_without_a_target() -> None:
    row = assess(None, level("69000", is_rounded=True), bands=Bands())

    assert row.flags == (Flag.ROUNDED_INPUT,)


def test_nothing_qualifies_a_value_that_is_not_there() -> None:
    observed = Observed(period=Period(2021, 3), value=D(69000), basis=Basis.YTD, is_rounded=True)
    series = Series.of([observed], accumulation=Accumulation.ANNUAL_FLOW, start=None)
    row = assess(REVENUE, actual_at("2021-Q3", series), bands=Bands())

    assert row.gap == Undefined(Reason.INSUFFICIENT_HISTORY)
    assert row.flags == ()


def test_a_carried_value_is_rated_at_the_date_of_its_data() -> None:
    observed = Observed(period=Period(2023, 4), value=D(100000), basis=Basis.LEVEL)
    series = Series.of([observed], accumulation=Accumulation.LEVEL, start=None)
    row = assess(REVENUE, actual_at("2024-Q1", series, carry_forward=4), bands=Bands())

    assert row.elapsed_percent == 60
    assert Flag.CARRIED_FORWARD in row.flags


def test_nothing_over_nothing_is_null_and_no_exception() -> None:
    own = Comparable(value=Undefined(Reason.ZERO_DENOMINATOR), numerator=D(0), denominator=D(0))
    actual = combine(period=Period(2023, 4), own=own, parts=())
    row = assess(REVENUE, actual, bands=Bands())

    assert row.gap == row.schedule_index == Undefined(Reason.ZERO_DENOMINATOR)
    assert row.rating is Rating.UNABLE_TO_ASSESS


def test_an_assessment_has_the_measures_of_the_registry_and_no_other() -> None:
    nothing = Assessment.undefined(Reason.NO_TARGET)

    assert nothing.progress_percent == Undefined(Reason.NO_TARGET)
    assert not hasattr(nothing, "progres_percent")
