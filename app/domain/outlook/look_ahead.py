"""Where a target's figure is heading: the points it is projected from, and when it would arrive."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from app.domain.measures import Situation, achieved_rate
from app.domain.outlook.projection import Projection, ProjectionInput, eta_time, project
from app.domain.outlook.trend import Point
from app.domain.quantity import EXACT, MeasureDefinition, MeasureUnit, Reason, Undefined
from app.domain.target import Target
from app.domain.time.clock import DAYS_A_YEAR
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.domain.time.spells import Dated

SMALL_COUNT = 30

_AMOUNT = MeasureUnit.AMOUNT
# What needs the history too, in the order of the columns.
DEFINITIONS = tuple(
    MeasureDefinition(name=name, unit=unit, formula=formula)
    for name, unit, formula in (
        ("projection", _AMOUNT, "y + hc, c = (y_n - y_1)/(t_n - t_1); geometric on logarithms"),
        ("projection_low", _AMOUNT, "projection - t(n-2) sigma_h, nominal 80 %"),
        ("projection_high", _AMOUNT, "projection + t(n-2) sigma_h, nominal 80 %"),
        ("projection_prudent", _AMOUNT, "y + c(1 + 0.9 + ... + 0.9^(h-1))"),
        ("probability", MeasureUnit.RATIO, "P(the projection meets the comparator)"),
        ("projected_gap", _AMOUNT, "d(X - projection)"),
        ("eta", MeasureUnit.DAY, "linear t + (X - V)/rate; geometric t + ln(X/V)/ln(1 + CAGR)"),
    )
)


def look_ahead(
    given: Situation, history: tuple[Dated[Decimal], ...], *, is_net: bool
) -> Projection:
    """The figure at the deadline if it goes on as so far (docs/measures.md#projection).

    ``history``: earlier values of the same basis. ``is_net``: whether an increment may also
    fall, so that no count model fits it.
    """
    if isinstance(given.trend, Undefined):
        return _no_projection(given.trend)
    is_gross = given.target.start is not None and not is_net
    is_small = is_gross and given.target.highest < SMALL_COUNT
    elapsed = given.clock.elapsed
    earlier = (point for point in history if point.period.index < given.at.index)
    now = Dated(period=given.at, value=given.trend)
    return project(
        ProjectionInput(
            points=points_of(given.target, (*earlier, now), since=given.since),
            deadline_time=_time(given.target, given.target.deadline),
            kind=given.target.effective_path,
            direction=given.target.direction,
            comparator=given.target.comparator,
            target=given.target.value,
            high=given.target.high,
            floor=given.trend if is_gross else None,
            count_elapsed=elapsed if is_small and isinstance(elapsed, Decimal) else None,
        )
    )


def arrival_day(given: Situation) -> date | Undefined:
    """The day on which the target is reached at the rate achieved since the baseline."""
    value, rate_so_far = given.trend, achieved_rate(given)
    if isinstance(value, Undefined):
        return value
    if is_broken(given.target, given.since):
        return Undefined(Reason.BREAK_IN_SERIES)
    years = eta_time(
        time=Decimal(0),
        value=value,
        target=given.target.nearest(value),
        rate=rate_so_far,
        kind=given.target.effective_path,
        direction=given.target.direction,
        comparator=given.target.comparator,
    )
    if isinstance(years, Undefined):
        return years
    days = years * DAYS_A_YEAR
    is_datable = days < (date.max - given.at.last_day).days
    return (
        given.at.last_day + timedelta(days=int(days))
        if is_datable
        else Undefined(Reason.OUT_OF_RANGE)
    )


def is_broken(target: Target, since: Period | None) -> bool:
    """Whether the series has a break after the point that the target starts from."""
    begin = Period.containing(target.start) if target.start else target.baseline_period
    return since is not None and begin is not None and begin.index < since.index


def points_of(
    target: Target, history: Iterable[Dated[Decimal]], *, since: Period | None = None
) -> tuple[Point, ...]:
    """What a projection goes by: where the target starts from, then the values after it.

    An observation at the baseline's own period is the same point; the baseline counts. Nothing
    from before a break does.
    """
    by_time = dict[Decimal, Decimal]()
    if is_broken(target, since):
        history = (each for each in history if since and each.period.index >= since.index)
    elif target.start is not None:
        by_time[Decimal(0)] = Decimal(0)
    elif target.baseline is not None and target.baseline_period is not None:
        by_time[_time(target, target.baseline_period)] = target.baseline
    first = min(by_time, default=None)
    for point in history:
        time = _time(target, point.period)
        if first is None or time > first:
            by_time[time] = point.value
    return tuple(Point(time=time, value=by_time[time]) for time in sorted(by_time))


def _no_projection(why: Undefined) -> Projection:
    return Projection(
        central=why,
        low=why,
        high=why,
        prudent=why,
        probability=why,
        projected_gap=why,
        flags=(),
    )


def _time(target: Target, period: Period) -> Decimal:
    """Years on the target's clock: since the start in days, else on the count of quarters."""
    if target.start is None:
        return EXACT.divide(Decimal(period.index), Decimal(QUARTERS_A_YEAR))
    days = (period.last_day - target.start).days + 1
    return EXACT.divide(Decimal(days), DAYS_A_YEAR)
