"""A whole held against the sum of its parts: figures and targets, and what lies between."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.domain.coverage import Actual
from app.domain.quantity import (
    HUNDRED,
    Quantity,
    Reason,
    Undefined,
    formula,
    known,
    require,
    sum_exactly,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureDifference:
    """The whole less its parts, in the unit, and in percent of the whole; signed."""

    amount: Quantity
    percent: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDifference:
    """The sum of the parts' targets, and what the whole's target has beyond it; signed."""

    summed: Quantity
    amount: Quantity


def compare_figures(whole: Actual, parts: Actual) -> FigureDifference:
    """How far a whole's own figure is from the sum of its parts: positive is above it.

    Undefined where either is, ``partial_coverage`` where parts are missing: what they lack is
    no discrepancy. The percent is ``zero_denominator`` for a whole of 0.
    """
    amount = _discrepancy(whole, parts)
    return FigureDifference(amount=amount, percent=_percent(amount, whole.value))


def compare_targets(whole: Decimal | None, parts: Mapping[str, Decimal]) -> TargetDifference:
    """What a whole's target has beyond those of its parts: what no area was given.

    Undefined ``no_target`` without one, ``no_area_targets`` where no part has one.

    >>> compare_targets(Decimal(4200), {"a": Decimal(1000), "b": Decimal(3000)}).amount
    Decimal('200')
    """
    summed = sum_exactly(list(parts.values())) if parts else Undefined(Reason.NO_AREA_TARGETS)
    given = Undefined(Reason.NO_TARGET) if whole is None else whole
    return TargetDifference(summed=summed, amount=_minus(given, summed))


@formula
def _discrepancy(whole: Actual, parts: Actual) -> Decimal:
    """The whole less the sum of all of its parts."""
    amount = known(_minus(whole.value, parts.value))
    require(not parts.is_partial, Reason.PARTIAL_COVERAGE)
    return amount


@formula
def _percent(amount: Quantity, whole: Quantity) -> Decimal:
    """100 amount/abs(whole)."""
    difference, total = known(amount), known(whole)
    require(total != 0, Reason.ZERO_DENOMINATOR)
    return HUNDRED * difference / abs(total)


@formula
def _minus(whole: Quantity, parts: Quantity) -> Decimal:
    return known(whole) - known(parts)
