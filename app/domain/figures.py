"""The actuals of a plan: the value of any indicator in any area at any period.

A value is derived per area first, then summed over the areas below.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from app.domain.accumulation import ActualSource, Measure
from app.domain.checks.due import falls_due, is_due
from app.domain.columns import FigureColumns, KeptSeries, Memory, SeriesKey, touched_by
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
        self.all_series = KeptSeries(rules, columns, in_sums)
        self._memory = Memory()

    def assuming(
        self, others: FigureColumns, *, in_sums: bool = True, only_newer: bool = False
    ) -> "Figures":
        """The figures with others in their place, by ``in_sums`` also within sums (``Overlay``)."""
        laid = self.all_series.assuming(others, in_sums=in_sums, only_newer=only_newer)
        return self.sharing(laid, changed=others)

    def sharing(self, others: KeptSeries, *, changed: FigureColumns) -> "Figures":
        """Other series, that share all but those that changed, and what follows from them."""
        found = Figures(others.rules, {}, today=self.today)
        found.all_series, stale = others, touched_by(changed, self.all_series)
        found._memory.take_over(self._memory, stale=stale)
        return found

    def under(self, rules: PlanRules, today: date | None) -> "Figures":
        """The same figures under other rules, or on another day."""
        found = Figures(rules, {}, today=today)
        found.all_series = self.all_series.under(rules)
        return found

    @property
    def size(self) -> int:
        """How much is kept of what was worked out of them."""
        return self.all_series.size + self._memory.size

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
        below = self.rules.summands(indicator, area)
        # With nothing below it, an area has its own figures alone.
        asked = source if below or source is ActualSource.SUMMED else None
        return self._memory.recall(
            SeriesKey(indicator.code, area),
            # What is carried forward is about earlier quarters, too.
            (None if carry_forward else period.index, period.index, carry_forward, asked),
            lambda: self._combine(indicator, area, _Question(period, carry_forward), asked),
            weight=1 + len(below),
        )

    def periods(self, indicator: Indicator, area: str) -> list[Period]:
        """The quarters for which the area or any of those summed has a value, ascending."""
        places = [(area, False), *((a, True) for a in self.rules.summands(indicator, area))]
        found = {
            index
            for part in indicator.parts
            for place, in_sum in places
            for index in self.all_series.of(part, place, in_sum=in_sum).numbers
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
        return self.all_series.of(indicator.code, area, in_sum=False).at(period)

    def last_before(self, indicator: Indicator, area: str, period: Period) -> Observed | None:
        """The newest figure with a value that the area itself reported for an earlier period."""
        series = self.all_series.of(indicator.code, area, in_sum=False)
        earlier = [index for index in series.numbers if index < period.index]
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
        since = self.last_break(indicator, places, asked.period, in_sum=is_summed)
        return replace(found, since=since) if since else found

    def last_break(
        self, indicator: Indicator, areas: Iterable[str], until: Period, *, in_sum: bool
    ) -> Period | None:
        """The latest break up to a period: one that the plan names, or that an area reported."""
        named = self.rules.last_break(indicator, until)
        series = (
            self.all_series.of(part, area, in_sum=in_sum)
            for part in indicator.parts
            for area in areas
        )
        reported = max((each.last_break(until) or 0 for each in series if each.breaks), default=0)
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
        series = self.all_series.of(code, area, in_sum=in_sum)
        found = asked.answered_by(series)
        if found.value != _NOT_REPORTED or series.at(asked.period) is not None:
            return found
        part = self.rules.indicators[code]
        due = (is_due(self.rules, part, area, at, today=self.today) for at in asked.periods)
        return found if any(due) else replace(found, value=_NOT_DUE)
