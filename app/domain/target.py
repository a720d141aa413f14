"""A target: a number, when it is met, and the way from its baseline to its deadline."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.comparator import Comparator, Direction
from app.domain.path import Milestone, PathKind, path_value
from app.domain.quantity import EXACT, Quantity, Reason, Undefined
from app.domain.time.clock import Clock, read_clock
from app.domain.time.period import Period

NEAR_LEVEL = Decimal("0.02")
FAR_LEVEL = Decimal(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """A value asked for at a period on the way."""

    period: Period
    value: Decimal


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

    def distance_to(self, value: Decimal) -> Decimal:
        """d(X - V): the gap of a value, in the target's unit; positive is still to go."""
        return EXACT.multiply(Decimal(self.direction.sign), EXACT.subtract(self.value, value))

    def _milestones(self) -> tuple[Milestone, ...]:
        elapsed = [self.clock_at(point.period).elapsed for point in self.waypoints]
        return tuple(
            Milestone(elapsed=share, value=point.value)
            for share, point in zip(elapsed, self.waypoints, strict=True)
            if isinstance(share, Decimal)
        )


def compound_growth(first: Decimal, last: Decimal, years: Decimal) -> Decimal:
    """``(last/first)^(1/years) - 1`` for positive levels and years; exactly 0 where they agree."""
    if first == last:
        return Decimal(0)
    root = EXACT.power(EXACT.divide(last, first), EXACT.divide(Decimal(1), years))
    return EXACT.subtract(root, Decimal(1))
