"""Units of measure as districts write them, with exact factors within a dimension."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from app.domain.quantity import EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit: ``factor`` is how many of the dimension's smallest unit it holds."""

    symbol: str
    dimension: str
    factor: Decimal


def _dimension(name: str, **factors: str) -> list[Unit]:
    return [Unit(symbol=s, dimension=name, factor=Decimal(f)) for s, f in factors.items()]


UNITS = MappingProxyType(
    {
        unit.symbol: unit
        for unit in [
            *_dimension("yuan", 元="1", 万元="1e4", 亿元="1e8", 万亿元="1e12"),
            Unit(symbol="亿美元", dimension="dollar", factor=Decimal(1)),
            *_dimension("person", 人="1", 万人="1e4"),
            *_dimension("area", 平方米="1", 万平方米="1e4", 公顷="1e4"),
            *_dimension("count", 家="1", 个="1", 万个="1e4"),
            Unit(symbol="%", dimension="percent", factor=Decimal(1)),
        ]
    }
)


Units = Mapping[str, Unit]
# A figure has up to eight decimals, and is stored with up to eighteen in its indicator's unit.
MOST_PLACES = 18
_MOST_PLACES_OF_RATIO = 12
_ONE = Decimal(1)
# Texts up to this length have fewer digits than any that would be rounded.
_SHORT = 30


def units_of_dimension(symbol: str, units: Units = UNITS) -> list[str]:
    """The symbols that may be used for an indicator whose unit is this one.

    ``units``: those that a plan knows. One that does not convert exactly is left out: minutes are
    no decimal number of hours, but hours are of minutes.
    """
    own = units[symbol]
    alike = [unit for unit in units.values() if unit.dimension == own.dimension]
    return [unit.symbol for unit in alike if _converts(unit, own)]


def _converts(unit: Unit, into: Unit) -> bool:
    ratio = EXACT.divide(unit.factor, into.factor)
    is_exact = EXACT.multiply(ratio, into.factor) == unit.factor
    return is_exact and has_room(ratio, _MOST_PLACES_OF_RATIO)


def unit_like(known: Unit, factor: Decimal, units: Units, *, is_large: bool) -> str | None:
    """The unit in which a number would be right that is so many times too large, or too small."""
    wanted = known.factor / factor if is_large else known.factor * factor
    alike = [u for u in units.values() if u.dimension == known.dimension and u.factor == wanted]
    return alike[0].symbol if alike else None


def has_room(value: Decimal, places: int = MOST_PLACES) -> bool:
    """Whether a value has no more than so many decimals."""
    exponent = EXACT.normalize(value).as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= places


def convert(value: Decimal, *, from_unit: str, to_unit: str, units: Units = UNITS) -> Decimal:
    """The same magnitude in another unit of the dimension, exactly.

    >>> convert(Decimal(8124000), from_unit="万元", to_unit="亿元")
    Decimal('812.4')

    Raises ValueError when the units measure different things.
    """
    if from_unit == to_unit:
        return plain(value)
    source, wanted = units[from_unit], units[to_unit]
    if source.dimension != wanted.dimension:
        raise ValueError(f"{from_unit} and {to_unit} measure different things")
    return plain(EXACT.divide(EXACT.multiply(value, source.factor), wanted.factor))


def plain(value: Decimal) -> Decimal:
    """The same number without an exponent or trailing zeros, so that equal values look equal.

    >>> plain(Decimal("1.20E+2")), plain(Decimal("12.0"))
    (Decimal('120'), Decimal('12'))
    """
    text = str(value)
    # Most figures are plain already, and their text says so sooner than arithmetic does.
    has_end = "." in text and text[-1] != "0" and "E" not in text
    if (has_end or text.isdigit()) and len(text) <= _SHORT:
        return value
    if not value:
        return Decimal(0)
    shortest = EXACT.normalize(value)
    # Only a number that ends in zeros is written so: asking for its parts takes five times as long.
    is_grouped = "E+" in str(shortest)
    return shortest.quantize(_ONE, context=EXACT) if is_grouped else shortest
