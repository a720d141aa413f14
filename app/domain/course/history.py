"""History: figures of the plan that came before, as the plan that follows it sees them.

They are never copied. A level and a total since 1 January mean the same in both plans; a total
since the start of the earlier plan does not, so that of increments each year's additions are seen.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.accumulation import Accumulation, Basis, EarlierFigure, Measure
from app.domain.checks.quarters import less_earlier_years
from app.domain.columns import SeriesKey
from app.domain.figures import Figures
from app.domain.plan import PlanRules
from app.domain.series import Observed, Series
from app.domain.time.period import Period


def is_history(rules: PlanRules, period: Period) -> bool:
    """Whether a quarter belongs to the plan that this one follows."""
    return rules.has_history and period.year < rules.first_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """An earlier plan with its figures.

    ``until``: the last quarter that counts as history. ``codes``: what the earlier plan calls an
    indicator, where that differs. ``known_since``: the revision of the later plan at which one of
    the earlier plan became known to it.
    """

    plan: str
    figures: Figures
    until: Period
    codes: Mapping[str, str]
    known_since: Callable[[int], int]


class History(Mapping[SeriesKey, Mapping[int, Observed]]):
    """The figures of an earlier plan by the later plan's own codes; each is made when asked for."""

    def __init__(self, earlier: Predecessor, indicators: Collection[str]) -> None:
        self._earlier, self._indicators = earlier, indicators

    def __getitem__(self, key: SeriesKey) -> Mapping[int, Observed]:
        """The figures of an area; KeyError where the earlier plan has none."""
        rules = self._earlier.figures.rules
        code = self._earlier.codes.get(key.indicator, key.indicator)
        indicator = rules.indicators.get(code)
        if indicator is None or indicator.measure is not Measure.REPORTED:
            raise KeyError(key)
        if key.area not in rules.areas:
            raise KeyError(key)
        series = self._earlier.figures.all_series.of(code, key.area, in_sum=False)
        found = [_of_year(series, each) for each in series.by_index.values()]
        known = {
            each.period.index: self._adopt(each, key)
            for each in found
            if each is not None and each.period.index <= self._earlier.until.index
        }
        if not known:
            raise KeyError(key)
        return known

    def __iter__(self) -> Iterator[SeriesKey]:
        """Every series that has figures."""
        keys = (
            SeriesKey(code, area)
            for code in self._indicators
            for area in self._earlier.figures.rules.areas
        )
        return (key for key in keys if self.get(key) is not None)

    def __len__(self) -> int:
        """How many series have figures."""
        return sum(1 for _ in self)

    def _adopt(self, each: Observed, key: SeriesKey) -> Observed:
        """The figure as one of the later plan, which remembers where it comes from."""
        own = EarlierFigure(
            plan=self._earlier.plan, indicator=each.indicator, revision=each.revision
        )
        return replace(
            each,
            indicator=key.indicator,
            area=key.area,
            revision=self._earlier.known_since(each.revision),
            origin=each.origin or own,
        )


def _of_year(series: Series, each: Observed) -> Observed | None:
    """A figure as it is; of an increment, what the year has added. None where that is not known."""
    is_increment = series.accumulation is Accumulation.INCREMENT
    if not is_increment or each.value is None or each.basis is Basis.YTD:
        return each
    added = less_earlier_years(series.comparable(each.period).value, series, each.period)
    return replace(each, value=added, basis=Basis.YTD) if isinstance(added, Decimal) else None
