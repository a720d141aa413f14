"""Figures as the public sees them: what is withheld has no value, and derives none.

Within sums that are shown, the withheld parts count as what they are together: one of them has all
of it, the others 0. So a plan of such figures knows nothing that its readers may not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.domain.accumulation import ActualSource, MissingReason
from app.domain.columns import FigureColumns, KeptSeries, Overlay, SeriesKey, touched_by
from app.domain.coverage import Actual, Coverage
from app.domain.disclosure.suppression import CellPlace, Suppressed
from app.domain.figures import Figures, _Question
from app.domain.plan import Indicator, PlanRules
from app.domain.quantity import ObsStatus, Reason, Undefined
from app.domain.series import Comparable, Observed
from app.domain.time.period import Period

WITHHELD = Undefined(Reason.WITHHELD)
# What is withheld of the figures of each indicator that has a rule.
Suppressions = Mapping[str, Suppressed]


@dataclass(slots=True, kw_only=True, unsafe_hash=True)
class Withheld(Observed):
    """A figure that is withheld. A value is what it counts as within a sum, never its own."""


def as_shown(figure: Observed) -> Observed:
    """A figure as it may be shown: one that is withheld has no value."""
    if not isinstance(figure, Withheld):
        return figure
    return replace(figure, value=None, basis=None, missing_reason=MissingReason.WITHHELD)


def is_withheld(value: Comparable) -> bool:
    """Whether the value of an area rests on a figure that is withheld."""
    return any(isinstance(each, Withheld) for each in value.inputs)


def is_value_withheld(actual: Actual) -> bool:
    """Whether there is a value that is not shown, as it rests on figures that are withheld."""
    rests = (*actual.inputs, *(each for part in actual.parts for each in part.value.inputs))
    return actual.value == WITHHELD and any(isinstance(each, Withheld) for each in rests)


class CutFigures(Figures):
    """The figures of a plan without what is withheld."""

    def periods(self, indicator: Indicator, area: str) -> list[Period]:
        """The quarters for which there is a value, shown or withheld, ascending."""
        found = {each.index for each in super().periods(indicator, area)}
        places = [(area, False), *((a, True) for a in self.rules.summands(indicator, area))]
        for part in indicator.parts:
            for place, in_sum in places:
                column = self.all_series.of(part, place, in_sum=in_sum).by_index
                found |= {i for i, each in column.items() if isinstance(each, Withheld)}
        return [Period.from_index(index) for index in sorted(found)]

    def sharing(self, others: KeptSeries, *, changed: FigureColumns) -> "CutFigures":
        """Other series, that share all but those that changed, and what follows from them."""
        found = CutFigures(others.rules, {}, today=self.today)
        found.all_series, stale = others, touched_by(changed, self.all_series)
        found._memory.take_over(self._memory, stale=stale)
        return found

    def _combine(
        self, indicator: Indicator, area: str, asked: _Question, source: ActualSource | None
    ) -> Actual:
        found = super()._combine(indicator, area, asked, source)
        parts = [each for each in found.parts if is_withheld(each.value)]
        own = any(isinstance(each, Withheld) for each in found.inputs)
        if not parts and not own:
            return found
        coverage = None if found.coverage is None else _covered(found, found.coverage)
        # What the withheld parts are together is spread otherwise once any part is missing.
        is_spread = found.source is ActualSource.SUMMED and (found.is_partial or found.oldest_age)
        if isinstance(found.value, Undefined) or is_spread:
            return Actual(
                period=found.period,
                since=found.since,
                value=WITHHELD,
                coverage=coverage,
                parts=found.parts,
                inputs=found.inputs,
            )
        return found


def _covered(found: Actual, coverage: Coverage) -> Coverage:
    """The coverage of a sum in which what is withheld counts as reported."""
    there = {each.area for each in found.parts if is_withheld(each.value)}
    missing = tuple(area for area in coverage.missing if area not in there)
    reported = coverage.expected - len(missing) - coverage.carried_forward
    return replace(coverage, reported=reported, missing=missing)


def cut_figures(figures: Figures, withheld: Suppressions) -> CutFigures:
    """The figures of a plan without what is withheld; growth is published for none of them."""
    rules, series = figures.rules, figures.all_series
    shown: dict[SeriesKey, Mapping[int, Observed]] = {}
    in_sums: dict[SeriesKey, Mapping[int, Observed]] = {}
    for code, found in withheld.items():
        whole_of = _wholes(rules, rules.indicators[code])
        for area in rules.areas:
            key = SeriesKey(code, area)
            column = series.column(key)
            shown[key] = {i: _cut(found, each, CellPlace(area, i)) for i, each in column.items()}
            in_sums[key] = {
                index: _count_in_sum(found, each, CellPlace(whole_of[area], index), column[index])
                if area in whole_of
                else each
                for index, each in shown[key].items()
            }
    every = series.columns
    return CutFigures(rules, Overlay(every, shown), Overlay(every, in_sums), today=figures.today)


def parts_of_areas(rules: PlanRules, indicator: Indicator) -> Mapping[str, tuple[str, ...]]:
    """Which areas add up to which."""
    found = {area: rules.summands(indicator, area) for area in rules.areas}
    return {area: parts for area, parts in found.items() if parts}


def _wholes(rules: PlanRules, indicator: Indicator) -> Mapping[str, str]:
    pairs: Iterable[tuple[str, tuple[str, ...]]] = parts_of_areas(rules, indicator).items()
    return {part: whole for whole, parts in pairs for part in parts}


def _cut(found: Suppressed, figure: Observed, place: CellPlace) -> Observed:
    if figure.origin is None and (place, figure.revision) in found.versions:
        return _withhold(figure)
    if figure.published_growth_percent is None:
        return figure
    # Growth and the count of this year would give the count of the year before.
    return replace(figure, published_growth_percent=None, price_basis=None)


def _withhold(figure: Observed) -> Withheld:
    return Withheld(
        period=figure.period,
        value=None,
        missing_reason=MissingReason.WITHHELD,
        revision=figure.revision,
        obs_status=ObsStatus.NORMAL,
        indicator=figure.indicator,
        area=figure.area,
    )


def _count_in_sum(
    found: Suppressed, shown: Observed, whole: CellPlace, figure: Observed
) -> Observed:
    """A figure as it counts within the sum of an area: with the withheld ones as one."""
    if whole in found.sums and figure.value is not None:
        return _withhold(figure)
    if not isinstance(shown, Withheld) or whole not in found.rests:
        return shown
    areas, rest = found.rests[whole]
    count = rest if figure.area == areas[0] else type(rest)(0)
    return replace(shown, value=count, basis=figure.basis, missing_reason=None)
