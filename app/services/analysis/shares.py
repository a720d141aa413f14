"""Who brought the change of a whole and who owes its gap: each area's part, since a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from app.domain.accumulation import Accumulation, ActualSource, Measure
from app.domain.checks.figure import MAX_DECIMAL_PLACES
from app.domain.course.history import is_history
from app.domain.disclosure.cut import WITHHELD, is_withheld
from app.domain.outlook.look_ahead import is_broken
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
from app.domain.series import Comparable
from app.domain.standing import Plan, Standing
from app.domain.target import Target
from app.domain.time.period import Period
from app.schemas.gaps.detail import ContributionView

_OF_CHANGE = [each.name for each in fields(ChangeShare) if each.name != "area"]
_OF_GAP = [each.name for each in fields(GapShare) if each.name != "area"]
_SILENT, _INAPPLICABLE = Undefined(Reason.PARTIAL_COVERAGE), Undefined(Reason.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTargets:
    """The targets that the areas below are held against: their own, or notional ones.

    ``weights`` are what a target was split by, where it was, and ``weighed_at`` their period.
    """

    by_area: Mapping[str, Target]
    weights: Mapping[str, Decimal]
    weighed_at: Period | None = None

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
    """The baseline's period; if a part is unknown there, the earliest at which all are known.

    An increment counts from the plan's start, where every part is 0. None before a break.
    """
    areas, until, target = parts_of(plan, standing), standing.level.period, standing.target
    if not areas or until is None:
        return None
    since = standing.level.since
    is_increment = standing.indicator.accumulation is Accumulation.INCREMENT
    if is_increment and target and target.start and not is_broken(target, since):
        return Period.containing(target.start).shift(-1)
    baseline = target.baseline_period.as_quarter if target and target.baseline_period else None
    every = plan.figures.periods(standing.indicator, standing.area)
    known = [each for each in every if not is_history(plan.rules, each)]
    for period in [*([baseline] if baseline else []), *known]:
        values = _values(plan, standing, period).values()
        is_known = all(isinstance(each, Decimal) or each == _INAPPLICABLE for each in values)
        is_before = since is not None and period.index < since.index
        if is_known and period.quarters_since(until) < 0 and not is_before:
            return period
    return None


def area_targets(
    plan: Plan, standing: Standing, first: Period | None, *, is_notional: bool
) -> AreaTargets | Undefined:
    """The areas' own targets; where none has one and it is asked for, the whole's, split.

    The weights are the areas' values at the first period, or, where all of them are 0 as those of
    increments are, at the earliest one after it that can be split by. Undefined
    ``no_area_targets``, ``not_defined_for_range``, or ``no_weights`` where a value is not known or
    below 0 at all of them.
    """
    areas, until, target = parts_of(plan, standing), standing.level.period, standing.target
    own = {} if until is None else plan.targets.of_areas(standing.indicator.code, areas, until)
    if own or not is_notional or target is None or not areas or until is None:
        return AreaTargets(by_area=own, weights={}) if own else Undefined(Reason.NO_AREA_TARGETS)
    if target.high is not None:
        return Undefined(Reason.NOT_DEFINED_FOR_RANGE)
    is_counted = standing.indicator.is_count and not target.value % 1
    places = 0 if is_counted else MAX_DECIMAL_PLACES
    known = plan.figures.periods(standing.indicator, standing.area)
    later = [p for p in known if first is not None and first.index < p.index <= until.index]
    for period in [*([first] if first else []), *later]:
        weights = _first_values(plan, standing, period)
        split = allocate(target.value, weights, places=places)
        if not isinstance(split, Undefined):
            numbers = {area: each for area, each in weights.items() if isinstance(each, Decimal)}
            by_area = {area: replace(target, value=value) for area, value in split.items()}
            return AreaTargets(by_area=by_area, weights=numbers, weighed_at=period)
    return Undefined(Reason.NO_WEIGHTS)


def like_for_like_of(plan: Plan, standing: Standing) -> Quantity:
    """The gap of the reporting areas to their own targets, of those that have one."""
    actual, period, target = standing.actual, standing.level.period, standing.target
    known = [part for part in actual.parts if part.value.is_known]
    if target is None:
        return Undefined(Reason.NO_TARGET)
    if period is None or not known or not parts_of(plan, standing):
        return Undefined(Reason.NOT_A_SUM)
    if any(is_withheld(part.value) for part in known):
        return WITHHELD
    values = {part.area: part.value.value for part in known}
    targets = plan.targets.of_areas(standing.indicator.code, list(values), period)
    return like_for_like_gap(targets, values, target.direction)


def list_contributions(
    plan: Plan, standing: Standing, first: Period | None, targets: AreaTargets | Undefined
) -> list[ContributionView]:
    """One row an area, and one for what no area has where every area is known."""
    areas = parts_of(plan, standing)
    if not areas or standing.level.period is None:
        return []
    starts, ends = _first_values(plan, standing, first), _last_values(plan, standing)
    # An area that has no such value at either end is no part.
    areas = [each for each in areas if (starts[each], ends[each]) != (_INAPPLICABLE, _INAPPLICABLE)]
    parts = [AreaChange(area=a, first=starts[a], last=ends[a]) for a in areas]
    base = _first_of_whole(plan, standing, first)
    whole = AreaChange(area=standing.area, first=base, last=standing.level.value)
    changes = {each.area: each for each in contributions(parts, whole)}
    held = AreaTargets(by_area={}, weights={}) if isinstance(targets, Undefined) else targets
    shares = _gap_shares(standing, held.by_area, {area: ends[area] for area in areas})
    no_target = Undefined(Reason.NO_TARGET)
    views = []
    # Either may have a row for what no area has.
    for area in dict.fromkeys((*changes, *shares)):
        change, share = changes.get(area), shares.get(area)
        cells: dict[str, Quantity] = {
            "first": starts.get(area, _INAPPLICABLE),
            "last": ends.get(area, _INAPPLICABLE),
            "target": held.by_area[area].value if area in held.by_area else no_target,
            "weight": held.weights.get(area, _INAPPLICABLE),
            **{n: getattr(share, n, no_target) for n in _OF_GAP},
            **{n: getattr(change, n, _INAPPLICABLE) for n in _OF_CHANGE},
        }
        views.append(_view(area, cells))
    return views


def _gap_shares(
    standing: Standing, targets: Mapping[str, Target], ends: Mapping[str, Quantity]
) -> dict[str, GapShare]:
    """Each area's part in the gap; empty where no area has a target."""
    if not targets:
        return {}
    none = Undefined(Reason.NO_TARGET)
    direction = standing.target.direction if standing.target else Direction.INCREASE
    gaps = {
        area: area_gap(targets[area].nearest(end) if area in targets else none, end, direction)
        if isinstance(end, Decimal)
        else _SILENT
        for area, end in ends.items()
    }
    return {share.area: share for share in gap_shares(gaps, standing.assessment.gap)}


