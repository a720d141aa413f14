"""Elapsed time at the date of the data: quarters for most figures, days for increments."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.time.clock import Clock, read_clock
from app.domain.time.period import Period

D = Decimal
START = date(2022, 1, 1)


def in_days(at: str, deadline: str = "2025-Q4") -> Clock:
    return read_clock(
        at=Period.parse(at), deadline=Period.parse(deadline), baseline_period=None, start=START
    )


def in_quarters(at: str, deadline: str = "2025", baseline: str = "2020") -> Clock:
    return read_clock(
        at=Period.parse(at),
        deadline=Period.parse(deadline),
        baseline_period=Period.parse(baseline),
        start=None,
    )


def rounded(quantity: Quantity) -> Decimal:
    assert isinstance(quantity, Decimal)
    return round(quantity, 10)


def test_mid_2024_is_day_912_of_1461() -> None:
    clock = in_days("2024-Q2")

    assert rounded(clock.elapsed) == D("0.6242299795")
    assert rounded(clock.years_gone) == D("2.4969199179")
    assert rounded(clock.years_left) == D("1.5030800821")


def test_a_year_of_days_has_365_and_a_quarter() -> None:
    """1461 days from 2022-01-01 to 2025-12-31, both included, are four years."""
    clock = in_days("2025-Q4")

    assert clock.years_gone == 4
    assert clock.years_left == 0
    assert clock.elapsed == 1


def test_the_last_day_before_the_start_is_day_0() -> None:
    assert in_days("2021-Q4").elapsed == 0
    assert in_days("2021-Q4").years_gone == 0


def test_in_days_a_year_is_its_31_december() -> None:
    assert in_days("2023") == in_days("2023-Q4")


def test_the_start_counts_before_any_baseline_period() -> None:
    both = read_clock(
        at=Period(2024, 2),
        deadline=Period(2025, 4),
        baseline_period=Period(2021),
        start=START,
    )

    assert both == in_days("2024-Q2")


@pytest.mark.parametrize(
    ("at", "elapsed", "gone", "left"),
    [
        ("2020", "0", "0", "5"),
        ("2021-Q1", "0.05", "0.25", "4.75"),
        ("2022-Q2", "0.3", "1.5", "3.5"),
        ("2024", "0.8", "4", "1"),
        ("2024-Q4", "0.8", "4", "1"),
        ("2025", "1", "5", "0"),
    ],
)
def test_time_runs_in_quarters(at: str, elapsed: str, gone: str, left: str) -> None:
    clock = in_quarters(at)

    assert (clock.elapsed, clock.years_gone, clock.years_left) == (D(elapsed), D(gone), D(left))


def test_the_elapsed_share_stays_between_0_and_1_and_the_years_do_not() -> None:
    early, late = in_quarters("2019-Q4"), in_quarters("2026-Q2")

    assert (early.elapsed, early.years_gone, early.years_left) == (D(0), D(-1), D(6))
    assert (late.elapsed, late.years_gone, late.years_left) == (D(1), D("5.5"), D("-0.5"))


def test_a_single_quarter_or_day_is_a_way() -> None:
    quarter = in_quarters("2021-Q1", deadline="2021-Q1")
    assert (quarter.elapsed, quarter.years_gone) == (D(1), D("0.25"))
    day = read_clock(
        at=Period(2021, 4), deadline=Period(2021, 4), baseline_period=None, start=date(2021, 12, 31)
    )
    assert (day.elapsed, day.years_left) == (D(1), D(0))


def test_the_deadline_is_over_in_its_own_period() -> None:
    assert not in_quarters("2025-Q3").is_over
    assert in_quarters("2025-Q4").is_over
    assert in_quarters("2026-Q1").is_over


def test_without_a_start_only_the_time_left_is_known() -> None:
    clock = read_clock(
        at=Period(2024, 4), deadline=Period(2025, 4), baseline_period=None, start=None
    )

    assert clock.elapsed == clock.years_gone == Undefined(Reason.NO_BASELINE)
    assert clock.years_left == 1
    assert not clock.is_over


@pytest.mark.parametrize("baseline", ["2025-Q4", "2026"])
def test_a_deadline_at_or_before_the_baseline_has_no_way_to_go(baseline: str) -> None:
    clock = in_quarters("2025-Q2", baseline=baseline)

    assert clock.elapsed == clock.years_gone == Undefined(Reason.NO_PATH)
    assert clock.years_left == D("0.5")


def test_a_deadline_before_the_start_has_no_way_to_go() -> None:
    assert in_days("2024-Q2", deadline="2021-Q4").elapsed == Undefined(Reason.NO_PATH)
