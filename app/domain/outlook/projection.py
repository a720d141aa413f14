"""Projection: where a figure will be at its deadline if it goes on as it has gone so far."""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from app.domain.outlook.probability import probability_of_count, probability_of_trend
from app.domain.outlook.trend import Point, Trend, fit_trend
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import EXACT, Flag, Quantity, Reason, Undefined, formula, known

__all__ = [
    "Point",
    "Projection",
    "ProjectionInput",
    "eta_time",
    "project",
]

_FAR_YEARS = Decimal(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionInput:
    """What a projection starts from: the points so far, ascending in time, and the target.

    ``high``: the upper end of a range, whose lower one is the target.
    ``floor``: what a gross increment cannot fall below, its present value; else None.
    ``count_elapsed``: the elapsed share, 0 to 1, of a small counter (target under 30), whose
    probability is the gamma-Poisson one; else None. Milestones are projected as if linear.
    Times and shares that do not come out even are to be worked out in ``EXACT``.
    """

    points: tuple[Point, ...]
    deadline_time: Decimal
    kind: PathKind
    direction: Direction
    comparator: Comparator
    target: Decimal | None
    high: Decimal | None = None
    floor: Decimal | None = None
    count_elapsed: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """The figure at the deadline, in its unit; ``probability`` of meeting the target, 0 to 1.

    ``low`` and ``high`` bound a nominal 80 % interval. ``projected_gap`` is d(X - central):
    positive when the target would be missed.
    """

    central: Quantity
    low: Quantity
    high: Quantity
    prudent: Quantity
    probability: Quantity
    projected_gap: Quantity
    flags: tuple[Flag, ...]

    @property
    def measures(self) -> dict[str, Quantity]:
        """The measures by the names of their columns."""
        return {
            "projection": self.central,
            "projection_low": self.low,
            "projection_high": self.high,
            "projection_prudent": self.prudent,
            "probability": self.probability,
            "projected_gap": self.projected_gap,
        }


def project(given: ProjectionInput) -> Projection:
    """Project the points to the deadline (docs/measures.md#projection).

    Linear y_n + hc with c = (y_n - y_1)/(t_n - t_1); geometric the same on logs. A floor
    clips the distribution, so low <= central <= high. Undefined ``insufficient_points``
    below 2 points (4 for the interval and its probability; 1 for a counter's),
    ``deadline_passed`` for h <= 0, ``not_positive`` for logs of what is not, ``no_target``.
    ValueError unless the times ascend.

    >>> points = tuple(Point(time=Decimal(t), value=Decimal(v)) for t, v in [(0, 10), (2, 14)])
    >>> project(ProjectionInput(points=points, deadline_time=Decimal(3), kind=PathKind.LINEAR,
    ...     direction=Direction.INCREASE, comparator=Comparator.GTE, target=Decimal(17))).central
    Decimal('16')
    """
    with localcontext(EXACT):
        trend = fit_trend(
            given.points, until=given.deadline_time, kind=given.kind, floor=given.floor
        )
        return _unprojected(given, trend) if isinstance(trend, Undefined) else _read(given, trend)


def eta_time(
    *,
    time: Decimal,
    value: Decimal,
    target: Decimal | None,
    rate: Quantity,
    kind: PathKind,
    direction: Direction,
    comparator: Comparator,
) -> Quantity:
    """When the target is reached at the achieved rate, on the clock of ``time`` (years).

    Linear t + (X-V)/rate, rate in units a year; geometric t + ln(X/V)/ln(1 + CAGR), rate in
    percent a year. Undefined ``no_target``, ``met``, the rate's own reason, ``no_progress``
    when it leads away from the target, ``not_positive`` for logs of what is not.

    >>> eta_time(time=Decimal(2), value=Decimal(30), target=Decimal(45), rate=Decimal(10),
    ...     kind=PathKind.LINEAR, direction=Direction.INCREASE, comparator=Comparator.GTE)
    Decimal('3.5')
    """
    if target is None:
        return Undefined(Reason.NO_TARGET)
    if comparator.holds(value, target):
        return Undefined(Reason.MET)
    if isinstance(rate, Undefined):
        return rate
    # A figure that was to stay above its target and fell through it only moves away.
    if direction.sign * rate <= 0 or direction.sign * (target - value) < 0:
        return Undefined(Reason.NO_PROGRESS)
    years = _years_to_go(value, target, rate, kind)
    return years if isinstance(years, Undefined) else EXACT.add(time, years)


def _read(given: ProjectionInput, trend: Trend) -> Projection:
    is_far = trend.horizon > min(_FAR_YEARS, trend.span / 2)
    return Projection(
        central=trend.central,
        low=trend.bound(-1),
        high=trend.bound(+1),
        prudent=trend.prudent,
        probability=_probability(given, trend),
        projected_gap=_projected_gap(given, trend.central),
        flags=(Flag.LONG_HORIZON,) if is_far else (),
    )


def _unprojected(given: ProjectionInput, nothing: Undefined) -> Projection:
    return Projection(
        central=nothing,
        low=nothing,
        high=nothing,
        prudent=nothing,
        probability=_probability(given, nothing),
        projected_gap=_projected_gap(given, nothing),
        flags=(),
    )


def _years_to_go(value: Decimal, target: Decimal, rate: Decimal, kind: PathKind) -> Quantity:
    with localcontext(EXACT):
        if kind is not PathKind.GEOMETRIC:
            return (target - value) / rate
        growth = 1 + rate / 100
        if min(value, target, growth) <= 0:
            return Undefined(Reason.NOT_POSITIVE)
        return (target / value).ln() / growth.ln()


def _projected_gap(given: ProjectionInput, central: Quantity) -> Quantity:
    if given.target is None:
        return Undefined(Reason.NO_TARGET)
    if isinstance(central, Undefined):
        return central
    nearest = given.target if given.high is None else min(max(central, given.target), given.high)
    return given.direction.sign * (nearest - central)


def _probability(given: ProjectionInput, trend: Trend | Undefined) -> Quantity:
    if given.target is None:
        return Undefined(Reason.NO_TARGET)
    if given.high is None:
        return _chance(given, trend, given.comparator, given.target)
    # To lie within is to reach the lower end and not to pass the upper one.
    reached = _chance(given, trend, Comparator.GTE, given.target)
    passed = _chance(given, trend, Comparator.GT, given.high)
    return _within(reached, passed)


@formula
def _within(reached: Quantity, passed: Quantity) -> Decimal:
    """P(reached) - P(passed), never below 0 for a last digit that was rounded."""
    return max(known(reached) - known(passed), Decimal(0))


def _chance(
    given: ProjectionInput, trend: Trend | Undefined, comparator: Comparator, target: Decimal
) -> Quantity:
    has_time = trend != Undefined(Reason.DEADLINE_PASSED)
    if given.count_elapsed is not None and given.points and has_time:
        return probability_of_count(
            given.points[-1].value,
            elapsed=given.count_elapsed,
            comparator=comparator,
            target=target,
        )
    if isinstance(trend, Undefined):
        return trend
    return probability_of_trend(trend, comparator=comparator, target=target)
