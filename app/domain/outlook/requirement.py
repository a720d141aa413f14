"""What it takes: what a total since the start must still add a quarter, beside what it has added.

For increments only (measures, section 3): of an annual flow or a level no quarter can be
said to owe a part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from app.domain.coverage import HistoryPoint
from app.domain.measures import Situation
from app.domain.quantity import EXACT, Quantity, Reason, Undefined
from app.domain.time.period import QUARTERS_A_YEAR, Period


class Reachability(StrEnum):
    """How what is required stands to what was done before."""

    REACHABLE = "reachable"
    STRETCH = "stretch"
    BEYOND_BEST = "beyond_best"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Additions a quarter, in the target's unit: what is required, and what there was.

    ``best_per_quarter``: the most that was added between two successive known totals.
    ``reachability``: ``reachable`` up to the last four quarters' mean (while there are not
    four, the mean since the start), ``stretch`` up to the best, else ``beyond_best``.
    """

    required_per_quarter: Quantity
    best_per_quarter: Quantity
    average_per_quarter: Quantity
    last_four_per_quarter: Quantity
    reachability: Reachability | Undefined

    @classmethod
    def undefined(cls, why: Undefined) -> "Requirement":
        """Nothing can be said, for one reason."""
        return cls(
            required_per_quarter=why,
            best_per_quarter=why,
            average_per_quarter=why,
            last_four_per_quarter=why,
            reachability=why,
        )


def require(given: Situation, totals: Sequence[HistoryPoint]) -> Requirement:
    """What an increment must add a quarter, (X-V)/quarters left, and what it has added.

    ``totals``: the known totals before the situation's period, ascending. Required is 0 when
    the target is met, ``deadline_passed`` without a quarter left. ``not_applicable`` for
    what is no increment; else the reason of the value, or ``nothing_elapsed`` at the start.
    """
    start, value = given.target.start, given.trend
    if start is None:
        return Requirement.undefined(Undefined(Reason.NOT_APPLICABLE))
    if isinstance(value, Undefined):
        return Requirement.undefined(value)
    zero = HistoryPoint(period=Period.containing(start).shift(-1), value=Decimal(0))
    if given.at.index <= zero.period.index:
        return Requirement.undefined(Undefined(Reason.NOTHING_ELAPSED))
    now = HistoryPoint(period=given.at, value=value)
    within = [p for p in totals if zero.period.index < p.period.index < now.period.index]
    known = [zero, *within, now]
    required = _required(given, value)
    average, last_four = _pace(zero, now), _last_four(known)
    best = max((_pace(*two) for two in pairwise(known)), key=lambda pace: given.sign * pace)
    usual = average if isinstance(last_four, Undefined) else last_four
    return Requirement(
        required_per_quarter=required,
        best_per_quarter=best,
        average_per_quarter=average,
        last_four_per_quarter=last_four,
        reachability=_judge(given.sign, required, usual, best),
    )


def _required(given: Situation, value: Decimal) -> Quantity:
    if given.clock.is_over:
        return Undefined(Reason.DEADLINE_PASSED)
    if given.target.is_met_by(value):
        return Decimal(0)
    quarters = given.target.deadline.quarters_since(given.at)
    return EXACT.divide(EXACT.subtract(given.target.value, value), Decimal(quarters))


def _pace(first: HistoryPoint, last: HistoryPoint) -> Decimal:
    quarters = last.period.quarters_since(first.period)
    return EXACT.divide(EXACT.subtract(last.value, first.value), Decimal(quarters))


def _last_four(known: list[HistoryPoint]) -> Quantity:
    now = known[-1]
    before = [p for p in known if now.period.quarters_since(p.period) == QUARTERS_A_YEAR]
    return _pace(before[0], now) if before else Undefined(Reason.INSUFFICIENT_HISTORY)


def _judge(
    sign: int, required: Quantity, usual: Decimal, best: Decimal
) -> Reachability | Undefined:
    if isinstance(required, Undefined):
        return required
    if sign * required <= sign * usual:
        return Reachability.REACHABLE
    return Reachability.STRETCH if sign * required <= sign * best else Reachability.BEYOND_BEST
