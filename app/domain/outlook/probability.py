"""The probability that a figure meets its target: what its record makes of the rest of the way."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from app.domain.outlook.distribution import negative_binomial_tail, student_t_cdf
from app.domain.outlook.trend import Trend
from app.domain.path import Comparator
from app.domain.quantity import EXACT, Quantity, Reason, Undefined

_RISING = frozenset({Comparator.GT, Comparator.GTE})
_JEFFREYS = Decimal("0.5")


def probability_of_trend(trend: Trend, *, comparator: Comparator, target: Decimal) -> Quantity:
    """P(the projected figure meets the comparator), 0 to 1, by Student's t around its level.

    0 or 1 where nothing can vary: even steps, or a floor that settles it. Undefined
    ``insufficient_points`` like the trend's interval.
    """
    is_rising = comparator in _RISING
    if isinstance(trend.spread, Undefined):
        return trend.spread
    if trend.floor is not None and comparator.holds(trend.floor, target) is is_rising:
        return Decimal(is_rising)  # The figure can only go up from there.
    if trend.is_log and target <= 0:
        return Decimal(is_rising)  # The figure stays above 0.
    with localcontext(EXACT):
        if trend.spread == 0:
            return Decimal(comparator.holds(trend.central, target))
        level = target.ln() if trend.is_log else target
        above = (trend.level - level) / trend.spread
        return student_t_cdf(above if is_rising else -above, df=trend.df)


def probability_of_count(
    count: Decimal, *, elapsed: Decimal, comparator: Comparator, target: Decimal
) -> Quantity:
    """P(the final count meets the comparator), 0 to 1, from the count at an elapsed share.

    Gamma-Poisson: the arrivals still to come are NB(count + 1/2, elapsed). Undefined
    ``negative_value`` for a count below 0, ``nothing_elapsed`` at the start.

    >>> round(probability_of_count(Decimal(3), elapsed=EXACT.divide(912, 1461),
    ...     comparator=Comparator.GTE, target=Decimal(5)), 10)
    Decimal('0.5550678710')
    """
    if count < 0:
        return Undefined(Reason.NEGATIVE_VALUE)
    if elapsed <= 0:
        return Undefined(Reason.NOTHING_ELAPSED)
    with localcontext(EXACT):
        to_come = target - count
        if comparator in {Comparator.GTE, Comparator.LT}:
            needed = int(to_come.to_integral_value(ROUND_CEILING))
        else:
            needed = int(to_come.to_integral_value(ROUND_FLOOR)) + 1
        reached = negative_binomial_tail(needed, r=count + _JEFFREYS, p=elapsed)
        return reached if comparator in _RISING else 1 - reached
