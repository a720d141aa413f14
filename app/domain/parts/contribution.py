"""Who brought the change and who owes the gap: an area's share (docs/measures.md#contributions).

Values always stand; a share is null where the whole is 0 or a part runs the other
way, because shares above 100 % beside negative ones mislead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.domain.path import Direction
from app.domain.quantity import (
    EXACT,
    HUNDRED,
    Quantity,
    Reason,
    Undefined,
    formula,
    known,
    require,
    sum_exactly,
)

UNALLOCATED = "unallocated"


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChange:
    """What one area had at the first period and has at the last."""

    area: str
    first: Quantity
    last: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShare:
    """An area's change, its percent of the whole change, and its pull in points of growth."""

    area: str
    change: Quantity
    contribution_percent: Quantity
    pull_points: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class GapShare:
    """An area's gap to its own target and its percent of the gross shortfall."""

    area: str
    gap: Quantity
    shortfall_share_percent: Quantity


def contributions(parts: list[AreaChange], whole: AreaChange) -> list[ChangeShare]:
    """Each area's part of the change of the whole; parts and ``unallocated`` sum to it.

    contribution_i = 100 (V_i-B_i)/(V-B); pull_i = 100 (V_i-B_i)/B. The change is
    signed as the figures are: positive is a rise.
    """
    total = _change(whole)
    changes = {part.area: _change(part) for part in parts}
    numbers = [change for change in changes.values() if isinstance(change, Decimal)]
    if isinstance(total, Decimal):
        rest = EXACT.subtract(total, sum_exactly(numbers))
        if rest != 0 or len(numbers) < len(parts):
            changes[UNALLOCATED] = rest
            numbers.append(rest)
    blocked = _why_no_shares(total, numbers)
    return [
        ChangeShare(
            area=area,
            change=change,
            contribution_percent=blocked or _percent(change, total),
            pull_points=_percent(change, whole.first),
        )
        for area, change in changes.items()
    ]


@formula
def area_gap(target: Quantity, value: Quantity, direction: Direction) -> Decimal:
    """d(X_i - V_i): an area's gap to its own target; positive is still to go."""
    return direction.sign * (known(target) - known(value))


def like_for_like_gap(
    targets: Mapping[str, Decimal], values: Mapping[str, Quantity], direction: Direction
) -> Quantity:
    """The gap of the areas that have a target and a value: both sums are over the same areas.

    ``no_area_targets`` where none has both.
    """
    held = {area: target for area, target in targets.items() if area in values}
    if not held:
        return Undefined(Reason.NO_AREA_TARGETS)
    numbers = [values[area] for area in held]
    whole = sum_exactly([value for value in numbers if isinstance(value, Decimal)])
    return area_gap(sum_exactly(list(held.values())), whole, direction)


def gap_shares(gaps: dict[str, Quantity], whole: Quantity) -> list[GapShare]:
    """Each area's gap and its share of the gross shortfall: max(gap, 0) over their sum.

    ``unallocated`` is what the whole's gap has beyond the areas' own.
    """
    rows = dict(gaps)
    numbers = [gap for gap in gaps.values() if isinstance(gap, Decimal)]
    if isinstance(whole, Decimal):
        rest = EXACT.subtract(whole, sum_exactly(numbers))
        if rest != 0:
            rows[UNALLOCATED] = rest
            numbers.append(rest)
    shortfall = sum_exactly([max(gap, Decimal(0)) for gap in numbers])
    return [
        GapShare(area=area, gap=gap, shortfall_share_percent=_shortfall_share(gap, shortfall))
        for area, gap in rows.items()
    ]


@formula
def _change(part: AreaChange) -> Decimal:
    """V - B."""
    return known(part.last) - known(part.first)


def _why_no_shares(total: Quantity, numbers: list[Decimal]) -> Undefined | None:
    if isinstance(total, Undefined):
        return total
    is_opposite = total == 0 or any(change * total < 0 for change in numbers)
    return Undefined(Reason.OPPOSITE_SIGN) if is_opposite else None


@formula
def _percent(change: Quantity, whole: Quantity) -> Decimal:
    """100 change/whole."""
    part, total = known(change), known(whole)
    require(total != 0, Reason.ZERO_DENOMINATOR)
    return HUNDRED * part / total


@formula
def _shortfall_share(gap: Quantity, shortfall: Decimal) -> Decimal:
    """100 max(gap, 0)/shortfall."""
    owed = known(gap)
    require(shortfall != 0, Reason.NO_SHORTFALL)
    return HUNDRED * max(owed, Decimal(0)) / shortfall
