"""One target in full: its series against the path, and each area's part in it."""

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal

from app.domain.accumulation import Accumulation, Measure
from app.domain.contribution import (
    Change,
    ChangeShare,
    GapShare,
    contributions,
    gap_shares,
)
from app.domain.coverage import sum_exactly
from app.domain.gap import rate_only
from app.domain.growth import GrowthTarget, chain_linked, growth_since
from app.domain.period import Period, quarters_between
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.target import Target
from app.schemas.plan import ContributionView, GapDetail, SeriesPoint
from app.services.gaps import to_row
from app.services.standings import Plan, Standing

_OF_CHANGE = [each.name for each in fields(ChangeShare) if each.name != "area"]


def get_detail(plan: Plan, standing: Standing, *, from_period: Period | None) -> GapDetail:
    """One indicator in one area, with series and contributions."""
    row = to_row(plan, standing, with_explanation=True)
    reasons = dict(row.reasons)
    extra: dict[str, Quantity] = {
        **_growth_extras(plan, standing),
        "like_for_like_gap": _like_for_like(plan, standing),
    }
    reasons |= {n: v.reason.value for n, v in extra.items() if isinstance(v, Undefined)}
    first = from_period or _first_common_period(plan, standing)
    parts = _contributions(plan, standing, first)
    if standing.indicator.of is None:
        reasons["of"] = Reason.NOT_APPLICABLE.value
    if first is None or not parts:
        reasons["from_period"] = Reason.NO_AREA_BASELINE.value
    values = {name: _present(value) for name, value in extra.items()}
    return GapDetail.model_construct(
        **{**dict(row), **values, "reasons": reasons},
        of=standing.indicator.of,
        series=series_of(plan, standing),
        from_period=str(first) if first is not None and parts else None,
        contributions=parts,
    )


def series_of(plan: Plan, standing: Standing) -> list[SeriesPoint]:
    """Every quarter from the baseline to the deadline, or to the plan's end without a target."""
    target = standing.target
    last = plan.last_period if target is None else target.deadline
    first = plan.first_period
    if target is not None and target.baseline_period is not None:
        first = target.baseline_period.shift(1)
    elif target is not None and target.start is not None:
        first = Period.containing(target.start)
    return [_point(plan, standing, period) for period in quarters_between(first, last)]


def _point(plan: Plan, standing: Standing, period: Period) -> SeriesPoint:
    level = plan.figures.actual(plan.level_indicator(standing.indicator), standing.area, period)
    row, target = plan.target_at(standing.indicator, standing.area, period)
    is_growth = standing.indicator.measure is Measure.CAGR
    actual, rating = level, None
    path: Quantity = Undefined(Reason.NO_TARGET)
    if row is not None and target is not None and is_growth:
        growth = GrowthTarget(target=target, base_level=row.baseline or Decimal(0))
        actual, path = growth_since(growth, level), Undefined(Reason.NOT_DEFINED_FOR_GROWTH)
    elif target is not None:
        path = target.path_value_at(period)
        rating = rate_only(target, actual, plan.definition.bands)
    value = actual.value
    is_known = isinstance(value, Decimal)
    return SeriesPoint.model_construct(
        period=str(period),
        actual=_present(value),
        actual_basis=actual.basis if is_known else None,
        path_value=_present(path),
        gap=_gap(target, value),
        rating=rating if is_known else None,
        provisional=actual.is_provisional,
        areas_reported=actual.coverage.reported if actual.coverage else None,
        reason=None if isinstance(value, Decimal) else value.reason.value,
    )


def _gap(target: Target | None, value: Quantity) -> Decimal | None:
    if target is None or isinstance(value, Undefined):
        return None
    return target.distance_to(value)


def _growth_extras(plan: Plan, standing: Standing) -> dict[str, Quantity]:
    names = ("implied_level", "chain_linked_growth_percent")
    row, target = standing.target_row, standing.target
    if standing.indicator.measure is not Measure.CAGR or row is None or target is None:
        return dict.fromkeys(names, Undefined(Reason.NOT_APPLICABLE))
    growth = GrowthTarget(target=target, base_level=row.baseline or Decimal(0))
    return {
        "implied_level": growth.implied_level,
        "chain_linked_growth_percent": _chain_linked(plan, standing, target),
    }


def _chain_linked(plan: Plan, standing: Standing, target: Target) -> Quantity:
    """The published growth of each full year since the base; every one must be there."""
    if standing.period is None or target.baseline_period is None:
        return Undefined(Reason.NO_DATA)
    level = plan.level_indicator(standing.indicator)
    years = range(target.baseline_period.year + 1, standing.period.year + 1)
    found = [plan.figures.own(level, standing.area, Period(year, 4)) for year in years]
    published = [None if each is None else each.published_growth_percent for each in found]
    known = [percent for percent in published if percent is not None]
    if not standing.period.ends_year or len(known) < len(published):
        return Undefined(Reason.INSUFFICIENT_HISTORY)
    return chain_linked(known)


