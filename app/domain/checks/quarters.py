"""What a figure says of its own quarter, whatever it is a total of."""

from decimal import Decimal

from app.domain.accumulation import Accumulation, Basis
from app.domain.quantity import EXACT, Quantity, Reason, Undefined
from app.domain.series import Series
from app.domain.time.period import Period


def quarter_value(
    history: Series, period: Period, value: Decimal | None, basis: Basis | None
) -> Decimal | None:
    """A level or a single quarter as such, a total less the one before it; None where unknown.

    >>> nothing = Series.of([], accumulation=Accumulation.ANNUAL_FLOW, start=None)
    >>> quarter_value(nothing, Period(2024, 1), Decimal(5), Basis.YTD)
    Decimal('5')
    """
    if value is None or basis in {Basis.LEVEL, Basis.QUARTER}:
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
    found = [(each, history.at(each)) for each in history.periods if each.index < period.index]
    return [
        quarter_value(history, each, known.value, known.basis) for each, known in found if known
    ]


def _total_before(history: Series, period: Period, basis: Basis | None) -> Quantity:
    """The total of the same kind at the quarter before."""
    previous = period.shift(-1)
    if basis is Basis.YTD and history.accumulation is Accumulation.ANNUAL_FLOW:
        return history.ytd(previous)
    found = history.at(previous)
    if found is not None and found.value is not None and found.basis is basis:
        return found.value
    total = history.comparable(previous).value
    return _less_earlier_years(total, history, period) if basis is Basis.YTD else total


def _less_earlier_years(total: Quantity, history: Series, period: Period) -> Quantity:
    """What of a total since the start is of the period's own year."""
    last_year = Period(period.year - 1, 4)
    if history.start is not None and last_year.last_day < history.start:
        return total
    before = history.comparable(last_year).value
    if isinstance(total, Undefined) or isinstance(before, Undefined):
        return Undefined(Reason.INSUFFICIENT_HISTORY)
    return EXACT.subtract(total, before)
