"""Whether a value stands out from those before it.

The modified z score goes by the median and the median absolute deviation, which one
odd value does not move (Iglewicz and Hoaglin, 1993). The plain z score goes by mean
and population standard deviation of all values, the new one included, as DHIS2 does.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from decimal import Decimal

from app.domain.quantity import EXACT, sum_exactly

# Fewer points say nothing of what is usual.
LEAST_POINTS = 8
# The expected median and mean absolute deviation of a normal variable, in deviations.
MEDIAN_DEVIATION = Decimal("0.6745")
MEAN_DEVIATION = Decimal("0.797885")
# A little more than the first, so that no rounding tells.
_SAFE_DEVIATION = Decimal("0.68")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlying:
    """How far a value lies out: its score, and the bounds that the threshold draws."""

    z: Decimal
    threshold: Decimal
    low: Decimal
    high: Decimal


def judge_outlier(
    value: Decimal, earlier: list[Decimal], *, method: str, threshold: Decimal
) -> Outlying | None:
    """How a value stands out from at least eight earlier ones; None when it does not.

    ``method``: ``modified_z`` or ``z``.
    """
    if len(earlier) < LEAST_POINTS:
        return None
    points = [*earlier, value]
    if method == "z":
        centre, spread = _mean(points), _deviation(points)
    else:
        points.sort()
        centre = _middle(points)
        if _is_usual(value, points, centre, threshold):
            return None
        spread = _robust_spread(points, centre)
    if spread == 0 or abs(_z(value, centre, spread)) <= threshold:
        return None
    return score(value, centre=centre, spread=spread, threshold=threshold)


def score(value: Decimal, *, centre: Decimal, spread: Decimal, threshold: Decimal) -> Outlying:
    """The score of a value, and the bounds beyond which it would be asked about.

    >>> found = score(Decimal(9000), centre=Decimal("1524.5555"), spread=Decimal("2654.4661"),
    ...               threshold=Decimal("2.5"))
    >>> f"{found.z:.4f} {found.low:.2f} {found.high:.2f}"
    '2.8162 -5111.61 8160.72'
    """
    reach = EXACT.multiply(threshold, spread)
    return Outlying(
        z=_z(value, centre, spread),
        threshold=threshold,
        low=EXACT.subtract(centre, reach),
        high=EXACT.add(centre, reach),
    )


def judge_constant(value: Decimal, earlier: list[Decimal]) -> Decimal | None:
    """The constant that at least eight earlier values are, when the new one differs from it."""
    if len(earlier) < LEAST_POINTS or value == earlier[0]:
        return None
    # Not by a set of them: what one decimal number is hashed in, three are compared in.
    constant = earlier[0]
    is_constant = earlier[-1] == constant and all(each == constant for each in earlier)
    return constant if is_constant else None


def _z(value: Decimal, centre: Decimal, spread: Decimal) -> Decimal:
    return EXACT.divide(EXACT.subtract(value, centre), spread)


def _is_usual(value: Decimal, ordered: list[Decimal], centre: Decimal, threshold: Decimal) -> bool:
    """Whether so many points lie out as far as this, that its score is below the threshold.

    That is counted, and the spread need not be worked out.
    """
    if threshold <= 0:
        return False
    away = abs(EXACT.subtract(value, centre))
    reach = EXACT.divide(EXACT.multiply(away, _SAFE_DEVIATION), threshold)
    below = bisect_right(ordered, EXACT.subtract(centre, reach))
    inside = bisect_left(ordered, EXACT.add(centre, reach)) - below
    return inside <= (len(ordered) - 1) // 2


def _robust_spread(points: list[Decimal], centre: Decimal) -> Decimal:
    """The deviation by the median absolute one; by the mean one where half of them agree."""
    distances = sorted(abs(EXACT.subtract(point, centre)) for point in points)
    middle = _middle(distances)
    if middle:
        return EXACT.divide(middle, MEDIAN_DEVIATION)
    return EXACT.divide(_mean(distances), MEAN_DEVIATION)


def _middle(ordered: list[Decimal]) -> Decimal:
    """The median of points in order."""
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return EXACT.divide(EXACT.add(ordered[half - 1], ordered[half]), Decimal(2))


def _mean(points: list[Decimal]) -> Decimal:
    return EXACT.divide(sum_exactly(points), Decimal(len(points)))


def _deviation(points: list[Decimal]) -> Decimal:
    mean = _mean(points)
    squares = [EXACT.power(EXACT.subtract(point, mean), Decimal(2)) for point in points]
    return EXACT.sqrt(_mean(squares))
