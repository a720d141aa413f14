"""A ledger replayed into a database that does not have it: entry by entry, rows in bundles."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session, col

from app.services.ledger.entries import (
    Action,
    PlanHead,
    begin_plan,
    canonical_json,
    digest_of,
    move_plan,
    sha256,
)
from app.services.ledger.recording import Content, NewEntry, Recording
from app.tables import LedgerEntry, LedgerPart

# Rows that are stored at once, and entries that are read at once.
_ROWS, _READ = 2_000, 500
_ACTIONS = frozenset(Action)
_ENTRIES = (
    sa.select(*(col(getattr(LedgerEntry, name)) for name in NewEntry.__slots__))
    .where(col(LedgerEntry.plan) == sa.bindparam("plan"))
    .order_by(col(LedgerEntry.revision))
    .execution_options(yield_per=_READ)
)
_PARTS = (
    sa.select(col(LedgerPart.revision), col(LedgerPart.payload))
    .where(col(LedgerPart.plan) == sa.bindparam("plan"))
    .order_by(col(LedgerPart.revision), col(LedgerPart.position))
    .execution_options(yield_per=_READ)
)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where a table and the ledger do not say the same: the table, the kind, and the facts."""

    table: str
    kind: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class WrittenPart:
    """One report of an entry: its JSON as it was written, and what that says."""

    text: str
    content: Content


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """An entry as it was written, what its payload says, and its parts."""

    entry: NewEntry
    content: Content
    parts: list[WrittenPart]


class Replay:
    """A plan's ledger on its way into a database. ``plan`` is where it is; None at first."""

    def __init__(self, session: Session, code: str) -> None:
        self.plan: PlanHead | None = None
        self._session = session
        self._code = code
        self._recording = Recording(session.connection)

    def add(self, written: WrittenEntry) -> Mismatch | None:
        """Record the next entry; or say why it does not continue the ones before."""
        entry = written.entry
        if self.plan is None:
            self.plan = begin_plan(self._session, self._code, recorded_at=entry.recorded_at)
        fault = find_fault(self.plan, written)
        if fault is not None:
            return fault
        for position, part in enumerate(written.parts, start=1):
            self._recording.add_part(entry, position, part.text)
            self._recording.record_part(entry, part.content)
        self._recording.record(entry, written.content)
        self._recording.add_entry(entry)
        self.plan.follow(entry)
        if self._recording.waiting >= _ROWS:
            self._recording.write()
        return None

    def finish(self) -> None:
        """Store what waits, and the plan's head."""
        self._recording.write()
        if self.plan is not None:
            move_plan(self._session, self.plan)


def replay(session: Session, code: str, ledger: Iterable[WrittenEntry]) -> Mismatch | None:
    """Fill the tables of an empty database from a ledger, or say where it does not hold."""
    run = Replay(session, code)
    for written in ledger:
        fault = run.add(written)
        if fault is not None:
            return fault
    run.finish()
    return None


def read_ledger(session: Session, plan: str) -> Iterator[WrittenEntry]:
    """Every entry of a plan with its parts, oldest first."""
    connection, asked = session.connection(), {"plan": plan}
    parts = iter(connection.execute(_PARTS, asked))
    part = next(parts, None)
    for row in connection.execute(_ENTRIES, asked).mappings():
        entry, own = NewEntry(**row), []
        while part is not None and part.revision <= entry.revision:
            if part.revision == entry.revision:
                own.append(WrittenPart(part.payload, json.loads(part.payload)))
            part = next(parts, None)
        yield WrittenEntry(entry, json.loads(entry.payload), own)


def find_fault(plan: PlanHead, written: WrittenEntry) -> Mismatch | None:
    """Why an entry does not continue the ledger that ends at this head; None where it does."""
    entry, expected = written.entry, plan.revision + 1
    if entry.revision != expected:
        return Mismatch("ledger", "revision_missing", {"revision": expected})
    facts = {"revision": expected}
    said = written.content.get("parts", []) if entry.action == Action.SUBMIT else []
    is_whole = len(said) == len(written.parts)
    if not is_whole or not all(map(_has_digest, written.parts, said)):
        return Mismatch("ledger_part", "part_differs", facts)
    if not _continues(written, plan.digest):
        return Mismatch("ledger", "digest_differs", facts)
    return None if entry.action in _ACTIONS else Mismatch("ledger", "not_replayed", facts)


def _has_digest(part: WrittenPart, digest: str) -> bool:
    """Whether the part is the one that was recorded; however it is written, it says the same."""
    if sha256(part.text) != digest:
        part.text = canonical_json(part.content)
    return sha256(part.text) == digest


def _continues(written: WrittenEntry, previous: str) -> bool:
    """Whether the entry's digest is that of what it says; however its payload is written."""
    entry = written.entry
    if digest_of(previous, entry) != entry.digest:
        entry.payload = canonical_json(written.content)
    return digest_of(previous, entry) == entry.digest
