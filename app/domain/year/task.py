"""An annual task (年度目标任务): what one year within the plan is to bring.

It is set, or taken from the path of the target over years (docs/measures.md#annual-tasks).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.accumulation import Accumulation, Measure
from app.domain.path import Comparator, Direction
from app.domain.plan import Indicator
from app.domain.quantity import Quantity, Reason, Undefined, formula, known, require
from app.domain.target import Target
from app.domain.time.period import QUARTERS_A_YEAR, Period


class TaskSource(StrEnum):
    """Whether a task was set, or is what the path asks of the year."""

    SET = "set"
    PATH = "path"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTask:
    """A task of an area for a year as set at a revision, in the indicator's unit."""

    indicator: str
    area: str
    year: int
    revision: int
    value: Decimal
    comparator: Comparator


@dataclass(frozen=True, slots=True, kw_only=True)
class YearTask:
    """What a year is to bring: an amount for the year, of increments what is added within it."""

    value: Quantity
    comparator: Comparator | None
    source: TaskSource | None

    @property
    def direction(self) -> Direction:
        """The direction that the task asks for."""
        is_ceiling = self.comparator in {Comparator.LTE, Comparator.LT}
        return Direction.DECREASE if is_ceiling else Direction.INCREASE

    def is_met_by(self, value: Decimal) -> bool:
        """Whether the comparator holds for the unrounded value; never without a task."""
        if self.comparator is None or isinstance(self.value, Undefined):
            return False
        return self.comparator.holds(value, self.value)


def task_of(
    indicator: Indicator, target: Target | None, task: SetTask | None, year: int
) -> YearTask:
    """The task of a year: the one that was set, else the path's own way within the year.

    ``target``: the target that holds at the year's end. Undefined ``no_target`` without either;
    ``not_defined_for_growth`` for targets on average growth, whose way has no single year;
    ``deadline_passed`` for a year that begins after the target's deadline.
    """
    if indicator.measure is Measure.CAGR:
        return _no_task(Reason.NOT_DEFINED_FOR_GROWTH)
    if task is not None:
        return YearTask(value=task.value, comparator=task.comparator, source=TaskSource.SET)
    if target is None:
        return _no_task(Reason.NO_TARGET)
    value = way_within(indicator, target, year)
    is_known = isinstance(value, Decimal)
    return YearTask(
        value=value,
        comparator=bound_of(target) if is_known else None,
        source=TaskSource.PATH if is_known else None,
    )


def bound_of(target: Target) -> Comparator:
    """How a year of the target is met: as the target; on the way into a range, by a bound."""
    if target.comparator is not Comparator.BETWEEN:
        return target.comparator
    return Comparator.GTE if target.direction is Direction.INCREASE else Comparator.LTE


@formula
def way_within(indicator: Indicator, target: Target, year: int) -> Decimal:
    """What the path asks of a year: its value at the year's end, of increments its rise within."""
    begin, end = Period(year - 1, QUARTERS_A_YEAR), Period(year, QUARTERS_A_YEAR)
    require(begin.quarters_since(target.deadline) < 0, Reason.DEADLINE_PASSED)
    at_end = known(target.path_value_at(end))
    if indicator.accumulation is not Accumulation.INCREMENT:
        return at_end
    return at_end - known(target.path_value_at(begin))


@formula
def with_arrears(
    indicator: Indicator, target: Target | None, year: int, added: Quantity
) -> Decimal:
    """What the year would have to add to be on the path at its end, arrears included.

    ``added``: what had been added from the plan's start to the year's. It is for increments only,
    and below the task where earlier years brought more than the path asked for.
    """
    require(indicator.accumulation is Accumulation.INCREMENT, Reason.NOT_APPLICABLE)
    held = known(Undefined(Reason.NO_TARGET) if target is None else target)
    end = Period(year, QUARTERS_A_YEAR)
    require(end.quarters_since(held.deadline) < QUARTERS_A_YEAR, Reason.DEADLINE_PASSED)
    return known(held.path_value_at(end)) - known(added)


def _no_task(reason: Reason) -> YearTask:
    return YearTask(value=Undefined(reason), comparator=None, source=None)
