"""A track: one indicator in one area over time, from one source, against its targets.

A city's own figures and the sums over its districts are two series. What is said of a course over
time (history, ratings, projection, contributions) takes all of its points from one of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial

from app.domain.accumulation import Accumulation, ActualSource, Measure
from app.domain.checks.due import last_due
from app.domain.columns import Memory, SeriesKey
from app.domain.course.growth import (
    assess_growth,
    chain_linked,
    differ,
    growth_since,
    growth_target,
    is_restated,
    raw_growth,
)
from app.domain.course.history import is_history
from app.domain.course.levels import has_marks, whole_level_at, whole_levels
from app.domain.coverage import Actual
from app.domain.disclosure.cut import CutFigures
from app.domain.figures import Figures
from app.domain.plan import Indicator
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.rating import LATE, WELL, Rating, rate_only
from app.domain.targets import Targets
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.domain.time.spells import Dated


@dataclass(frozen=True, slots=True)
class Track:
    """One indicator in one area over time. ``source`` None: whichever each period has."""

    figures: Figures
    targets: Targets
    indicator: Indicator
    area: str
    source: ActualSource | None = None
    # Each period is rated once, however many rows ask.
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)

    @property
    def level_of(self) -> Indicator:
        """The indicator whose levels are held against the target."""
        return self.figures.rules.level_of(self.indicator)

    @property
    def is_yearly(self) -> bool:
        """Whether values between two years overlap: trailing years, and ratios of them."""
        parts = (self.figures.rules.indicators[code] for code in self.level_of.parts)
        return any(part.accumulation is Accumulation.ANNUAL_FLOW for part in parts)

    def periods(self) -> list[Period]:
        """The quarters with a figure, after the baseline and up to the deadline of the target.

        None that belongs to the plan before.
        """
        newest = self.targets.newest(self.indicator.code, self.area)
        known = self.figures.periods(self.level_of, self.area)
        own = (each for each in known if not is_history(self.figures.rules, each))
        return [each for each in own if newest is None or newest.target.is_about(each)]

    def at(self, period: Period, *, carry_forward: int = 0) -> Actual:
        """The level at a period."""
        return self.figures.actual(
            self.level_of, self.area, period, source=self.source, carry_forward=carry_forward
        )

    def value_at(self, period: Period) -> Actual:
        """The level at a period, of a whole one without its parts and inputs."""
        if self.figures.rules.summands(self.level_of, self.area):
            whole = self._whole.get(period.index)
        else:
            whole = whole_level_at(self.figures, self.level_of, self.area, period, self.source)
        return whole or self.at(period)

    def point_at(self, period: Period) -> Actual:
        """The level at a period with all that a point of a series tells of it."""
        if not self.figures.rules.summands(self.level_of, self.area):
            return self.at(period)
        find = partial(has_marks, self.figures, self.level_of, self.area, self.source)
        place = SeriesKey(self.indicator.code, self.area)
        is_marked = self.memory.recall(place, ("marked", self.source), find)
        return self.at(period) if is_marked else self.value_at(period)

    def level_at(self, asked: Period | None, *, carry_forward: int = 0) -> Actual:
        """The level at a period. Past the deadline the value of the deadline's period counts.

        Without a period there is no value, and of a sum it is said who has sent nothing.
        """
        rules, held = self.figures.rules, self.targets.at(self.indicator.code, self.area, asked)
        if asked is None:
            end = Period(rules.last_year, QUARTERS_A_YEAR)
            due = last_due(rules, self.level_of, end, today=self.figures.today)
            silent = self.at(due or end.shift(1))
            return Actual(period=None, value=Undefined(Reason.NO_DATA), coverage=silent.coverage)
        overdue = 0 if held is None else max(0, asked.quarters_since(held.target.deadline))
        actual = self.at(asked.shift(-overdue), carry_forward=carry_forward)
        return replace(actual, oldest_age=actual.oldest_age + overdue) if overdue else actual

    def default_period(self, *, carry_forward: int = 0) -> Period | None:
        """The latest period with a whole actual, else with any, else with any figure at all.

        None where there is none. Never today's date.
        """
        fallback = last = None
        for period in self._latest_first():
            actual = self.at(period, carry_forward=carry_forward)
            if isinstance(actual.value, Decimal):
                if not actual.is_partial:
                    return period
                fallback = fallback or period
            last = last or period
        return fallback or last

    def _latest_first(self) -> Iterator[Period]:
        """The periods in the other direction: most often the first one is all that is needed."""
        newest = self.targets.newest(self.indicator.code, self.area)
        level, series = self.level_of, self.figures.all_series
        is_plain = not isinstance(self.figures, CutFigures) and level.measure is Measure.REPORTED
        if is_plain and not self.figures.rules.summands(level, self.area):
            numbers = series.of(level.code, self.area, in_sum=False).numbers
            known: Iterable[Period] = map(Period.from_index, reversed([*numbers]))
        else:
            known = reversed(self.figures.periods(level, self.area))
        own = (each for each in known if not is_history(self.figures.rules, each))
        return (each for each in own if newest is None or newest.target.is_about(each))

    def whole_values(self, until: Period) -> Iterator[Dated[Decimal]]:
        """The levels with full coverage before a period, ascending, nothing carried forward.

        None from before the last break in the series up to then.
        """
        since = self.at(until).since
        for index, actual in self._whole.items():
            is_within = index < until.index and (not since or index >= since.index)
            if is_within and isinstance(actual.value, Decimal):
                yield Dated(period=Period.from_index(index), value=actual.value)

    @property
    def _whole(self) -> Mapping[int, Actual]:
        """The levels with full coverage by the index of their quarter, ascending."""
        place = SeriesKey(self.indicator.code, self.area)
        return self.memory.recall(place, ("whole", self.source), self._find_whole, weight=40)

    def _find_whole(self) -> Mapping[int, Actual]:
        found = whole_levels(self.figures, self.level_of, self.area, self.source)
        return {each.period.index: each for each in found if each.period is not None}

    def points_until(self, actual: Actual) -> tuple[Dated[Decimal], ...]:
        """What a trend up to an actual goes by (docs/measures.md#projection).

        Of values that overlap between two years, one a year.
        """
        at = actual.data_period
        if at is None:
            return ()
        step = QUARTERS_A_YEAR if self.is_yearly else 1
        known = self.whole_values(at)
        return tuple(each for each in known if at.quarters_since(each.period) % step == 0)

    def ratings_until(self, until: Period) -> Iterator[Dated[Rating]]:
        """The rating at each earlier period that has a whole actual, by the figures known now."""
        since = self.at(until).since
        place = SeriesKey(self.indicator.code, self.area)
        name = ("ratings", self.source, since)
        rated = self.memory.recall(place, name, lambda: [*self._rate(since)])
        return (each for each in rated if each.period.index < until.index)

    def _rate(self, since: Period | None) -> Iterator[Dated[Rating]]:
        whole = self._whole
        for period in self.periods():
            held = self.targets.at(self.indicator.code, self.area, period)
            actual = whole.get(period.index)
            is_before_break = since is not None and period.index < since.index
            if held is None or actual is None or is_before_break:
                continue
            growth, bands = growth_target(self.indicator, held), self.figures.rules.bands
            if growth is None:
                rating = rate_only(held.target, actual, bands)
            else:
                rating = assess_growth(growth, growth_since(growth, actual), actual, bands).rating
            yield Dated(period=period, value=rating)

    def is_base_restated(self, period: Period) -> bool:
        """Whether published growth and that of the figures differ by more than half a point.

        Over the last year, or over the whole span since the target's baseline.
        """
        return self._is_year_restated(period) or (
            # Of most targets no growth was published at all.
            isinstance(linked := self.chain_linked(period), Decimal)
            and differ(self._raw_growth(period), linked)
        )

    def _is_year_restated(self, period: Period) -> bool:
        now = self.figures.own(self.level_of, self.area, period)
        if now is None or now.published_growth_percent is None:
            return False
        since, before = self.at(period).since, period.shift(-QUARTERS_A_YEAR)
        if since is not None and since.index > before.index:
            return False
        return is_restated(now, self.figures.own(self.level_of, self.area, before))

    def chain_linked(self, period: Period) -> Quantity:
        """The published growth of each full year since the baseline; every one must be there."""
        held = self.targets.at(self.indicator.code, self.area, period)
        base = None if held is None else held.base_period
        if base is None:
            return Undefined(Reason.NO_DATA)
        years = range(base.year + 1, period.year + 1)
        found = [self.figures.own(self.level_of, self.area, Period(year, 4)) for year in years]
        published = [None if each is None else each.published_growth_percent for each in found]
        known = [percent for percent in published if percent is not None]
        if not (period.ends_year and base.ends_year) or len(known) < len(published):
            return Undefined(Reason.INSUFFICIENT_HISTORY)
        return chain_linked(known)

    def _raw_growth(self, period: Period) -> Quantity:
        """The average growth of the area's own levels from the target's base, percent a year."""
        held = self.targets.at(self.indicator.code, self.area, period)
        now = self.figures.own(self.level_of, self.area, period)
        if held is None or held.base is None or held.base_period is None:
            return Undefined(Reason.NO_BASELINE)
        years = Decimal(period.quarters_since(held.base_period)) / QUARTERS_A_YEAR
        value = None if now is None else now.value
        return raw_growth(held.base, value, years)

    def year_to_date(self, period: Period | None) -> Quantity:
        """The total since 1 January, of annual flows."""
        level = self.indicator
        is_flow = level.accumulation is Accumulation.ANNUAL_FLOW
        if level.measure is not Measure.REPORTED or not is_flow:
            return Undefined(Reason.NOT_APPLICABLE)
        if period is None:
            return Undefined(Reason.NO_DATA)
        place, name = SeriesKey(level.code, self.area), (period.index, "to_date", self.source)
        return self.memory.recall(place, name, partial(self._sum_year, period))

    def _sum_year(self, period: Period) -> Quantity:
        own, summed = self.figures.sides(self.indicator, self.area, period)
        has_own = isinstance(own.value, Decimal) or summed.value == Undefined(Reason.NO_DATA)
        is_own = has_own if self.source is None else self.source is ActualSource.REPORTED
        side = own if is_own else summed
        return Undefined(Reason.PARTIAL_COVERAGE) if side.is_partial else side.value


def find_recovery(ratings: Sequence[Rating]) -> Rating | None:
    """The late rating that a target which stands well now had last; None where it had none.

    >>> find_recovery([Rating.OFF_TRACK, Rating.ON_TRACK]).value
    'off_track'
    """
    if not ratings or ratings[-1] not in WELL:
        return None
    return next((each for each in reversed(ratings) if each in LATE), None)
