"""Whether a figure is off by a unit: held against one that is known, each by its pace.

A running total is compared by its pace, what it comes to for each quarter that it covers, so that
totals of different length, and quarters beside them, can be held against each other.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from app.domain.accumulation import Basis
from app.domain.checks.finding import Fact
from app.domain.checks.quarters import places_before
from app.domain.checks.unit import UNITS, Units, plain, unit_like
from app.domain.quantity import EXACT
from app.domain.series import Observed, Series
from app.domain.time.period import QUARTERS_A_YEAR, Period

# A ratio is taken for a slip of scale within this factor of a ratio of units, or of 1000.
NEAR_FACTOR = Decimal(3)
THOUSAND = Decimal(1000)
# A slip of one place is asked about within 20 %, where the history is not a small count.
TEN_LOW, TEN_HIGH = Decimal(8), Decimal(12)
LEAST_HISTORY_FOR_TEN = Decimal(30)
# Beyond this the nearest power of ten is 100 or more: that is asked about whatever units there are,
# unless both figures are small, for 1 may well become 40.
MOST_CHANGE = Decimal(30)
LEAST_LARGE = Decimal(900)


# Not frozen: there is one for every figure, and making a frozen one takes longer.
@dataclass(slots=True, kw_only=True)
class Reference:
    """A known figure that a new one is held against, and how many times it the new one is."""

    period: Period
    value: Decimal
    ratio: Decimal


def find_reference(now: Observed, history: Series) -> Reference | None:
    """On the same basis, the same quarter of last year; else the latest earlier pace."""
    index = now.period.index
    last_year = history.by_index.get(index - QUARTERS_A_YEAR)
    if last_year is not None and last_year.basis is now.basis and last_year.value:
        was = value_of(last_year)
        ratio = EXACT.divide(value_of(now), was)
        return Reference(period=last_year.period, value=was, ratio=ratio)
    for place in reversed(places_before(history, index)):
        earlier = history.by_index[place]
        if earlier.value and earlier.basis is now.basis:
            return _refer(now, earlier, history.start)
    return None


def find_closest(now: Observed, history: Series, replaced: Observed | None) -> Reference | None:
    """Where nothing earlier is alike: the closest figure in time, on any basis.

    Where there is no other figure at all, the one that the new one replaces.
    """
    known = [each for each in history.by_index.values() if each.value]
    if known:
        closest = min(known, key=lambda each: abs(each.period.index - now.period.index))
        return _refer(now, closest, history.start)
    if replaced is not None and replaced.value:
        return _refer(now, replaced, history.start)
    return None


def find_slip(
    reference: Reference,
    unit: str,
    reported_unit: str | None,
    now: Observed,
    units: Units = UNITS,
) -> dict[str, Fact] | None:
    """By which factor a figure is off, and the unit that it looks like; None where it is not."""
    if reference.ratio <= 0:
        return None
    is_large = reference.ratio > 1
    size = reference.ratio if is_large else 1 / reference.ratio
    # Nothing is looked for below it: every other factor is larger.
    if size < TEN_LOW:
        return None
    is_small = max(abs(reference.value), abs(value_of(now))) < LEAST_LARGE
    alike = frozenset(
        each.factor for each in units.values() if each.dimension == units[unit].dimension
    )
    factor = _find_factor(size, reference.value, alike, is_small=is_small)
    if factor is None:
        return None
    return {
        "factor": int(factor),
        "direction": "large" if is_large else "small",
        "looks_like": unit_like(units[reported_unit or unit], factor, units, is_large=is_large),
        "reported_unit": reported_unit,
        "reference": f"{reference.value:f}",
        "reference_period": str(reference.period),
    }


def pace_of(figure: Observed, start: date | None) -> Decimal:
    """What a figure comes to for each quarter that it is a total of; a level as it is.

    >>> total = Observed(period=Period(2024, 4), value=Decimal(100), basis=Basis.YTD)
    >>> pace_of(total, None)
    Decimal('25')
    """
    return EXACT.divide(value_of(figure), _quarters(figure.period, figure.basis, start))


def value_of(figure: Observed) -> Decimal:
    """The value in its plainest form; 0 where there is none."""
    return plain(figure.value) if figure.value is not None else Decimal(0)


def latest_before(history: Series, index: int, basis: Basis | None) -> Observed | None:
    """The latest figure on a basis before a quarter."""
    for place in reversed(places_before(history, index)):
        if (found := history.by_index[place]).basis is basis:
            return found
    return None


def first_after(history: Series, index: int, basis: Basis | None) -> Observed | None:
    """The earliest figure on a basis after a quarter."""
    earliest = None
    for place in reversed([*history.numbers]):
        if place <= index:
            break
        if (found := history.by_index[place]).basis is basis:
            earliest = found
    return earliest


def _refer(now: Observed, known: Observed, start: date | None) -> Reference:
    ratio = EXACT.divide(pace_of(now, start), pace_of(known, start))
    return Reference(period=known.period, value=value_of(known), ratio=ratio)


def _quarters(period: Period, basis: Basis | None, start: date | None) -> Decimal:
    """How many quarters a figure of the basis is a total of."""
    if basis is Basis.YTD:
        return Decimal(period.quarter_of_year)
    if basis is Basis.SINCE_START and start is not None:
        return Decimal(max(period.quarters_since(Period.containing(start)) + 1, 1))
    return Decimal(1)


def _find_factor(
    size: Decimal, reference: Decimal, factors: frozenset[Decimal], *, is_small: bool
) -> Decimal | None:
    near = [ratio for ratio, low, high in _slip_ratios(factors) if low <= size <= high]
    if near:
        return min(near, key=lambda ratio: max(ratio / size, size / ratio))
    if size >= MOST_CHANGE and not is_small:
        return Decimal(10) ** int(size.log10().to_integral_value())
    is_ten = TEN_LOW <= size <= TEN_HIGH and abs(reference) >= LEAST_HISTORY_FOR_TEN
    return Decimal(10) if is_ten else None


@cache
def _slip_ratios(factors: frozenset[Decimal]) -> tuple[tuple[Decimal, Decimal, Decimal], ...]:
    """The ratios between units of a dimension, and 1000; each with what is near to it.

    Units that are closer to each other are taken for a change of the figure.
    """
    far = [(a, b) for a in factors for b in factors if a >= 100 * b]
    ratios = {EXACT.divide(a, b) for a, b in far} | {THOUSAND}
    return tuple((ratio, ratio / NEAR_FACTOR, ratio * NEAR_FACTOR) for ratio in sorted(ratios))
