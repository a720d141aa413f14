"""The official figures of a plan as columns: read when they are asked for, and kept as text.

The database itself puts the figures of a series together. What series have alike, as their periods,
is kept once, so that a figure takes some 20 bytes. Figures are only ever added: what was official
at a revision can be read whenever it is needed.
"""

import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import col

from app.domain.accumulation import Basis, MissingReason
from app.domain.columns import SeriesColumn, SeriesKey
from app.domain.quantity import ObsStatus, PriceBasis
from app.domain.series import Observed
from app.domain.time.period import Period
from app.errors.failure import StorageUnavailable
from app.tables import LedgerEntry, Observation
from app.tables.series import BY_REVISION

PERIODS_KEPT = 1024
# What many series have alike is taken apart once.
TEXTS_KEPT = 4096
# What a series takes besides its values, in bytes.
_OVERHEAD = 300
# Between figures; no part of one has it.
_BETWEEN = ";"

Connect = Callable[[], AbstractContextManager[Connection]]
# The figures of the areas of an indicator.
_Areas = dict[str, "Texts"]


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


class Texts(NamedTuple):
    """The figures of a series, each part of all of them as one text, in the same order."""

    periods: str
    revisions: str
    values: str
    bases: str
    missing_reasons: str
    rounded: str
    growths: str
    price_bases: str
    statuses: str

    def followed_by(self, newer: "Texts") -> "Texts":
        """With what was recorded later."""
        return Texts(*(old + _BETWEEN + new for old, new in zip(self, newer, strict=True)))


class StoredColumn(SeriesColumn):
    """The figures of a series; each is made when it is looked at."""

    __slots__ = ("_key", "_made", "_places", "_texts", "_values")

    def __init__(self, key: SeriesKey, texts: Texts) -> None:
        self._key, self._texts = key, texts
        self._places = _find_newest(texts.periods, texts.revisions)
        self._values = texts.values.split(_BETWEEN)
        self._made: dict[int, Observed] = {}

    def __getitem__(self, index: int) -> Observed:
        if index not in self._made:
            self._made[index] = self._make(self._places[index])
        return self._made[index]

    def __contains__(self, index: object) -> bool:
        return index in self._places

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    @property
    def numbers(self) -> Mapping[int, Decimal]:
        """The values alone."""
        values = self._values
        return {
            index: Decimal(values[place]) for index, place in self._places.items() if values[place]
        }

    @property
    def bases(self) -> Collection[Basis]:
        """The bases of those that have a value."""
        return _read_bases(self._texts.bases)

    @property
    def is_marked(self) -> bool:
        """Whether any figure was rounded or is not final; none of them waits for a decision."""
        statuses = set(_split(self._texts.statuses))
        return bool(self._texts.rounded.strip(_BETWEEN)) or statuses != {ObsStatus.NORMAL.value}

    @property
    def breaks(self) -> Collection[int]:
        """The quarters whose figures were reported as breaks."""
        statuses = _split(self._texts.statuses)
        if ObsStatus.BREAK.value not in statuses:
            return ()
        places = self._places.items()
        return [i for i, place in places if statuses[place] == ObsStatus.BREAK.value]

    def _make(self, place: int) -> Observed:
        texts = self._texts
        value, growth = self._values[place], _split(texts.growths)[place]
        return Observed(
            period=read_period(_split(texts.periods)[place]),
            value=Decimal(value) if value else None,
            basis=_BASES[_split(texts.bases)[place]],
            missing_reason=_MISSING[_split(texts.missing_reasons)[place]],
            revision=int(_split(texts.revisions)[place]),
            is_rounded=bool(_split(texts.rounded)[place]),
            published_growth_percent=Decimal(growth) if growth else None,
            price_basis=_PRICES[_split(texts.price_bases)[place]],
            obs_status=ObsStatus(_split(texts.statuses)[place]),
            indicator=self._key.indicator,
            area=self._key.area,
        )


class StoredColumns(Mapping[SeriesKey, Mapping[int, Observed]]):
    """The figures of a plan as official at a revision, read by indicator and kept.

    ``digest``: of the entry of the revision. A database that does not have this entry, because it
    follows another one and lags behind, is not asked: StorageUnavailable.
    """

    def __init__(self, connect: Connect, plan: str, *, until: int, digest: str) -> None:
        self._connect, self._plan, self._until, self._digest = connect, plan, until, digest
        self._known: dict[str, _Areas] = {}
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
        with self._connect() as connection:
            return iter(self._read(connection))

    def __len__(self) -> int:
        return len([*self])

    def forget(self) -> None:
        """Drop what was read: it is read again when it is asked for."""
        self._known, self.size = {}, 0

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
        digest = sa.select(col(LedgerEntry.digest)).where(
            col(LedgerEntry.plan) == self._plan, col(LedgerEntry.revision) == self._until
        )
        # An entry that is being written has no digest yet.
        if (connection.execute(digest).scalar() or "") != self._digest:
            raise StorageUnavailable
        return _read_texts(connection, self._plan, self._until, *wanted)


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
    key = (col(Observation.indicator), col(Observation.area))
    query = (
        sa.select(*key, *(sa.func.aggregate_strings(part, _BETWEEN) for part in _PARTS))
        .where(col(Observation.plan) == plan, col(Observation.revision) <= until, *wanted)
        .group_by(*key)
    )
    found = connection.execute(query)
    return {SeriesKey(code, area): _share(*texts) for code, area, *texts in found}


def _share(periods: str, revisions: str, values: str, *rest: str) -> Texts:
    # What the series of many areas have alike is kept once.
    return Texts(sys.intern(periods), sys.intern(revisions), values, *map(sys.intern, rest))


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
_BASES: Mapping[str, Basis | None] = {"": None, **{each.value: each for each in Basis}}
_PRICES: Mapping[str, PriceBasis | None] = {"": None, **{each.value: each for each in PriceBasis}}
_MISSING: Mapping[str, MissingReason | None] = {
    "": None,
    **{each.value: each for each in MissingReason},
}


@lru_cache(maxsize=PERIODS_KEPT)
def read_period(text: str) -> Period:
    """A period, shared by all the figures that are about it."""
    return Period.parse(text)


@lru_cache(maxsize=TEXTS_KEPT)
def _split(text: str) -> list[str]:
    return text.split(_BETWEEN)


@lru_cache(maxsize=TEXTS_KEPT)
def _find_newest(periods: str, revisions: str) -> Mapping[int, int]:
    """The place of the newest figure for each period, by the period's index, ascending."""
    indexes = [read_period(text).index for text in periods.split(_BETWEEN)]
    # A database gives the versions of a figure in any order.
    order = sorted(enumerate(map(int, revisions.split(_BETWEEN))), key=lambda each: each[1])
    newest = {indexes[place]: place for place, _ in order}
    return dict(sorted(newest.items()))


@lru_cache(maxsize=TEXTS_KEPT)
def _read_bases(text: str) -> Collection[Basis]:
    return {Basis(each) for each in text.split(_BETWEEN) if each}
