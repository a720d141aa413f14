"""The actuals of a plan: the value of any indicator in any area at any period.

A value is derived per area first, then summed over the areas below.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from app.domain.accumulation import Measure
from app.domain.coverage import Actual, Part, combine
from app.domain.plan import Indicator, PlanRules
from app.domain.quantity import Reason, Undefined
from app.domain.series import Comparable, Observed, Series, ratio_of
from app.domain.time.period import Period
from app.domain.time.spells import Dated

_NOTHING = Comparable(value=Undefined(Reason.NO_DATA))


class SeriesKey(NamedTuple):
    """Whose figures they are."""

    indicator: str
    area: str


# How the value of one area is derived from its figures.
Derive = Callable[[Series], Comparable]
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


class Figures:
    """The figures of a plan by series: derived values are worked out on demand and kept.

    ``in_sums``: the figures as they count within sums, where submitted ones of some areas only
    are seen; None for the same.
    """

    def __init__(
        self, rules: PlanRules, columns: FigureColumns, in_sums: FigureColumns | None = None
    ) -> None:
        self._rules = rules
        self._columns = columns
        self._in_sums = in_sums
        self._series: dict[tuple[SeriesKey, bool], Series] = {}
        self._actuals: dict[tuple[SeriesKey, int, int], Actual] = {}

    def assuming(self, assumed: FigureColumns) -> "Figures":
        """The same figures with others assumed in their place."""
        in_sums = None if self._in_sums is None else overlay(self._in_sums, assumed)
        return Figures(self._rules, overlay(self._columns, assumed), in_sums)

    def actual(
        self, indicator: Indicator, area: str, period: Period, *, carry_forward: int = 0
    ) -> Actual:
        """The value of an area at a period: its own figure, else the sum of those below it."""
        key = (SeriesKey(indicator.code, area), period.index, carry_forward)
        if key not in self._actuals:
            derive = partial(Series.comparable, period=period, carry_forward=carry_forward)
            self._actuals[key] = combine(
                period=period,
                own=self._of_area(indicator, area, derive),
                parts=self._parts(indicator, area, derive),
                scale=indicator.scale,
            )
        return self._actuals[key]

    def whole_values(self, indicator: Indicator, area: str) -> Iterable[Dated[Decimal]]:
        """Every comparable value with full coverage, ascending, nothing carried forward."""
        for period in self.periods(indicator, area):
            actual = self.actual(indicator, area, period)
            if not isinstance(actual.value, Undefined) and not actual.is_partial:
                yield Dated(period=period, value=actual.value)

    def periods(self, indicator: Indicator, area: str) -> list[Period]:
        """The quarters for which the area or any of those summed has a value, ascending."""
        places = [(area, False), *((a, True) for a in self._rules.summands(indicator, area))]
        found = {
            period.index
            for part in indicator.parts
            for place, in_sum in places
            for period in self._series_of(part, place, in_sum=in_sum).periods
        }
        return [Period.from_index(index) for index in sorted(found)]

    def sides(self, indicator: Indicator, area: str, period: Period) -> tuple[Actual, Actual]:
        """An area's total by its own figures alone, and by those of the areas below it alone.

        Annual flows are totals since 1 January here, not trailing years.
        """
        is_ratio = indicator.measure is Measure.RATIO
        derive = partial(Series.comparable if is_ratio else Series.total, period=period)
        own, parts = self._of_area(indicator, area, derive), self._parts(indicator, area, derive)
        return (
            combine(period=period, own=own, parts=(), scale=indicator.scale),
            combine(period=period, own=_NOTHING, parts=parts, scale=indicator.scale),
        )

    def own(self, indicator: Indicator, area: str, period: Period) -> Observed | None:
        """The figure that the area itself reported for the period."""
        return self._series_of(indicator.code, area, in_sum=False).at(period)

    def last_before(self, indicator: Indicator, area: str, period: Period) -> Observed | None:
        """The newest figure with a value that the area itself reported for an earlier period."""
        series = self._series_of(indicator.code, area, in_sum=False)
        earlier = [each for each in series.periods if each.index < period.index]
        return series.at(earlier[-1]) if earlier else None

    def _parts(self, indicator: Indicator, area: str, derive: Derive) -> tuple[Part, ...]:
        return tuple(
            Part(area=code, value=self._of_area(indicator, code, derive, in_sum=True))
            for code in self._rules.summands(indicator, area)
        )

    def _of_area(
        self, indicator: Indicator, area: str, derive: Derive, *, in_sum: bool = False
    ) -> Comparable:
        found = [derive(self._series_of(part, area, in_sum=in_sum)) for part in indicator.parts]
        if indicator.measure is Measure.RATIO:
            return ratio_of(found[0], found[1], scale=indicator.scale)
        return found[0]

    def _series_of(self, indicator: str, area: str, *, in_sum: bool) -> Series:
        key, is_apart = SeriesKey(indicator, area), in_sum and self._in_sums is not None
        if (key, is_apart) not in self._series:
            columns = self._in_sums if is_apart and self._in_sums is not None else self._columns
            self._series[key, is_apart] = Series.of(
                columns.get(key, {}).values(),
                accumulation=self._rules.indicators[indicator].accumulation,
                start=self._rules.start,
            )
        return self._series[key, is_apart]
