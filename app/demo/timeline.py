"""When a simulated office does what: reports come in after each quarter, decisions follow them.

One area is late again and again, and the last at the plan's end; some are silent for a quarter.
One report is returned and sent again. One figure is corrected soon, one after it was published,
and the correction of a third waits for the reviewer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from random import Random

from app.domain.time.calendar import SHANGHAI, Calendar
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.services.ledger.entries import Action

# The quarters for which one area is late, up to the plan's last, and how often others are.
LATE_QUARTERS = 6
LATE_REPORTS = 4
SILENT_PERIODS = 3
# Days after its first submission on which a report is corrected: soon, and once it is published.
SOON, LONG_AFTER = 30, 66

Key = tuple[str, Period]


class Slip(StrEnum):
    """What is wrong with the first figure of a report."""

    TOO_SMALL = "too_small"
    TEN_TIMES = "ten_times"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that is done about an area's report."""

    at: datetime
    action: Action
    area: str
    period: Period
    slip: Slip | None = None
    is_correction: bool = False

    @property
    def subject(self) -> str:
        """What tells apart what happens at the same moment."""
        return self.area


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Which reports have a story of their own, and which come in late."""

    returned: Key
    corrected: Key
    restated: Key
    waiting: Key
    late_area: str
    late: frozenset[Key]
    silent: frozenset[Key]


def choose_cast(
    areas: Sequence[str], periods: Sequence[Period], *, largest: str, chance: Random
) -> Cast:
    """Who plays which part. The figure that is restated is the ``largest`` area's."""
    others = [area for area in areas if area != largest]
    late_area, waiting_area = chance.sample(others, 2)
    silent = frozenset(_choose_silent([*others], periods, chance))
    # After a first report that others are held against; what was published does not change again.
    settled = periods[1 : -2 * QUARTERS_A_YEAR]
    plain = [(area, period) for period in settled for area in areas if (area, period) not in silent]
    returned, corrected, *late = chance.sample(plain, 2 + LATE_REPORTS)
    late += [(late_area, period) for period in periods[-LATE_QUARTERS:]]
    return Cast(
        returned=returned,
        corrected=corrected,
        restated=(largest, periods[-1].shift(-QUARTERS_A_YEAR)),
        waiting=(waiting_area, periods[-1]),
        late_area=late_area,
        late=frozenset(late),
        silent=silent,
    )


def plan_steps(
    cast: Cast,
    calendar: Calendar,
    areas: Sequence[str],
    periods: Sequence[Period],
    chance: Random,
) -> list[Step]:
    """Everything that is done about reports, in the order of time."""
    steps: list[Step] = []
    for period in periods:
        for area in (each for each in areas if (each, period) not in cast.silent):
            steps += _Desk(cast=cast, area=area, period=period, chance=chance).work(calendar)
    return steps


def office_hours(day: datetime, chance: Random) -> datetime:
    """A moment of a day's eight hours of work."""
    return day + timedelta(minutes=chance.randint(0, 8 * 60 - 1))


def _choose_silent(
    areas: Sequence[str], periods: Sequence[Period], chance: Random
) -> Iterator[Key]:
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

    cast: Cast
    area: str
    period: Period
    chance: Random

    def work(self, calendar: Calendar) -> list[Step]:
        """What becomes of the report, from its submission on."""
        key, cast = (self.area, self.period), self.cast
        opened = self._open(calendar)
        if key == cast.returned:
            return self._return_and_approve(opened)
        if key == cast.corrected:
            return self._approve_and_correct(opened, days=SOON)
        if key == cast.restated:
            return self._approve_and_correct(opened, days=LONG_AFTER)
        if key == cast.waiting:
            return self._approve_and_correct(opened, days=LONG_AFTER)[:-1]
        return [self._step(opened, Action.SUBMIT, 0), self._step(opened, Action.APPROVE, 3)]

    def _open(self, calendar: Calendar) -> datetime:
        """The morning of the day on which the report is sent."""
        days = -self.chance.randint(1, 9)
        if (self.area, self.period) in self.cast.late:
            days = self.chance.randint(2, 9)
        # On no day before the quarter is over.
        due = calendar.due_on(self.period) + timedelta(days=days)
        day = max(due, self.period.shift(1).first_day)
        return datetime.combine(day, time(9), SHANGHAI).astimezone(UTC)

    def _return_and_approve(self, opened: datetime) -> list[Step]:
        """Sent with a slip, returned, sent again and approved."""
        return [
            self._step(opened, Action.SUBMIT, 0, slip=Slip.TEN_TIMES),
            self._step(opened, Action.RETURN, 2),
            self._step(opened, Action.SUBMIT, 5),
            self._step(opened, Action.APPROVE, 8),
        ]

    def _approve_and_correct(self, opened: datetime, *, days: int) -> list[Step]:
        """Approved with a slip that the district finds some days later."""
        return [
            self._step(opened, Action.SUBMIT, 0, slip=Slip.TOO_SMALL),
            self._step(opened, Action.APPROVE, 3),
            self._step(opened, Action.SUBMIT, days, is_correction=True),
            self._step(opened, Action.APPROVE, days + 4),
        ]

    def _step(
        self,
        opened: datetime,
        action: Action,
        days: int,
        *,
        slip: Slip | None = None,
        is_correction: bool = False,
    ) -> Step:
        # Within the office hours of the day, so that no two steps of a report change places.
        return Step(
            at=office_hours(opened + timedelta(days=days), self.chance),
            action=action,
            area=self.area,
            period=self.period,
            slip=slip,
            is_correction=is_correction,
        )
