"""The figures of one area as they were reported, and the comparable values derived from them.

A figure is kept on the basis it was reported on. A running total at t is the
reported one, or the previous one plus the reported quarter; it is unknown when
the previous one is. Nothing is carried over a year's end but a total since the
plan's start.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.domain.accumulation import Accumulation, Basis, MissingReason
from app.domain.quantity import EXACT, Quantity, Reason, Undefined
from app.domain.time.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One figure in the indicator's unit, or the reason why there is none."""

    period: Period
    value: Decimal | None
    basis: Basis | None = None
    missing_reason: MissingReason | None = None
    revision: int = 0
    is_provisional: bool = False
    is_rounded: bool = False
    published_growth_percent: Decimal | None = None


class ActualBasis(StrEnum):
    """What a comparable value is a total of."""

    FULL_YEAR = "full_year"
    TTM = "ttm"
    SINCE_START = "since_start"
    LEVEL = "level"
    RATIO = "ratio"
    GROWTH = "growth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """The value of one area that may be held against a target.

    ``inputs`` are the figures it was made from, newest first; ``age`` is how many
    quarters before the asked period its newest figure lies (carried forward).
    A ratio keeps its parts, so that areas combine by their parts.
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


@dataclass(frozen=True, slots=True)
class _Total:
    value: Quantity
    inputs: tuple[Observed, ...] = ()


_NOTHING = _Total(Undefined(Reason.NOT_REPORTED))


