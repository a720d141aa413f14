"""A target: a number, when it is met, and the way from its baseline to its deadline.

突破 and 超过 exclude the number itself, 以上, 不低于 and 达到 include it; likewise 低于
and 不足 against 以内 and 不超过.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.domain.path import Direction, Milestone, PathKind, Waypoint, path_value
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.time.clock import Clock, read_clock
from app.domain.time.period import Period

NEAR_LEVEL = Decimal("0.02")
FAR_LEVEL = Decimal(5)


class Comparator(StrEnum):
    """When a target is met: above its value, at or above it, at or below it, or below it."""

    GT = "gt"
    GTE = "gte"
    LTE = "lte"
    LT = "lt"

    def holds(self, value: Decimal, target: Decimal) -> bool:
        """Whether the unrounded value meets the target.

        >>> Comparator.GT.holds(Decimal("4200.00"), Decimal(4200))
        False
        """
        return {
            Comparator.GT: value > target,
            Comparator.GTE: value >= target,
            Comparator.LTE: value <= target,
            Comparator.LT: value < target,
        }[self]

    @property
    def direction(self) -> "Direction":
        """The direction that the comparator asks for: a floor a rise, a ceiling a fall."""
        is_ceiling = self in {Comparator.LTE, Comparator.LT}
        return Direction.DECREASE if is_ceiling else Direction.INCREASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target in the indicator's unit. ``start`` is given for increments, whose B is 0."""

    value: Decimal
    comparator: Comparator
    deadline: Period
    direction: Direction
    path: PathKind
    baseline: Decimal | None = None
    baseline_period: Period | None = None
    start: date | None = None
    waypoints: tuple[Waypoint, ...] = ()

    @property
    def effective_path(self) -> PathKind:
        """The declared path, but linear where a geometric one does not exist (B or X <= 0)."""
        known = [self.value] if self.baseline is None else [self.value, self.baseline]
        has_no_curve = self.path is PathKind.GEOMETRIC and min(known) <= 0
        return PathKind.LINEAR if has_no_curve else self.path

    @property
    def is_ratio_unstable(self) -> bool:
        """Whether a growth ratio says nothing: B and X nearly equal, or X above five times B."""
        if self.effective_path is not PathKind.GEOMETRIC or self.baseline is None:
            return False
        distance = abs(self.value - self.baseline)
        larger = max(self.value, self.baseline)
        return distance < NEAR_LEVEL * larger or self.value > FAR_LEVEL * self.baseline

    def is_met_by(self, value: Decimal) -> bool:
        """Whether the comparator holds for the unrounded value."""
        return self.comparator.holds(value, self.value)

    def is_about(self, period: Period) -> bool:
        """Whether the period lies after the baseline, and not after the deadline."""
        is_after = self.baseline_period is None or period.quarters_since(self.baseline_period) > 0
        return is_after and period.quarters_since(self.deadline) <= 0

    def clock_at(self, period: Period) -> Clock:
        """The target's clock at a data period."""
        return read_clock(
            at=period,
            deadline=self.deadline,
            baseline_period=self.baseline_period,
            start=self.start,
        )

    def path_value_at(self, period: Period) -> Quantity:
        """What the path asks for at the period, in the target's unit."""
        elapsed = self.clock_at(period).elapsed
        if self.baseline is None:
            return Undefined(Reason.NO_BASELINE)
        if isinstance(elapsed, Undefined):
            return elapsed
        return path_value(
            baseline=self.baseline,
            target=self.value,
            elapsed=elapsed,
            kind=self.effective_path,
            milestones=self._milestones(),
        )

    def _milestones(self) -> tuple[Milestone, ...]:
        elapsed = [self.clock_at(point.period).elapsed for point in self.waypoints]
        return tuple(
            Milestone(elapsed=share, value=point.value)
            for share, point in zip(elapsed, self.waypoints, strict=True)
            if isinstance(share, Decimal)
        )