def _last_values(plan: Plan, standing: Standing) -> dict[str, Quantity]:
    """The very summands of the row's actual, carried on as they are there; else what is known."""
    level = standing.level
    if level.source is ActualSource.SUMMED or level.period is None:
        return {part.area: _shown(part.value) for part in level.parts}
    # Past the deadline the deadline's own figures count, as in the row.
    return _values(plan, standing, level.period)


def _first_values(plan: Plan, standing: Standing, first: Period | None) -> dict[str, Quantity]:
    shared = _first_of_all(standing, first)
    if shared is not None:
        return dict.fromkeys(parts_of(plan, standing), shared)
    return _values(plan, standing, first) if first else {}


def _first_of_whole(plan: Plan, standing: Standing, first: Period | None) -> Quantity:
    """The whole at the first period, from the row's own source."""
    shared = _first_of_all(standing, first)
    if first is None or shared is not None:
        return shared or Decimal(0)
    return plan.track(standing.indicator, standing.area, standing.level.source).at(first).value


def _first_of_all(standing: Standing, first: Period | None) -> Quantity | None:
    """What every area has at the first period alike: nothing that compares, or 0 before the start.

    None where each has its own.
    """
    since, start = standing.level.since, standing.target.start if standing.target else None
    if first is None:
        return Undefined(Reason.NO_AREA_BASELINE)
    if since is not None and first.index < since.index:
        return Undefined(Reason.BREAK_IN_SERIES)
    return Decimal(0) if start is not None and first.last_day < start else None


def _values(plan: Plan, standing: Standing, period: Period) -> dict[str, Quantity]:
    """What each part has at a period, as it counts in the sum."""
    track = plan.track(standing.indicator, standing.area, ActualSource.SUMMED)
    return {part.area: _shown(part.value) for part in track.at(period).parts}


def _shown(value: Comparable) -> Quantity:
    """What a part has; within the sum, what is withheld counts as something else."""
    return WITHHELD if is_withheld(value) else value.value


def _view(area: str, cells: dict[str, Quantity]) -> ContributionView:
    return ContributionView(
        area=area,
        **{n: None if isinstance(v, Undefined) else v for n, v in cells.items()},
        reasons={n: v.reason.value for n, v in cells.items() if isinstance(v, Undefined)},
    )
