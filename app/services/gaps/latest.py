"""The newest official gap table, stored as it is answered (decisions 28 and 31).

It is worked out row by row after the write, and stored if nothing official has changed meanwhile.
Until then the view ``v_gap_latest`` has no rows of the plan, and the API works them out itself.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.time.calendar import day_in_shanghai
from app.errors.failure import PlanUnknown
from app.resources import find_resource
from app.services.gaps.table import GapFilter, StoredRows, list_gaps
from app.services.ledger.entries import lock_plan
from app.services.ledger.replaying import Mismatch
from app.services.ledger.snapshots import Snapshot
from app.services.state.official import find_edition
from app.services.state.plan import KnownPlan, load_plan_at
from app.services.state.withheld import has_rule
from app.tables import GapTable, Observation, Plan, StoredGap, Target
from app.tables.series import BY_REVISION
from app.vocabulary import View

# Rows that are stored at once.
_PIECE = 500
# What makes a row: with other code, rows that are stored count for nothing.
_MAKERS = ("app/domain", "app/schemas/gaps", "app/services/gaps", "app/services/state")
CellsByPlace = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeGaps:
    """Rows of a plan's gap table at a revision, on a day; all of them where ``since`` is None.

    ``since``: the revision of the stored rows, of which the others remain.
    """

    plan: str
    since: int | None
    revision: int
    day: date
    indicators: list[str]
    cells: CellsByPlace


def _goes_on() -> bool:
    return True


def make_latest(
    session: Session, plan: str, *, now: datetime, goes_on: Callable[[], bool] = _goes_on
) -> MadeGaps | None:
    """The rows that the stored table lacks; None where it lacks nothing. PlanUnknown.

    None, too, as soon as ``goes_on`` says no: a large plan has many rows.
    """
    head = session.get(Plan, plan)
    if head is None:
        raise PlanUnknown(plan=plan)
    day = day_in_shanghai(now)
    revision = find_edition(session, plan, revision=head.revision).revision
    stored = session.get(GapTable, plan)
    if _shows(stored, revision, day):
        return None
    known = _load(session, head, day)
    since = None
    if stored is not None and stored.revision < revision and _shows(stored, stored.revision, day):
        since = stored.revision
    indicators = _find_changed(session, known, since)
    cells: CellsByPlace = {}
    for place, row in _make_cells(known, indicators):
        if not goes_on():
            return None
        cells[place] = row
    return MadeGaps(
        plan=plan,
        since=None if len(indicators) == len(known.plan.rules.indicators) else since,
        revision=revision,
        day=day,
        indicators=indicators,
        cells=cells,
    )


def store_latest(session: Session, made: MadeGaps) -> bool:
    """Store the rows; False, and nothing is stored, where they are out of date by now."""
    head = lock_plan(session, made.plan)
    edition = find_edition(session, made.plan, revision=head.revision)
    stored = session.get(GapTable, made.plan)
    has_moved = made.since is not None and not _shows(stored, made.since, made.day)
    if edition.revision != made.revision or has_moved:
        return False
    shown = GapTable(plan=made.plan, revision=made.revision, day=made.day, made_by=_digest_makers())
    session.merge(shown)
    session.flush()
    _replace(session, made)
    return True


def update_latest(session: Session, plan: str, *, now: datetime) -> None:
    """Bring the stored table up to date within a write."""
    made = make_latest(session, plan, now=now)
    if made is not None:
        store_latest(session, made)


def find_latest(session: Session, known: KnownPlan) -> StoredRows | None:
    """The stored rows, if they are those of the snapshot: the public's, of what is official."""
    snapshot = known.snapshot
    if snapshot.pending_areas is None and has_rule(known.definition):
        return None
    edition = find_edition(session, snapshot.plan, revision=snapshot.revision)
    stored = session.get(GapTable, snapshot.plan)
    if snapshot.view is not View.OFFICIAL or not _shows(stored, edition.revision, snapshot.day):
        return None

    def read(places: Sequence[tuple[str, str]]) -> CellsByPlace:
        found: CellsByPlace = {}
        for indicator, group in groupby(places, key=lambda place: place[0]):
            query = select(StoredGap.area, StoredGap.cells).where(
                StoredGap.plan == snapshot.plan,
                StoredGap.indicator == indicator,
                col(StoredGap.area).in_([area for _, area in group]),
            )
            found |= {(indicator, area): cells for area, cells in session.exec(query)}
        return found

    return read


