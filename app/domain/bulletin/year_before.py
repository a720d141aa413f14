"""Growth on a year before (同比): what a bulletin says first (docs/measures.md#growth-and-place).

Derived from the values alone and never mixed with published growth, which may be at constant
prices. A total since the plan's start always rises, so that of increments the additions of the year
are compared.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.accumulation import Accumulation, Measure
from app.domain.coverage import Actual
from app.domain.plan import Indicator
from app.domain.quantity import (
    EXACT,
    HUNDRED,
    MeasureDefinition,
    MeasureUnit,
    Quantity,
    Reason,
    Undefined,
    compound_growth,
    formula,
    known,
    require,
)
from app.domain.time.period import QUARTERS_A_YEAR, Period

# A percentage of fewer things misleads: from 2 to 1 is -50 %.
SMALL_BASE = 30

YEAR_TO_DATE = "year_to_date"

# In the order of the columns.
DEFINITIONS = tuple(
    MeasureDefinition(name=name, unit=unit, formula=formula)
    for name, unit, formula in (
        ("yoy_percent", MeasureUnit.PERCENT, "100 (V - V_b)/abs(V_b), V_b: a year before"),
        ("yoy_change", MeasureUnit.AMOUNT, "V - V_b, V_b: the value a year before"),
        ("yoy_basis", MeasureUnit.CODE, "what is compared with a year before"),
        ("published_growth_percent", MeasureUnit.PERCENT, "as reported with the figure"),
        (
            "two_year_average_growth_percent",
            MeasureUnit.PERCENT,
            "100 ((V/V_b)^(1/2) - 1), V_b: the value two years before",
        ),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The values of an indicator in an area, from one source, at any period.

    ``start``: the day that increments count from.
    """

    indicator: Indicator
    at: Callable[[Period], Actual]
    start: date | None = None

    @formula
    def change(self, period: Period) -> Decimal:
        """The change on a year before, in the indicator's unit; of a ratio in its points."""
        now, before = self._pair(period, years=1)
        return now - before

    @formula
    def percent(self, period: Period) -> Decimal:
        """The change on a year before as a percentage of the value then."""
        now, before = self._comparable(period, years=1)
        return _percent(now, before)

    @formula
    def two_year_average(self, period: Period) -> Decimal:
        """The average growth of two years, percent a year."""
        now, before = self._comparable(period, years=2)
        require(min(now, before) > 0, Reason.NOT_POSITIVE)
        return HUNDRED * compound_growth(before, now, Decimal(2))

    def basis(self, period: Period) -> str | Undefined:
        """What is compared: the basis of the values, of increments the additions of the year."""
        change = self.change(period)
        if isinstance(change, Undefined):
            return change
        if self.indicator.accumulation is Accumulation.INCREMENT:
            return YEAR_TO_DATE
        return str(self.at(period).basis)

    def compared_with(self, period: Period) -> list[Period]:
        """The periods whose values the change on a year before rests on, beside the period's own.

        Of increments the ends of the years before, too, from the plan's start on.
        """
        before = period.shift(-QUARTERS_A_YEAR)
        if self.indicator.accumulation is not Accumulation.INCREMENT:
            return [before]
        ends = [Period(year - 1, QUARTERS_A_YEAR) for year in (period.year, before.year)]
        begun = [each for each in ends if self.start is None or self.start <= each.last_day]
        return [before, *(each for each in begun if each not in (period, before))]

    def _comparable(self, period: Period, *, years: int) -> tuple[Decimal, Decimal]:
        """Two values of which one can be a percentage of the other."""
        require(self.indicator.measure is not Measure.RATIO, Reason.NOT_DEFINED_FOR_RATIO)
        now, before = self._pair(period, years=years)
        _require_base(self.indicator, now, before)
        return now, before

    def _pair(self, period: Period, *, years: int) -> tuple[Decimal, Decimal]:
        """The value at a period and years before it, with no break between them."""
        require(self.indicator.measure is not Measure.CAGR, Reason.NOT_DEFINED_FOR_GROWTH)
        before = period.shift(-QUARTERS_A_YEAR * years)
        now = self._value(period)
        since = self.at(period).since
        first = before
        if self.indicator.accumulation is Accumulation.INCREMENT:
            first = Period(before.year - 1, QUARTERS_A_YEAR)
        require(since is None or since.index <= first.index, Reason.BREAK_IN_SERIES)
        return now, self._value(before)

    def _value(self, period: Period) -> Decimal:
        if self.indicator.accumulation is not Accumulation.INCREMENT:
            return _whole(self.at(period))
        return EXACT.subtract(_whole(self.at(period)), self._total_before(period.year))

    def _total_before(self, year: int) -> Decimal:
        """What had been added by the end of the year before: nothing before the plan's start."""
        if self.start is None or self.start < date(year, 1, 1):
            return _whole(self.at(Period(year - 1, QUARTERS_A_YEAR)))
        if self.start >= date(year + 1, 1, 1):
            # Of the plan before, each year's additions are known by themselves.
            return Decimal(0)
        # Of a year that the plan began within, only a part is known.
        require(self.start == date(year, 1, 1), Reason.INSUFFICIENT_HISTORY)
        return Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithinYear:
    """The growth of an annual flow within the year, on the same quarters a year before.

    ``total``: the running total since 1 January at a period. ``since``: the last break.
    """

    indicator: Indicator
    total: Callable[[Period], Quantity]
    since: Period | None = None

    @formula
    def year_to_date_percent(self, period: Period) -> Decimal:
        """累计同比: the year to date on that of the year before, percent."""
        return self._growth(period, self.total)

    @formula
    def quarter_percent(self, period: Period) -> Decimal:
        """当季同比: the single quarter on that of the year before, percent."""
        return self._growth(period, self._quarter)

    def _growth(self, period: Period, value: Callable[[Period], Quantity]) -> Decimal:
        before = period.shift(-QUARTERS_A_YEAR)
        now = known(value(period))
        # The first quarter of the year before counts for both.
        is_broken = self.since is not None and self.since.index > Period(before.year, 1).index
        require(not is_broken, Reason.BREAK_IN_SERIES)
        base = known(value(before))
        _require_base(self.indicator, now, base)
        return _percent(now, base)

    def _quarter(self, period: Period) -> Quantity:
        total = self.total(period)
        if period.quarter_of_year == 1 or isinstance(total, Undefined):
            return total
        earlier = self.total(period.shift(-1))
        return earlier if isinstance(earlier, Undefined) else EXACT.subtract(total, earlier)


def _percent(now: Decimal, before: Decimal) -> Decimal:
    return HUNDRED * (now - before) / abs(before)


def _require_base(indicator: Indicator, now: Decimal, before: Decimal) -> None:
    """What a value can be a percentage of: not 0, of the same sign, and no handful of things."""
    require(before != 0, Reason.ZERO_BASE)
    require(now * before >= 0, Reason.OPPOSITE_SIGN)
    require(not indicator.is_count or abs(before) >= SMALL_BASE, Reason.SMALL_BASE)


def _whole(actual: Actual) -> Decimal:
    if isinstance(actual.value, Decimal) and not actual.is_partial:
        return actual.value
    require(not actual.is_partial, Reason.PARTIAL_COVERAGE)
    # Nothing was due before the years of the plan.
    require(actual.value != Undefined(Reason.NOT_DUE), Reason.INSUFFICIENT_HISTORY)
    return known(actual.value)
