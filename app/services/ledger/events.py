"""What each revision was about, for those who listen to a plan."""

import json
from collections import defaultdict
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from app.schemas.events import EventView, Touched
from app.services.access.keys import Principal
from app.services.ledger.official import find_known
from app.tables import AnnualTask, Figure, LedgerEntry, Observation, Target
from app.tables.series import BY_REVISION

# A listener that was away for long is told in portions of this many revisions.
MOST_EVENTS = 100


@dataclass(slots=True)
class _Places:
    indicators: set[str] = field(default_factory=set)
    areas: set[str] = field(default_factory=set)
    periods: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """The next events for a caller, and the last revision that was looked at for them."""

    events: list[EventView]
    until: int


def list_events(session: Session, plan: str, *, after: int, principal: Principal | None) -> Portion:
    """The events of the next revisions, at most MOST_EVENTS, oldest first.

    A submission is told to those who may see it, its figures to those who see those of every area.
    """
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.plan == plan, LedgerEntry.revision > after)
        .order_by(col(LedgerEntry.revision))
    )
    entries = session.exec(query.limit(MOST_EVENTS)).all()
    if not entries:
        return Portion(events=[], until=after)
    sees_all = principal is not None and principal.pending_areas is None
    span = (after + 1, entries[-1].revision)
    known = find_known(session, plan, span, principal)
    touched = _touched(session, plan, span, sees_all=sees_all)
    events = [
        EventView(
            **entry.model_dump(exclude={"payload"}),
            touched=_view(touched[entry.revision]),
            restatement=json.loads(entry.payload).get("restatement"),
        )
        for entry in entries
        if entry.revision in known
    ]
    return Portion(events=events, until=entries[-1].revision)


def _touched(
    session: Session, plan: str, span: tuple[int, int], *, sees_all: bool
) -> dict[int, _Places]:
    found: dict[int, _Places] = defaultdict(_Places)
    for table in (Observation, Figure) if sees_all else (Observation,):
        query = (
            select(table.revision, table.indicator, table.area, table.period)
            .where(table.plan == plan, col(table.revision).between(*span), BY_REVISION)
            .distinct()
        )
        for revision, indicator, area, period in session.exec(query):
            found[revision].indicators.add(indicator)
            found[revision].areas.add(area)
            found[revision].periods.add(period)
    for kind in (Target, AnnualTask):
        asked = select(kind.revision, kind.indicator, kind.area).where(
            kind.plan == plan, col(kind.revision).between(*span)
        )
        for revision, indicator, area in session.exec(asked):
            found[revision].indicators.add(indicator)
            found[revision].areas.add(area)
    return found


def _view(places: _Places) -> Touched:
    return Touched(
        indicators=sorted(places.indicators),
        areas=sorted(places.areas),
        periods=sorted(places.periods),
    )
