"""Rows on their way into their tables: many at a time, parents first."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlmodel import Session, SQLModel, col

from app.tables.access import Idempotency
from app.tables.plan import (
    AnnualTask,
    Area,
    Definition,
    Indicator,
    LedgerEntry,
    LedgerPart,
    Plan,
    Succession,
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
    *(Succession, Idempotency),
)
# Rows of these change what is official.
_OFFICIAL: tuple[TableClass, ...] = (Definition, Target, Observation)
_MARK = "dabiao_is_official"
# Where a plan's head is now.
_MOVE = sa.update(Plan).where(col(Plan.code) == sa.bindparam("plan"))


def take_mark(session: Session) -> bool:
    """Whether anything official was stored over a connection since this was last asked."""
    connection = session.bind
    return isinstance(connection, Connection) and bool(connection.info.pop(_MARK, False))


class WaitingRows:
    """Rows that wait to be stored until ``write``, and heads of plans that wait with them."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self.count = 0
        self._waiting: dict[TableClass, list[RowContent]] = {}
        self._heads: dict[str, RowContent] = {}

    @property
    def connection(self) -> Connection:
        """What they are stored over."""
        return self._connect()

    @property
    def is_official(self) -> bool:
        """Whether any of them changes what is official."""
        return not self._waiting.keys().isdisjoint(_OFFICIAL)

    def add(self, table: TableClass, *contents: RowContent) -> RowContent:
        """One more row: what the table has no column for is left out, what is unsaid is default."""
        row = {**_defaults(table)}
        for content in contents:
            row.update(content)
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
                known = {name: row[name] for name in _defaults(table)}
                change = sa.update(_core(table)).where(of_plan, columns.code == row["code"])
                self.connection.execute(change.values(known))
            else:
                self.add(table, row)

    def move(self, plan: str, head: RowContent) -> None:
        """Where a plan's head is once the rows are stored."""
        self._heads[plan] = {"plan": plan, **head}

    def take(self, other: "WaitingRows") -> None:
        """Take over what waits elsewhere; it is later than what waits here."""
        waiting, heads = other.hand_over()
        for table, rows in waiting.items():
            self._waiting.setdefault(table, []).extend(rows)
            self.count += len(rows)
        self._heads |= heads

    def leave(self, session: Session) -> None:
        """Store what waits with what other writes leave, where they leave any; else at once.

        What is official is stored at once: the same write reads it.
        """
        left: WaitingRows | None = session.info.get("left")
        if left is None or self.is_official:
            self.write()
        else:
            left.take(self)

    def hand_over(self) -> tuple[dict[TableClass, list[RowContent]], dict[str, RowContent]]:
        """What waits, and wait no longer."""
        waiting, heads = self._waiting, self._heads
        self._waiting, self._heads, self.count = {}, {}, 0
        return waiting, heads

    def write(self) -> None:
        """Store what waits."""
        waiting, heads = self.hand_over()
        if not waiting and not heads:
            return
        connection = self.connection
        for table in _ORDER:
            if rows := waiting.get(table):
                insert = _prepare(table, connection.dialect)
                connection.exec_driver_sql(insert.sql, insert.parameters(rows))
                if table in _OFFICIAL:
                    connection.info[_MARK] = True
        for head in heads.values():
            connection.execute(_MOVE, head)


def columns_of(table: TableClass, content: RowContent) -> RowContent:
    """What of a row the table has columns for."""
    return {name: content[name] for name in _defaults(table)}


@dataclass(frozen=True, slots=True)
class _Insert:
    """An insert as the driver takes it: putting it together takes longer than to carry it out."""

    sql: str
    names: tuple[str, ...]
    values_of: Callable[[RowContent], tuple[Any, ...]]
    # What makes of a value what the driver stores, by the place of its column.
    convert: tuple[tuple[int, Callable[[Any], Any]], ...]
    is_positional: bool

    def parameters(self, rows: list[RowContent]) -> Any:  # noqa: ANN401 - as the driver takes them
        """The values of rows."""
        values = [self._values(row) for row in rows]
        if self.is_positional:
            return [tuple(each) for each in values]
        return [dict(zip(self.names, each, strict=True)) for each in values]

    def _values(self, row: RowContent) -> list[Any]:
        values = [*self.values_of(row)]
        for place, convert in self.convert:
            if values[place] is not None:
                values[place] = convert(values[place])
        return values


_PREPARED: dict[tuple[TableClass, str], _Insert] = {}


def _prepare(table: TableClass, dialect: sa.Dialect) -> _Insert:
    key = (table, dialect.name)
    if key not in _PREPARED:
        compiled = sa.insert(_core(table)).compile(dialect=dialect)
        columns = list(_core(table).c)
        converts = [each.type.dialect_impl(dialect).bind_processor(dialect) for each in columns]
        _PREPARED[key] = _Insert(
            sql=str(compiled),
            names=tuple(each.name for each in columns),
            values_of=itemgetter(*(each.name for each in columns)),
            convert=tuple((at, each) for at, each in enumerate(converts) if each is not None),
            is_positional=dialect.positional,
        )
    return _PREPARED[key]


@cache
def _defaults(table: TableClass) -> RowContent:
    """The columns, each with what holds where a row does not say it."""
    return {
        name: None if field.is_required() else field.default
        for name, field in table.model_fields.items()
    }


def _core(table: TableClass) -> sa.Table:
    found: sa.Table = table.__table__  # type: ignore[attr-defined]
    return found
