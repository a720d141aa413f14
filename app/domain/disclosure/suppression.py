"""Which figures of an indicator are withheld, so that none gives away a small count.

Primary suppression (threshold rule): a count above 0 and below the minimum, reported as such or
added by a running total to the one before. Secondary suppression: the figures that a total would
give it away by.

The versions are gone through in the order in which they became official. What was shown once is
known: no later figure is withheld in its place, but the total is.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from app.domain.accumulation import Accumulation, Basis
from app.domain.quantity import sum_exactly
from app.domain.time.period import QUARTERS_A_YEAR

# So many others keep a small count within a total: with one alone, that one would know it.
GUARDS = 2
# Each is so many minimums large, so that within the total any small count is possible.
GUARD_SIZE = 2
# A total is shown before all have reported only while so many of its parts are not known,
UNKNOWN_PARTS = 3
# which are so many minimums together.
UNKNOWN_SIZE = 4


class CellPlace(NamedTuple):
    """An area at a quarter, by the quarter's index."""

    area: str
    quarter: int


class CellVersion(NamedTuple):
    """A figure as official from a revision on. ``is_expected``: False where none applies."""

    revision: int
    place: CellPlace
    value: Decimal | None
    basis: Basis | None
    is_expected: bool = True

    @property
    def amount(self) -> Decimal:
        """The value; 0 where there is none."""
        return self.value or Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRule:
    """What a small count is, how the figures accumulate, and which areas add up to which."""

    minimum: Decimal
    accumulation: Accumulation
    parts: Mapping[str, Sequence[str]]

    def is_small(self, count: Decimal) -> bool:
        """Whether a count exposes anyone; 0 exposes no one."""
        return 0 < count < self.minimum


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What is withheld: versions by place and revision, and sums of areas by the place of the sum.

    ``rests``: the withheld parts of each sum that is shown, and what they are together.
    """

    versions: Collection[tuple[CellPlace, int]]
    sums: Collection[CellPlace]
    rests: Mapping[CellPlace, tuple[Sequence[str], Decimal]]


@dataclass(slots=True)
class _Total:
    """What is known of the total of an area at a quarter."""

    # Whether any part was ever small. From then on a part that is withheld remains so.
    is_marked: bool = False
    kept: set[str] = field(default_factory=set)
    # The revisions of the parts that were not known when a total was shown; None: not reported.
    told: dict[str, int | None] | None = None


def suppress(rule: CellRule, versions: Iterable[CellVersion]) -> Suppressed:
    """What is withheld once these versions are official; they are in the order of revisions."""
    found = _Disclosed(rule)
    for _, group in groupby(versions, key=lambda each: each.revision):
        found.add(list(group))
    return found.result()


class _Disclosed:
    """The figures of an indicator, and which of them have been shown."""

    def __init__(self, rule: CellRule) -> None:
        self._rule = rule
        self._whole_of = {part: whole for whole, parts in rule.parts.items() for part in parts}
        self._current: dict[CellPlace, CellVersion] = {}
        self._hidden: set[tuple[CellPlace, int]] = set()
        self._totals: defaultdict[CellPlace, _Total] = defaultdict(_Total)
        # Areas any part of which was ever small: their parts may be so again.
        self._wary: set[str] = set()
        # The basis that each area reported on first.
        self._basis: dict[str, Basis | None] = {}

    def add(self, versions: Sequence[CellVersion]) -> None:
        """Take what a revision brought, and decide what of it is shown."""
        wholes: set[CellPlace] = set()
        for each in versions:
            area, quarter = each.place
            self._current[each.place] = each
            if each.value is not None:
                self._hidden.add((each.place, each.revision))
                self._basis.setdefault(area, each.basis)
            wholes.add(CellPlace(self._whole_of.get(area, area), quarter))
        new = {each.place for each in versions}
        for whole in sorted(wholes, key=lambda each: (each.quarter, each.area)):
            self._decide(whole, [each for each in self._parts(whole) if each.place in new])

    def result(self) -> Suppressed:
        """What is withheld by now."""
        sums, rests = set[CellPlace](), {}
        for place in [*self._totals]:
            hidden = self._hidden_parts(place)
            if hidden and self._is_sum_shown(place):
                rests[place] = ([each.place.area for each in hidden], _add_up(hidden))
            elif hidden:
                sums.add(place)
        return Suppressed(frozenset(self._hidden), frozenset(sums), rests)

    def _decide(self, whole: CellPlace, new: Sequence[CellVersion]) -> None:
        total, own = self._totals[whole], self._current.get(whole)
        for each in new:
            if total.told is not None and total.told.get(each.place.area, 0) is None:
                total.told[each.place.area] = each.revision
        has_own = own is not None and own.value is not None and not self._is_small(own)
        is_whole = not self._missing(whole)
        # Those that were held back until all had reported are looked at again.
        asked = self._hidden_parts(whole) if is_whole else new
        if any(self._is_small(each) for each in asked):
            total.is_marked = True
            self._wary.add(whole.area)
        if total.is_marked or (not is_whole and (has_own or whole.area in self._wary)):
            self._hold(whole, new, has_own=has_own)
        else:
            self._show(asked)
        if total.is_marked:
            total.kept.update(each.place.area for each in self._hidden_parts(whole))
        is_safe = own is not None and has_own and self._is_hidden(own) and self._is_safe(whole, own)
        if own is not None and is_safe:
            self._show([own])
        if is_safe or self._is_sum_shown(whole):
            self._tell(whole)

    def _hold(self, whole: CellPlace, new: Sequence[CellVersion], *, has_own: bool) -> None:
        """Withhold small counts with guards beside them; show the others where that is safe."""
        kept = self._totals[whole].kept
        free = [each for each in new if each.place.area not in kept and not self._is_small(each)]
        lacking = max(0, GUARDS - len(self._guards(whole, but=free)))
        # The smallest that will do, then in the plan's order.
        able = sorted(filter(self._is_guard, free), key=lambda each: each.amount)
        guards = able[:lacking]
        is_guarded = len(guards) == lacking and self._is_as_told(whole, but=free)
        # Where there are too few, a total that may be known would give away what remains.
        if is_guarded or not (has_own or self._totals[whole].told):
            self._show([each for each in free if each not in guards])

    def _is_safe(self, whole: CellPlace, own: CellVersion) -> bool:
        """Whether the total that an area reported itself gives away no part of it."""
        parts, hidden, missing = self._parts(whole), self._hidden_parts(whole), self._missing(whole)
        if not parts or not (hidden or missing):
            return True
        if not self._is_as_told(whole):
            return False
        if len(self._guards(whole)) >= GUARDS:
            return True
        rest = own.amount - _add_up([each for each in parts if each not in hidden])
        is_open = missing + len(hidden) >= UNKNOWN_PARTS
        return is_open and rest >= UNKNOWN_SIZE * self._rule.minimum

    def _is_sum_shown(self, whole: CellPlace) -> bool:
        """Whether the sum of the parts is shown although some of them are withheld."""
        hidden = self._hidden_parts(whole)
        if not hidden or self._missing(whole) or len(self._guards(whole)) < GUARDS:
            return False
        if len({each.basis for each in hidden}) > 1 or not self._is_as_told(whole):
            return False
        return not self._is_step(_add_up(self._parts(whole)), self._sums_beside(whole))

    def _sums_beside(self, whole: CellPlace) -> Iterator[Decimal]:
        """The sums at the quarters with which the total is compared."""
        if any(each.basis is Basis.QUARTER for each in self._parts(whole)):
            return
        for place in (CellPlace(whole.area, quarter) for quarter in self._window(whole)):
            if place != whole and self._parts(place) and not self._missing(place):
                yield _add_up(self._parts(place))

    def _tell(self, whole: CellPlace) -> None:
        """Remember which parts are not known now that a total is shown."""
        total = self._totals[whole]
        if total.told is None:
            there = {each.place.area: each for each in self._parts(whole)}
            total.told = {
                area: there[area].revision if area in there else None
                for area in self._rule.parts.get(whole.area, ())
                if area not in there or self._is_hidden(there[area])
            }

    def _is_as_told(self, whole: CellPlace, but: Collection[CellVersion] = ()) -> bool:
        """Whether what is withheld is what was when a total was shown first, if one was.

        Else the difference of the totals would be that of two versions of a part.
        """
        told = self._totals[whole].told
        return told is None or all(
            told.get(each.place.area) == each.revision
            for each in self._hidden_parts(whole)
            if each not in but
        )

    def _guards(self, whole: CellPlace, but: Collection[CellVersion] = ()) -> list[CellVersion]:
        hidden = [each for each in self._hidden_parts(whole) if each not in but]
        return [each for each in hidden if not self._is_small(each) and self._is_guard(each)]

    def _is_guard(self, each: CellVersion) -> bool:
        """Whether a count, or what it adds to the total before, is large enough to hide others."""
        enough = GUARD_SIZE * self._rule.minimum
        return each.amount >= enough and all(
            abs(each.amount - other) >= enough for other in self._shown_beside(each, is_before=True)
        )

    def _is_small(self, each: CellVersion) -> bool:
        """Whether a count is small, or a step between it and the nearest totals that are shown.

        On another basis than the area's first figure it cannot be held against these.
        """
        if self._rule.is_small(each.amount) or each.basis is not self._basis[each.place.area]:
            return True
        return self._is_step(each.amount, self._shown_beside(each))

    def _is_step(self, value: Decimal, beside: Iterable[Decimal]) -> bool:
        return any(self._rule.is_small(abs(value - other)) for other in beside)

    def _shown_beside(self, each: CellVersion, *, is_before: bool = False) -> Iterator[Decimal]:
        """The nearest running totals of the area before and after that are shown."""
        if each.basis is Basis.QUARTER:
            return
        area, at = each.place
        shown = {
            index: other.amount
            for index in self._window(each.place)
            if (other := self._current.get(CellPlace(area, index))) is not None
            and other.value is not None
            and not self._is_hidden(other)
        }
        before, after = [i for i in shown if i < at], [i for i in shown if i > at]
        yield from (shown[i] for i in sorted(before)[-1:])
        yield from (shown[i] for i in ([] if is_before else sorted(after)[:1]))

    def _window(self, place: CellPlace) -> Iterable[int]:
        """The quarters whose totals include one another: those of a year, or all of them."""
        if self._rule.accumulation is Accumulation.INCREMENT:
            return {each.quarter for each in self._current}
        if self._rule.accumulation is Accumulation.ANNUAL_FLOW:
            first = place.quarter - place.quarter % QUARTERS_A_YEAR
            return range(first, first + QUARTERS_A_YEAR)
        return ()

    def _below(self, whole: CellPlace) -> Iterator[CellVersion | None]:
        for area in self._rule.parts.get(whole.area, ()):
            yield self._current.get(CellPlace(area, whole.quarter))

    def _parts(self, whole: CellPlace) -> list[CellVersion]:
        """The figures of the parts that have one."""
        return [each for each in self._below(whole) if each is not None and each.value is not None]

    def _missing(self, whole: CellPlace) -> int:
        """How many parts have no figure yet."""
        return sum(
            each is None or (each.value is None and each.is_expected) for each in self._below(whole)
        )

    def _hidden_parts(self, whole: CellPlace) -> list[CellVersion]:
        return [each for each in self._parts(whole) if self._is_hidden(each)]

    def _is_hidden(self, each: CellVersion) -> bool:
        return (each.place, each.revision) in self._hidden

    def _show(self, versions: Iterable[CellVersion]) -> None:
        self._hidden.difference_update((each.place, each.revision) for each in versions)


def _add_up(parts: Iterable[CellVersion]) -> Decimal:
    return sum_exactly([each.amount for each in parts])
