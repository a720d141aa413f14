"""A target: a number or a range, when it is met, and the way from its baseline to its deadline."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.path import Comparator, Direction, Milestone, PathKind, Waypoint, path_value
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.time.clock import Clock, read_clock
from app.domain.time.period import Period

NEAR_LEVEL = Decimal("0.02")
FAR_LEVEL = Decimal(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target in the indicator's unit. ``start`` is given for increments, whose B is 0.

    ``high``: the upper end of a range, whose lower one is ``value``; None for a single number.
    """

    value: Decimal
    high: Decimal | None = None
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
        known = [self.aim] if self.baseline is None else [self.aim, self.baseline]
        has_no_curve = self.path is PathKind.GEOMETRIC and min(known) <= 0
        return PathKind.LINEAR if has_no_curve else self.path

    @property
    def is_ratio_unstable(self) -> bool:
        """Whether a growth ratio says nothing: B and X nearly equal, or X above five times B."""
        if self.effective_path is not PathKind.GEOMETRIC or self.baseline is None:
            return False
        distance, larger = abs(self.aim - self.baseline), max(self.aim, self.baseline)
        return distance < NEAR_LEVEL * larger or self.aim > FAR_LEVEL * self.baseline

    def is_met_by(self, value: Decimal) -> bool:
        """Whether the comparator holds for the unrounded value."""
        return self.comparator.holds(value, self.value, self.high)

    def nearest(self, value: Decimal) -> Decimal:
        """The number that a value is held against: of a range the nearer end, or itself inside."""
        return min(max(value, self.value), self.highest)

    @property
    def highest(self) -> Decimal:
        """The number, or the upper end of the range."""
        return self.value if self.high is None else self.high

    @property
    def aim(self) -> Decimal:
        """Where the path leads: of a range, to the end that is nearer to the baseline."""
        return self.value if self.baseline is None else self.nearest(self.baseline)

    def is_passed_by(self, value: Decimal) -> bool:
        """Whether a value has left the range on the far side."""
        return self.high is not None and self.direction.sign * (self.nearest(value) - value) < 0

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
            target=self.aim,
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
