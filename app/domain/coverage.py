"""The value of an area: its own figure, or the sum of the areas below it with its coverage.

A sum is over what was reported: a silent area is missing, never 0.
"""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.accumulation import ActualBasis, ActualSource
from app.domain.quantity import Quantity, Reason, Undefined, quotient, sum_exactly
from app.domain.series import NOT_APPLICABLE, Comparable, Observed
from app.domain.time.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One summand: an area and its comparable value, which may be unknown."""

    area: str
    value: Comparable

    @property
    def is_applicable(self) -> bool:
        """Whether the area has such a value at all."""
        return self.value.value != NOT_APPLICABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of the expected areas a sum covers; ``missing`` names the others."""

    expected: int
    reported: int
    carried_forward: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """The comparable value of an area at a period, and all that qualifies it.

    ``since``: the last break in its series, before which nothing compares with it.
    """

    period: Period | None
    since: Period | None = None
    value: Quantity
    basis: ActualBasis | None = None
    source: ActualSource | None = None
    coverage: Coverage | None = None
    parts: tuple[Part, ...] = ()
    inputs: tuple[Observed, ...] = ()
    age: int = 0
    oldest_age: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether the value is a sum with areas missing."""
        is_sum = self.source is ActualSource.SUMMED
        return is_sum and self.coverage is not None and bool(self.coverage.missing)

    @property
    def data_period(self) -> Period | None:
        """The period of the newest figure used: elapsed time is counted to it."""
        return None if self.period is None else self.period.shift(-self.age)

    @property
    def is_provisional(self) -> bool:
        """Whether any input awaits approval."""
        return any(each.is_provisional for each in self.inputs)


def combine(
    *,
    period: Period,
    own: Comparable,
    parts: tuple[Part, ...],
    scale: Decimal = Decimal(1),
    is_due: bool = True,
) -> Actual:
    """The value of an area from its own figure and from those of the areas below it.

    Its own figure counts where there is one; else the sum; a figure of its own that was carried
    forward only when no part was reported for the period. ``scale``: what a ratio is multiplied
    by. When neither alone gives a value and each has some inputs: ``mixed_sources``.
    Where figures are not due, nobody is missing, and a sum that lacks any is ``not_due``.
    """
    if not parts or (own.is_known and own.age == 0):
        return _reported(period, own)
    known = [part.value for part in parts if part.value.is_known]
    can_sum = is_due or len(known) == len([part for part in parts if part.is_applicable])
    if can_sum and (any(each.age == 0 for each in known) or (known and not own.is_known)):
        return _summed(period, parts, known, scale)
    if own.is_known:
        return _reported(period, own)
    return Actual(
        period=period,
        value=_reason_for_none(own, parts) if is_due or own.inputs else Undefined(Reason.NOT_DUE),
        coverage=_cover(parts, is_due=is_due),
        parts=parts,
        inputs=own.inputs,
    )


def _reported(period: Period, own: Comparable) -> Actual:
    source = ActualSource.REPORTED if isinstance(own.value, Decimal) else None
    return Actual(
        period=period,
        value=own.value,
        basis=own.basis if source else None,
        source=source,
        inputs=own.inputs,
        age=own.age,
        oldest_age=own.age,
    )


def _cover(parts: tuple[Part, ...], *, is_due: bool = True) -> Coverage:
    known = [part for part in parts if part.value.is_known]
    expected = [part for part in parts if part.is_applicable] if is_due else known
    carried = sum(part.value.age > 0 for part in known)
    return Coverage(
        expected=len(expected),
        reported=len(known) - carried,
        carried_forward=carried,
        missing=tuple(part.area for part in expected if not part.value.is_known),
    )


def _summed(
    period: Period, parts: tuple[Part, ...], known: list[Comparable], scale: Decimal
) -> Actual:
    return Actual(
        period=period,
        value=_sum(known, scale),
        basis=known[0].basis,
        source=ActualSource.SUMMED,
        coverage=_cover(parts),
        parts=parts,
        inputs=tuple(observed for each in known for observed in each.inputs),
        age=min(each.age for each in known),
        oldest_age=max(each.age for each in known),
    )


def _sum(known: list[Comparable], scale: Decimal) -> Quantity:
    tops = [each.numerator for each in known if each.numerator is not None]
    bottoms = [each.denominator for each in known if each.denominator is not None]
    if bottoms:
        return quotient(sum_exactly(tops), sum_exactly(bottoms), scale=scale)
    return sum_exactly([each.value for each in known if isinstance(each.value, Decimal)])


def _reason_for_none(own: Comparable, parts: tuple[Part, ...]) -> Quantity:
    has_own = any(each.value is not None for each in own.inputs)
    has_parts = any(each.value is not None for part in parts for each in part.value.inputs)
    if has_own and has_parts:
        return Undefined(Reason.MIXED_SOURCES)
    if own.inputs:
        return own.value
    return Undefined(Reason.INSUFFICIENT_HISTORY if has_parts else Reason.NO_DATA)
