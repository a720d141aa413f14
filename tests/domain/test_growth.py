"""Targets on average growth: national software revenue, 12 % a year and more."""

from dataclasses import fields, replace
from decimal import Decimal

import pytest

from app.domain.accumulation import ActualBasis, ActualSource
from app.domain.course.growth import GrowthTarget, assess_growth, chain_linked, growth_since
from app.domain.coverage import Actual, Coverage
from app.domain.gap import Assessment
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Flag, Quantity, Reason, Undefined
from app.domain.rating import Bands, Rating, RatingBasis
from app.domain.series import Observed
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
GROWTH = GrowthTarget(
    target=Target(
        value=D(12),
        comparator=Comparator.GTE,
        deadline=Period(2025),
        direction=Direction.INCREASE,
        path=PathKind.GEOMETRIC,
        baseline=None,
        baseline_period=Period(2020),
    ),
    base_level=D(81616),
)
AT_MOST = replace(
    GROWTH,
    target=replace(
        GROWTH.target, comparator=Comparator.LTE, direction=Direction.DECREASE, value=D(5)
    ),
    base_level=D(100),
)
NOT_DEFINED = (
    "attainment_percent",
    "progress_percent",
    "schedule_variance",
    "schedule_index",
    "path_value",
    "path_progress_percent",
    "path_gap",
    "projection",
    "projection_low",
    "projection_high",
    "projection_prudent",
    "probability",
    "projected_gap",
    "eta",
)


def level_of(value: str, period: str, basis: ActualBasis = ActualBasis.FULL_YEAR) -> Actual:
    return Actual(
        period=Period.parse(period), value=D(value), basis=basis, source=ActualSource.REPORTED
    )


def partial(value: str, period: str) -> Actual:
    return replace(
        level_of(value, period),
        source=ActualSource.SUMMED,
        coverage=Coverage(expected=4, reported=2, carried_forward=0, missing=("a", "b")),
    )


def row_of(level: Actual, growth: GrowthTarget = GROWTH) -> Assessment:
    return assess_growth(growth, growth_since(growth, level), level, Bands())


def with_target(value: str, comparator: Comparator = Comparator.GTE) -> GrowthTarget:
    return replace(GROWTH, target=replace(GROWTH.target, value=D(value), comparator=comparator))


def rounded(quantity: Quantity, places: int = 4) -> Decimal:
    assert isinstance(quantity, Decimal), quantity
    return round(quantity, places)


YEAR_2024, YEAR_2025 = level_of("137276", "2024-Q4"), level_of("154831", "2025-Q4")


def test_12_percent_for_five_years_imply_143835() -> None:
    assert GROWTH.years == 5
    assert round(GROWTH.implied_level) == 143835
    assert round(GROWTH.implied_level, 5) == D("143835.27882")


def test_the_growth_of_a_level_keeps_where_the_level_came_from() -> None:
    found = growth_since(GROWTH, YEAR_2024)

    assert rounded(found.value) == D("13.8819")
    assert (found.basis, found.source) == (ActualBasis.GROWTH, ActualSource.REPORTED)


def test_13_66_percent_a_year_to_2025_is_achieved() -> None:
    row = row_of(YEAR_2025)

    assert rounded(row.achieved_rate, 2) == D("13.66")
    assert rounded(row.gap) == D("-1.6623")
    assert rounded(row.growth_ratio) == D("1.1385")
    assert (row.rating, row.rating_basis) == (Rating.ACHIEVED, RatingBasis.GROWTH_RATIO)
    assert row.rating_threshold == Undefined(Reason.DECIDED_BY_COMPARATOR)
    assert row.required_rate == row.acceleration == Undefined(Reason.DEADLINE_PASSED)


def test_before_the_deadline_it_is_rated_on_its_ratio_and_never_achieved() -> None:
    row = row_of(YEAR_2024)

    assert rounded(row.growth_ratio) == D("1.1568")
    assert row.rating_index == row.growth_ratio
    assert (row.rating, row.flags) == (Rating.ON_TRACK, (Flag.AHEAD,))
    assert row.elapsed_percent == 80
    assert rounded(row.required_rate) == D("4.7782")
    assert rounded(row.acceleration) == D("0.3442")


def test_a_trailing_total_has_grown_for_part_of_a_year_more() -> None:
    """140735 in 2025-Q1 is 4.25 years after 81616."""
    row = row_of(level_of("140735", "2025-Q1", ActualBasis.TTM))

    assert rounded(row.achieved_rate) == D("13.6781")
    assert row.elapsed_percent == 85


