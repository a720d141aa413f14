"""Who brought the change and who owes the gap: an area's share (docs/measures.md#contributions).

Three kinds of parts are kept apart: known, unknown (the area is silent) and unallocated (what the
whole has and no area). A silent area is no fall, and no shortfall that nobody owns: with one, what
is unallocated is not known, and neither is any share of the whole. Values always stand; a share is
null, too, where the whole is 0 or a part runs the other way, because shares above 100 % beside
negative ones mislead.
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
from app.domain.target import Target

UNALLOCATED = "unallocated"


_PARTIAL = Undefined(Reason.PARTIAL_COVERAGE)
_NONE = Undefined(Reason.NOT_APPLICABLE)
# Why a first value is null for all areas alike: none of them is silent.
_OF_THE_WHOLE = {Reason.NO_AREA_BASELINE, Reason.BREAK_IN_SERIES}


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChange:
    """What one area had at the first period and has at the last."""

    area: str
    first: Quantity
    last: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShare:
    """An area's change, its percent of the whole change, and its pull in points of growth.

    ``like_for_like_share_percent``: its percent of the change of the areas that are known.
    """

    area: str
    change: Quantity
    contribution_percent: Quantity
    pull_points: Quantity
    like_for_like_share_percent: Quantity = _NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class GapShare:
    """An area's gap to its own target and its percent of the gross shortfall.

    ``like_for_like_shortfall_percent``: its percent of the shortfall of the areas that are known.
    """

    area: str
    gap: Quantity
    shortfall_share_percent: Quantity
    like_for_like_shortfall_percent: Quantity = _NONE


def contributions(parts: list[AreaChange], whole: AreaChange) -> list[ChangeShare]:
    """Each area's part of the change of the whole; known parts and ``unallocated`` sum to it.

    contribution_i = 100 (V_i-B_i)/(V-B); pull_i = 100 (V_i-B_i)/B. The change is signed as the
    figures are: positive is a rise. A part that is not known at both ends is ``partial_coverage``,
    or ``no_area_baseline`` where there is no first period at all, ``break_in_series`` where the two
    ends do not compare.
    """
    total = _change(whole)
    changes = {part.area: _change_of_part(part) for part in parts}
    numbers = [change for change in changes.values() if isinstance(change, Decimal)]
    unknown = next((each for each in changes.values() if isinstance(each, Undefined)), None)
    among = sum_exactly(numbers)
    why_none_among = _why_no_shares(among, numbers)
    if unknown is None and isinstance(total, Decimal) and total != among:
        changes[UNALLOCATED] = EXACT.subtract(total, among)
        numbers.append(EXACT.subtract(total, among))
    blocked = unknown or _why_no_shares(total, numbers)
    return [
        ChangeShare(
            area=area,
            change=change,
            contribution_percent=blocked or _percent(change, total),
            pull_points=unknown or _percent(change, whole.first),
            like_for_like_share_percent=_NONE
            if area == UNALLOCATED
            else _like_for_like(change, why_none_among, among),
        )
        for area, change in changes.items()
    ]


@formula
def area_gap(target: Quantity, value: Quantity, direction: Direction) -> Decimal:
    """d(X_i - V_i): an area's gap to its own target; positive is still to go."""
    return direction.sign * (known(target) - known(value))


def like_for_like_gap(
    targets: Mapping[str, Target], values: Mapping[str, Quantity], direction: Direction
) -> Quantity:
    """The gap of the areas that have a target and a value: both sums are over the same areas.

    ``no_area_targets`` where none has both.
    """
    held = {area: target for area, target in targets.items() if area in values}
    if not held:
        return Undefined(Reason.NO_AREA_TARGETS)
    numbers = [values[area] for area in held]
    whole = sum_exactly([value for value in numbers if isinstance(value, Decimal)])
    low = sum_exactly([target.value for target in held.values()])
    high = sum_exactly([target.highest for target in held.values()])
    return area_gap(min(max(whole, low), high), whole, direction)


def gap_shares(gaps: dict[str, Quantity], whole: Quantity) -> list[GapShare]:
    """Each area's gap and its share of the gross shortfall: max(gap, 0) over their sum.

    ``unallocated`` is what the whole's gap has beyond the areas' own: areas without a target owe
    nothing. A gap that is ``partial_coverage`` is that of a silent area.
    """
    rows = dict(gaps)
    numbers = [gap for gap in gaps.values() if isinstance(gap, Decimal)]
    among = _shortfall(numbers)
    is_known = _PARTIAL not in gaps.values()
    if is_known and isinstance(whole, Decimal):
        rest = EXACT.subtract(whole, sum_exactly(numbers))
        if rest != 0:
            rows[UNALLOCATED] = rest
            numbers.append(rest)
    shortfall = _shortfall(numbers)
    return [
        GapShare(
            area=area,
            gap=gap,
            shortfall_share_percent=_shortfall_share(gap, shortfall) if is_known else _PARTIAL,
            like_for_like_shortfall_percent=_NONE
            if area == UNALLOCATED
            else _shortfall_share(gap, among),
        )
        for area, gap in rows.items()
    ]


@formula
def _change(part: AreaChange) -> Decimal:
    """V - B."""
    return known(part.last) - known(part.first)


def _change_of_part(part: AreaChange) -> Quantity:
    """The change of an area that is known at both ends."""
    change = _change(part)
    is_silent = isinstance(change, Undefined) and change.reason not in _OF_THE_WHOLE
    return _PARTIAL if is_silent else change


def _why_no_shares(total: Quantity, numbers: list[Decimal]) -> Undefined | None:
    if isinstance(total, Undefined):
        return total
    is_opposite = total == 0 or any(change * total < 0 for change in numbers)
    return Undefined(Reason.OPPOSITE_SIGN) if is_opposite else None


def _like_for_like(change: Quantity, blocked: Undefined | None, among: Decimal) -> Quantity:
    """100 change/change of the known areas."""
    if isinstance(change, Undefined):
        return change
    return blocked or _percent(change, among)


@formula
def _percent(change: Quantity, whole: Quantity) -> Decimal:
    """100 change/whole."""
    part, total = known(change), known(whole)
    require(total != 0, Reason.ZERO_DENOMINATOR)
    return HUNDRED * part / total


def _shortfall(gaps: list[Decimal]) -> Decimal:
    """The gross shortfall: what those are short of that are short."""
    return sum_exactly([max(gap, Decimal(0)) for gap in gaps])


@formula
def _shortfall_share(gap: Quantity, shortfall: Decimal) -> Decimal:
    """100 max(gap, 0)/shortfall."""
    owed = known(gap)
    require(shortfall != 0, Reason.NO_SHORTFALL)
    return HUNDRED * max(owed, Decimal(0)) / shortfall
