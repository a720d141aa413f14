"""Restatements: a published figure that changes, the ratings it moves, and where it stood.

The entry that changes the figure names all of it, so that the ledger and the events tell it.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby, pairwise

from pydantic import JsonValue
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from app.domain.accumulation import MissingReason
from app.domain.time.calendar import day_in_shanghai
from app.services.ledger.entries import (
    Change,
    Payload,
    PlanHead,
    canonical_json,
    close_entry,
    open_entry,
    written,
)
from app.services.ledger.recording import NewEntry, Recording
from app.services.ledger.snapshots import Snapshot
from app.services.publications.moved_rows import moved_by, pair_rows
from app.services.state.figures import FigureKey
from app.services.state.plan import load_plan_at
from app.services.state.withheld import Withholding, find_withheld
from app.tables import LedgerEntry, Observation, Publication, Report

# The official versions of one figure, newest first.
Versions = list[Observation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An official figure that took the place of another one."""

    key: FigureKey
    before: Decimal | None
    after: Decimal | None
    reason: str | None
    revision: int
    recorded_at: datetime


def append_official(session: Session, plan: PlanHead, change: Change, *, now: datetime) -> NewEntry:
    """Append a change of official figures; what it restates is named in its own entry."""
    entry = open_entry(plan, actor=change.actor, action=change.action, now=now)
    recording = Recording(session.connection)
    recording.record(entry, json.loads(canonical_json(change.payload)))
    recording.write()
    payload = change.payload | find_restatement(session, plan, entry)
    return close_entry(
        session, plan, entry, subject=change.subject, payload=payload, is_recorded=True
    )


def find_restatement(session: Session, plan: PlanHead, entry: NewEntry) -> Payload:
    """The ``restatement`` of an entry whose figures are recorded; empty where there is none.

    ``figures``: the published figures that it changes, before and after. ``publications``: the
    names of those that show another value. ``ratings``: those that differ, of every target
    that the figures count for, at their own periods and at all later ones, before and after.
    """
    known = select(Publication).where(Publication.plan == plan.code)
    publications = session.exec(known.order_by(col(Publication.revision))).all()
    span = (entry.revision, entry.revision)
    versions = _load_versions(session, plan.code, span) if publications else {}
    restated, superseded = set(), set()
    for publication in publications:
        for key, found in versions.items():
            if _is_other(found, publication):
                restated.add(key)
                superseded.add(publication.name)
    if not restated:
        return {}
    names: list[JsonValue] = [each.name for each in publications if each.name in superseded]
    # Whoever may read the entry reads what the public may.
    withheld = find_withheld(session, _snapshot_of(plan, entry))
    return {
        "restatement": {
            "figures": [_figure(key, versions[key], withheld) for key in sorted(restated)],
            "ratings": list(_ratings(session, plan, entry, restated)),
            "publications": names,
        }
    }


def find_superseded(
    session: Session, publications: Sequence[Publication], *, revision: int
) -> set[str]:
    """The names of the publications that show another figure than the one as of a revision."""
    if not publications:
        return set()
    first = min(each.frozen_revision for each in publications)
    versions = _load_versions(session, publications[0].plan, (first + 1, revision))
    return {
        each.name
        for each in publications
        if any(_is_other(found, each) for found in versions.values())
    }


