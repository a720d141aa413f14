"""What values of a plan share: figures as columns, and results that follow from them.

A plan at its next revision, as a scenario or with submitted figures differs from another in a few
series. It takes over all the others, with what was worked out of them.
"""

from abc import abstractmethod
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple, TypeVar

from app.domain.accumulation import Accumulation, Basis
from app.domain.plan import PlanRules
from app.domain.quantity import ObsStatus
from app.domain.series import Observed, Series
from app.domain.time.period import QUARTERS_A_YEAR

# All that a plan of 100,000 figures needs; results take some 100 bytes for each.
_MOST_KEPT = 400_000
# With all that it derives, a series of forty figures takes some 8 KiB.
_SERIES_WEIGHT = 80
# Every quarter that there is.
ALWAYS = range(100_000)
Result = TypeVar("Result")


class SeriesKey(NamedTuple):
    """Whose figures they are."""

    indicator: str
    area: str


# The figures of each series by the index of their period.
FigureColumns = Mapping[SeriesKey, Mapping[int, Observed]]


class SeriesColumn(Mapping[int, Observed]):
    """The figures of a series that can say its numbers without making the figures."""

    @property
    @abstractmethod
    def numbers(self) -> Mapping[int, Decimal]:
        """The values that are there, by the index of their period, ascending."""

    @property
    @abstractmethod
    def bases(self) -> Collection[Basis]:
        """The bases on which they were reported."""

    @property
    @abstractmethod
    def breaks(self) -> Collection[int]:
        """The quarters whose figures were reported as breaks."""

    @property
    @abstractmethod
    def is_marked(self) -> bool:
        """Whether any figure was rounded, is not final, or waits for a decision."""


def numbers_of(column: Mapping[int, Observed]) -> Mapping[int, Decimal]:
    """The values of a series that are there, by the index of their period, ascending."""
    if isinstance(column, SeriesColumn):
        return column.numbers
    known = sorted(column.items(), key=lambda each: each[0])
    return {index: each.value for index, each in known if each.value is not None}


def bases_of(column: Mapping[int, Observed]) -> Collection[Basis]:
    """The bases on which the figures of a series were reported."""
    if isinstance(column, SeriesColumn):
        return column.bases
    return {each.basis for each in column.values() if each.basis is not None}


def breaks_of(column: Mapping[int, Observed]) -> Collection[int]:
    """The quarters whose figures were reported as breaks of a series."""
    if isinstance(column, SeriesColumn):
        return column.breaks
    return [i for i, each in column.items() if each.obs_status is ObsStatus.BREAK]


def is_marked(column: Mapping[int, Observed]) -> bool:
    """Whether any figure of a series was rounded, is not final, or waits for a decision."""
    if isinstance(column, SeriesColumn):
        return column.is_marked
    return any(
        each.is_rounded or each.is_provisional or each.obs_status is not ObsStatus.NORMAL
        for each in column.values()
    )


class Overlay(Mapping[SeriesKey, Mapping[int, Observed]]):
    """Columns with others laid over them; ``only_newer``: where these became known later."""

    def __init__(
        self, below: FigureColumns, above: FigureColumns, *, only_newer: bool = False
    ) -> None:
        self._below, self._above, self._only_newer = below, above, only_newer

    def __getitem__(self, key: SeriesKey) -> Mapping[int, Observed]:
        """The figures of a series."""
        if key not in self._above:
            return self._below[key]
        known = self._below.get(key, {})
        laid = {
            index: each
            for index, each in self._above[key].items()
            if not self._only_newer or index not in known or known[index].revision < each.revision
        }
        return {**known, **laid}

    def __iter__(self) -> Iterator[SeriesKey]:
        return iter(dict.fromkeys([*self._below, *self._above]))

    def __len__(self) -> int:
        return len({*self._below, *self._above})


def counted_in(rules: PlanRules, changed: Iterable[SeriesKey]) -> set[SeriesKey]:
    """Whose values the figures of these series count for: derived ones, and the areas above."""
    return {
        SeriesKey(indicator.code, area)
        for code, place in changed
        for indicator in rules.counting(code)
        for area in rules.with_those_above(place)
    }


def touched_by(changed: FigureColumns, known: "KeptSeries") -> Mapping[SeriesKey, Sequence[range]]:
    """Which values may differ by these figures: of whom, and about which quarters.

    ``known``: the series before the change.
    """
    found: dict[SeriesKey, list[range]] = {}
    for key, column in changed.items():
        accumulation = known.rules.indicators[key.indicator].accumulation
        span = _reach(column, known.find(key), accumulation)
        for counted in counted_in(known.rules, [key]):
            found.setdefault(counted, []).append(span)
    return found


