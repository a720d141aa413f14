"""A trend: a random walk with drift through the points that a figure has reached.

It goes on by the mean step so far; how unevenly the steps came says how far off that may
be (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.2, drift method).
A figure that grows by a rate is followed on logs.
"""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal, localcontext
from itertools import pairwise

from app.domain.outlook.distribution import student_t_quantile
from app.domain.path import PathKind
from app.domain.quantity import EXACT, Quantity, Reason, Undefined

_POINTS_FOR_TREND, _POINTS_FOR_SPREAD = 2, 4
_UPPER = Decimal("0.9")  # of both ends of a nominal 80 % interval
_DAMPING = Decimal("0.9")
# The last ten of the forty digits hold the rounding of the working, not the figure.
_SETTLED = Context(prec=30)
# Steps are even when they differ by less than this part of the values, which have 15 digits.
_EVEN = Decimal("1e-20")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value at a time, in years from any origin."""

    time: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The level rose by ``rise`` to ``last`` in ``span`` years, and has ``horizon`` years left.

    ``spread`` is sigma_h, with ``df`` degrees of freedom: undefined below 4 points. Levels
    are logs where ``is_log``. ``floor`` clips the figures, in their own unit. Its numbers
    are to be asked for in the ``EXACT`` context.
    """

    last: Decimal
    rise: Decimal
    span: Decimal
    horizon: Decimal
    spread: Quantity
    df: int
    is_log: bool
    floor: Decimal | None

    @property
    def level(self) -> Decimal:
        """The expected level at the horizon, y_n + hc."""
        return self._level_after(self.horizon)

    @property
    def central(self) -> Decimal:
        """The expected figure at the horizon, in its unit."""
        return self._in_unit(self.level)

    @property
    def prudent(self) -> Decimal:
        """The figure if the drift weakens by a tenth each year: y_n + c(1 + 0.9 + ...)."""
        whole = self.horizon.to_integral_value(ROUND_FLOOR)
        weight = _DAMPING**whole
        years = (1 - weight) / (1 - _DAMPING) + (self.horizon - whole) * weight
        return self._in_unit(self._level_after(years))

    def bound(self, side: int) -> Quantity:
        """The lower (-1) or upper (+1) end of the nominal 80 % interval, in the unit."""
        if isinstance(self.spread, Undefined):
            return self.spread
        reach = self.spread * student_t_quantile(_UPPER, df=self.df)
        return self._in_unit(self.level + side * reach)

    def _level_after(self, years: Decimal) -> Decimal:
        return self.last + self.rise * years / self.span

    def _in_unit(self, level: Decimal) -> Decimal:
        figure = _SETTLED.plus(level.exp() if self.is_log else level)
        return figure if self.floor is None else max(figure, self.floor)


def fit_trend(
    points: tuple[Point, ...],
    *,
    until: Decimal,
    kind: PathKind,
    floor: Decimal | None = None,
) -> Trend | Undefined:
    """The trend from the first point through the last, to be followed until a time.

    Undefined ``deadline_passed`` when that is not after the last point, else
    ``insufficient_points`` below 2, ``not_positive`` for logs of what is not above 0.
    ValueError unless the times ascend.

    >>> points = tuple(Point(time=Decimal(t), value=Decimal(v)) for t, v in [(0, 10), (2, 14)])
    >>> fit_trend(points, until=Decimal(3), kind=PathKind.LINEAR).central
    Decimal('16')
    """
    unfit = _find_unfit(points, until, kind)
    if unfit is not None:
        return unfit
    with localcontext(EXACT):
        times = [point.time for point in points]
        is_log = kind is PathKind.GEOMETRIC
        levels = [point.value.ln() if is_log else point.value for point in points]
        return Trend(
            last=levels[-1],
            rise=levels[-1] - levels[0],
            span=times[-1] - times[0],
            horizon=until - times[-1],
            spread=_spread(times, levels, until - times[-1]),
            df=len(points) - 2,
            is_log=is_log,
            floor=floor,
        )


def _find_unfit(points: tuple[Point, ...], until: Decimal, kind: PathKind) -> Undefined | None:
    if any(later.time <= earlier.time for earlier, later in pairwise(points)):
        raise ValueError("the points of a trend must ascend in time, each at a time of its own")
    if points and until <= points[-1].time:
        return Undefined(Reason.DEADLINE_PASSED)
    if len(points) < _POINTS_FOR_TREND:
        return Undefined(Reason.INSUFFICIENT_POINTS)
    if kind is PathKind.GEOMETRIC and any(point.value <= 0 for point in points):
        return Undefined(Reason.NOT_POSITIVE)
    return None


def _spread(times: list[Decimal], levels: list[Decimal], horizon: Decimal) -> Quantity:
    """Return sigma sqrt(h(1 + h/(t_n - t_1))), where e_i = (step_i - c dt_i)/sqrt(dt_i)."""
    if len(times) < _POINTS_FOR_SPREAD:
        return Undefined(Reason.INSUFFICIENT_POINTS)
    span = times[-1] - times[0]
    drift = (levels[-1] - levels[0]) / span
    spans = [later - earlier for earlier, later in pairwise(times)]
    steps = [later - earlier for earlier, later in pairwise(levels)]
    squares = [(step - drift * dt) ** 2 / dt for step, dt in zip(steps, spans, strict=True)]
    sigma = (sum(squares, Decimal(0)) / (len(times) - 2)).sqrt()
    if sigma <= _EVEN * max(abs(level) for level in levels):
        return Decimal(0)
    return sigma * (horizon * (1 + horizon / span)).sqrt()
