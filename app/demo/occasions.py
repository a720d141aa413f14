"""What happens beside the reports: targets are set, progress is noted, results are published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from app.demo import texts
from app.demo.timeline import office_hours
from app.domain.time.calendar import SHANGHAI
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.schemas.document.plan import PlanDocument
from app.schemas.progress import ProgressStatus
from app.services.ledger.entries import Action

# Days after the plan's start, or after the end of a quarter.
TARGETS_AFTER = 45
NOTES_AFTER, NOTES_TAKE = 20, 9
PUBLISHED_AFTER, REVISED_AFTER = 62, 86
# Of a hundred: how many are completed, and how many delayed.
HALFWAY, AT_THE_END = (15, 20), (70, 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Targets set for areas, a note on the ``subject``, or a publication of that name."""

    at: datetime
    action: Action
    subject: str
    text: str
    status: ProgressStatus = ProgressStatus.IN_PROGRESS


def plan_occasions(
    document: PlanDocument, periods: Sequence[Period], chance: Random
) -> list[Occasion]:
    """Everything beside the reports, in the order of time."""
    start = _morning(document.plan.start_date, TARGETS_AFTER)
    targets = Occasion(at=start, action=Action.SET_TARGETS, subject="", text=texts.SPLIT)
    notes = _note(document, periods, chance)
    return [targets, *notes, *_publish(document, periods[-1])]


def _publish(document: PlanDocument, last: Period) -> Iterator[Occasion]:
    """The results of the last year but one, once more when they are corrected, and the last."""
    plan, before = document.plan, last.shift(-QUARTERS_A_YEAR)
    year, final = f"annual-{before.year}", f"final-{last.year}"
    named = [
        (before, PUBLISHED_AFTER, year, texts.results(before.year)),
        (before, REVISED_AFTER, f"{year}-revised", texts.revised(before.year)),
        (last, PUBLISHED_AFTER, final, texts.final(plan.start_year, plan.end_year)),
    ]
    for period, days, name, text in named:
        at = _morning(period.last_day, days)
        yield Occasion(at=at, action=Action.PUBLISH, subject=name, text=text)


def _note(document: PlanDocument, periods: Sequence[Period], chance: Random) -> Iterator[Occasion]:
    """How far each action and qualitative goal is, halfway and at the end."""
    goals = [each.code for goal in document.goals for each in goal.qualitative]
    halfway, last = periods[len(periods) // 2 - 1], periods[-1]
    for code in [*goals, *(each.code for each in document.actions)]:
        notes = [(halfway, _draw(HALFWAY, chance), texts.HALFWAY)]
        if notes[0][1] is not ProgressStatus.COMPLETED:
            notes.append((last, _draw(AT_THE_END, chance), texts.AT_THE_END))
        for period, status, said in notes:
            is_reached = code in goals and status is ProgressStatus.COMPLETED
            yield Occasion(
                at=_some_day(period, chance),
                action=Action.NOTE_PROGRESS,
                subject=code,
                text=texts.REACHED if is_reached else said[status],
                status=status,
            )


def _draw(percent: tuple[int, int], chance: Random) -> ProgressStatus:
    completed, delayed = percent
    weights = [completed, delayed, 100 - completed - delayed]
    known = [ProgressStatus.COMPLETED, ProgressStatus.DELAYED, ProgressStatus.IN_PROGRESS]
    return chance.choices(known, weights)[0]


def _some_day(period: Period, chance: Random) -> datetime:
    days = NOTES_AFTER + chance.randrange(NOTES_TAKE)
    return office_hours(_morning(period.last_day, days), chance)


def _morning(day: date, days: int) -> datetime:
    return datetime.combine(day + timedelta(days=days), time(9), SHANGHAI).astimezone(UTC)
