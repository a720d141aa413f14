"""When a value meets its target: the comparator words of Chinese plans.

突破 and 超过 exclude the number itself, 以上, 不低于 and 达到 include it; likewise 低于
and 不足 against 以内 and 不超过.
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType


class Comparator(StrEnum):
    """How a value is held against its target."""

    GT = "gt"
    GTE = "gte"
    LTE = "lte"
    LT = "lt"

    def holds(self, value: Decimal, target: Decimal) -> bool:
        """Whether the unrounded value meets the target.

        >>> Comparator.GT.holds(Decimal("4200.00"), Decimal(4200))
        False
        """
        return _HOLDS[self](value, target)

    @property
    def direction(self) -> "Direction | None":
        """The direction that the comparator implies; a floor implies none.

        ``gte 50`` may ask a rise to 50 or that a falling figure stays above it.
        """
        is_ceiling = self in {Comparator.LTE, Comparator.LT}
        return Direction.DECREASE if is_ceiling else None


class Direction(StrEnum):
    """Which way the plan wants the figure to go."""

    INCREASE = "increase"
    DECREASE = "decrease"

    @property
    def sign(self) -> int:
        """+1 for an increase, -1 for a decrease."""
        return 1 if self is Direction.INCREASE else -1


class Commitment(StrEnum):
    """Whether the plan states the target or strives for it (力争)."""

    STATED = "stated"
    ASPIRATIONAL = "aspirational"


_HOLDS: MappingProxyType[Comparator, Callable[[Decimal, Decimal], bool]] = MappingProxyType(
    {
        Comparator.GT: operator.gt,
        Comparator.GTE: operator.ge,
        Comparator.LTE: operator.le,
        Comparator.LT: operator.lt,
    }
)
