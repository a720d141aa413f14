"""Who brought the change of a whole and who owes its gap: each area's part, since a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from app.domain.accumulation import Accumulation, ActualSource, Measure
from app.domain.checks.figure import MAX_DECIMAL_PLACES
from app.domain.parts.allocation import allocate
from app.domain.parts.contribution import (
    AreaChange,
    ChangeShare,
    GapShare,
    area_gap,
    contributions,
    gap_shares,
    like_for_like_gap,
)
from app.domain.path import Direction
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.standing import Plan, Standing
from app.domain.time.period import Period
from app.schemas.gaps.detail import ContributionView

_OF_CHANGE = [each.name for each in fields(ChangeShare) if each.name != "area"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTargets:
    """The targets that the areas below are held against: their own, or notional ones.

    ``weights`` are what a target was split by, where it was.
    """

    by_area: Mapping[str, Decimal]
    weights: Mapping[str, Decimal]

    @property
    def is_notional(self) -> bool:
        """Whether nobody has promised them."""
        return bool(self.weights)

    @property
    def allocation(self) -> str:
        """Whose targets they are, as the answer says it."""
        return "notional" if self.is_notional else "own"


def parts_of(plan: Plan, standing: Standing) -> Sequence[str]:
    """The areas whose values add up to the standing's: none for averages of growth and ratios."""
    if standing.indicator.measure is not Measure.REPORTED:
        return ()
    return plan.rules.summands(standing.indicator, standing.area)


def first_common_period(plan: Plan, standing: Standing) -> Period | None:
    """The baseline's period, or the earliest one at which every part is known.

    An increment counts from the plan's start, where every part is 0.
    """
    areas = parts_of(plan, standing)
    target, until = standing.target, standing.level.period
    if not areas or until is None:
        return None
    if standing.indicator.accumulation is Accumulation.INCREMENT and target and target.start:
        return Period.containing(target.start).shift(-1)
    baseline = target.baseline_period.as_quarter if target and target.baseline_period else None
    known = plan.figures.periods(standing.indicator, standing.area)
    for period in [*([baseline] if baseline else []), *known]:
        values = [_value(plan, standing, area, period) for area in areas]
        is_known = all(isinstance(value, Decimal) for value in values)
        if is_known and period.quarters_since(until) < 0:
            return period
    return None


def area_targets(
    plan: Plan, standing: Standing, first: Period | None, *, is_notional: bool
) -> AreaTargets | Undefined:
    """The areas' own targets; where none has one and it is asked for, the whole's, split.

    The weights are the areas' values at the first period. Undefined ``no_area_targets``, or
    ``no_weights`` where a value is not known there, or is below 0, or all are 0.
    """
    areas, until, target = parts_of(plan, standing), standing.level.period, standing.target
    own = {} if until is None else plan.targets.of_areas(standing.indicator.code, areas, until)
    if own or not is_notional or target is None or not areas:
        return AreaTargets(by_area=own, weights={}) if own else Undefined(Reason.NO_AREA_TARGETS)
    weights = {area: _first_value(plan, standing, area, first) for area in areas}
    is_counted = standing.indicator.is_count and not target.value % 1
    places = 0 if is_counted else MAX_DECIMAL_PLACES
    split = allocate(target.value, weights, places=places)
    if isinstance(split, Undefined):
        return split
    known = {area: each for area, each in weights.items() if isinstance(each, Decimal)}
    return AreaTargets(by_area=split, weights=known)


def like_for_like_of(plan: Plan, standing: Standing) -> Quantity:
    """The gap of the reporting areas to their own targets, of those that have one."""
    actual, period, target = standing.actual, standing.level.period, standing.target
    known = [part for part in actual.parts if part.value.is_known]
    if target is None:
        return Undefined(Reason.NO_TARGET)
    if period is None or not known or not parts_of(plan, standing):
        return Undefined(Reason.NOT_A_SUM)
    values = {part.area: part.value.value for part in known}
    targets = plan.targets.of_areas(standing.indicator.code, list(values), period)
    return like_for_like_gap(targets, values, target.direction)


def list_contributions(
    plan: Plan, standing: Standing, first: Period | None, targets: AreaTargets | Undefined
) -> list[ContributionView]:
    """One row an area, and one for what no area has; changes and gaps sum to the whole's."""
    areas = parts_of(plan, standing)
    if not areas or standing.level.period is None:
        return []
    starts = {area: _first_value(plan, standing, area, first) for area in areas}
    ends = _last_values(plan, standing, areas)
    parts = [AreaChange(area=a, first=starts[a], last=ends[a]) for a in areas]
    base = _first_value(plan, standing, standing.area, first)
    whole = AreaChange(area=standing.area, first=base, last=standing.level.value)
    changes = {each.area: each for each in contributions(parts, whole)}
    held = AreaTargets(by_area={}, weights={}) if isinstance(targets, Undefined) else targets
    shares = _gap_shares(standing, held.by_area, ends)
    none, no_target = Undefined(Reason.NOT_APPLICABLE), Undefined(Reason.NO_TARGET)
    views = []
    # Either may have a row for what no area has.
    for area in dict.fromkeys((*changes, *shares)):
        change, share = changes.get(area), shares.get(area)
        cells: dict[str, Quantity] = {
            "first": starts.get(area, none),
            "last": ends.get(area, none),
            "target": held.by_area.get(area, no_target),
            "weight": held.weights.get(area, none),
            "gap": share.gap if share else no_target,
            "shortfall_share_percent": share.shortfall_share_percent if share else no_target,
            **{n: getattr(change, n, none) for n in _OF_CHANGE},
        }
        views.append(_view(area, cells))
    return views


def _gap_shares(
    standing: Standing, targets: Mapping[str, Decimal], ends: dict[str, Quantity]
) -> dict[str, GapShare]:
    """Each area's part in the gap; empty where no area has a target."""
    if not targets:
        return {}
    none = Undefined(Reason.NO_TARGET)
    direction = standing.target.direction if standing.target else Direction.INCREASE
    gaps = {area: area_gap(targets.get(area, none), end, direction) for area, end in ends.items()}
    return {share.area: share for share in gap_shares(gaps, standing.assessment.gap)}


def _last_values(plan: Plan, standing: Standing, areas: Sequence[str]) -> dict[str, Quantity]:
    """The very summands of the row's actual, carried on as they are there; else what is known."""
    level = standing.level
    if level.source is ActualSource.SUMMED:
        return {part.area: part.value.value for part in level.parts}
    # Past the deadline the deadline's own figures count, as in the row.
    return {a: _value(plan, standing, a, level.period) for a in areas if level.period}


def _first_value(plan: Plan, standing: Standing, area: str, first: Period | None) -> Quantity:
    if first is None:
        return Undefined(Reason.NO_AREA_BASELINE)
    target = standing.target
    is_increment = standing.indicator.accumulation is Accumulation.INCREMENT
    if is_increment and target and target.start and first.last_day < target.start:
        return Decimal(0)
    return _value(plan, standing, area, first)


def _value(plan: Plan, standing: Standing, area: str, period: Period) -> Quantity:
    return plan.figures.actual(standing.indicator, area, period).value


def _view(area: str, cells: dict[str, Quantity]) -> ContributionView:
    return ContributionView(
        area=area,
        **{n: None if isinstance(v, Undefined) else v for n, v in cells.items()},
        reasons={n: v.reason.value for n, v in cells.items() if isinstance(v, Undefined)},
    )
