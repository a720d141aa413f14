"""The figures of one area as they were reported, and the comparable values derived from them.

A figure is kept on the basis it was reported on. A running total at t is the reported one, or the
previous one plus the reported quarter; it is unknown when the previous one is. Nothing is carried
over a year's end but a total since the plan's start.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from app.domain.accumulation import Accumulation, ActualBasis, Basis, EarlierFigure, MissingReason
from app.domain.quantity import EXACT, ObsStatus, PriceBasis, Quantity, Reason, Undefined, quotient
from app.domain.time.period import Period


@dataclass(slots=True, kw_only=True, unsafe_hash=True)  # frozen ones take thrice as long to make
class Observed:
    """One figure in the indicator's unit, or the reason why there is none.

    ``indicator``, ``area``, ``origin``: whose it is, to explain a value; nothing rests on them.
    """

    period: Period
    value: Decimal | None
    basis: Basis | None = None
    missing_reason: MissingReason | None = None
    revision: int = 0
    is_provisional: bool = False
    is_rounded: bool = False
    published_growth_percent: Decimal | None = None
    price_basis: PriceBasis | None = None
    obs_status: ObsStatus = ObsStatus.NORMAL
    indicator: str = field(default="", compare=False)
    area: str = field(default="", compare=False)
    origin: EarlierFigure | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """The value of one area that may be held against a target.

    ``inputs`` are the figures it was made from, newest first; ``age`` is how many quarters before
    the asked period its newest figure lies. A ratio keeps its parts, as areas combine by them.
    """

    value: Quantity
    basis: ActualBasis | None = None
    inputs: tuple[Observed, ...] = ()
    age: int = 0
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @property
    def is_known(self) -> bool:
        """Whether the area counts as reported: a ratio x/0 does, though it has no value."""
        return isinstance(self.value, Decimal) or self.denominator is not None


NOT_APPLICABLE = Undefined(Reason.NOT_APPLICABLE)
_NOTHING = Comparable(value=Undefined(Reason.NOT_REPORTED))


@dataclass(slots=True)  # not frozen, for the same reason; nobody changes it
class Series:
    """The figures of one indicator in one area by period; an increment is 0 before ``start``."""

    accumulation: Accumulation
    start: date | None
    by_index: Mapping[int, Observed]
    # The values that are there, by the same indexes, ascending.
    numbers: Mapping[int, Decimal]
    # Whether each of them is a whole total up to its period, or a level.
    is_total: bool
    # The quarters whose figures were reported as breaks.
    breaks: Collection[int] = ()
    _comparable: dict[int, Comparable] = field(default_factory=dict, compare=False)
    _since_start: dict[int, Comparable] = field(default_factory=dict, compare=False)
    # What each quarter added, for those who check figures (``checks.quarters``).
    quarters: dict[int, Decimal | None] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls, observed: Iterable[Observed], *, accumulation: Accumulation, start: date | None
    ) -> "Series":
        """A series from figures in any order; of two for a period the later given one counts."""
        by_index = {each.period.index: each for each in observed}
        known = {i: each.value for i, each in by_index.items() if each.value is not None}
        whole = accumulation.total_basis
        is_total = all(each.basis is whole for each in by_index.values())
        broken = [i for i, each in by_index.items() if each.obs_status is ObsStatus.BREAK]
        numbers = dict(sorted(known.items()))
        return cls(accumulation, start, by_index, numbers, is_total, tuple(sorted(broken)))

    def at(self, period: Period) -> Observed | None:
        """The figure reported for the period, if there is one."""
        return self.by_index.get(period.index)

    def last_break(self, until: Period) -> int | None:
        """The latest quarter up to a period whose figure was reported as a break."""
        return max((each for each in self.breaks if each <= until.index), default=None)

    def comparable(self, period: Period, *, carry_forward: int = 0) -> Comparable:
        """The comparable value at the period (docs/measures.md#accumulation).

        ``carry_forward``: how many quarters back a level or a total since the
        start may be taken from when the period has none.
        """
        found = self._comparable_at(period)
        # Nothing is carried into a period that has a value, or where none applies.
        is_settled = isinstance(found.value, Decimal) or found.value == NOT_APPLICABLE
        if self.accumulation is Accumulation.ANNUAL_FLOW or is_settled:
            return found
        for age in range(1, carry_forward + 1):
            earlier = self._comparable_at(period.shift(-age))
            if isinstance(earlier.value, Decimal):
                return replace(earlier, age=age)
        return found

    def total(self, period: Period) -> Comparable:
        """The running total at the period: since 1 January, since the start, or the level."""
        is_flow = self.accumulation is Accumulation.ANNUAL_FLOW
        return self._ytd_at(period.index) if is_flow else self._comparable_at(period)

    def ytd(self, period: Period) -> Quantity:
        """The running total since 1 January of the period's year, annual flows only."""
        return self._ytd_at(period.index).value

    def _comparable_at(self, period: Period) -> Comparable:
        found = self._comparable.get(period.index) or self._build_comparable(period)
        if period.index in self.by_index:
            self._comparable[period.index] = found
        return found

    def _build_comparable(self, period: Period) -> Comparable:
        if self.accumulation is Accumulation.ANNUAL_FLOW:
            return self._annual_flow_at(period)
        if self.accumulation is Accumulation.INCREMENT:
            return replace(self._since_start_at(period.index), basis=ActualBasis.SINCE_START)
        return self._reported_at(period.index, ActualBasis.LEVEL)

    def _annual_flow_at(self, period: Period) -> Comparable:
        now = self._ytd_at(period.index)
        if period.ends_year:
            return replace(now, basis=ActualBasis.FULL_YEAR)
        last_year = self._ytd_at(Period(period.year - 1, 4).index)
        same_quarter = self._ytd_at(period.index - 4)
        inputs = now.inputs + last_year.inputs + same_quarter.inputs
        if isinstance(now.value, Undefined):
            return Comparable(value=now.value, inputs=inputs)
        value: Quantity = Undefined(Reason.INSUFFICIENT_HISTORY)
        if isinstance(last_year.value, Decimal) and isinstance(same_quarter.value, Decimal):
            value = EXACT.subtract(EXACT.add(now.value, last_year.value), same_quarter.value)
        return Comparable(value=value, basis=ActualBasis.TTM, inputs=inputs)

    def _ytd_at(self, index: int) -> Comparable:
        is_first = Period.from_index(index).quarter_of_year == 1
        found = self._on(index, Basis.QUARTER)
        if is_first or found is None:
            return self._reported_at(index)
        return _plus(self._ytd_at(index - 1), found)

    def _since_start_at(self, index: int) -> Comparable:
        if self.is_total:
            return self._reported_at(index)
        if not self._since_start:
            # From the oldest figure on, as a chain of quarters may outgrow the call stack.
            totals: dict[int, Comparable] = {}
            for place in sorted(self.by_index):
                totals[place] = self._build_since_start(place, totals)
            self._since_start.update(totals)
        return self._since_start.get(index, _NOTHING)

    def _build_since_start(self, index: int, totals: dict[int, Comparable]) -> Comparable:
        found, before = self._on(index, Basis.QUARTER), index - 1
        if found is None:
            found = self._on(index, Basis.YTD)
            before = index - Period.from_index(index).quarter_of_year
        begins_here = self.start is not None and before < Period.containing(self.start).index
        if found is None or begins_here:
            return self._reported_at(index)
        return _plus(totals.get(before, _NOTHING), found)

    def _reported_at(self, index: int, basis: ActualBasis | None = None) -> Comparable:
        found = self.by_index.get(index)
        if found is None:
            return replace(_NOTHING, basis=basis)
        if found.value is None:
            reason = found.missing_reason or MissingReason.NOT_REPORTED
            value: Quantity = Undefined(Reason(reason.value))
            return Comparable(value=value, basis=basis, inputs=(found,))
        return Comparable(value=found.value, basis=basis, inputs=(found,))

    def _on(self, index: int, basis: Basis) -> Observed | None:
        found = self.by_index.get(index)
        return found if found and found.value is not None and found.basis is basis else None


def ratio_of(numerator: Comparable, denominator: Comparable, *, scale: Decimal) -> Comparable:
    """The quotient of two comparable values, with its parts kept; x/0 is ``zero_denominator``."""
    inputs = numerator.inputs + denominator.inputs
    top, bottom = numerator.value, denominator.value
    if isinstance(top, Undefined) or isinstance(bottom, Undefined):
        return Comparable(value=top if isinstance(top, Undefined) else bottom, inputs=inputs)
    return Comparable(
        value=quotient(top, bottom, scale=scale),
        basis=ActualBasis.RATIO,
        inputs=inputs,
        age=max(numerator.age, denominator.age),
        numerator=top,
        denominator=bottom,
    )


def _plus(before: Comparable, found: Observed) -> Comparable:
    total: Quantity = Undefined(Reason.INSUFFICIENT_HISTORY)
    if isinstance(before.value, Decimal) and found.value is not None:
        total = EXACT.add(before.value, found.value)
    return Comparable(value=total, inputs=(found, *before.inputs))
