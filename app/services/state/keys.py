"""Which official figures a plan has: the periods and revisions of every series, without values.

A list of figures is counted, and a page of it found, by these alone. A database reads them from its
index; 30,000 series of forty figures take some 5 MB.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple, TypeVar

from app.domain.columns import SeriesKey
from app.services.state.texts import BETWEEN, TEXTS_KEPT

Version = TypeVar("Version")
# The places of so many lists are kept: those of a plan's pages, as they are asked for.
_LISTS_KEPT = 4


class Release(StrEnum):
    """Which versions of a figure are wanted."""

    FIRST = "first"
    LATEST = "latest"
    ALL = "all"

    def choose(self, versions: list[Version]) -> list[Version]:
        """Those of a figure's versions, which are given oldest first."""
        chosen = {Release.FIRST: versions[:1], Release.LATEST: versions[-1:]}
        return chosen.get(self, versions)


class Keys(NamedTuple):
    """The versions of the figures of a series: the period and the revision of each."""

    periods: str
    revisions: str

    def followed_by(self, newer: "Keys") -> "Keys":
        """With what was recorded later."""
        return Keys(*(old + BETWEEN + new for old, new in zip(self, newer, strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureFilter:
    """Which figures are listed; None for all.

    ``indicators``: in the order of the list. ``since``: those that became known after a revision.
    """

    indicators: tuple[str, ...]
    areas: frozenset[str] | None = None
    periods: frozenset[str] | None = None
    release: Release = Release.LATEST
    since: int = 0

    def accepts(self, area: str, period: str, revision: int) -> bool:
        """Whether a version is wanted, if it is of a release and an indicator that are."""
        is_here = self.areas is None or area in self.areas
        return (
            is_here and (self.periods is None or period in self.periods) and revision > self.since
        )


@dataclass(frozen=True, slots=True)
class SeriesPlaces:
    """The series of a list in its order, and the place at which each of them ends."""

    series: Sequence[SeriesKey]
    ends: Sequence[int]

    @classmethod
    def of(cls, counts: Mapping[SeriesKey, int]) -> "SeriesPlaces":
        """The places of series that have so many rows each."""
        return cls([*counts], [*accumulate(counts.values())])

    def counts(self) -> dict[SeriesKey, int]:
        """How many rows each series has."""
        begins = [0, *self.ends][:-1]
        places = zip(self.series, begins, self.ends, strict=True)
        return {key: end - begin for key, begin, end in places}


class FigureKeys:
    """The keys of every figure of a plan, by indicator and series; areas are in order."""

    def __init__(self, found: Mapping[SeriesKey, Keys]) -> None:
        self._known: dict[str, dict[SeriesKey, Keys]] = {}
        for key in sorted(found):
            self._known.setdefault(key.indicator, {})[key] = found[key]
        self._lists: dict[FigureFilter, SeriesPlaces] = {}

    @property
    def series(self) -> list[SeriesKey]:
        """Every series that has a figure."""
        return [key for known in self._known.values() for key in known]

    def followed_by(self, newer: Mapping[SeriesKey, Keys]) -> "FigureKeys":
        """With what was recorded later."""
        found = FigureKeys({})
        found._known = dict(self._known)
        for code in {key.indicator for key in newer}:
            known = self._known.get(code, {})
            of_code = {key: keys for key, keys in newer.items() if key.indicator == code}
            merged = known | {
                key: known[key].followed_by(keys) if key in known else keys
                for key, keys in of_code.items()
            }
            found._known[code] = (
                merged if len(merged) == len(known) else dict(sorted(merged.items()))
            )
        return found

    def places(self, wanted: FigureFilter) -> SeriesPlaces:
        """Where the rows of each series are in a list."""
        found = self._lists.get(wanted) or SeriesPlaces.of(self._count(wanted))
        others = [(each, places) for each, places in self._lists.items() if each != wanted]
        # Another dictionary each time, since threads share it.
        self._lists = dict([*others, (wanted, found)][-_LISTS_KEPT:])
        return found

    def _count(self, wanted: FigureFilter) -> dict[SeriesKey, int]:
        counts = {
            key: _count(keys, wanted.periods, wanted.release, wanted.since)
            for code in wanted.indicators
            for key, keys in self._known.get(code, {}).items()
            if wanted.areas is None or key.area in wanted.areas
        }
        return {key: count for key, count in counts.items() if count}


@lru_cache(maxsize=TEXTS_KEPT)
def _count(keys: Keys, periods: Collection[str] | None, release: Release, since: int) -> int:
    """How many versions a list has of a series."""
    versions: dict[str, list[int]] = {}
    for period, revision in zip(*(text.split(BETWEEN) for text in keys), strict=True):
        if periods is None or period in periods:
            versions.setdefault(period, []).append(int(revision))
    chosen = (release.choose(sorted(each)) for each in versions.values())
    return sum(revision > since for each in chosen for revision in each)
