"""What values of a plan share: figures as columns, and results that follow from them.

A plan at its next revision, as a scenario or with submitted figures differs from another in a few
series. It takes over all the others, with what was worked out of them.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from app.domain.plan import PlanRules
from app.domain.series import Observed

# All that a plan of 100,000 figures needs; results take some 100 bytes for each.
_MOST_KEPT = 400_000
Result = TypeVar("Result")


class SeriesKey(NamedTuple):
    """Whose figures they are."""

    indicator: str
    area: str


# The figures of each series by the index of their period.
FigureColumns = Mapping[SeriesKey, Mapping[int, Observed]]


def overlay(
    below: FigureColumns, above: FigureColumns, *, only_newer: bool = False
) -> FigureColumns:
    """The columns with others laid over them; ``only_newer``: where these became known later."""
    merged: dict[SeriesKey, Mapping[int, Observed]] = dict(below)
    for key, column in above.items():
        known = below.get(key, {})
        laid = {
            index: each
            for index, each in column.items()
            if not only_newer or index not in known or known[index].revision < each.revision
        }
        merged[key] = {**known, **laid}
    return merged


def lay_over(
    columns: FigureColumns,
    in_sums: FigureColumns | None,
    above: FigureColumns,
    *,
    counts_in_sums: bool,
    only_newer: bool,
) -> tuple[FigureColumns, FigureColumns | None]:
    """Columns and what counts of them in sums (None: the same), with others laid over them."""
    laid = overlay(columns, above, only_newer=only_newer)
    if not counts_in_sums:
        return laid, columns if in_sums is None else in_sums
    return laid, None if in_sums is None else overlay(in_sums, above, only_newer=only_newer)


def counted_in(rules: PlanRules, changed: Iterable[SeriesKey]) -> set[SeriesKey]:
    """Whose values the figures of these series count for: derived ones, and the areas above."""
    return {
        SeriesKey(indicator.code, area)
        for code, place in changed
        for indicator in rules.counting(code)
        for area in rules.with_those_above(place)
    }


def is_before(changed: FigureColumns) -> Callable[[tuple[Any, ...]], bool]:
    """Whether a result is about a quarter before all these: no value rests on later figures.

    Such a result has the index of its quarter as the first part of its name.
    """
    first = min((index for column in changed.values() for index in column), default=0)
    return lambda name: bool(name[0] < first)


class Memory:
    """Results by indicator and area, each worked out once; of too many, all are dropped.

    Threads may share it: a result that two of them work out is the same, and nobody changes it.
    """

    def __init__(self) -> None:
        self._known: dict[SeriesKey, dict[Hashable, Any]] = {}
        self._size = 0

    def recall(
        self, of: SeriesKey, what: Hashable, work_out: Callable[[], Result], *, weight: int = 1
    ) -> Result:
        """The result of this name, worked out if it is not known; it counts as ``weight`` ones."""
        known = self._known.setdefault(of, {})
        if what not in known:
            found = work_out()
            if self._size >= _MOST_KEPT:
                self._known, self._size = {of: known}, 0
            known[what] = found
            self._size += weight
        result: Result = known[what]
        return result

    def take_over(
        self,
        other: "Memory",
        *,
        stale: Collection[SeriesKey],
        unless: Callable[[Any], bool] = lambda _: False,
    ) -> None:
        """Begin with what another one knows, but for the stale, ``unless`` their name says so."""
        # Another of its own kind.
        self._known, self._size = dict(other._known), other._size  # noqa: SLF001
        for each in stale:
            known = self._known.pop(each, {})
            self._known[each] = {name: found for name, found in [*known.items()] if unless(name)}
