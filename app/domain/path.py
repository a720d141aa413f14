"""The path from a baseline to a target: what the plan itself asks for by a given time."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.quantity import EXACT
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
    growth = EXACT.power(EXACT.divide(target, baseline), elapsed)
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
