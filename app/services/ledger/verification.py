"""Whether a plan's tables are exactly what its ledger says: the chain, then every row."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlmodel import Session, SQLModel, select

from app.database import Database
from app.services.ledger.entries import GENESIS, PlanHead
from app.services.ledger.replaying import Mismatch, find_fault, read_ledger, replay
from app.tables import LedgerEntry, Plan, Succession

# Rows that are read at once.
_READ = 1_000
# A row, or its key, in the order of the table's columns.
Stored: TypeAlias = tuple[Any, ...]

# The tables that entries account for. Keys, answered retries and the kind of the
# deployment are no part of any plan.
ACCOUNTED = (
    "definition",
    "area",
    "indicator",
    "target",
    "annual_task",
    "report",
    "figure",
    "decision",
    "observation",
    "extension",
    "progress_note",
    "publication",
    "succession",
    # Entries again, as they are stored: a byte that does not change their meaning counts too.
    "ledger",
    "ledger_part",
)


def verify_plan(session: Session, code: str, blank: Database) -> list[Mismatch]:
    """What does not hold; empty when everything does.

    ``blank``: an empty, migrated database that the ledger is replayed into.
    """
    with blank.write_transaction() as other:
        fault = replay(other, code, read_ledger(session, code)) or _find_wrong_head(session, code)
        if fault is not None:
            return [fault]
        found = [each for table in ACCOUNTED for each in _compare(session, other, table, code)]
        return [*found, *_find_other_earlier(session, code)]


def verify_chain(session: Session, code: str) -> Mismatch | None:
    """The first entry whose digest does not follow from all before it; None where all do.

    It reads the ledger alone, and is done many times sooner than ``verify_plan``.
    """
    plan = session.get_one(Plan, code)
    head = PlanHead(code=code, revision=0, digest=GENESIS, recorded_at=plan.recorded_at)
    for written in read_ledger(session, code):
        fault = find_fault(head, written)
        if fault is not None:
            return fault
        head.follow(written.entry)
    return _find_wrong_head(session, code)


def _find_wrong_head(session: Session, code: str) -> Mismatch | None:
    """Whether the plan's own row is not the newest entry of its ledger."""
    plan = session.get_one(Plan, code)
    newest = session.get(LedgerEntry, (code, plan.revision))
    later = session.get(LedgerEntry, (code, plan.revision + 1))
    if newest is None or later is not None or plan.digest != newest.digest:
        return Mismatch("plan", "head_differs", {"revision": plan.revision})
    is_same_time = plan.recorded_at == newest.recorded_at
    return None if is_same_time else Mismatch("plan", "time_differs")


def _find_other_earlier(session: Session, code: str) -> Iterator[Mismatch]:
    """Where the plan before is not what the plan knew of it."""
    for each in session.exec(select(Succession).where(Succession.plan == code)):
        found = session.get(LedgerEntry, (each.earlier, each.earlier_revision))
        if found is None or found.digest != each.earlier_digest:
            facts = {"earlier": each.earlier, "revision": each.earlier_revision}
            yield Mismatch("succession", "earlier_differs", facts)


def _compare(session: Session, other: Session, name: str, plan: str) -> Iterator[Mismatch]:
    """What differs, row by row: both tables are read once, in the order of their key."""
    table = SQLModel.metadata.tables[name]
    are_alike = all(_is_sqlite(each) for each in (session, other))
    found, replayed = (_read(each, table, plan, as_stored=are_alike) for each in (session, other))
    places = [table.columns.keys().index(column.name) for column in table.primary_key.columns]
    pairs = _pair(found, replayed, key=lambda row: tuple(row[place] for place in places))
    for key, now, was in pairs:
        facts: dict[str, object] = {"row": ", ".join(map(str, key[1:]))}
        if was is None:
            yield Mismatch(name, "row_unaccounted", facts)
        elif now is None:
            yield Mismatch(name, "row_missing", facts)
        elif now != was:
            for column, here, there in zip(table.columns, now, was, strict=True):
                read = _reader(column) if are_alike else _same
                values = {"now": read(here), "was": read(there)}
                if values["now"] != values["was"]:
                    yield Mismatch(name, "value_differs", facts | {"column": column.name} | values)


def _pair(
    found: Iterator[Stored], replayed: Iterator[Stored], *, key: Callable[[Stored], Stored]
) -> Iterator[tuple[Stored, Stored | None, Stored | None]]:
    """The rows of two tables by their keys, ascending; None where one has no such row."""
    now, was = next(found, None), next(replayed, None)
    while now is not None or was is not None:
        here, there = (None if row is None else key(row) for row in (now, was))
        place = min(each for each in (here, there) if each is not None)
        yield place, now if here == place else None, was if there == place else None
        now = next(found, None) if here == place else now
        was = next(replayed, None) if there == place else was


def _read(session: Session, table: sa.Table, plan: str, *, as_stored: bool) -> Iterator[Stored]:
    """A plan's rows in the order of the key; ``as_stored``: not read as values yet."""
    columns = [sa.type_coerce(each, sa.types.NULLTYPE) if as_stored else each for each in table.c]
    query = sa.select(*columns).where(table.c.plan == plan)
    for column in table.primary_key.columns:
        is_text = isinstance(column.type, sa.String)
        # In the order of Python and SQLite, whatever language the database is in.
        place = sa.collate(column, "C") if is_text and not _is_sqlite(session) else column
        query = query.order_by(place)
    stored = session.connection().execute(query.execution_options(yield_per=_READ))
    return map(tuple, stored)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


@cache
def _reader(column: sa.Column[Any]) -> Callable[[Any], Any]:
    """What makes a value of what SQLite stores in a column."""
    dialect = sqlite.dialect()
    return column.type.dialect_impl(dialect).result_processor(dialect, None) or _same


def _same(stored: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return stored
