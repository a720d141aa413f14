"""The official figures of a plan as columns: read when they are asked for, and kept as text.

The database itself puts the figures of a series together. What series have alike, as their periods,
is kept once, so that a figure takes some 20 bytes. Figures are only ever added: what was official
at a revision can be read whenever it is needed.
"""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import col

from app.domain.columns import SeriesKey
from app.domain.series import Observed
from app.errors.failure import StorageUnavailable
from app.services.state.keys import FigureKeys, Keys
from app.services.state.texts import BETWEEN, StoredColumn, Texts
from app.tables import LedgerEntry, Observation
from app.tables.series import BY_REVISION

# What a series takes besides its values, in bytes.
_OVERHEAD = 300
# What the keys of a series take, most of which are alike, in bytes.
_KEYS = 200
Connect = Callable[[], AbstractContextManager[Connection]]
# The figures of the areas of an indicator.
_Areas = dict[str, Texts]


class digits(GenericFunction[str]):  # noqa: N801 - a function of SQL
    """An exact figure as its shortest text."""

    type = sa.Text()
    inherit_cache = True


@compiles(digits, "sqlite")
def _on_sqlite(element: digits, compiler: sa.Compiled, **options: object) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(digits, "postgresql")
def _on_postgresql(element: digits, compiler: sa.Compiled, **options: object) -> str:
    return f"trim_scale({compiler.process(element.clauses, **options)})::text"


class StoredColumns(Mapping[SeriesKey, Mapping[int, Observed]]):
    """The figures of a plan as official at a revision, read by indicator and kept.

    ``digest``: of the entry of the revision. A database that does not have this entry, because it
    follows another one and lags behind, is not asked: StorageUnavailable.
    """

    def __init__(self, connect: Connect, plan: str, *, until: int, digest: str) -> None:
        self._connect, self._plan, self._until, self._digest = connect, plan, until, digest
        self._known: dict[str, _Areas] = {}
        self._keys: FigureKeys | None = None
        # The bytes of what is kept.
        self.size = 0
        self._lock = threading.Lock()

    def __getitem__(self, key: SeriesKey) -> StoredColumn:
        areas = self._known.get(key.indicator)
        if areas is None:
            with self._lock:
                areas = self._known.get(key.indicator) or self._load(key.indicator)
        return StoredColumn(key, areas[key.area])

    def __iter__(self) -> Iterator[SeriesKey]:
        return iter(self.keys_of_all.series)

    def __len__(self) -> int:
        return len(self.keys_of_all.series)

    @property
    def keys_of_all(self) -> FigureKeys:
        """Which figures there are, read at once for all indicators when it is first asked for."""
        with self._lock:
            if self._keys is None:
                with self._connect() as connection:
                    self._keys = FigureKeys(self._read_keys(connection))
                self.size += _KEYS * len(self._keys.series)
            return self._keys

    def forget(self) -> None:
        """Drop what was read: it is read again when it is asked for."""
        self._known, self._keys, self.size = {}, None, 0

    def followed_by(
        self, newer: Mapping[SeriesKey, Texts], *, until: int, digest: str
    ) -> "StoredColumns":
        """The figures at a later revision, up to which these became known."""
        found = StoredColumns(self._connect, self._plan, until=until, digest=digest)
        found._known, found.size = dict(self._known), self.size
        for code in {key.indicator for key in newer} & found._known.keys():
            found._known[code] = dict(found._known[code])
        for key, texts in newer.items():
            areas = found._known.get(key.indicator)
            if areas is not None:
                known = areas.get(key.area)
                areas[key.area] = texts if known is None else known.followed_by(texts)
                found.size += len(texts.values)
        if self._keys is not None:
            added = {key: Keys(texts.periods, texts.revisions) for key, texts in newer.items()}
            found._keys = self._keys.followed_by(added)
        return found

    def _load(self, indicator: str) -> _Areas:
        with self._connect() as connection:
            found = self._read(connection, col(Observation.indicator) == indicator)
        areas = {key.area: texts for key, texts in found.items()}
        self._known[indicator] = areas
        self.size += sum(len(texts.values) + _OVERHEAD for texts in areas.values())
        return areas

    def _read(
        self, connection: Connection, *wanted: sa.ColumnElement[bool] | sa.TextClause
    ) -> Mapping[SeriesKey, Texts]:
        self._require_entry(connection)
        return _read_texts(connection, self._plan, self._until, *wanted)

    def _read_keys(self, connection: Connection) -> Mapping[SeriesKey, Keys]:
        self._require_entry(connection)
        found = _read_parts(connection, self._plan, self._until, _PARTS[:2])
        return {
            SeriesKey(each.indicator, each.area): Keys(*map(sys.intern, each[2:])) for each in found
        }

    def _require_entry(self, connection: Connection) -> None:
        digest = sa.select(col(LedgerEntry.digest)).where(
            col(LedgerEntry.plan) == self._plan, col(LedgerEntry.revision) == self._until
        )
        # An entry that is being written has no digest yet.
        if (connection.execute(digest).scalar() or "") != self._digest:
            raise StorageUnavailable


def read_newer(
    connection: Connection, plan: str, *, since: int, until: int
) -> Mapping[SeriesKey, Texts]:
    """The figures that became known after a revision, up to another one."""
    return _read_texts(connection, plan, until, col(Observation.revision) > since, BY_REVISION)


def _read_texts(
    connection: Connection,
    plan: str,
    until: int,
    *wanted: sa.ColumnElement[bool] | sa.TextClause,
) -> Mapping[SeriesKey, Texts]:
    found = _read_parts(connection, plan, until, _PARTS, *wanted)
    return {SeriesKey(each.indicator, each.area): _share(each[2:]) for each in found}


def _read_parts(
    connection: Connection,
    plan: str,
    until: int,
    parts: Sequence[sa.ColumnElement[Any]],
    *wanted: sa.ColumnElement[bool] | sa.TextClause,
) -> Sequence[Any]:
    """Of each series its key, and of all its figures each part as one text."""
    key = (col(Observation.indicator), col(Observation.area))
    query = (
        sa.select(*key, *(sa.func.aggregate_strings(part, BETWEEN) for part in parts))
        .where(col(Observation.plan) == plan, col(Observation.revision) <= until, *wanted)
        .group_by(*key)
    )
    return connection.execute(query).all()


def _share(parts: Sequence[str]) -> Texts:
    # What the series of many areas have alike is kept once.
    return Texts._make(
        part if name == "values" else sys.intern(part)
        for name, part in zip(Texts._fields, parts, strict=True)
    )


_EMPTY = sa.literal_column("''", sa.Text)
# In the order of Texts.
_PARTS: tuple[sa.ColumnElement[Any], ...] = (
    sa.type_coerce(col(Observation.period), sa.Text),
    sa.cast(col(Observation.revision), sa.Text),
    sa.func.coalesce(sa.func.digits(col(Observation.value)), _EMPTY),
    sa.func.coalesce(col(Observation.basis), _EMPTY),
    sa.func.coalesce(col(Observation.missing_reason), _EMPTY),
    sa.case((col(Observation.rounded), sa.literal_column("'1'", sa.Text)), else_=_EMPTY),
    sa.func.coalesce(sa.func.digits(col(Observation.published_growth_percent)), _EMPTY),
    sa.func.coalesce(col(Observation.price_basis), _EMPTY),
    sa.type_coerce(col(Observation.obs_status), sa.Text),
)