def _reach(
    column: Mapping[int, Observed], before: Series | None, accumulation: Accumulation
) -> range:
    """The quarters whose values rest on the figures of a column: no value rests on later ones.

    A trailing year rests on this year and the last. A break counts for all that comes after it.
    """
    first, last = min(column, default=0), max(column, default=ALWAYS.stop)
    if before is None or any(each in column for each in (*before.breaks, *breaks_of(column))):
        return ALWAYS[first:]
    if accumulation is not Accumulation.ANNUAL_FLOW:
        return ALWAYS[first : last + 1] if before.is_total else ALWAYS[first:]
    if first != last or not before.is_total:
        return range(first, (last // QUARTERS_A_YEAR + 2) * QUARTERS_A_YEAR)
    # A year's total counts for the quarters of the next one, any other for the same quarter then.
    is_year = first % QUARTERS_A_YEAR == QUARTERS_A_YEAR - 1
    return range(first, first + QUARTERS_A_YEAR + 1, 1 if is_year else QUARTERS_A_YEAR)


class Memory:
    """Results by indicator and area, each worked out once; of too many, all are dropped.

    Threads may share it: a result that two of them work out is the same, and nobody changes it.
    """

    def __init__(self) -> None:
        # Each result with its weight.
        self._known: dict[SeriesKey, dict[Hashable, tuple[Any, int]]] = {}
        self._size = 0

    def recall(
        self, of: SeriesKey, what: Hashable, work_out: Callable[[], Result], *, weight: int = 1
    ) -> Result:
        """The result of this name, worked out if it is not known; it counts as ``weight`` ones."""
        known = self._known.get(of)
        if known is None:
            known = self._known.setdefault(of, {})
        if what not in known:
            found = work_out()
            if self._size >= _MOST_KEPT:
                self._known, self._size = {of: known}, 0
            known[what] = found, weight
            self._size += weight
        result: Result = known[what][0]
        return result

    def find(self, of: SeriesKey, what: Hashable) -> Any:  # noqa: ANN401 - what it recalls
        """The result of this name, if it is known."""
        known = self._known.get(of)
        found = None if known is None else known.get(what)
        return None if found is None else found[0]

    @property
    def size(self) -> int:
        """How much is kept, in weights."""
        return self._size

    def take_over(self, other: "Memory", *, stale: Mapping[SeriesKey, Sequence[range]]) -> None:
        """Begin with what another one knows, but for what these quarters count for.

        A result about one quarter alone has its index as the first part of its name.
        """
        # Another of its own kind.
        self._known, self._size = dict(other._known), other._size  # noqa: SLF001
        for key, spans in stale.items():
            known = [*self._known.get(key, {}).items()]
            self._known[key] = {name: each for name, each in known if _is_apart(name, spans)}
            self._size -= sum(weight for name, (_, weight) in known if not _is_apart(name, spans))


def _is_apart(name: Hashable, spans: Sequence[range]) -> bool:
    about = name[0] if isinstance(name, tuple) else None
    return isinstance(about, int) and not any(about in span for span in spans)


class KeptSeries:
    """The series of a plan, each made of its column when it is asked for, and kept.

    ``in_sums``: the columns as they count within sums, where they differ; None for the same.
    """

    def __init__(
        self, rules: PlanRules, columns: FigureColumns, in_sums: FigureColumns | None = None
    ) -> None:
        self.rules = rules
        self._columns, self._in_sums = columns, in_sums
        self._known = Memory()

    def of(self, indicator: str, area: str, *, in_sum: bool) -> Series:
        """The figures of an area, or as they count within sums."""
        key, in_sums = SeriesKey(indicator, area), self._in_sums if in_sum else None
        # Most often it is known: a row asks some forty times.
        known: Series | None = self._known.find(key, in_sums is not None)
        if known is not None:
            return known
        columns = self._columns if in_sums is None else in_sums
        make = partial(self._make, key, columns)
        return self._known.recall(key, in_sums is not None, make, weight=_SERIES_WEIGHT)

    def find(self, key: SeriesKey) -> Series | None:
        """The figures of an area, if somebody asked for them and they count so within sums."""
        of_sums = self._in_sums is not None
        found: Series | None = None if of_sums else self._known.find(key, of_sums)
        return found

    @property
    def columns(self) -> FigureColumns:
        """The figures of all areas as they were reported."""
        return self._columns

    def column(self, key: SeriesKey) -> Mapping[int, Observed]:
        """The figures of an area as they were reported."""
        return self._columns.get(key, {})

    def assuming(self, others: FigureColumns, *, in_sums: bool, only_newer: bool) -> "KeptSeries":
        """With others laid over them, by ``in_sums`` also within sums."""
        laid = Overlay(self._columns, others, only_newer=only_newer)
        if not in_sums:
            apart: FigureColumns | None = self._columns if self._in_sums is None else self._in_sums
        elif self._in_sums is None:
            apart = None
        else:
            apart = Overlay(self._in_sums, others, only_newer=only_newer)
        return self._sharing(KeptSeries(self.rules, laid, apart), changed=others)

    def followed_by(self, columns: FigureColumns, *, changed: FigureColumns) -> "KeptSeries":
        """Other columns, which differ in the series that changed alone."""
        return self._sharing(KeptSeries(self.rules, columns), changed=changed)

    def under(self, rules: PlanRules) -> "KeptSeries":
        """The same under other rules."""
        found = KeptSeries(rules, self._columns, self._in_sums)
        return found if rules is not self.rules else self._sharing(found, changed={})

    @property
    def size(self) -> int:
        """How much is kept."""
        return self._known.size

    def forget(self) -> None:
        """Drop what is kept: it is made again when it is asked for."""
        self._known = Memory()

    def _sharing(self, found: "KeptSeries", *, changed: FigureColumns) -> "KeptSeries":
        # Another of its own kind.
        stale = {key: [ALWAYS] for key in changed}
        found._known.take_over(self._known, stale=stale)  # noqa: SLF001
        return found

    def _make(self, key: SeriesKey, columns: FigureColumns) -> Series:
        accumulation = self.rules.indicators[key.indicator].accumulation
        column = columns.get(key, {})
        is_total = set(bases_of(column)) <= {accumulation.total_basis}
        numbers, breaks = numbers_of(column), breaks_of(column)
        return Series(accumulation, self.rules.start, column, numbers, is_total, breaks)
