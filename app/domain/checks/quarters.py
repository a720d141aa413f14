"""What a figure says of its own quarter, whatever it is a total of."""

from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal

from app.domain.accumulation import Accumulation, Basis
from app.domain.checks.unit import plain
from app.domain.quantity import EXACT, ObsStatus, Quantity, Reason, Undefined
from app.domain.series import Observed, Series
from app.domain.time.period import Period


def quarter_value(
    history: Series, period: Period, value: Decimal | None, basis: Basis | None
) -> Decimal | None:
    """A level or a single quarter as such, a total less the one before it; None where unknown.

    >>> nothing = Series.of([], accumulation=Accumulation.ANNUAL_FLOW, start=None)
    >>> quarter_value(nothing, Period(2024, 1), Decimal(5), Basis.YTD)
    Decimal('5')
    """
    if value is None or basis is Basis.LEVEL or basis is Basis.QUARTER:
        return value
    if basis is Basis.YTD and period.quarter_of_year == 1:
        return value
    before = _total_before(history, period, basis)
    return None if isinstance(before, Undefined) else EXACT.subtract(value, before)


def quarter_values(history: Series, period: Period) -> list[Decimal | None]:
    """The quarters before a period that have a figure, ascending.

    >>> nothing = Series.of([], accumulation=Accumulation.LEVEL, start=None)
    >>> quarter_values(nothing, Period(2024, 1))
    []
    """
    earlier, known = places_before(history, period.index), history.quarters
    for index in earlier:
        if index not in known:
            each = history.by_index[index]
            known[index] = quarter_value(history, each.period, each.value, each.basis)
    return [known[index] for index in earlier]


def places_before(history: Series, index: int) -> list[int]:
    """The quarters before one that have a value, by their indexes, ascending.

    >>> places_before(Series.of([], accumulation=Accumulation.LEVEL, start=None), 8096)
    []
    """
    known = [*history.numbers]
    return known if not known or known[-1] < index else known[: bisect_left(known, index)]


def less_earlier_years(total: Quantity, history: Series, period: Period) -> Quantity:
    """What of a total since the start is of the period's own year."""
    last_year = Period(period.year - 1, 4)
    if history.start is not None and last_year.last_day < history.start:
        return total
    before = history.comparable(last_year).value
    if isinstance(total, Undefined) or isinstance(before, Undefined):
        return Undefined(Reason.INSUFFICIENT_HISTORY)
    return EXACT.subtract(total, before)


def follow(history: Series, figure: Observed) -> Series:
    """The series with one figure more, or with another one for its period.

    What the quarters before the new one added stays known: it rests on no later figure.

    >>> nothing = Series.of([], accumulation=Accumulation.LEVEL, start=None)
    >>> follow(nothing, Observed(period=Period(2024, 1), value=Decimal(5))).numbers
    {8096: Decimal('5')}
    """
    accumulation, index = history.accumulation, figure.period.index
    by_index, was = {**history.by_index, index: figure}, history.by_index.get(index)
    is_last = index > max(history.by_index, default=-1)
    if not is_last and (was is None or _kind(was) != _kind(figure)):
        return Series.of(by_index.values(), accumulation=accumulation, start=history.start)
    numbers = {**history.numbers}
    if figure.value is not None:
        numbers[index] = figure.value
    is_total = history.is_total and figure.basis is accumulation.total_basis
    is_broken = is_last and figure.obs_status is ObsStatus.BREAK
    breaks = (*history.breaks, index) if is_broken else history.breaks
    known = history.quarters
    if not is_last:
        known = {place: added for place, added in known.items() if place < index}
    return Series(accumulation, history.start, by_index, numbers, is_total, breaks, quarters=known)


def leave_out(history: Series, period: Period) -> Series:
    """The series without its figure for a period, if it has one.

    >>> one = Series.of([], accumulation=Accumulation.LEVEL, start=None)
    >>> one = follow(one, Observed(period=Period(2024, 1), value=Decimal(5)))
    >>> leave_out(one, Period(2024, 1)).numbers
    {}
    """
    accumulation, index = history.accumulation, period.index
    if index not in history.by_index:
        return history
    by_index = {place: each for place, each in history.by_index.items() if place != index}
    is_total = history.is_total
    if not is_total:
        # It may have been this figure that is no total.
        return Series.of(by_index.values(), accumulation=accumulation, start=history.start)
    # Found for the whole series, where it stays known for the next figure.
    quarter_values(history, period)
    known = {place: added for place, added in history.quarters.items() if place < index}
    numbers = {place: value for place, value in history.numbers.items() if place != index}
    breaks = tuple(place for place in history.breaks if place != index)
    return Series(accumulation, history.start, by_index, numbers, is_total, breaks, quarters=known)


def _kind(figure: Observed) -> tuple[object, ...]:
    """What a series sorts its figures by: one that replaces another of its kind leaves all else."""
    return (figure.basis, figure.value is None, figure.obs_status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imbalance:
    """What was on record ``before``, and its ``sum`` with the quarter, which is not the total."""

    before: Decimal
    sum: Decimal
    has_history: bool


def find_imbalance(
    history: Series, period: Period, total: Decimal, basis: Basis | None, quarter: Decimal
) -> Imbalance | None:
    """Where the last total and this quarter do not make this total; None where they do.

    None too where the last total is not known. Whole numbers must agree; others may differ by
    what rounding each of the three to the finest of their decimal places can make.

    >>> nothing = Series.of([], accumulation=Accumulation.ANNUAL_FLOW, start=None)
    >>> find_imbalance(nothing, Period(2024, 1), Decimal(5), Basis.YTD, Decimal(4)).sum
    Decimal('4')
    """
    has_history = not _is_first(history, period, basis)
    before = _total_before(history, period, basis) if has_history else Decimal(0)
    if isinstance(before, Undefined):
        return None
    added = EXACT.add(before, quarter)
    places = max(_decimal_places(each) for each in (before, quarter, total))
    allowed = Decimal("1.5").scaleb(-places) if places else Decimal(0)
    if abs(EXACT.subtract(added, total)) <= allowed:
        return None
    return Imbalance(before=before, sum=added, has_history=has_history)


def _is_first(history: Series, period: Period, basis: Basis | None) -> bool:
    """Whether a total begins with the quarter."""
    if basis is Basis.YTD and period.quarter_of_year == 1:
        return True
    start = history.start
    return start is not None and Period.containing(start).index == period.index


def _decimal_places(value: Decimal) -> int:
    exponent = plain(value).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _total_before(history: Series, period: Period, basis: Basis | None) -> Quantity:
    """The total of the same kind at the quarter before."""
    found = history.by_index.get(period.index - 1)
    if found is not None and found.value is not None and found.basis is basis:
        return found.value
    previous = period.shift(-1)
    if basis is Basis.YTD and history.accumulation is Accumulation.ANNUAL_FLOW:
        return history.ytd(previous)
    if found is not None and history.start is not None and previous.last_day < history.start:
        # A total since the start takes nothing over from the plan before.
        return Decimal(0)
    total = history.comparable(previous).value
    return less_earlier_years(total, history, period) if basis is Basis.YTD else total
