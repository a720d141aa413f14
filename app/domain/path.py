"""What a plan asks for: a comparison, a direction, and a path from a baseline to a target."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.quantity import EXACT, power
from app.domain.time.period import Period


class PathKind(StrEnum):
    """The path from the baseline to the target, which the plan lays down."""

    LINEAR = "linear"
    GEOMETRIC = "geometric"
    MILESTONES = "milestones"


class Direction(StrEnum):
    """The direction that the plan wants a figure to move in."""

    INCREASE = "increase"
    DECREASE = "decrease"

    @property
    def sign(self) -> int:
        """+1 for an increase, -1 for a decrease."""
        return 1 if self is Direction.INCREASE else -1


class Comparator(StrEnum):
    """When a target is met: above its value, at or above it, at or below it, below it, or within.

    突破 and 超过 exclude the number itself, 以上, 不低于 and 达到 include it; likewise 低于 and
    不足 against 以内 and 不超过. A range includes both of its ends.
    """

    GT = "gt"
    GTE = "gte"
    LTE = "lte"
    LT = "lt"
    BETWEEN = "between"

    def holds(self, value: Decimal, target: Decimal, high: Decimal | None = None) -> bool:
        """Whether the unrounded value meets the target, or lies from it to ``high``.

        >>> Comparator.GT.holds(Decimal("4200.00"), Decimal(4200))
        False
        """
        return {
            Comparator.GT: value > target,
            Comparator.GTE: value >= target,
            Comparator.LTE: value <= target,
            Comparator.LT: value < target,
            Comparator.BETWEEN: target <= value <= (target if high is None else high),
        }[self]

    def direction(
        self, target: Decimal, high: Decimal | None, baseline: Decimal | None
    ) -> Direction | None:
        """The direction that it asks for: a floor a rise, a ceiling a fall.

        A range asks for the way into it from the baseline; None where there is no such way.
        """
        if self is not Comparator.BETWEEN:
            is_ceiling = self in {Comparator.LTE, Comparator.LT}
            return Direction.DECREASE if is_ceiling else Direction.INCREASE
        if baseline is None or high is None or target <= baseline <= high:
            return None
        return Direction.INCREASE if baseline < target else Direction.DECREASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """A value asked for at a period on the way."""

    period: Period
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A value asked for at an elapsed share of the way (0 to 1)."""

    elapsed: Decimal
    value: Decimal


def path_value(
    *,
    baseline: Decimal,
    target: Decimal,
    elapsed: Decimal,
    kind: PathKind,
    milestones: tuple[Milestone, ...] = (),
) -> Decimal:
    """The value on the path at an elapsed share e of the time, in the target's unit.

    Linear B + (X-B)e; geometric B(X/B)^e, for positive B and X only; milestones
    interpolate between the declared points, with B at 0 and X at 1.

    >>> path_value(baseline=Decimal(2300), target=Decimal(4200),
    ...            elapsed=Decimal("0.5"), kind=PathKind.LINEAR)
    Decimal('3250.0')
    """
    if elapsed <= 0:
        return baseline
    if elapsed >= 1:
        return target
    if kind is PathKind.MILESTONES:
        return _interpolate(baseline, target, elapsed, milestones)
    if kind is PathKind.LINEAR:
        return _between(baseline, target, elapsed)
    growth = power(EXACT.divide(target, baseline), elapsed)
    return EXACT.multiply(baseline, growth)


def _between(start: Decimal, end: Decimal, share: Decimal) -> Decimal:
    return EXACT.add(start, EXACT.multiply(EXACT.subtract(end, start), share))


def _interpolate(
    baseline: Decimal,
    target: Decimal,
    elapsed: Decimal,
    milestones: tuple[Milestone, ...],
) -> Decimal:
    points = [
        Milestone(elapsed=Decimal(0), value=baseline),
        *sorted(milestones, key=lambda point: point.elapsed),
        Milestone(elapsed=Decimal(1), value=target),
    ]
    after = next(place for place, point in enumerate(points) if point.elapsed >= elapsed)
    start, end = points[after - 1], points[after]
    gone = EXACT.subtract(elapsed, start.elapsed)
    share = EXACT.divide(gone, EXACT.subtract(end.elapsed, start.elapsed))
    return _between(start.value, end.value, share)