def test_a_quarter_after_the_base_growth_is_compounded_to_a_year() -> None:
    """1 % in a quarter is 4.06 % a year."""
    growth = replace(with_target("1"), base_level=D(100))
    row = row_of(level_of("101", "2021-Q1", ActualBasis.TTM), growth)

    assert rounded(row.achieved_rate) == rounded(row.growth_ratio) == D("4.0604")


@pytest.mark.parametrize("name", NOT_DEFINED)
def test_what_growth_has_no_notion_of_is_null(name: str) -> None:
    assert getattr(row_of(YEAR_2024), name) == Undefined(Reason.NOT_DEFINED_FOR_GROWTH)


@pytest.mark.parametrize(
    ("level", "rating"),
    [
        ("102", Rating.ON_TRACK),
        ("101.2", Rating.ACCELERATION_NEEDED),
        ("100", Rating.OFF_TRACK),
        ("99", Rating.DETERIORATING),
    ],
)
def test_the_bands_are_those_of_every_rating(level: str, rating: Rating) -> None:
    growth = replace(with_target("2"), base_level=D(100))

    assert row_of(level_of(level, "2021-Q4"), growth).rating is rating


def test_a_growth_below_its_target_at_the_deadline_is_missed() -> None:
    row = row_of(level_of("140000", "2025-Q4"))

    assert row.rating is Rating.MISSED
    assert rounded(row.gap) == D("0.6038")
    assert rounded(row.gap_percent) == D("5.0313")


def test_exactly_at_a_strict_growth_target_is_flagged() -> None:
    growth = replace(with_target("10", Comparator.GT), base_level=D(100))
    row = row_of(level_of("110", "2021-Q4"), growth)

    above = row_of(level_of("111", "2021-Q4"), growth)
    at_least = replace(with_target("10", Comparator.GTE), base_level=D(100))

    assert (row.gap, row.flags) == (D(0), (Flag.AT_THRESHOLD, Flag.AHEAD))
    assert above.flags == (Flag.AHEAD,)
    assert Flag.AT_THRESHOLD not in row_of(level_of("110", "2021-Q4"), at_least).flags


def test_a_level_that_has_what_growth_implies_requires_nothing_more() -> None:
    row = row_of(level_of("143836", "2024-Q4"))

    assert (row.required_rate, row.acceleration) == (D(0), D(0))


def test_a_ceiling_on_growth_asks_a_level_above_it_to_shrink() -> None:
    """5 % a year at most: 140 after four years is above the 127.63 of the fifth."""
    above, below = level_of("140", "2024-Q4"), level_of("120", "2024-Q4")

    assert rounded(row_of(above, AT_MOST).required_rate) == D("-8.8370")
    assert row_of(below, AT_MOST).required_rate == 0
    assert rounded(row_of(above, AT_MOST).gap) == D("3.7757")
    assert rounded(row_of(below, AT_MOST).gap) == D("-0.3365")


def test_a_partial_sum_has_no_growth_and_nothing_that_follows_from_it() -> None:
    level = partial("70000", "2024-Q4")
    row = row_of(level)

    missing = Undefined(Reason.PARTIAL_COVERAGE)
    assert growth_since(GROWTH, level).value == missing
    assert row.gap == row.achieved_rate == row.growth_ratio == row.required_rate == missing
    assert (row.rating, row.flags) == (Rating.UNABLE_TO_ASSESS, (Flag.PARTIAL_COVERAGE,))


def test_carried_and_rounded_levels_are_flagged() -> None:
    observed = Observed(period=Period(2023, 4), value=D(120000), is_rounded=True)
    level = replace(level_of("120000", "2024-Q1"), age=1, oldest_age=1, inputs=(observed,))
    row = row_of(level)

    assert row.flags[:2] == (Flag.CARRIED_FORWARD, Flag.ROUNDED_INPUT)
    assert row.elapsed_percent == 60


@pytest.mark.parametrize(
    ("level", "reason"),
    [
        (level_of("90000", "2020-Q4"), Reason.NOTHING_ELAPSED),
        (level_of("90000", "2020-Q2"), Reason.NOTHING_ELAPSED),
        (level_of("0", "2024-Q4"), Reason.NOT_POSITIVE),
        (level_of("-1", "2024-Q4"), Reason.NOT_POSITIVE),
        (
            replace(level_of("1", "2024-Q4"), value=Undefined(Reason.NOT_REPORTED)),
            Reason.NOT_REPORTED,
        ),
    ],
)
def test_growth_that_cannot_be_told_says_why(level: Actual, reason: Reason) -> None:
    row = row_of(level)

    assert row.achieved_rate == row.growth_ratio == row.gap == row.gap_percent == Undefined(reason)
    assert row.rating is Rating.UNABLE_TO_ASSESS
    assert isinstance(row.acceleration, Undefined)


