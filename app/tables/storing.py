"""Rows on their way into their tables: many at a time, parents first."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlmodel import SQLModel

from app.tables.plan import (
    AnnualTask,
    Area,
    Definition,
    Indicator,
    LedgerEntry,
    LedgerPart,
    Target,
)
from app.tables.report import Decision, Extension, Figure, ProgressNote, Publication, Report
from app.tables.series import Observation

# A row by the names of its columns.
RowContent = dict[str, Any]
TableClass = type[SQLModel]

# In this order, so that what a row refers to is there.
_ORDER: tuple[TableClass, ...] = (
    *(Area, Indicator, Definition, LedgerEntry, LedgerPart, Target, AnnualTask, Report, Figure),
    *(Decision, Observation, Extension, ProgressNote, Publication),
)


class WaitingRows:
    """Rows that wait to be stored until ``write``."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.count = 0
        self._waiting: dict[TableClass, list[RowContent]] = {}

    def add(self, table: TableClass, content: RowContent) -> RowContent:
        """One more row: what the table has no column for is left out, what is unsaid is default."""
        row = {name: content.get(name, default) for name, default in _defaults(table)}
        self._waiting.setdefault(table, []).append(row)
        self.count += 1
        return row

    def replace(self, table: TableClass, rows: list[RowContent]) -> None:
        """Rows of a plan's code list: one that is there, by its ``code``, is changed at once."""
        # Those of an earlier definition may wait.
        self.write()
        columns = _core(table).c
        of_plan = columns.plan == rows[0]["plan"]
        codes = set(self.connection.scalars(sa.select(columns.code).where(of_plan)))
        for row in rows:
            if row["code"] in codes:
                known = {name: row[name] for name, _ in _defaults(table)}
                change = sa.update(_core(table)).where(of_plan, columns.code == row["code"])
                self.connection.execute(change.values(known))
            else:
                self.add(table, row)

    def write(self) -> None:
        """Store what waits."""
        for table in _ORDER:
            if rows := self._waiting.pop(table, None):
                self.connection.execute(_insert(table), rows)
        self.count = 0


@cache
def _defaults(table: TableClass) -> tuple[tuple[str, Any], ...]:
    """The columns, each with what holds where a row does not say it."""
    return tuple(
        (name, None if field.is_required() else field.default)
        for name, field in table.model_fields.items()
    )


@cache
def _insert(table: TableClass) -> sa.Insert:
    return sa.insert(_core(table))


def _core(table: TableClass) -> sa.Table:
    found: sa.Table = table.__table__  # type: ignore[attr-defined]
    return found
