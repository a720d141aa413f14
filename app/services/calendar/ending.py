"""The end of a plan: whether it is over, and which figures are still to come.

A plan runs until the figures of its targets' deadlines are in, or could no longer come on time.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel import Session

from app.domain.bulletin.ending import OpenFigure, is_final, list_open_figures, stand_at_deadline
from app.domain.targets import SetTarget
from app.domain.time.period import Period
from app.errors.fault import Fault
from app.errors.plans import PlanRunning
from app.schemas.plans import PlanState
from app.services.ledger.entries import PlanHead
from app.services.ledger.snapshots import Snapshot
from app.services.state.definitions import PlanDefinition
from app.services.state.plan import KnownPlan, load_plan_at


def find_state(known: KnownPlan) -> PlanState:
    """Whether a plan is running, ended without all figures of its deadlines, or completed."""
    held, day = known.plan.targets.all_newest(), known.snapshot.day
    if not held:
        is_open = day <= _last_day(known.definition, known.plan.last_period)
        return PlanState.RUNNING if is_open else PlanState.ENDED
    if any(not _is_in(known, each) for each in held if _is_open(known, each)):
        return PlanState.RUNNING
    return PlanState.COMPLETED if all(_is_in(known, each) for each in held) else PlanState.ENDED


def find_completed_since(
    session: Session,
    plan: PlanHead,
    definition: PlanDefinition,
    held: Iterable[SetTarget],
    *,
    today: date,
) -> date | None:
    """The day since which new figures of a completed plan need an extension; None without one.

    Until then they come on time. What is official is read only after that day.
    """
    last = max(
        (_last_day(definition, each.target.deadline.as_quarter) for each in held), default=today
    )
    if today <= last:
        return None
    at = Snapshot(
        plan=plan.code,
        revision=plan.revision,
        recorded_at=plan.recorded_at,
        day=today,
        pending_areas=None,
    )
    is_completed = find_state(load_plan_at(session, at)) is PlanState.COMPLETED
    return last + timedelta(days=1) if is_completed else None


def require_over(known: KnownPlan, language: str) -> None:
    """PlanRunning while figures of a deadline may still come on time, with each of them.

    ``language``: the reader's, in which indicators and areas are named.
    """
    if find_state(known) is not PlanState.RUNNING:
        return
    found: set[OpenFigure] = set()
    for each in known.plan.targets.all_newest():
        if _is_open(known, each) and not _is_in(known, each):
            found.update(list_open_figures(known.plan, each))
    until = max(
        (known.plan.last_period, *(each.period for each in found)), key=lambda each: each.index
    )
    raise PlanRunning(
        [_say(known.definition, each, language) for each in _in_order(known, found)],
        plan=known.snapshot.plan,
        count=len(found),
        until=str(_last_day(known.definition, until)),
    )


def _is_in(known: KnownPlan, held: SetTarget) -> bool:
    return is_final(stand_at_deadline(known.plan, held))


def _is_open(known: KnownPlan, held: SetTarget) -> bool:
    return known.snapshot.day <= _last_day(known.definition, held.target.deadline.as_quarter)


def _last_day(definition: PlanDefinition, period: Period) -> date:
    """The last day on which figures for the period are awaited: that on which it closes.

    Where nothing ever closes, the day on which they are due.
    """
    return definition.calendar.closes_on(period) or definition.calendar.due_on(period)


def _in_order(known: KnownPlan, found: set[OpenFigure]) -> list[OpenFigure]:
    """By indicator and area, in the order of the plan."""
    indicators, areas = [*known.plan.rules.indicators], [*known.plan.rules.areas]
    return sorted(
        found,
        key=lambda each: (
            each.period.index,
            indicators.index(each.indicator),
            areas.index(each.area),
        ),
    )


def _say(definition: PlanDefinition, figure: OpenFigure, language: str) -> Fault:
    names = definition.names_in(language)
    return Fault(
        code="figure_awaited",
        facts={
            "indicator": figure.indicator,
            "area": figure.area,
            "period": str(figure.period),
            "due_on": str(definition.calendar.due_on(figure.period)),
            "indicator_name": names.indicators[figure.indicator],
            "area_name": names.areas[figure.area],
        },
    )