def list_corrections(session: Session, snapshot: Snapshot) -> list[Correction]:
    """Every correction of an official figure, oldest first. What says the same is none."""
    other = aliased(Observation)
    names = ("plan", "indicator", "area", "period")
    has_another = exists().where(
        *(col(getattr(other, name)) == getattr(Observation, name) for name in names),
        col(other.revision) != Observation.revision,
        col(other.revision) <= snapshot.revision,
    )
    query = (
        select(Observation, Report.correction_reason, LedgerEntry.recorded_at)
        .join(
            LedgerEntry,
            (col(LedgerEntry.plan) == Observation.plan)
            & (col(LedgerEntry.revision) == Observation.revision),
        )
        .outerjoin(
            Report,
            (col(Report.plan) == Observation.plan) & (col(Report.id) == Observation.report_id),
        )
        .where(
            Observation.plan == snapshot.plan,
            Observation.revision <= snapshot.revision,
            has_another,
        )
        .order_by(*(getattr(Observation, name) for name in names[1:]), col(Observation.revision))
    )
    rows = session.exec(query).all()
    withheld = find_withheld(session, snapshot)

    def shown(row: Observation) -> Decimal | None:
        return None if withheld.hides(row) else row.value

    found = [
        Correction(
            key=key,
            before=shown(was),
            after=shown(now),
            # A reason may say what the figures do not.
            reason=None if withheld.hides(was) or withheld.hides(now) else reason,
            revision=now.revision,
            recorded_at=at,
        )
        for key, versions in groupby(
            rows, key=lambda row: FigureKey(row[0].indicator, row[0].area, row[0].period)
        )
        for (was, *_), (now, reason, at) in pairwise(versions)
        if _says(was) != _says(now)
    ]
    return sorted(found, key=lambda each: (each.revision, each.key))


def of_series(
    found: Sequence[Correction], indicators: Sequence[str], areas: Sequence[str]
) -> list[Correction]:
    """The corrections of the figures of some indicators in some areas."""
    return [each for each in found if each.key.indicator in indicators and each.key.area in areas]


def _load_versions(session: Session, plan: str, span: tuple[int, int]) -> dict[FigureKey, Versions]:
    """Every version, up to its end, of the figures that became official within a span."""
    new = aliased(Observation)
    is_new = exists().where(
        *(
            col(getattr(new, name)) == getattr(Observation, name)
            for name in ("plan", "indicator", "area", "period")
        ),
        col(new.revision).between(*span),
    )
    query = (
        select(Observation)
        .where(Observation.plan == plan, Observation.revision <= span[1], is_new)
        .order_by(col(Observation.revision).desc())
    )
    found: dict[FigureKey, Versions] = defaultdict(list)
    for row in session.exec(query):
        found[FigureKey(row.indicator, row.area, row.period)].append(row)
    return found


def _is_other(versions: Versions, publication: Publication) -> bool:
    """Whether the publication shows the figure, and differently."""
    frozen = publication.frozen_revision
    shown = next((each for each in versions if each.revision <= frozen), None)
    return shown is not None and _content(shown) != _content(versions[0])


def _content(row: Observation) -> tuple[Decimal | None, str | None, str | None]:
    return (row.value, row.basis, row.missing_reason)


def _says(row: Observation) -> tuple[object, ...]:
    """What a figure says, and how final it is."""
    return (*_content(row), row.obs_status)


def _figure(key: FigureKey, versions: Versions, withheld: Withholding) -> JsonValue:
    after, before = versions[0], versions[1]
    is_hidden = withheld.hides(after)
    return {
        **key._asdict(),
        "before": None if withheld.hides(before) else written(before.value),
        "after": None if is_hidden else written(after.value),
        "missing_reason": MissingReason.WITHHELD.value if is_hidden else after.missing_reason,
    }


def _snapshot_of(plan: PlanHead, entry: NewEntry) -> Snapshot:
    """What the public knows once an entry is written."""
    return Snapshot(
        plan=plan.code,
        revision=entry.revision,
        recorded_at=entry.recorded_at,
        day=day_in_shanghai(entry.recorded_at),
    )


def _ratings(
    session: Session, plan: PlanHead, entry: NewEntry, keys: Collection[FigureKey]
) -> Iterator[JsonValue]:
    snapshot = _snapshot_of(plan, entry)
    before = load_plan_at(session, replace(snapshot, revision=entry.revision - 1)).plan
    after = load_plan_at(session, snapshot).plan
    for pair in pair_rows(before, after, moved_by(before, after, keys)):
        was, now = pair.was, pair.now
        if was and now and isinstance(now.target, Decimal) and was.rating is not now.rating:
            yield {
                **pair.key._asdict(),
                "period": None if pair.period is None else str(pair.period),
                "before": was.rating,
                "after": now.rating,
            }
