"""What an increment must add a quarter, beside what it has added: 100 000 workers by 2025."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.accumulation import ActualBasis, ActualSource
from app.domain.coverage import Actual, Coverage
from app.domain.measures import situate
from app.domain.outlook.requirement import Reachability, Requirement, requirement_of
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.target import Target
from app.domain.time.period import Period
from app.domain.time.spells import Dated

D = Decimal
WORKERS = Target(
    value=D(100000),
    comparator=Comparator.GTE,
    deadline=Period(2025),
    direction=Direction.INCREASE,
    path=PathKind.LINEAR,
    baseline=D(0),
    start=date(2022, 1, 1),
)
# Added a quarter: 4000, 6000, 5000, 9000, then 6000 until the second quarter of 2023.
FIRST = Period(2022, 1)
TOTALS = ("4000", "10000", "15000", "24000", "30000")


def history(*values: str, first: Period = FIRST) -> tuple[Dated[Decimal], ...]:
    return tuple(
        Dated(period=first.shift(place), value=D(value)) for place, value in enumerate(values)
    )


def actual(value: Quantity, at: Period, coverage: Coverage | None = None) -> Actual:
    source = ActualSource.SUMMED if coverage else ActualSource.REPORTED
    basis = ActualBasis.SINCE_START
    return Actual(period=at, value=value, basis=basis, source=source, coverage=coverage)


def found(
    value: str,
    at: Period,
    *totals: str,
    target: Target = WORKERS,
    coverage: Coverage | None = None,
) -> Requirement:
    return requirement_of(situate(target, actual(D(value), at, coverage), at), history(*totals))


def test_what_is_left_is_spread_over_the_quarters_left() -> None:
    """36 000 after six quarters; 64 000 to go in the ten from 2023-Q3 to 2025-Q4."""
    row = found("36000", Period(2023, 2), *TOTALS)

    assert row.required_per_quarter == 6400
    assert row.average_per_quarter == 6000
    assert row.last_four_per_quarter == 6500
    assert row.best_per_quarter == 9000
    assert row.reachability is Reachability.REACHABLE


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("35450", Reachability.STRETCH),
        # 10 q + V = 100 000 where (V - 10 000)/4 = q: required is exactly the last four's mean.
        ("35714.28571428571428571428571428571428571429", Reachability.REACHABLE),
        ("12000", Reachability.STRETCH),
        ("10000", Reachability.STRETCH),
        ("9999", Reachability.BEYOND_BEST),
    ],
)
def test_reachable_up_to_the_last_four_quarters_and_a_stretch_up_to_the_best(
    value: str, label: Reachability
) -> None:
    assert found(value, Period(2023, 2), *TOTALS).reachability is label


def test_before_there_are_four_quarters_the_mean_since_the_start_is_what_is_usual() -> None:
    """12 000 in three quarters; 88 000 in the thirteen left are 6769 a quarter."""
    row = found("12000", Period(2022, 3), "3000", "11000")

    assert row.last_four_per_quarter == Undefined(Reason.INSUFFICIENT_HISTORY)
    assert (row.average_per_quarter, row.best_per_quarter) == (D(4000), D(8000))
    assert row.reachability is Reachability.STRETCH
    quick = found("24000", Period(2022, 3), "8000", "16000")
    assert quick.reachability is Reachability.REACHABLE


def test_after_exactly_four_quarters_the_start_is_the_total_to_count_from() -> None:
    row = found("24000", Period(2022, 4), "4000", "10000", "15000")

    assert row.last_four_per_quarter == row.average_per_quarter == 6000


def test_totals_that_come_once_a_year_give_a_best_year_a_quarter() -> None:
    at = Period(2023, 4)
    row = requirement_of(
        situate(WORKERS, actual(D(60000), at), at), history("20000", first=Period(2022, 4))
    )

    assert (row.best_per_quarter, row.last_four_per_quarter) == (D(10000), D(10000))
    assert row.required_per_quarter == 5000


def test_totals_after_the_period_or_before_the_start_do_not_count() -> None:
    at = Period(2022, 2)
    totals = history("7", "4000", "10000", "99999", first=Period(2021, 4))
    row = requirement_of(situate(WORKERS, actual(D(10000), at), at), totals)

    assert row.best_per_quarter == 6000


def test_a_target_that_is_met_requires_nothing() -> None:
    row = found("100000", Period(2024, 4), "4000")

    assert (row.required_per_quarter, row.reachability) == (D(0), Reachability.REACHABLE)


def test_at_the_deadline_nothing_can_be_required() -> None:
    row = found("90000", Period(2025, 4), "4000")

    assert row.required_per_quarter == Undefined(Reason.DEADLINE_PASSED)
    assert row.reachability == Undefined(Reason.DEADLINE_PASSED)
    assert row.average_per_quarter == D(90000) / 16


def test_a_net_total_that_should_fall_is_judged_by_its_falls() -> None:
    falling = Target(
        value=D(-80),
        comparator=Comparator.LTE,
        deadline=Period(2023),
        direction=Direction.DECREASE,
        path=PathKind.LINEAR,
        baseline=D(0),
        start=date(2022, 1, 1),
    )
    row = found("-40", Period(2022, 4), "-25", "-20", "-30", target=falling)

    assert (row.required_per_quarter, row.best_per_quarter) == (D(-10), D(-25))
    assert row.last_four_per_quarter == -10
    assert row.reachability is Reachability.REACHABLE
    slower = found("-36", Period(2022, 4), "-25", "-20", "-30", target=falling)
    assert slower.reachability is Reachability.STRETCH


def test_a_sum_with_areas_missing_requires_nothing_that_could_be_said() -> None:
    coverage = Coverage(expected=11, reported=2, carried_forward=0, missing=("luohu",))
    row = found("36000", Period(2023, 2), *TOTALS, coverage=coverage)

    assert row == Requirement.undefined(Undefined(Reason.PARTIAL_COVERAGE))


def test_a_level_owes_no_part_to_any_quarter() -> None:
    level = Target(
        value=D(50),
        comparator=Comparator.GTE,
        deadline=Period(2025),
        direction=Direction.INCREASE,
        path=PathKind.LINEAR,
        baseline=D(20),
        baseline_period=Period(2021),
    )
    row = found("30", Period(2023, 4), target=level)

    assert row == Requirement.undefined(Undefined(Reason.NOT_APPLICABLE))


def test_before_the_start_nothing_was_added() -> None:
    row = found("0", Period(2021, 4))

    assert row == Requirement.undefined(Undefined(Reason.NOTHING_ELAPSED))
