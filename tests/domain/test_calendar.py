"""When reports are due, by the calendar of Shenzhen."""

from datetime import UTC, date, datetime

import pytest

from app.domain.time.calendar import Calendar, day_in_shanghai
from app.domain.time.period import Period


@pytest.mark.parametrize(
    ("quarter", "due"),
    [
        (1, date(2024, 4, 15)),
        (2, date(2024, 7, 15)),
        (3, date(2024, 10, 15)),
        (4, date(2025, 1, 15)),
    ],
)
def test_a_report_is_due_in_the_month_after_its_quarter(quarter: int, due: date) -> None:
    assert Calendar().due_on(Period(2024, quarter)) == due


def test_a_year_is_due_with_its_fourth_quarter() -> None:
    assert Calendar(due_day=20).due_on(Period(2024)) == date(2025, 1, 20)


def test_a_day_that_was_moved_is_the_due_day_of_its_period_alone() -> None:
    calendar = Calendar(due_days={Period(2024, 4).index: date(2025, 2, 10)})

    assert calendar.due_on(Period(2024, 4)) == date(2025, 2, 10)
    assert calendar.due_on(Period(2024, 3)) == date(2024, 10, 15)


def test_a_period_closes_so_many_days_after_it_is_due() -> None:
    calendar = Calendar(closes_after_days=30, due_days={Period(2024, 4).index: date(2025, 2, 10)})

    assert calendar.closes_on(Period(2024, 3)) == date(2024, 11, 14)
    assert calendar.closes_on(Period(2024, 4)) == date(2025, 3, 12)
    assert Calendar(closes_after_days=0).closes_on(Period(2024, 3)) == date(2024, 10, 15)


def test_a_period_may_never_close() -> None:
    assert Calendar().closes_on(Period(2024, 3)) is None


@pytest.mark.parametrize(
    ("hour", "minute", "day"), [(15, 59, date(2024, 10, 15)), (16, 0, date(2024, 10, 16))]
)
def test_midnight_in_shanghai_is_16_utc(hour: int, minute: int, day: date) -> None:
    assert day_in_shanghai(datetime(2024, 10, 15, hour, minute, tzinfo=UTC)) == day


def test_a_period_is_closed_from_the_day_after_its_last() -> None:
    calendar = Calendar(closes_after_days=30)

    assert calendar.closed_since(Period(2024, 3), date(2024, 11, 14)) is None
    assert calendar.closed_since(Period(2024, 3), date(2024, 11, 15)) == date(2024, 11, 15)
    assert calendar.closed_since(Period(2024, 3), date(2025, 5, 1)) == date(2024, 11, 15)


def test_an_extension_moves_the_last_day_later_and_never_earlier() -> None:
    calendar, period = Calendar(closes_after_days=30), Period(2024, 3)
    longer, shorter = date(2024, 12, 1), date(2024, 11, 1)

    assert calendar.closed_since(period, longer, extended_until=longer) is None
    assert calendar.closed_since(period, date(2025, 1, 1), extended_until=longer) == (
        date(2024, 12, 2)
    )
    assert calendar.closed_since(period, date(2024, 11, 14), extended_until=shorter) is None


def test_what_never_closes_is_never_closed() -> None:
    assert Calendar().closed_since(Period(2024, 3), date(2030, 1, 1)) is None
