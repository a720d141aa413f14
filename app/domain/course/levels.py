"""Levels: the comparable values of a whole series at once, and their sums over areas.

A history needs of each quarter no more than its value, and whether all areas are in it.
"""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from app.domain.accumulation import Accumulation, ActualBasis, ActualSource, Measure
from app.domain.columns import is_marked
from app.domain.coverage import Actual, Coverage
from app.domain.figures import Figures
from app.domain.plan import Indicator
from app.domain.quantity import EXACT, sum_exactly
from app.domain.series import NOT_APPLICABLE, Series
from app.domain.time.period import QUARTERS_A_YEAR, Period

_BASES = {
    Accumulation.INCREMENT: ActualBasis.SINCE_START,
    Accumulation.LEVEL: ActualBasis.LEVEL,
}


def whole_levels(
    figures: Figures, indicator: Indicator, area: str, source: ActualSource | None
) -> Iterator[Actual]:
    """The values of an area with full coverage, ascending: without their parts and inputs.

    They are those of ``Figures.actual`` that are numbers, but for sums with areas missing.
    """
    periods, series = figures.periods(indicator, area), figures.all_series
    if indicator.measure is not Measure.REPORTED:
        actuals = (figures.actual(indicator, area, each, source=source) for each in periods)
        yield from (a for a in actuals if isinstance(a.value, Decimal) and not a.is_partial)
        return
    is_own, is_sum = source is ActualSource.REPORTED, source is ActualSource.SUMMED
    own = {} if is_sum else levels_of(series.of(indicator.code, area, in_sum=False))
    below = () if is_own else figures.rules.summands(indicator, area)
    parts = {each: levels_of(series.of(indicator.code, each, in_sum=True)) for each in below}
    broken = [each for each in below if series.of(indicator.code, each, in_sum=True).breaks]
    for period in periods:
        value = own.get(period.index)
        if value is not None:
            yield _whole(figures, indicator, (area,), period, value)
        elif known := _find_all(figures, indicator, parts, period):
            yield _whole(figures, indicator, broken, period, sum_exactly(known), count=len(known))


def whole_level_at(
    figures: Figures, indicator: Indicator, area: str, period: Period, source: ActualSource | None
) -> Actual | None:
    """The value of an area with nothing below it, as ``whole_levels`` has it; None without one."""
    if source is ActualSource.SUMMED or indicator.measure is not Measure.REPORTED:
        return None
    series = figures.all_series.of(indicator.code, area, in_sum=False)
    value = level_at(series, period.index)
    if value is None:
        return None
    return _whole(figures, indicator, (area,), period, value)


def has_marks(
    figures: Figures, indicator: Indicator, area: str, source: ActualSource | None
) -> bool:
    """Whether any figure behind the values was rounded, or waits for a decision."""
    below = () if source is ActualSource.REPORTED else figures.rules.summands(indicator, area)
    places = [(area, False), *((each, True) for each in below)]
    return any(
        is_marked(figures.all_series.of(part, place, in_sum=in_sum).by_index)
        for part in indicator.parts
        for place, in_sum in places
    )


def _whole(
    figures: Figures,
    indicator: Indicator,
    places: Collection[str],
    period: Period,
    value: Decimal,
    *,
    count: int = 0,
) -> Actual:
    """A value of its own, or a sum over ``count`` areas."""
    is_sum, whole = count > 0, None
    if is_sum:
        whole = Coverage(expected=count, reported=count, carried_forward=0, missing=())
    return Actual(
        period=period,
        since=figures.last_break(indicator, places, period, in_sum=is_sum),
        value=value,
        basis=_basis(indicator, period),
        source=ActualSource.SUMMED if is_sum else ActualSource.REPORTED,
        coverage=whole,
    )


def level_at(series: Series, index: int) -> Decimal | None:
    """The comparable value at a quarter (``Series.comparable``); None where there is none."""
    if not series.is_total:
        found = series.comparable(Period.from_index(index)).value
        return found if isinstance(found, Decimal) else None
    if index not in series.numbers or series.accumulation is not Accumulation.ANNUAL_FLOW:
        return series.numbers.get(index)
    return _trail(series.numbers, index)


def levels_of(series: Series) -> Mapping[int, Decimal]:
    """The comparable value at every quarter that has one."""
    numbers = series.numbers
    is_plain = series.accumulation in {Accumulation.INCREMENT, Accumulation.LEVEL}
    if is_plain and series.is_total:
        return numbers
    found = {index: level_at(series, index) for index in numbers}
    return {index: value for index, value in found.items() if value is not None}


def _trail(numbers: Mapping[int, Decimal], index: int) -> Decimal | None:
    """The year that ends with a quarter, of totals since 1 January."""
    quarter = index % QUARTERS_A_YEAR + 1
    if quarter == QUARTERS_A_YEAR:
        return numbers[index]
    last_year, same_quarter = numbers.get(index - quarter), numbers.get(index - QUARTERS_A_YEAR)
    if last_year is None or same_quarter is None:
        return None
    return EXACT.subtract(EXACT.add(numbers[index], last_year), same_quarter)


def _find_all(
    figures: Figures,
    indicator: Indicator,
    parts: Mapping[str, Mapping[int, Decimal]],
    period: Period,
) -> list[Decimal]:
    """The values of all areas that have such a value; empty where one of them is missing."""
    index = period.index
    known = [levels[index] for levels in parts.values() if index in levels]
    if len(known) < len(parts):
        silent = (area for area, levels in parts.items() if index not in levels)
        if any(not _is_nothing(figures, indicator, area, period) for area in silent):
            return []
    return known


def _is_nothing(figures: Figures, indicator: Indicator, area: str, period: Period) -> bool:
    """Whether the area has no such value, and so is not missed."""
    series = figures.all_series.of(indicator.code, area, in_sum=True)
    return series.comparable(period).value == NOT_APPLICABLE


def _basis(indicator: Indicator, period: Period) -> ActualBasis:
    if indicator.accumulation is Accumulation.ANNUAL_FLOW:
        return ActualBasis.FULL_YEAR if period.ends_year else ActualBasis.TTM
    return _BASES[indicator.accumulation]
