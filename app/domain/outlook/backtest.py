"""Back-test: how often the nominal 80 % interval would have held what came later.

Rolling origin (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.10): from
every point with enough points before it, by those points alone, to every later one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from app.domain.outlook.trend import Point, Trend, fit_trend
from app.domain.path import PathKind
from app.domain.quantity import EXACT, Quantity, Reason, Undefined, percent_of
from app.domain.time.period import QUARTERS_A_YEAR

NOMINAL_PERCENT = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One interval held against what came: how many quarters ahead, and whether it held it."""

    quarters: int
    is_inside: bool


def run_trials(points: tuple[Point, ...], *, kind: PathKind, is_gross: bool = False) -> list[Trial]:
    """Every interval that the points allow, held against the point that it was for.

    ``is_gross``: a total that cannot fall, so that no interval reaches below its last point.
    None where there are fewer than four points before another one, or logs of what is not
    above 0. ValueError unless the times ascend.

    >>> points = tuple(Point(time=Decimal(at), value=Decimal(at)) for at in range(5))
    >>> run_trials(points, kind=PathKind.LINEAR)
    [Trial(quarters=4, is_inside=True)]
    """
    return [
        trial
        for origin in range(1, len(points))
        for trial in _trials_from(points[:origin], points[origin:], kind, is_gross=is_gross)
    ]


def covered_percent(trials: Sequence[Trial]) -> Quantity:
    """The share of trials inside, in percent; ``insufficient_points`` without any.

    >>> covered_percent([Trial(quarters=4, is_inside=True), Trial(quarters=4, is_inside=False)])
    Decimal('50')
    """
    if not trials:
        return Undefined(Reason.INSUFFICIENT_POINTS)
    inside = sum(trial.is_inside for trial in trials)
    return percent_of(Decimal(inside), Decimal(len(trials)))


def _trials_from(
    known: tuple[Point, ...], later: tuple[Point, ...], kind: PathKind, *, is_gross: bool
) -> Iterator[Trial]:
    floor = known[-1].value if is_gross else None
    for came in later:
        trend = fit_trend(known, until=came.time, kind=kind, floor=floor)
        if isinstance(trend, Trend):
            with localcontext(EXACT):
                low, high = trend.bound(-1), trend.bound(+1)
            if isinstance(low, Decimal) and isinstance(high, Decimal):
                years = came.time - known[-1].time
                # Totals since the start run in days, so that a quarter is not quite 0.25 years.
                quarters = int((years * QUARTERS_A_YEAR).to_integral_value())
                yield Trial(quarters=quarters, is_inside=low <= came.value <= high)
