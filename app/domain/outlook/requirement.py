"""What it takes: what a total since the start must still add a quarter, beside what it has added.

For increments only (docs/measures.md#requirement): of an annual flow or a level no quarter can be
said to owe a part.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from itertools import pairwise

from app.domain.measures import Situation
from app.domain.quantity import Quantity, Reason, Undefined, formula, known, require
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.domain.time.spells import Dated

# Equal paces that were divided differently may differ in their last digits.
_COMPARED = Context(prec=28)


class Reachability(StrEnum):
    """Whether a target can still be reached, judged by what was added in earlier quarters."""

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


def requirement_of(given: Situation, totals: Sequence[Dated[Decimal]]) -> Requirement:
    """What an increment must add a quarter, (X-V)/quarters left, and what it has added.

    ``totals``: the known totals before the situation's period, ascending. Required is 0 when
    the target is met, ``deadline_passed`` without a quarter left. ``not_applicable`` for
    what is no increment; else the reason of the value, or ``nothing_elapsed`` at the start.
    """
    found = _requirement(given, totals)
    return Requirement.undefined(found) if isinstance(found, Undefined) else found


@formula
def _requirement(given: Situation, totals: Sequence[Dated[Decimal]]) -> Requirement:
    start = known(given.target.start or Undefined(Reason.NOT_APPLICABLE))
    zero = Dated(period=Period.containing(start).shift(-1), value=Decimal(0))
    now = Dated(period=given.at, value=given.v)
    require(now.period.index > zero.period.index, Reason.NOTHING_ELAPSED)
    within = [p for p in totals if zero.period.index < p.period.index < now.period.index]
    points = [zero, *within, now]
    required, last_four = _required(given), _last_four(points)
    average = _pace(zero, now)
    best = max((_pace(*two) for two in pairwise(points)), key=given.d)
    usual = average if isinstance(last_four, Undefined) else last_four
    return Requirement(
        required_per_quarter=required,
        best_per_quarter=best,
        average_per_quarter=average,
        last_four_per_quarter=last_four,
        reachability=_judge(given, required, usual, best),
    )


@formula
def _required(given: Situation) -> Decimal:
    """(X - V)/quarters left; 0 when the target is met."""
    require(not given.clock.is_over, Reason.DEADLINE_PASSED)
    v = given.v
    if given.target.is_met_by(v):
        return Decimal(0)
    return (given.target.nearest(v) - v) / given.target.deadline.quarters_since(given.at)


@formula
def _last_four(points: Sequence[Dated[Decimal]]) -> Decimal:
    """The mean of the last four quarters, where the total four quarters ago is known."""
    now = points[-1]
    before = [p for p in points if now.period.quarters_since(p.period) == QUARTERS_A_YEAR]
    require(bool(before), Reason.INSUFFICIENT_HISTORY)
    return _pace(before[0], now)


@formula
def _judge(given: Situation, required: Quantity, usual: Decimal, best: Decimal) -> Reachability:
    needed, done, most = (_COMPARED.plus(given.d(pace)) for pace in (known(required), usual, best))
    # Beyond a range a total would have to go back.
    require(not given.target.is_passed_by(given.v), Reason.NO_PROGRESS)
    if needed <= done:
        return Reachability.REACHABLE
    return Reachability.STRETCH if needed <= most else Reachability.BEYOND_BEST


def _pace(first: Dated[Decimal], last: Dated[Decimal]) -> Decimal:
    return (last.value - first.value) / last.period.quarters_since(first.period)
