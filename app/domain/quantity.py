"""A quantity: an exact number, or the statement that there is none and why.

None of the measures is ever 0, 100 or an exception because something is unknown:
what cannot be computed is an :class:`Undefined` that names its reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from enum import StrEnum

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
    NO_START = "no_start"
    PLAN_START = "plan_start"
    NO_PATH = "no_path"
    ZERO_TARGET = "zero_target"
    ZERO_DENOMINATOR = "zero_denominator"
    NEGATIVE_TARGET = "negative_target"
    NEGATIVE_VALUE = "negative_value"
    NOT_POSITIVE = "not_positive"
    TARGET_EQUALS_BASELINE = "target_equals_baseline"
    PATH_EQUALS_BASELINE = "path_equals_baseline"
    NOTHING_ELAPSED = "nothing_elapsed"
    DEADLINE_PASSED = "deadline_passed"
    NO_PROGRESS = "no_progress"
    NOT_DEFINED_FOR_GROWTH = "not_defined_for_growth"
    NOT_DEFINED_FOR_INCREMENT = "not_defined_for_increment"
    UNSTABLE = "unstable"
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


def first_undefined(quantities: Iterable[Quantity]) -> Undefined | None:
    """The first of the quantities that is undefined, or None when all are numbers.

    >>> first_undefined([Decimal(1), Undefined(Reason.NO_DATA)])
    Undefined(reason=<Reason.NO_DATA: 'no_data'>)
    """
    return next((each for each in quantities if isinstance(each, Undefined)), None)