def verify_latest(session: Session, plan: str) -> Iterator[Mismatch]:
    """Where the stored rows are not those of their own revision and day; none without a table."""
    stored, head = session.get(GapTable, plan), session.get(Plan, plan)
    if stored is None or head is None:
        return
    now, was = _read(session, plan), {}
    entry = Plan(**head.model_dump() | {"revision": stored.revision, "digest": ""})
    known = _load(session, entry, stored.day)
    was = dict(_make_cells(known, [*known.plan.rules.indicators]))
    for key in sorted(now.keys() | was.keys()):
        facts: dict[str, object] = {"row": ", ".join(key)}
        if key not in was:
            yield Mismatch("stored_gap", "row_unaccounted", facts)
        elif key not in now:
            yield Mismatch("stored_gap", "row_missing", facts)
        elif now[key] != was[key]:
            here, there = json.loads(now[key]), json.loads(was[key])
            for name in sorted(here.keys() | there.keys()):
                if here.get(name) != there.get(name):
                    values = {"now": here.get(name), "was": there.get(name)}
                    yield Mismatch("stored_gap", "value_differs", facts | {"column": name} | values)


def _shows(stored: GapTable | None, revision: int, day: date) -> bool:
    """Whether the stored rows are those of a revision on a day, made by this code."""
    return stored is not None and (stored.revision, stored.day, stored.made_by) == (
        revision,
        day,
        _digest_makers(),
    )


@cache
def _digest_makers() -> str:
    found = hashlib.sha256()
    for folder in _MAKERS:
        for file in sorted(find_resource(folder).rglob("*.py")):
            found.update(file.read_bytes())
    return found.hexdigest()


def _load(session: Session, head: Plan, day: date) -> KnownPlan:
    """What is official of a plan, on a day."""
    return load_plan_at(
        session,
        Snapshot(
            plan=head.code,
            revision=head.revision,
            recorded_at=head.recorded_at,
            day=day,
            digest=head.digest,
        ),
    )


def _find_changed(session: Session, known: KnownPlan, since: int | None) -> list[str]:
    """The indicators whose rows may differ from those of an earlier revision; None: all."""
    rules, plan = known.plan.rules, known.snapshot.plan
    if since is None or max(known.definition.revision, known.history_revision) > since:
        return [*rules.indicators]
    figures = sa.select(col(Observation.indicator)).where(
        col(Observation.plan) == plan, col(Observation.revision) > since, BY_REVISION
    )
    targets = sa.select(col(Target.indicator)).where(
        col(Target.plan) == plan, col(Target.revision) > since
    )
    changed = {*session.connection().execute(sa.union(figures, targets)).scalars()}
    # A target of average growth is of an indicator that has no figures, and counts for none.
    return sorted(changed | {each.code for code in changed for each in rules.counting(code)})


def _make_cells(known: KnownPlan, indicators: list[str]) -> Iterator[tuple[tuple[str, str], str]]:
    for row in list_gaps(known, GapFilter(indicators=indicators)):
        yield (row.indicator, row.area), row.model_dump_json()


def _read(session: Session, plan: str) -> CellsByPlace:
    found = session.exec(select(StoredGap).where(StoredGap.plan == plan))
    return {(each.indicator, each.area): each.cells for each in found}


def _replace(session: Session, made: MadeGaps) -> None:
    connection = session.connection()
    old = sa.delete(StoredGap).where(col(StoredGap.plan) == made.plan)
    if made.since is not None:
        old = old.where(col(StoredGap.indicator).in_(made.indicators))
    connection.execute(old)
    rows = [
        {"plan": made.plan, "indicator": indicator, "area": area, "cells": cells}
        for (indicator, area), cells in made.cells.items()
    ]
    for piece in _pieces(rows):
        connection.execute(sa.insert(StoredGap), piece)


def _pieces(rows: list[dict[str, str]]) -> Iterable[list[dict[str, str]]]:
    return (rows[first : first + _PIECE] for first in range(0, len(rows), _PIECE))
