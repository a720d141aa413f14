"""The actuals of a plan: the value of any indicator in any area at any period.

A value is derived per area first, then summed over the areas below.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from app.domain.accumulation import ActualSource, Measure
from app.domain.checks.due import falls_due, is_due
from app.domain.columns import FigureColumns, Memory, SeriesKey, counted_in, is_before, lay_over
from app.domain.coverage import Actual, Part, combine
from app.domain.plan import Indicator, PlanRules
from app.domain.quantity import Reason, Undefined
from app.domain.series import Comparable, Observed, Series, ratio_of
from app.domain.time.period import Period

_NOTHING = Comparable(value=Undefined(Reason.NO_DATA))
_NOT_REPORTED, _NOT_DUE = Undefined(Reason.NOT_REPORTED), Undefined(Reason.NOT_DUE)


class _Question(NamedTuple):
    """Which value is asked of every area: the comparable one, or the total up to the period."""

    period: Period
    carry_forward: int = 0
    is_total: bool = False

    @property
    def periods(self) -> list[Period]:
        """The period, and those that a value may be carried forward from."""
        return [self.period.shift(-age) for age in range(self.carry_forward + 1)]

    def answered_by(self, series: Series) -> Comparable:
        if self.is_total:
            return series.total(self.period)
        return series.comparable(self.period, carry_forward=self.carry_forward)


class Figures:
    """The figures of a plan by series: derived values are worked out on demand and kept.

    ``in_sums``: the figures as they count within sums, where submitted ones of some areas only
    are seen; None for the same. ``today``: the day that says which are due; None where all are.
    """

    def __init__(
        self,
        rules: PlanRules,
        columns: FigureColumns,
        in_sums: FigureColumns | None = None,
        *,
        today: date | None = None,
    ) -> None:
        self.rules, self.today = rules, today
        self._columns = columns
        self._in_sums = in_sums
        self._series: dict[tuple[SeriesKey, bool], Series] = {}
        self._memory = Memory()

    def assuming(
        self, others: FigureColumns, *, in_sums: bool = True, only_newer: bool = False
    ) -> "Figures":
        """The figures with others in their place, by ``in_sums`` also within sums (``overlay``)."""
        columns, sums = lay_over(
            self._columns, self._in_sums, others, counts_in_sums=in_sums, only_newer=only_newer
        )
        found = Figures(self.rules, columns, sums, today=self.today)
        found._series = {k: each for k, each in [*self._series.items()] if k[0] not in others}
        stale = counted_in(self.rules, others)
        found._memory.take_over(self._memory, stale=stale, unless=is_before(others))
        return found

    def under(self, rules: PlanRules, today: date | None) -> "Figures":
        """The same figures under other rules, or on another day."""
        found = Figures(rules, self._columns, self._in_sums, today=today)
        found._series = dict(self._series) if rules is self.rules else {}
        return found

    def actual(
        self,
        indicator: Indicator,
        area: str,
        period: Period,
        *,
        source: ActualSource | None = None,
        carry_forward: int = 0,
    ) -> Actual:
        """The value of an area at a period: its own figure, else the sum of those below it.

        ``source``: by its own figures alone, or by those of the areas below it alone.
        """
        return self._memory.recall(
            SeriesKey(indicator.code, area),
            (period.index, carry_forward, source),
            lambda: self._combine(indicator, area, _Question(period, carry_forward), source),
            weight=1 + len(self.rules.summands(indicator, area)),
        )

    def periods(self, indicator: Indicator, area: str) -> list[Period]:
        """The quarters for which the area or any of those summed has a value, ascending."""
        places = [(area, False), *((a, True) for a in self.rules.summands(indicator, area))]
        found = {
            index
            for part in indicator.parts
            for place, in_sum in places
            for index in self._series_of(part, place, in_sum=in_sum).indexes
        }
        return [Period.from_index(index) for index in sorted(found)]

    def sides(self, indicator: Indicator, area: str, period: Period) -> tuple[Actual, Actual]:
        """An area's total by its own figures alone, and by those of the areas below it alone.

        Annual flows are totals since 1 January here, not trailing years.
        """
        asked = _Question(period, is_total=indicator.measure is not Measure.RATIO)
        return (
            self._combine(indicator, area, asked, ActualSource.REPORTED),
            self._combine(indicator, area, asked, ActualSource.SUMMED),
        )

    def own(self, indicator: Indicator, area: str, period: Period) -> Observed | None:
        """The figure that the area itself reported for the period."""
        return self._series_of(indicator.code, area, in_sum=False).at(period)

    def last_before(self, indicator: Indicator, area: str, period: Period) -> Observed | None:
        """The newest figure with a value that the area itself reported for an earlier period."""
        series = self._series_of(indicator.code, area, in_sum=False)
        earlier = [index for index in series.indexes if index < period.index]
        return series.by_index[earlier[-1]] if earlier else None

    def _combine(
        self, indicator: Indicator, area: str, asked: _Question, source: ActualSource | None
    ) -> Actual:
        is_own, is_sum = source is ActualSource.REPORTED, source is ActualSource.SUMMED
        below = () if is_own else self.rules.summands(indicator, area)
        found = combine(
            period=asked.period,
            own=_NOTHING if is_sum else self._of_area(indicator, area, asked),
            parts=tuple(
                Part(area=code, value=self._of_area(indicator, code, asked, in_sum=True))
                for code in below
            ),
            scale=indicator.scale,
            is_due=any(
                falls_due(self.rules, indicator, period, today=self.today)
                for period in asked.periods
            ),
        )
        is_summed = found.source is ActualSource.SUMMED
        places = below if is_summed else (area,)
        since = self._last_break(indicator, places, asked.period, in_sum=is_summed)
        return replace(found, since=since) if since else found

    def _last_break(
        self, indicator: Indicator, areas: Iterable[str], until: Period, *, in_sum: bool
    ) -> Period | None:
        """The latest break up to a period: one that the plan names, or that an area reported."""
        named = self.rules.last_break(indicator, until)
        series = (
            self._series_of(part, area, in_sum=in_sum) for part in indicator.parts for area in areas
        )
        reported = max((each.last_break(until) or 0 for each in series), default=0)
        if not reported or (named is not None and named.index >= reported):
            return named
        return Period.from_index(reported)

    def _of_area(
        self, indicator: Indicator, area: str, asked: _Question, *, in_sum: bool = False
    ) -> Comparable:
        found = [self._answer(part, area, asked, in_sum=in_sum) for part in indicator.parts]
        if indicator.measure is Measure.RATIO:
            return ratio_of(found[0], found[1], scale=indicator.scale)
        return found[0]

    def _answer(self, code: str, area: str, asked: _Question, *, in_sum: bool) -> Comparable:
        """What the area's own figures say; where none came, whether one was due."""
        series = self._series_of(code, area, in_sum=in_sum)
        found = asked.answered_by(series)
        if found.value != _NOT_REPORTED or series.at(asked.period) is not None:
            return found
        part = self.rules.indicators[code]
        due = (is_due(self.rules, part, area, at, today=self.today) for at in asked.periods)
        return found if any(due) else replace(found, value=_NOT_DUE)

    def _series_of(self, indicator: str, area: str, *, in_sum: bool) -> Series:
        key, is_apart = SeriesKey(indicator, area), in_sum and self._in_sums is not None
        if (key, is_apart) not in self._series:
            columns = self._in_sums if is_apart and self._in_sums is not None else self._columns
            accumulation = self.rules.indicators[indicator].accumulation
            self._series[key, is_apart] = Series(
                accumulation, self.rules.start, columns.get(key, {})
            )
        return self._series[key, is_apart]
