"""Whether a plan's tables are exactly what its ledger says: the chain, then every row."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from app.database import Database
from app.errors import ArchiveInvalid
from app.services.ledger.archive import Mismatch, find_break, read_ledger, replay
from app.tables import LedgerEntry, Plan

# The tables that entries account for. Keys, answered retries and the kind of the
# deployment are no part of any plan.
ACCOUNTED = (
    "definition",
    "area",
    "indicator",
    "target",
    "report",
    "figure",
    "decision",
    "observation",
    "extension",
    "progress_note",
    "publication",
    # Entries again, as they are stored: a byte that does not change their meaning counts too.
    "ledger",
    "ledger_part",
)


def verify_plan(session: Session, code: str, blank: Database) -> list[Mismatch]:
    """What does not hold; empty when everything does.

    ``blank``: an empty, migrated database that the ledger is replayed into.
    """
    broken = find_break(code, read_ledger(session, code)) or _find_wrong_head(session, code)
    if broken is not None:
        return [broken]
    with blank.write_transaction() as other:
        try:
            replay(other, code, read_ledger(session, code))
        except ArchiveInvalid as invalid:
            facts = {"revision": invalid.facts["line"]}
            return [Mismatch("ledger", "not_replayed", facts)]
        return [fault for table in ACCOUNTED for fault in _compare(session, other, table, code)]


def _find_wrong_head(session: Session, code: str) -> Mismatch | None:
    """Whether the plan's own row is not the newest entry of its ledger."""
    plan = session.get_one(Plan, code)
    newest = session.get(LedgerEntry, (code, plan.revision))
    later = session.get(LedgerEntry, (code, plan.revision + 1))
    if newest is None or later is not None or plan.digest != newest.digest:
        return Mismatch("plan", "head_differs", {"revision": plan.revision})
    is_same_time = plan.recorded_at == newest.recorded_at
    return None if is_same_time else Mismatch("plan", "time_differs")


def _compare(session: Session, other: Session, name: str, plan: str) -> Iterator[Mismatch]:
    table = SQLModel.metadata.tables[name]
    found, replayed = _rows(session, table, plan), _rows(other, table, plan)
    for key in sorted({*found, *replayed}):
        row = ", ".join(map(str, key[1:]))
        if key not in replayed:
            yield Mismatch(name, "row_unaccounted", {"row": row})
        elif key not in found:
            yield Mismatch(name, "row_missing", {"row": row})
        else:
            for column in table.columns:
                was, now = replayed[key][column.name], found[key][column.name]
                if was != now:
                    facts = {"row": row, "column": column.name, "now": now, "was": was}
                    yield Mismatch(name, "value_differs", facts)


def _rows(session: Session, table: sa.Table, plan: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    query = sa.select(table).where(table.c.plan == plan)
    keys = [column.name for column in table.primary_key.columns]
    rows = session.connection().execute(query).mappings()
    return {tuple(row[name] for name in keys): dict(row) for row in rows}
