"""An indicator within its years: what each year has brought by when, from one source."""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.accumulation import Accumulation, ActualSource, Measure
from app.domain.coverage import Actual
from app.domain.plan import Indicator
from app.domain.quantity import Reason, Undefined, formula, known, require
from app.domain.standing import Plan
from app.domain.time.period import QUARTERS_A_YEAR, Period, quarters_between
from app.domain.year.estimate import MOST_YEARS, YearParts

_ACCUMULATING = {Accumulation.ANNUAL_FLOW, Accumulation.INCREMENT}


@dataclass(frozen=True, slots=True, kw_only=True)
class YearCourse:
    """An indicator in an area within its years, from one source: what each has brought by when."""

    plan: Plan
    indicator: Indicator
    area: str
    source: ActualSource | None = None

    @property
    def is_accumulating(self) -> bool:
        """Whether a year brings an amount that grows within it; else a value is reached."""
        is_reported = self.indicator.measure is Measure.REPORTED
        return is_reported and self.indicator.accumulation in _ACCUMULATING

    def total(self, period: Period) -> Actual:
        """The running total, of increments since the plan's start; or the value at the period."""
        own, summed = self.plan.figures.sides(self.indicator, self.area, period)
        if self.source is not None:
            return own if self.source is ActualSource.REPORTED else summed
        has_own = isinstance(own.value, Decimal) or summed.value == Undefined(Reason.NO_DATA)
        return own if has_own else summed

    @formula
    def brought(self, period: Period) -> Decimal:
        """What the year has brought by a period: its total, its addition, or the value reached."""
        now = self.total(period)
        whole = _whole(now)
        if self.indicator.accumulation is not Accumulation.INCREMENT:
            return whole
        begin = Period(period.year - 1, QUARTERS_A_YEAR)
        is_broken = now.since is not None and now.since.index > begin.index
        require(not is_broken, Reason.BREAK_IN_SERIES)
        return whole - known(self.before(period.year))

    @formula
    def before(self, year: int) -> Decimal:
        """The value at the year's start; of increments nothing before the plan's first day."""
        start = self.plan.rules.start
        is_increment = self.indicator.accumulation is Accumulation.INCREMENT
        if is_increment and start is not None and start.year >= year:
            return Decimal(0)
        return _whole(self.total(Period(year - 1, QUARTERS_A_YEAR)))

    def earlier_years(self, period: Period) -> tuple[YearParts, ...]:
        """Of the years before, what each had brought by the same quarter and as a whole."""
        since, first = self.total(period).since, period.year - MOST_YEARS
        if since is not None:
            # Of a year with a break within it, part and whole are of different things.
            first = max(first, since.year + (since.quarter_of_year > 1))
        first = max(first, self._first_whole_year)
        years = []
        for year in range(first, period.year):
            part = self.brought(Period(year, period.quarter_of_year))
            whole = self.brought(Period(year, QUARTERS_A_YEAR))
            if isinstance(part, Decimal) and isinstance(whole, Decimal):
                years.append((part, whole))
        return tuple(years)

    @property
    def _first_whole_year(self) -> int:
        """The first year that additions since the plan's start cover from its first day."""
        start = self.plan.rules.start
        if self.indicator.accumulation is not Accumulation.INCREMENT or start is None:
            return 0
        return start.year + ((start.month, start.day) != (1, 1))

    def latest(self, year: int, until: Period | None) -> Period | None:
        """The latest quarter of the year with a whole value, else with any figure; None without."""
        last = Period(year, QUARTERS_A_YEAR) if until is None else until
        quarters = list(quarters_between(Period(year, 1), last))
        figures = {each.index for each in self.plan.figures.periods(self.indicator, self.area)}
        found = [each for each in reversed(quarters) if each.index in figures]
        whole = (each for each in found if isinstance(self.brought(each), Decimal))
        return next(whole, found[0] if found else None)


def _whole(actual: Actual) -> Decimal:
    require(not actual.is_partial, Reason.PARTIAL_COVERAGE)
    return known(actual.value)
