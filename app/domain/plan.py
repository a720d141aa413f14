"""A plan as the mathematics sees it: what is measured, where, and by which rules.

Its names and texts are no part of it: codes tell indicators and areas apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from app.domain.accumulation import Accumulation, AreaRule, Frequency, Measure
from app.domain.rating import Bands
from app.domain.time.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """What is measured: its unit, how its figures accumulate, and what it is computed from.

    ``of``: the indicator whose average growth it is. ``numerator`` and ``denominator``: the
    parts of a ratio. ``is_net``: what leaves is taken off, so that even an increment may fall.
    ``breaks``: the periods from which figures mean something else than those before.
    """

    code: str
    unit: str
    accumulation: Accumulation
    measure: Measure = Measure.REPORTED
    of: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    frequency: Frequency = Frequency.QUARTER
    area_rule: AreaRule = AreaRule.SUM
    is_net: bool = False
    is_count: bool = False
    breaks: tuple[Period, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The indicators that take the reports from which this one is computed."""
        if self.measure is Measure.REPORTED:
            return (self.code,)
        parts = (self.of, self.numerator, self.denominator)
        return tuple(part for part in parts if part is not None)

    @property
    def scale(self) -> Decimal:
        """What a ratio is multiplied by: 100 where it is in percent."""
        return Decimal(100) if self.unit == "%" else Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A place that figures are about. ``in_sum``: counted in the sum of the area above it."""

    code: str
    parent: str | None = None
    reports: bool = True
    in_sum: bool = False


@dataclass(frozen=True, kw_only=True)
class PlanRules:
    """The rules of a plan: its years, indicators and areas in its own order, rating bands.

    ``start``: the day that totals since the start count from; None where it is not known.
    ``has_history``: whether figures of an earlier plan come before its first year.
    """

    start: date | None
    first_year: int
    last_year: int
    indicators: Mapping[str, Indicator]
    areas: Mapping[str, Area]
    bands: Bands
    has_history: bool = False

    @cached_property
    def root(self) -> str:
        """The area that all others lie in."""
        return next(area.code for area in self.areas.values() if area.parent is None)

    def summands(self, indicator: Indicator, area: str) -> tuple[str, ...]:
        """The areas whose values sum to the area's: none where the indicator is not summed."""
        return self._summed.get(area, ()) if indicator.area_rule is AreaRule.SUM else ()

    def last_break(self, indicator: Indicator, until: Period) -> Period | None:
        """The latest break up to a period, in the indicator or in what it is computed from."""
        if not self._has_breaks:
            return None
        codes = {indicator.code, *indicator.parts}
        breaks = [each for code in codes for each in self.indicators[code].breaks]
        known = [each for each in breaks if each.index <= until.index]
        return max(known, key=lambda each: each.index, default=None)

    def with_those_above(self, area: str) -> list[str]:
        """The area, and every area that it lies in, up to the root."""
        found = [area]
        while (parent := self.areas[found[-1]].parent) is not None:
            found.append(parent)
        return found

    def counting(self, part: str) -> list[Indicator]:
        """The indicators that the figures of this one count for: itself, and those derived."""
        return [each for each in self.indicators.values() if part in each.parts]

    def level_of(self, indicator: Indicator) -> Indicator:
        """The indicator whose levels are held against the target: ``of`` for average growth."""
        is_growth = indicator.measure is Measure.CAGR and indicator.of is not None
        return self.indicators[str(indicator.of)] if is_growth else indicator

    @cached_property
    def _has_breaks(self) -> bool:
        return any(each.breaks for each in self.indicators.values())

    @cached_property
    def alike(self) -> Mapping[tuple[str | None, bool], tuple[str, ...]]:
        """The areas below the same one, those that are counted in its sum apart."""
        found: dict[tuple[str | None, bool], list[str]] = {}
        for area in self.areas.values():
            found.setdefault((area.parent, area.in_sum), []).append(area.code)
        return {key: tuple(codes) for key, codes in found.items()}

    @cached_property
    def _summed(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for area in self.areas.values():
            if area.parent is not None and area.in_sum:
                found[area.parent] = (*found.get(area.parent, ()), area.code)
        return found
