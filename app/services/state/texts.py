"""The figures of a series as texts, one for each part of all of them; each is made when needed.

What series have alike, as their periods, is taken apart once.
"""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from app.domain.accumulation import Basis, MissingReason
from app.domain.columns import SeriesColumn, SeriesKey
from app.domain.quantity import ObsStatus, PriceBasis
from app.domain.series import Observed
from app.domain.time.period import Period

PERIODS_KEPT = 1024
# What many series have alike is taken apart once.
TEXTS_KEPT = 4096
# Between figures; no part of one has it.
BETWEEN = ";"


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
        return Texts(*(old + BETWEEN + new for old, new in zip(self, newer, strict=True)))


class StoredColumn(SeriesColumn):
    """The figures of a series; each is made when it is looked at."""

    __slots__ = ("_key", "_made", "_places", "_texts", "_values")

    def __init__(self, key: SeriesKey, texts: Texts) -> None:
        self._key, self._texts = key, texts
        self._places = _find_newest(texts.periods, texts.revisions)
        self._values = texts.values.split(BETWEEN)
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
        return _is_marked(self._texts.rounded, self._texts.statuses)

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
    return text.split(BETWEEN)


@lru_cache(maxsize=TEXTS_KEPT)
def _find_newest(periods: str, revisions: str) -> Mapping[int, int]:
    """The place of the newest figure for each period, by the period's index, ascending."""
    indexes = [read_period(text).index for text in periods.split(BETWEEN)]
    # A database gives the versions of a figure in any order.
    order = sorted(enumerate(map(int, revisions.split(BETWEEN))), key=lambda each: each[1])
    newest = {indexes[place]: place for place, _ in order}
    return dict(sorted(newest.items()))


@lru_cache(maxsize=TEXTS_KEPT)
def _is_marked(rounded: str, statuses: str) -> bool:
    return bool(rounded.strip(BETWEEN)) or set(_split(statuses)) != {ObsStatus.NORMAL.value}


@lru_cache(maxsize=TEXTS_KEPT)
def _read_bases(text: str) -> Collection[Basis]:
    return {Basis(each) for each in text.split(BETWEEN) if each}
