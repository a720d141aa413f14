"""Units of measure as districts write them, with exact factors within a dimension."""

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


def units_of_dimension(symbol: str) -> list[str]:
    """The symbols that may be used for an indicator whose unit is this one."""
    dimension = UNITS[symbol].dimension
    return [unit.symbol for unit in UNITS.values() if unit.dimension == dimension]


def convert(value: Decimal, *, from_unit: str, to_unit: str) -> Decimal:
    """The same magnitude in another unit of the dimension, exactly.

    >>> convert(Decimal(8124000), from_unit="万元", to_unit="亿元")
    Decimal('812.4')

    Raises ValueError when the units measure different things.
    """
    source, wanted = UNITS[from_unit], UNITS[to_unit]
    if source.dimension != wanted.dimension:
        raise ValueError(f"{from_unit} and {to_unit} measure different things")
    return plain(EXACT.divide(EXACT.multiply(value, source.factor), wanted.factor))


def plain(value: Decimal) -> Decimal:
    """The same number without an exponent or trailing zeros, so that equal values look equal.

    >>> plain(Decimal("1.20E+2")), plain(Decimal("12.0"))
    (Decimal('120'), Decimal('12'))
    """
    if not value:
        return Decimal(0)
    shortest = EXACT.normalize(value)
    exponent = shortest.as_tuple().exponent
    is_grouped = isinstance(exponent, int) and exponent > 0
    return shortest.quantize(Decimal(1), context=EXACT) if is_grouped else shortest