def test_a_missing_level_cannot_be_assessed_at_the_deadline_either() -> None:
    level = replace(YEAR_2025, value=Undefined(Reason.NOT_REPORTED))

    assert row_of(level).rating is Rating.UNABLE_TO_ASSESS


@pytest.mark.parametrize("level", ["0", "-5"])
def test_no_rate_leads_from_nothing_to_the_implied_level(level: str) -> None:
    assert row_of(level_of(level, "2024-Q4")).required_rate == Undefined(Reason.NOT_POSITIVE)


def test_half_a_percent_where_two_were_wanted_must_speed_up_almost_fivefold() -> None:
    """From 100.5 after one year to 110.41 after five are 2.3785 % a year."""
    growth = replace(with_target("2"), base_level=D(100))

    assert rounded(row_of(level_of("100.5", "2021-Q4"), growth).acceleration) == D("4.7570")


def test_a_level_below_one_grows_like_any_other() -> None:
    """0.5 to 0.605 in two years is 10 % a year, and 0.8812 after five needs 13.35 for three."""
    row = row_of(level_of("0.605", "2022-Q4"), replace(GROWTH, base_level=D("0.5")))

    assert rounded(row.achieved_rate) == 10
    assert rounded(row.required_rate) == D("13.3535")


def test_a_wanted_fall_has_a_gap_in_percent_of_its_magnitude() -> None:
    """5 % down a year were wanted and 3 % came: 2 points of 5 are missing."""
    fall = replace(AT_MOST, target=replace(AT_MOST.target, value=D(-5)))
    row = row_of(level_of("97", "2021-Q4"), fall)

    assert rounded(row.gap) == 2
    assert rounded(row.gap_percent) == 40


def test_a_level_that_shrank_has_no_acceleration() -> None:
    assert row_of(level_of("80000", "2024-Q4")).acceleration == Undefined(Reason.NO_PROGRESS)


def test_a_growth_target_of_zero_has_no_ratio_and_still_an_end() -> None:
    growth = with_target("0")
    before, after = row_of(YEAR_2024, growth), row_of(YEAR_2025, growth)

    assert before.growth_ratio == before.gap_percent == Undefined(Reason.ZERO_TARGET)
    assert before.rating is Rating.UNABLE_TO_ASSESS
    assert (after.rating, after.rating_basis) == (Rating.ACHIEVED, None)


def test_without_a_period_there_is_no_data() -> None:
    nothing = Actual(period=None, value=Undefined(Reason.NO_DATA))

    assert row_of(nothing) == Assessment.undefined(Reason.NO_DATA)


def test_growth_since_no_known_time_is_no_growth() -> None:
    growth = replace(GROWTH, target=replace(GROWTH.target, baseline_period=None))
    row = row_of(YEAR_2024, growth)

    assert row.achieved_rate == row.elapsed_percent == Undefined(Reason.NO_BASELINE)
    assert row.required_rate == Undefined(Reason.NO_BASELINE)


def test_every_field_is_filled() -> None:
    row = row_of(YEAR_2024)

    assert all(getattr(row, each.name) is not None for each in fields(row))


def test_published_growth_rates_compound() -> None:
    """17.7, 11.2, 13.4, 10.0 and 13.2 % were published for 2021 to 2025: 13.07 % a year."""
    published = [D(rate) for rate in ("17.7", "11.2", "13.4", "10.0", "13.2")]

    assert rounded(chain_linked(published)) == D("13.0698")


def test_published_falls_compound_too() -> None:
    assert chain_linked([D(-10)]) == -10
    assert chain_linked([D(0), D(0)]) == 0


def test_without_a_time_growth_implies_the_level_that_it_counts_from() -> None:
    undated = replace(GROWTH, target=replace(GROWTH.target, baseline_period=None))

    assert undated.implied_level == 81616


@pytest.mark.parametrize("published", [[], [D(-100)], [D(10), D(-150)]])
def test_without_growth_rates_nothing_is_chained(published: list[Decimal]) -> None:
    assert chain_linked(published) == Undefined(Reason.INSUFFICIENT_HISTORY)