@dataclass(frozen=True, slots=True)
class _Known:
    value: Decimal
    observed: Observed


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one indicator in one area, one to a period.

    ``start`` is the plan's first day: an increment's total is 0 before it.
    """

    accumulation: Accumulation
    start: date | None
    by_index: dict[int, Observed]
    _ytd: dict[int, _Total] = field(default_factory=dict, compare=False)
    _since_start: dict[int, _Total] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls,
        observed: Iterable[Observed],
        *,
        accumulation: Accumulation,
        start: date | None,
    ) -> "Series":
        """A series from figures in any order; of two for a period the later given one counts."""
        return cls(accumulation, start, {each.period.index: each for each in observed})

    def at(self, period: Period) -> Observed | None:
        """The figure reported for the period, if there is one."""
        return self.by_index.get(period.index)

    @property
    def periods(self) -> list[Period]:
        """The quarters with a value, ascending."""
        return [Period.from_index(i) for i in sorted(self.by_index) if self._has_value(i)]

    def comparable(self, period: Period, *, carry_forward: int = 0) -> Comparable:
        """The comparable value at the period (docs/measures.md#accumulation).

        ``carry_forward``: how many quarters back a level or a total since the
        start may be taken from when the period has none.
        """
        found = self._comparable_at(period)
        if self.accumulation is Accumulation.ANNUAL_FLOW or _is_settled(found):
            return found
        for age in range(1, carry_forward + 1):
            earlier = self._comparable_at(period.shift(-age))
            if isinstance(earlier.value, Decimal):
                return Comparable(
                    value=earlier.value,
                    basis=earlier.basis,
                    inputs=earlier.inputs,
                    age=age,
                )
        return found

    def total(self, period: Period) -> Comparable:
        """What the figures up to the period add up to: since 1 January, since the start, or the
        level; unlike a comparable value it starts anew each year where the figures do.
        """
        if self.accumulation is not Accumulation.ANNUAL_FLOW:
            return self._comparable_at(period)
        now = self._ytd_at(period.index)
        return Comparable(value=now.value, inputs=now.inputs)

    def ytd(self, period: Period) -> Quantity:
        """The running total since 1 January of the period's year, annual flows only."""
        return self._ytd_at(period.index).value

    def _comparable_at(self, period: Period) -> Comparable:
        if self.accumulation is Accumulation.ANNUAL_FLOW:
            return self._annual_flow_at(period)
        if self.accumulation is Accumulation.INCREMENT:
            total = self._since_start_at(period.index)
            return Comparable(value=total.value, basis=ActualBasis.SINCE_START, inputs=total.inputs)
        found = self._reported_at(period.index)
        return Comparable(value=found.value, basis=ActualBasis.LEVEL, inputs=found.inputs)

    def _annual_flow_at(self, period: Period) -> Comparable:
        now = self._ytd_at(period.index)
        if period.ends_year:
            return Comparable(value=now.value, basis=ActualBasis.FULL_YEAR, inputs=now.inputs)
        last_year = self._ytd_at(Period(period.year - 1, 4).index)
        same_quarter = self._ytd_at(period.index - 4)
        inputs = now.inputs + last_year.inputs + same_quarter.inputs
        if isinstance(now.value, Undefined):
            return Comparable(value=now.value, inputs=inputs)
        if isinstance(last_year.value, Undefined) or isinstance(same_quarter.value, Undefined):
            missing = Undefined(Reason.INSUFFICIENT_HISTORY)
            return Comparable(value=missing, basis=ActualBasis.TTM, inputs=inputs)
        value = EXACT.subtract(EXACT.add(now.value, last_year.value), same_quarter.value)
        return Comparable(value=value, basis=ActualBasis.TTM, inputs=inputs)

    def _ytd_at(self, index: int) -> _Total:
        if index not in self._ytd:
            self._ytd[index] = self._build_ytd(index)
        return self._ytd[index]

    def _build_ytd(self, index: int) -> _Total:
        is_first = Period.from_index(index).quarter_of_year == 1
        found = self._on(index, Basis.QUARTER)
        if is_first or found is None:
            return self._reported_at(index)
        return _plus(self._ytd_at(index - 1), found)

    def _since_start_at(self, index: int) -> _Total:
        if not self._since_start:
            # From the oldest figure on, as a chain of quarters may outgrow the call stack.
            totals: dict[int, _Total] = {}
            for place in sorted(self.by_index):
                totals[place] = self._build_since_start(place, totals)
            self._since_start.update(totals)
        return self._since_start.get(index, _NOTHING)

    def _build_since_start(self, index: int, totals: dict[int, _Total]) -> _Total:
        found, before = self._on(index, Basis.QUARTER), index - 1
        if found is None:
            found, before = (
                self._on(index, Basis.YTD),
                index - Period.from_index(index).quarter_of_year,
            )
        begins_here = self.start is not None and before < Period.containing(self.start).index
        if found is None or begins_here:
            return self._reported_at(index)
        return _plus(totals.get(before, _NOTHING), found)

    def _reported_at(self, index: int) -> _Total:
        found = self.by_index.get(index)
        if found is None:
            return _NOTHING
        if found.value is None:
            reason = found.missing_reason or MissingReason.NOT_REPORTED
            return _Total(Undefined(Reason(reason.value)), (found,))
        return _Total(found.value, (found,))

    def _on(self, index: int, basis: Basis) -> "_Known | None":
        found = self.by_index.get(index)
        if found is None or found.value is None or found.basis is not basis:
            return None
        return _Known(found.value, found)

    def _has_value(self, index: int) -> bool:
        return self.by_index[index].value is not None


def ratio_of(numerator: Comparable, denominator: Comparable, *, scale: Decimal) -> Comparable:
    """The quotient of two comparable values, with its parts kept; x/0 is ``zero_denominator``."""
    inputs = numerator.inputs + denominator.inputs
    top, bottom = numerator.value, denominator.value
    if isinstance(top, Undefined):
        return Comparable(value=top, inputs=inputs)
    if isinstance(bottom, Undefined):
        return Comparable(value=bottom, inputs=inputs)
    return Comparable(
        value=quotient(top, bottom, scale=scale),
        basis=ActualBasis.RATIO,
        inputs=inputs,
        age=max(numerator.age, denominator.age),
        numerator=top,
        denominator=bottom,
    )


def quotient(top: Decimal, bottom: Decimal, *, scale: Decimal) -> Quantity:
    """``scale * top / bottom``, or ``zero_denominator``."""
    if bottom == 0:
        return Undefined(Reason.ZERO_DENOMINATOR)
    return EXACT.divide(EXACT.multiply(scale, top), bottom)


def _plus(before: _Total, found: _Known) -> _Total:
    inputs = (found.observed, *before.inputs)
    if isinstance(before.value, Undefined):
        return _Total(Undefined(Reason.INSUFFICIENT_HISTORY), inputs)
    return _Total(EXACT.add(before.value, found.value), inputs)


def _is_settled(found: Comparable) -> bool:
    """Whether nothing may be carried into the period: it has a value, or none applies."""
    is_inapplicable = found.value == Undefined(Reason.NOT_APPLICABLE)
    return is_inapplicable or isinstance(found.value, Decimal)