def _like_for_like(plan: Plan, standing: Standing) -> Quantity:
    """The gap of the reporting areas to their own targets, where all of them have one."""
    actual, period, target = standing.actual, standing.level.period, standing.target
    known = [part for part in actual.parts if part.value.is_known]
    if target is None or period is None or not known:
        return Undefined(Reason.NOT_A_SUM if target else Reason.NO_TARGET)
    targets = plan.targets.of_areas(standing.indicator.code, [p.area for p in known], period)
    values = [part.value.value for part in known if part.area in targets]
    if not targets:
        return Undefined(Reason.NO_AREA_TARGETS)
    whole = sum_exactly([value for value in values if isinstance(value, Decimal)])
    return target.direction.sign * (sum_exactly(list(targets.values())) - whole)


def _parts_of(plan: Plan, standing: Standing) -> Sequence[str]:
    level = plan.level_indicator(standing.indicator)
    return plan.definition.summands(level, standing.area)


def _value(plan: Plan, standing: Standing, area: str, period: Period) -> Quantity:
    return plan.figures.actual(plan.level_indicator(standing.indicator), area, period).value


def _first_common_period(plan: Plan, standing: Standing) -> Period | None:
    """The baseline's period, or the earliest one at which every part is known.

    An increment counts from the plan's start, where every part is 0.
    """
    areas = _parts_of(plan, standing)
    target, until = standing.target, standing.level.period
    if not areas or until is None:
        return None
    level = plan.level_indicator(standing.indicator)
    if level.accumulation is Accumulation.INCREMENT and target and target.start:
        return Period.containing(target.start).shift(-1)
    baseline = target.baseline_period.as_quarter if target and target.baseline_period else None
    candidates = [*([baseline] if baseline else []), *plan.figures.periods(level, standing.area)]
    for period in candidates:
        values = [_value(plan, standing, area, period) for area in areas]
        is_known = all(isinstance(value, Decimal) for value in values)
        if is_known and period.quarters_since(until) < 0:
            return period
    return None


def _contributions(plan: Plan, standing: Standing, first: Period | None) -> list[ContributionView]:
    # Past the deadline the deadline's own figures count, as in the row.
    areas, until = _parts_of(plan, standing), standing.level.period
    if not areas or until is None or standing.indicator.measure is Measure.CAGR:
        return []
    starts = {area: _first_value(plan, standing, area, first) for area in areas}
    ends = {area: _value(plan, standing, area, until) for area in areas}
    whole = Change(
        area=standing.area,
        first=_first_value(plan, standing, standing.area, first),
        last=standing.level.value,
    )
    parts = [Change(area=a, first=starts[a], last=ends[a]) for a in areas]
    changes = {each.area: each for each in contributions(parts, whole)}
    targets = plan.targets.of_areas(standing.indicator.code, areas, until)
    shares = _gap_shares(standing, targets, ends)
    none, no_target = Undefined(Reason.NOT_APPLICABLE), Undefined(Reason.NO_TARGET)
    views = []
    # Either may have a row for what no area has.
    for area in dict.fromkeys((*changes, *shares)):
        change, share = changes.get(area), shares.get(area)
        cells: dict[str, Quantity] = {
            "first": starts.get(area, none),
            "last": ends.get(area, none),
            "target": targets.get(area, no_target),
            "gap": share.gap if share else no_target,
            "shortfall_share_percent": share.shortfall_share_percent if share else no_target,
            **{n: getattr(change, n, none) for n in _OF_CHANGE},
        }
        views.append(_contribution_view(area, cells))
    return views


def _gap_shares(
    standing: Standing, targets: dict[str, Decimal], ends: dict[str, Quantity]
) -> dict[str, GapShare]:
    """Each area's part in the gap; empty where no area has a target of its own."""
    if not targets:
        return {}
    sign = standing.target.direction.sign if standing.target else 1
    gaps = {area: _area_gap(targets.get(area), end, sign) for area, end in ends.items()}
    return {share.area: share for share in gap_shares(gaps, standing.assessment.gap)}


def _contribution_view(area: str, cells: dict[str, Quantity]) -> ContributionView:
    return ContributionView(
        area=area,
        **{name: _present(value) for name, value in cells.items()},
        reasons={n: v.reason.value for n, v in cells.items() if isinstance(v, Undefined)},
    )


def _first_value(plan: Plan, standing: Standing, area: str, first: Period | None) -> Quantity:
    if first is None:
        return Undefined(Reason.NO_AREA_BASELINE)
    level, target = plan.level_indicator(standing.indicator), standing.target
    is_increment = level.accumulation is Accumulation.INCREMENT
    if is_increment and target and target.start and first.last_day < target.start:
        return Decimal(0)
    return _value(plan, standing, area, first)


def _area_gap(target: Decimal | None, value: Quantity, sign: int) -> Quantity:
    if target is None:
        return Undefined(Reason.NO_TARGET)
    return value if isinstance(value, Undefined) else sign * (target - value)


def _present(value: Quantity) -> Decimal | None:
    return None if isinstance(value, Undefined) else value
