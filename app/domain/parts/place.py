"""Where an area is among its own: its share of the whole above it, and its rank.

Shares are of sums only. A rank is among the areas of one parent at one period, never across
quarters (docs/measures.md#growth-and-place).
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from app.domain.coverage import Actual
from app.domain.path import Direction
from app.domain.plan import PlanRules
from app.domain.quantity import (
    HUNDRED,
    MeasureDefinition,
    MeasureUnit,
    Quantity,
    Reason,
    Undefined,
    formula,
    known,
    require,
)

# In the order of the columns.
DEFINITIONS = tuple(
    MeasureDefinition(name=name, unit=unit, formula=formula)
    for name, unit, formula in (
        ("share_percent", MeasureUnit.PERCENT, "100 V/W, W: the value of the area above"),
        ("share_change", MeasureUnit.POINTS, "share_percent - share_percent a year before"),
        ("rank", MeasureUnit.COUNT, "1 + how many areas beside it are better"),
        ("rank_of", MeasureUnit.COUNT, "how many areas have a rank"),
    )
)


class RankBy(StrEnum):
    """The measure that areas are ranked by."""

    ACTUAL = "actual"
    YOY_PERCENT = "yoy_percent"
    ATTAINMENT_PERCENT = "attainment_percent"
    PROGRESS_PERCENT = "progress_percent"
    GAP_PERCENT = "gap_percent"
    SHARE_PERCENT = "share_percent"

    def best(self, direction: Direction) -> Direction:
        """Whether the best is the highest: of amounts by what the plan wants, of a gap never."""
        if self is RankBy.GAP_PERCENT:
            return Direction.DECREASE
        is_judged = self in {RankBy.ATTAINMENT_PERCENT, RankBy.PROGRESS_PERCENT}
        return Direction.INCREASE if is_judged else direction


@formula
def share_percent(part: Actual, whole: Actual) -> Decimal:
    """100 V/W, percent: the value of an area over that of the area above it.

    Undefined where either is unknown or lacks areas, and for a whole that is not positive.
    """
    value, total = known(part.value), known(whole.value)
    require(not part.is_partial and not whole.is_partial, Reason.PARTIAL_COVERAGE)
    require(total > 0, Reason.NOT_POSITIVE)
    return HUNDRED * value / total


@formula
def share_change(now: Quantity, before: Quantity) -> Decimal:
    """The change of a share over a year, in percentage points."""
    return known(now) - known(before)


def beside(rules: PlanRules, area: str) -> tuple[str, ...]:
    """The areas that an area is ranked among, itself included: below the same one, and counted in
    its sum if the area is.
    """
    own = rules.areas[area]
    return rules.alike[own.parent, own.in_sum]


def rank_areas(values: Mapping[str, Quantity], best: Direction) -> dict[str, int]:
    """The rank of every area that has a value: 1 is the best, equals share a rank (1, 2, 2, 4).

    >>> rank_areas({"a": Decimal(5), "b": Decimal(9), "c": Decimal(5)}, Direction.INCREASE)
    {'b': 1, 'a': 2, 'c': 2}
    """
    is_highest = best is Direction.INCREASE
    found = {area: each for area, each in values.items() if not isinstance(each, Undefined)}
    in_order = sorted(found.values(), reverse=is_highest)
    ranks = {area: 1 + in_order.index(each) for area, each in found.items()}
    return dict(sorted(ranks.items(), key=lambda each: each[1]))
