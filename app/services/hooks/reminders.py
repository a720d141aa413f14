"""Reminders: who has figures due soon or overdue, or a returned report that was not sent again.

They follow from the plan and the day alone, and a hook is told of each once: so whichever process
looks first, and however often, the same messages are there.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from pydantic import JsonValue
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from app.domain.checks.due import is_due, is_reported_by
from app.domain.time.calendar import OVERDUE_DAYS, day_in_shanghai
from app.domain.time.period import Period
from app.schemas.hooks.inputs import HookEvent
from app.services.ledger.entries import lock_plan
from app.services.ledger.outbox import News, leave_messages, load_listening
from app.services.ledger.snapshots import take_snapshot
from app.services.state.plan import KnownPlan, load_plan_at
from app.tables import Decision, Hook, Report
from app.vocabulary import View

# Said of a figure that will not be reported: there is nothing to remind of.
_SETTLED = frozenset({"not_applicable", "withheld"})


def find_listening_plans(session: Session) -> list[tuple[str, str]]:
    """The hooks there are: the plan and the id of each."""
    query = select(Hook.plan, Hook.id).order_by(col(Hook.plan), col(Hook.id))
    return [(plan, hook) for plan, hook in session.exec(query)]


def find_reminders(session: Session, plan: str, *, now: datetime) -> list[News]:
    """What there is to remind of on the day of an instant, in Asia/Shanghai.

    What was submitted counts as reported, whether or not it is approved yet.
    """
    snapshot = take_snapshot(session, plan, view=View.PROVISIONAL, pending_areas=None, now=now)
    known = load_plan_at(session, snapshot)
    return [*_missing(known, snapshot.day), *_returned(session, plan, snapshot.day)]


def leave_reminders(session: Session, plan: str, news: Sequence[News], *, now: datetime) -> None:
    """Store the reminders that are new to each hook of the plan."""
    lock_plan(session, plan)
    leave_messages(session, plan, load_listening(session, plan), news, now=now)


def _missing(known: KnownPlan, day: date) -> Iterator[News]:
    calendar = known.definition.calendar
    for period in known.plan.periods():
        kind = calendar.reminder_for(period, day)
        for area in known.plan.rules.areas if kind is not None else ():
            missing = [*_missing_of(known, area, period, day)]
            if missing:
                yield News(
                    event=HookEvent(kind or ""),
                    subject=f"{area} {period}",
                    facts={
                        "area": area,
                        "period": str(period),
                        "due_on": str(calendar.due_on(period)),
                        "indicators": missing,
                    },
                )


def _missing_of(known: KnownPlan, area: str, period: Period, day: date) -> Iterator[JsonValue]:
    """The indicators that an area owes figures of and has said nothing final about."""
    rules = known.plan.rules
    for indicator in rules.indicators.values():
        if not is_reported_by(rules, indicator, area):
            continue
        if not is_due(rules, indicator, area, period, today=day):
            continue
        found = known.plan.figures.own(indicator, area, period)
        if found is None or (found.value is None and found.missing_reason not in _SETTLED):
            yield indicator.code


def _returned(session: Session, plan: str, day: date) -> Iterator[News]:
    """Reports returned before the day, and not followed by another for the area and period."""
    later = aliased(Report)
    is_followed = exists().where(
        col(later.plan) == col(Report.plan),
        col(later.area) == col(Report.area),
        col(later.period) == col(Report.period),
        col(later.revision) > col(Decision.revision),
    )
    query = (
        select(Report.id, Report.area, Report.period, Decision.decided_at)
        .join(
            Report,
            sa.and_(
                col(Report.plan) == col(Decision.plan), col(Report.id) == col(Decision.report_id)
            ),
        )
        .where(Decision.plan == plan, Decision.status == "returned", ~is_followed)
        .order_by(col(Report.area), col(Report.period), col(Decision.revision).desc())
    )
    for report, area, period, decided_at in session.exec(query):
        returned_on = day_in_shanghai(decided_at)
        if 0 < (day - returned_on).days <= OVERDUE_DAYS:
            yield News(
                event=HookEvent.RETURNED,
                subject=f"{area} {period}",
                facts={
                    "area": area,
                    "period": period,
                    "report": report,
                    "returned_on": str(returned_on),
                },
                sentence="returned_before",
            )
