"""A task divided (任务分解): a proposal of the parts of areas, which sum exactly to the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.accumulation import ActualSource
from app.domain.parts.allocation import allocate
from app.domain.plan import Indicator
from app.domain.quantity import EXACT, Quantity, Reason, Undefined, formula, known, require
from app.domain.standing import Plan
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.domain.year.course import YearCourse

Weights = Mapping[str, Quantity]


class SplitBy(StrEnum):
    """What the parts are proportional to."""

    EQUAL = "equal"
    PAST_SHARE = "past_share"
    PAST_GROWTH = "past_growth"
    WEIGHTS = "weights"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastWeights:
    """Weights from what areas brought in a full year; None for a year where there is none."""

    weights: Weights
    year: int | None


def split(whole: Decimal, weights: Weights) -> Mapping[str, Decimal] | Undefined:
    """The parts of the areas in whole units, or as fine as the whole itself is stated.

    Largest remainder, so that they sum exactly; ``no_weights`` as :func:`allocate`.

    >>> split(Decimal(10), {"east": Decimal(1), "west": Decimal(2)})
    {'east': Decimal('3'), 'west': Decimal('7')}
    """
    exponent = whole.normalize(EXACT).as_tuple().exponent
    return allocate(whole, weights, places=max(0, -int(exponent)))


def past_weights(
    plan: Plan, indicator: Indicator, areas: Sequence[str], *, by: SplitBy, year: int
) -> PastWeights:
    """What each area brought in the last full year before ``year`` that all of them have.

    By ``past_growth`` carried on to the year at the growth of that full year, which each area
    must have. Without such a year every weight is ``insufficient_history``.
    """
    courses = {
        area: YearCourse(plan=plan, indicator=indicator, area=area, source=ActualSource.REPORTED)
        for area in areas
    }
    for full in range(year - 1, plan.first_period.year - 1, -1):
        found = {area: _of_year(course, full) for area, course in courses.items()}
        if by is SplitBy.PAST_GROWTH:
            before = {area: _of_year(course, full - 1) for area, course in courses.items()}
            ahead = Decimal(year - full)
            found = {area: _carry_on(before[area], found[area], ahead) for area in courses}
        if all(isinstance(each, Decimal) for each in found.values()):
            return PastWeights(weights=found, year=full)
    none = Undefined(Reason.INSUFFICIENT_HISTORY)
    return PastWeights(weights=dict.fromkeys(areas, none), year=None)


def _of_year(course: YearCourse, year: int) -> Quantity:
    return course.brought(Period(year, QUARTERS_A_YEAR))


@formula
def _carry_on(before: Quantity, last: Quantity, years: Decimal) -> Decimal:
    """V (V/V_b)^n: the last full year at its own growth, n years on."""
    base, now = known(before), known(last)
    require(base > 0, Reason.NOT_POSITIVE)
    require(now >= 0, Reason.NEGATIVE_VALUE)
    return now * (now / base) ** years if now else now
