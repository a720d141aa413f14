"""When a measure is null, and the reason it gives: the table of docs/measures.md, row by row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain import measures
from app.domain.measures import Situation
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
Measure = Callable[[Situation], Quantity]
RISING = Target(
    value=D(200),
    comparator=Comparator.GTE,
    deadline=Period(2025),
    direction=Direction.INCREASE,
    path=PathKind.GEOMETRIC,
    baseline=D(100),
    baseline_period=Period(2021),
)
LINEAR = replace(RISING, path=PathKind.LINEAR)
FALLING = replace(RISING, direction=Direction.DECREASE, comparator=Comparator.LTE, value=D(50))
BASELESS = replace(RISING, baseline=None, baseline_period=None)
UNDATED = replace(RISING, baseline_period=None)
SPENT = replace(LINEAR, value=D(100))
INCREMENT = replace(LINEAR, baseline=D(0), baseline_period=None, start=date(2022, 1, 1))
OF_VALUE = (measures.gap, measures.gap_percent, measures.attainment_percent)
OF_TREND = (
    measures.progress_percent,
    measures.schedule_variance,
    measures.schedule_index,
    measures.path_gap,
    measures.path_index,
    measures.achieved_rate,
    measures.required_rate,
    measures.acceleration,
    measures.growth_ratio,
)
OF_BASELINE = (
    measures.progress_percent,
    measures.path_progress_percent,
    measures.elapsed_percent,
    measures.schedule_variance,
    measures.schedule_index,
    measures.path_gap,
    measures.path_index,
    measures.achieved_rate,
    measures.acceleration,
    measures.growth_ratio,
)


def situate(target: Target, value: Quantity, period: str = "2023") -> Situation:
    at = Period.parse(period)
    return Situation(target=target, value=value, trend=value, at=at, clock=target.clock_at(at))


def names(measure: object) -> str:
    return getattr(measure, "__name__", "")


@pytest.mark.parametrize("measure", [*OF_VALUE, *OF_TREND], ids=names)
def test_without_an_actual_its_reason_is_passed_on(measure: Measure) -> None:
    given = situate(RISING, Undefined(Reason.WITHHELD))

    assert measure(given) == Undefined(Reason.WITHHELD)


@pytest.mark.parametrize("measure", OF_TREND, ids=names)
def test_what_needs_every_area_is_null_under_partial_coverage(measure: Measure) -> None:
    given = replace(situate(RISING, D(150)), trend=Undefined(Reason.PARTIAL_COVERAGE))

    assert measure(given) == Undefined(Reason.PARTIAL_COVERAGE)


@pytest.mark.parametrize("measure", OF_VALUE, ids=names)
def test_what_a_partial_sum_has_is_given(measure: Measure) -> None:
    given = replace(situate(RISING, D(150)), trend=Undefined(Reason.PARTIAL_COVERAGE))

    assert isinstance(measure(given), Decimal)


@pytest.mark.parametrize("measure", OF_BASELINE, ids=names)
def test_what_counts_from_a_baseline_needs_one(measure: Measure) -> None:
    assert measure(situate(BASELESS, D(150))) == Undefined(Reason.NO_BASELINE)


@pytest.mark.parametrize("measure", OF_BASELINE[2:], ids=names)
def test_what_counts_time_needs_the_baselines_period(measure: Measure) -> None:
    assert measure(situate(UNDATED, D(150))) == Undefined(Reason.NO_BASELINE)


def test_a_baseline_without_a_period_still_gives_progress() -> None:
    assert measures.progress_percent(situate(UNDATED, D(150))) == 50


@pytest.mark.parametrize(
    ("measure", "target", "value", "period", "reason"),
    [
        (measures.gap_percent, replace(LINEAR, value=D(0)), "5", "2023", Reason.ZERO_TARGET),
        (measures.attainment_percent, replace(LINEAR, value=D(0)), "5", "2023", Reason.ZERO_TARGET),
        (
            measures.attainment_percent,
            replace(LINEAR, value=D(-9)),
            "5",
            "2023",
            Reason.ZERO_TARGET,
        ),
        (measures.attainment_percent, RISING, "-1", "2023", Reason.NEGATIVE_VALUE),
        (measures.attainment_percent, FALLING, "-1", "2023", Reason.NOT_POSITIVE),
        (measures.attainment_percent, FALLING, "0", "2023", Reason.NOT_POSITIVE),
        (measures.progress_percent, SPENT, "90", "2023", Reason.TARGET_EQUALS_BASELINE),
        (measures.path_progress_percent, SPENT, "90", "2023", Reason.TARGET_EQUALS_BASELINE),
        (measures.schedule_variance, SPENT, "90", "2023", Reason.TARGET_EQUALS_BASELINE),
        (measures.schedule_index, SPENT, "90", "2023", Reason.TARGET_EQUALS_BASELINE),
        (measures.schedule_index, RISING, "90", "2021-Q4", Reason.NOTHING_ELAPSED),
        (measures.schedule_index, RISING, "90", "2020", Reason.NOTHING_ELAPSED),
        (measures.path_index, RISING, "90", "2021", Reason.PATH_EQUALS_BASELINE),
        (measures.achieved_rate, RISING, "90", "2021", Reason.NOTHING_ELAPSED),
        (measures.achieved_rate, RISING, "90", "2020", Reason.NOTHING_ELAPSED),
        (measures.achieved_rate, RISING, "0", "2023", Reason.NOT_POSITIVE),
        (measures.required_rate, RISING, "0", "2023", Reason.NOT_POSITIVE),
        (measures.required_rate, RISING, "150", "2025", Reason.DEADLINE_PASSED),
        (measures.required_rate, RISING, "250", "2025-Q4", Reason.DEADLINE_PASSED),
        (measures.required_rate, RISING, "150", "2026-Q1", Reason.DEADLINE_PASSED),
        (measures.acceleration, RISING, "150", "2025", Reason.DEADLINE_PASSED),
        (measures.acceleration, RISING, "100", "2023", Reason.NO_PROGRESS),
        (measures.acceleration, RISING, "99", "2023", Reason.NO_PROGRESS),
        (measures.acceleration, FALLING, "101", "2023", Reason.NO_PROGRESS),
        (measures.growth_ratio, RISING, "90", "2021", Reason.NOTHING_ELAPSED),
        (measures.growth_ratio, RISING, "0", "2023", Reason.NOT_POSITIVE),
        (measures.growth_ratio, RISING, "-5", "2023", Reason.NOT_POSITIVE),
        (measures.growth_ratio, SPENT, "90", "2023", Reason.TARGET_EQUALS_BASELINE),
        (measures.growth_ratio, replace(RISING, value=D(0)), "90", "2023", Reason.NOT_POSITIVE),
        (measures.growth_ratio, replace(RISING, baseline=D(0)), "90", "2023", Reason.NOT_POSITIVE),
        (measures.growth_ratio, INCREMENT, "90", "2023-Q4", Reason.NOT_DEFINED_FOR_INCREMENT),
        (measures.schedule_index, INCREMENT, "0", "2021-Q4", Reason.NOTHING_ELAPSED),
        (measures.achieved_rate, INCREMENT, "0", "2021-Q3", Reason.NOTHING_ELAPSED),
    ],
)
def test_a_null_gives_its_reason(
    measure: Measure, target: Target, value: str, period: str, reason: Reason
) -> None:
    assert measure(situate(target, D(value), period)) == Undefined(reason)


def test_a_linear_rate_is_there_where_a_geometric_one_is_not() -> None:
    assert measures.achieved_rate(situate(LINEAR, D(0))) == -50
    assert measures.required_rate(situate(LINEAR, D(0))) == 100


def test_without_a_baseline_the_rate_that_is_required_is_known() -> None:
    """A doubling in two years asks 41.42 % a year."""
    found = measures.required_rate(situate(BASELESS, D(100)))

    assert isinstance(found, Decimal)
    assert round(found, 4) == D("41.4214")


def test_without_a_baseline_a_target_of_zero_is_approached_on_a_straight_line() -> None:
    falling = replace(BASELESS, value=D(0), direction=Direction.DECREASE, comparator=Comparator.LTE)

    assert measures.required_rate(situate(falling, D(10))) == -5


def test_a_deadline_at_the_baseline_is_undefined_and_no_exception() -> None:
    given = situate(replace(RISING, deadline=Period(2021)), D(150), "2021")

    for measure in (measures.elapsed_percent, measures.growth_ratio, measures.achieved_rate):
        assert measure(given) == Undefined(Reason.NO_PATH)
