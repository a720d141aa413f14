"""A quantity: an exact number, or the statement that there is none and why.

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
from functools import lru_cache, wraps
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

TWO, HUNDRED = Decimal(2), Decimal(100)


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
    YEAR_NOT_OVER = "year_not_over"
    DEADLINE_PASSED = "deadline_passed"
    NO_PROGRESS = "no_progress"
    NOT_DEFINED_FOR_GROWTH = "not_defined_for_growth"
    NOT_DEFINED_FOR_INCREMENT = "not_defined_for_increment"
    NOT_DEFINED_FOR_RANGE = "not_defined_for_range"
    NOT_A_RANGE = "not_a_range"
    NOT_DEFINED_FOR_RATIO = "not_defined_for_ratio"
    ZERO_BASE = "zero_base"
    SMALL_BASE = "small_base"
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
    BREAK_IN_SERIES = "break_in_series"
    OUT_OF_RANGE = "out_of_range"


class Flag(StrEnum):
    """A qualification of values that are there."""

    PARTIAL_COVERAGE = "partial_coverage"
    CARRIED_FORWARD = "carried_forward"
    AT_THRESHOLD = "at_threshold"
    AHEAD = "ahead"
    TTM_MEETS_TARGET = "ttm_meets_target"
    BASELINE_MEETS_TARGET = "baseline_meets_target"
    BEYOND_RANGE = "beyond_range"
    RATIO_UNSTABLE = "ratio_unstable"
    LINEAR_ONLY = "linear_only"
    RECOVERED = "recovered"
    BASE_RESTATED = "base_restated"
    BREAK_IN_SERIES = "break_in_series"
    PRELIMINARY_INPUT = "preliminary_input"
    ROUNDED_INPUT = "rounded_input"
    DEADLINE_PASSED = "deadline_passed"
    LONG_HORIZON = "long_horizon"
    NOTIONAL = "notional"
    ASSUMED = "assumed"


class ObsStatus(StrEnum):
    """How final a figure is, in the codes of SDMX (CL_OBS_STATUS)."""

    NORMAL = "A"
    PRELIMINARY = "P"
    ESTIMATED = "E"
    BREAK = "B"

    @property
    def is_preliminary(self) -> bool:
        """Whether a final figure is still to be expected (初步数)."""
        return self is ObsStatus.PRELIMINARY


class PriceBasis(StrEnum):
    """At which prices growth is published: those of a base year (可比价), or current ones."""

    CONSTANT = "constant"
    CURRENT = "current"


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


class MeasureUnit(StrEnum):
    """What a measure is counted in: the indicator's unit, or one of its own.

    A rate is in the indicator's unit, or in percent, a year.
    """

    AMOUNT = auto()
    PERCENT = auto()
    POINTS = auto()
    RATE = auto()
    RATIO = auto()
    COUNT = auto()
    DAY = auto()
    CODE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDefinition:
    """A measure by the name of its column, with its formula as an explanation shows it."""

    name: str
    unit: MeasureUnit
    formula: str
    compute: Callable[..., Quantity] | None = None


# Those that a situation alone decides, in the order of the columns.
DEFINITIONS: list[MeasureDefinition] = []


def measure(
    unit: MeasureUnit, definition: str
) -> Callable[[Callable[P, Decimal]], Callable[P, Quantity]]:
    """A formula that is a column of the gap row."""

    def enter(compute: Callable[P, Decimal]) -> Callable[P, Quantity]:
        found, name = formula(compute), compute.__name__
        entry = MeasureDefinition(name=name, unit=unit, formula=definition, compute=found)
        DEFINITIONS.append(entry)
        return found

    return enter


def sum_exactly(values: list[Decimal]) -> Decimal:
    """The sum without rounding (within forty digits); 0 of nothing."""
    total = Decimal(0)
    for value in values:
        total = EXACT.add(total, value)
    return total


def quotient(top: Decimal, bottom: Decimal, *, scale: Decimal) -> Quantity:
    """``scale * top / bottom``, or ``zero_denominator``."""
    if bottom == 0:
        return Undefined(Reason.ZERO_DENOMINATOR)
    return EXACT.divide(EXACT.multiply(scale, top), bottom)


def percent_of(part: Decimal, whole: Decimal) -> Decimal:
    """100 part/whole."""
    return EXACT.divide(EXACT.multiply(HUNDRED, part), whole)


def compound_growth(first: Decimal, last: Decimal, years: Decimal) -> Decimal:
    """``(last/first)^(1/years) - 1`` for positive levels and years; exactly 0 where they agree."""
    if first == last:
        return Decimal(0)
    ratio = EXACT.divide(last, first)
    # The square root is the same number, and a hundred times as fast as any other power.
    root = EXACT.sqrt(ratio) if years == TWO else power(ratio, EXACT.divide(Decimal(1), years))
    return EXACT.subtract(root, Decimal(1))


@lru_cache(maxsize=10_000)
def power(base: Decimal, exponent: Decimal) -> Decimal:
    """Known from one report to the next: it takes longer than all else of a rating."""
    return EXACT.power(base, exponent)
