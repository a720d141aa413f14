"""When a simulated office does what: reports come in after each quarter, decisions follow them.

Some reports are late, some districts silent; one report is returned and sent again, one figure
corrected, and the newest quarter is not decided to the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random

from app.domain.time.calendar import SHANGHAI, Calendar
from app.domain.time.period import Period
from app.services.ledger.entries import Action

LATE_REPORTS = 6
SILENT_PERIODS = 3
WAITING_REPORTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that is done about an area's report. ``is_slip``: it has a wrong figure."""

    at: datetime
    action: Action
    area: str
    period: Period
    is_slip: bool = False
    is_correction: bool = False


def plan_steps(
    calendar: Calendar, areas: Sequence[str], periods: Sequence[Period], chance: Random
) -> list[Step]:
    """Everything that is done, in the order of time."""
    silent = set(_choose_silent(areas, periods, chance))
    filed = [(area, period) for period in periods for area in areas]
    filed = [each for each in filed if each not in silent]
    settled = [each for each in filed if each[1] != periods[-1]]
    returned, corrected, *late = chance.sample(settled, 2 + LATE_REPORTS)
    newest = [each for each in filed if each[1] == periods[-1]]
    waiting = set(chance.sample(newest, WAITING_REPORTS))
    steps: list[Step] = []
    for area, period in filed:
        days = chance.randint(2, 9) if (area, period) in late else -chance.randint(1, 9)
        # On no day before the quarter is over.
        day = max(calendar.due_on(period) + timedelta(days=days), period.shift(1).first_day)
        opened = datetime.combine(day, time(9), SHANGHAI).astimezone(UTC)
        desk = _Desk(area=area, period=period, opened=opened, chance=chance)
        if (area, period) == returned:
            steps += desk.return_and_approve()
        elif (area, period) == corrected:
            steps += desk.approve_and_correct()
        else:
            steps += desk.approve(is_decided=(area, period) not in waiting)
    return sorted(steps, key=lambda step: (step.at, step.area))


def _choose_silent(
    areas: Sequence[str], periods: Sequence[Period], chance: Random
) -> Iterator[tuple[str, Period]]:
    """One or two areas that say nothing for a quarter, long ago.

    Not at a year's end: a full year of theirs would be missing in all that is compared with it.
    """
    early = [period for period in periods[: len(periods) // 2] if not period.ends_year]
    for place, period in enumerate(chance.sample(early, min(SILENT_PERIODS, len(early)))):
        for area in chance.sample(areas, 1 + place % 2):
            yield area, period


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """The report of an area for a period, on its way between the district and the reviewer."""

    area: str
    period: Period
    opened: datetime
    chance: Random

    def approve(self, *, is_decided: bool) -> list[Step]:
        """Sent and, if it is decided yet, approved."""
        steps = [self._step(Action.SUBMIT, 0), self._step(Action.APPROVE, 3)]
        return steps if is_decided else steps[:1]

    def return_and_approve(self) -> list[Step]:
        """Sent with a slip, returned, sent again and approved."""
        return [
            self._step(Action.SUBMIT, 0, is_slip=True),
            self._step(Action.RETURN, 2),
            self._step(Action.SUBMIT, 5),
            self._step(Action.APPROVE, 8),
        ]

    def approve_and_correct(self) -> list[Step]:
        """Approved with a slip that the district finds weeks later."""
        return [
            self._step(Action.SUBMIT, 0, is_slip=True),
            self._step(Action.APPROVE, 3),
            self._step(Action.SUBMIT, 30, is_correction=True),
            self._step(Action.APPROVE, 34),
        ]

    def _step(self, action: Action, days: int, **facts: bool) -> Step:
        # Within the office hours of the day, so that no two steps of a report change places.
        moment = timedelta(days=days, minutes=self.chance.randint(0, 8 * 60 - 1))
        return Step(
            at=self.opened + moment, action=action, area=self.area, period=self.period, **facts
        )
