"""A quantity: an exact number in a unit, or the statement that there is none and why.

None of the measures is ever 0, 100 or an exception because something is unknown:
what cannot be computed is an :class:`Undefined` that names its reason. Inside a formula it is an
exception that no one but :func:`formula` catches, so that a definition needs no branch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    getcontext,
    setcontext,
)
from enum import StrEnum, auto
from functools import wraps
from types import MappingProxyType
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# Forty digits: far beyond the 15 of any reported value, so that no sum of the
# table is rounded, and a geometric path is right to more than 12 digits.
EXACT = Context(
    prec=40,
    rounding=ROUND_HALF_EVEN,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)


class Reason(StrEnum):
    """Why a field is null. The codes are part of the contract with clients."""

    NO_DATA = "no_data"
    NOT_DUE = "not_due"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    WITHHELD = "withheld"
    NOT_YET_AVAILABLE = "not_yet_available"
    INSUFFICIENT_HISTORY = "insufficient_history"
    MIXED_SOURCES = "mixed_sources"
    PARTIAL_COVERAGE = "partial_coverage"
    NOT_A_SUM = "not_a_sum"
    NO_TARGET = "no_target"
    NO_BASELINE = "no_baseline"
    PLAN_START = "plan_start"
    NO_PATH = "no_path"
    ZERO_TARGET = "zero_target"
    ZERO_DENOMINATOR = "zero_denominator"
    NEGATIVE_VALUE = "negative_value"
    NOT_POSITIVE = "not_positive"
    TARGET_EQUALS_BASELINE = "target_equals_baseline"
    PATH_EQUALS_BASELINE = "path_equals_baseline"
    NOTHING_ELAPSED = "nothing_elapsed"
    DEADLINE_PASSED = "deadline_passed"
    NO_PROGRESS = "no_progress"
    NOT_DEFINED_FOR_GROWTH = "not_defined_for_growth"
    NOT_DEFINED_FOR_INCREMENT = "not_defined_for_increment"
    INSUFFICIENT_POINTS = "insufficient_points"
    MET = "met"
    DECIDED_BY_COMPARATOR = "decided_by_comparator"
    NOT_RATED = "not_rated"
    HIGHEST_RATING = "highest_rating"
    LOWEST_RATING = "lowest_rating"
    NO_AREA_BASELINE = "no_area_baseline"
    NO_AREA_TARGETS = "no_area_targets"
    NO_SHORTFALL = "no_shortfall"
    NO_WEIGHTS = "no_weights"
    OPPOSITE_SIGN = "opposite_sign"
    OUT_OF_RANGE = "out_of_range"


@dataclass(frozen=True, slots=True)
class Undefined:
    """There is no such number, for this reason."""

    reason: Reason


Quantity = Decimal | Undefined


class _UnknownError(Exception):
    """A formula has met something unknown; only :func:`formula` catches it."""

    def __init__(self, why: Undefined) -> None:
        self.why = why


def formula(compute: Callable[P, T]) -> Callable[P, T | Undefined]:
    """A definition as a function: to forty digits, and undefined where it meets the unknown.

    Inside it numbers are added and divided by the usual signs, :func:`known` takes what may be
    undefined and :func:`require` states a condition. Of several reasons the first one is given.

    >>> formula(lambda part, whole: known(part) / known(whole))(Decimal(1), Decimal(8))
    Decimal('0.125')
    """

    @wraps(compute)
    def evaluate(*args: P.args, **kwargs: P.kwargs) -> T | Undefined:
        # Not localcontext: it copies the context, which takes longer than most formulas.
        outer = getcontext()
        setcontext(EXACT)
        try:
            return compute(*args, **kwargs)
        except _UnknownError as unknown:
            return unknown.why
        finally:
            setcontext(outer)

    return evaluate


def known(value: T | Undefined) -> T:
    """The value inside a formula, which ends with its reason where there is none."""
    if isinstance(value, Undefined):
        raise _UnknownError(value)
    return value


def require(condition: bool, reason: Reason) -> None:  # noqa: FBT001  # reads as in the law
    """End the formula with this reason unless the condition holds."""
    if not condition:
        raise _UnknownError(Undefined(reason))


def compound_growth(first: Decimal, last: Decimal, years: Decimal) -> Decimal:
    """``(last/first)^(1/years) - 1`` for positive levels and years; exactly 0 where they agree."""
    if first == last:
        return Decimal(0)
    root = EXACT.power(EXACT.divide(last, first), EXACT.divide(Decimal(1), years))
    return EXACT.subtract(root, Decimal(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit: ``factor`` is how many of the dimension's smallest unit it holds."""

    symbol: str
    dimension: str
    factor: Decimal


def _dimension(name: str, **factors: str) -> list[Unit]:
    return [Unit(symbol=s, dimension=name, factor=Decimal(f)) for s, f in factors.items()]


class MeasureUnit(StrEnum):
    """What a measure is counted in: the indicator's unit, or one of its own.

    A rate is in the indicator's unit, or in percent, a year.
    """

    AMOUNT = auto()
    PERCENT = auto()
    POINTS = auto()
    RATE = auto()
    RATIO = auto()
    DAY = auto()
    CODE = auto()


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
