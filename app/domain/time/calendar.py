"""When reports are due: days in Asia/Shanghai, which keeps UTC+8 all year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Literal

from app.domain.time.period import Period

# Who is reminded later than this knows.
OVERDUE_DAYS = 30
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A plan's deadlines: the due day of the month after a quarter, with exceptions."""

    due_day: int = 15
    due_days: Mapping[int, date] = field(default_factory=dict)
    closes_after_days: int | None = None
    remind_days: int = 5

    def due_on(self, period: Period) -> date:
        """The last day on which a report for the period is on time.

        >>> str(Calendar().due_on(Period(2024, 4)))
        '2025-01-15'
        """
        moved = self.due_days.get(period.index)
        return moved or period.shift(1).first_day.replace(day=self.due_day)

    def closed_since(
        self, period: Period, today: date, *, extended_until: date | None = None
    ) -> date | None:
        """The first day on which reports were refused; None while they are accepted.

        ``extended_until``: the last day of an extension, where one was granted.
        """
        last = self.closes_on(period)
        if last is None or today <= max(last, extended_until or last):
            return None
        return max(last, extended_until or last) + timedelta(days=1)

    def closes_on(self, period: Period) -> date | None:
        """The last day on which a report is accepted; None where a period never closes."""
        if self.closes_after_days is None:
            return None
        return self.due_on(period) + timedelta(days=self.closes_after_days)

    def reminder_for(self, period: Period, today: date) -> Literal["due_soon", "overdue"] | None:
        """What to remind of on a day, where figures for the period are missing.

        ``due_soon`` from ``remind_days`` before the due day, ``overdue`` for a month after it.

        >>> calendar, period = Calendar(), Period(2024, 3)
        >>> [calendar.reminder_for(period, date(2024, 10, day)) for day in (9, 10, 15, 16)]
        [None, 'due_soon', 'due_soon', 'overdue']
        """
        days_left = (self.due_on(period) - today).days
        if 0 <= days_left <= self.remind_days:
            return "due_soon"
        return "overdue" if -OVERDUE_DAYS <= days_left < 0 else None


def day_in_shanghai(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai at an instant."""
    return moment.astimezone(SHANGHAI).date()
