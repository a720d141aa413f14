"""What a bulletin says of an indicator in an area first: its growth, share, rank and status.

It stands beside the target and needs none (docs/measures.md#growth-and-place).
"""

from functools import cache
from types import MappingProxyType

from app.domain.accumulation import AreaRule, Measure
from app.domain.bulletin.prospects import DEFINITIONS as OF_PROSPECTS
from app.domain.bulletin.prospects import require_of
from app.domain.bulletin.year_before import DEFINITIONS as OF_GROWTH
from app.domain.bulletin.year_before import Course
from app.domain.columns import SeriesKey
from app.domain.course.levels import level_at
from app.domain.gap import MEASURES as OF_TARGET
from app.domain.outlook.flags import status_of
from app.domain.parts.place import DEFINITIONS as OF_PLACE
from app.domain.parts.place import RankBy, beside, rank_areas, share_change, share_percent
from app.domain.path import Direction
from app.domain.plan import Indicator
from app.domain.quantity import MeasureDefinition, MeasureUnit, Quantity, Reason, Undefined
from app.domain.series import Observed
from app.domain.standing import Plan, Standing, stand
from app.domain.time.period import QUARTERS_A_YEAR, Period

_STATUS = "P if a figure used is preliminary, else E if one is estimated, else B at a break, else A"
BESIDE = (
    *OF_GROWTH,
    *OF_PLACE,
    MeasureDefinition(name="obs_status", unit=MeasureUnit.CODE, formula=_STATUS),
)
# Every measure of a row: those of its target, and these, which need none.
MEASURES = MappingProxyType(
    {
        each.name: each
        for measure in OF_TARGET.values()
        # What is required a quarter follows what is required a year.
        for each in (measure, *(OF_PROSPECTS if measure.name == "required_rate" else ()))
    }
    | {each.name: each for each in BESIDE}
)

_NO_PLACE = Undefined(Reason.NOT_APPLICABLE)


def announce(
    plan: Plan, standing: Standing, *, rank_by: RankBy = RankBy.ACTUAL
) -> dict[str, Quantity | str | int]:
    """What a quarter must bring, growth, share, rank and status, by the names of their columns."""
    needed = require_of(plan, standing)
    return {
        "required_per_quarter": needed.required_per_quarter,
        "reachability": needed.reachability,
        **_beside(plan, standing, rank_by),
    }


def _beside(plan: Plan, standing: Standing, rank_by: RankBy) -> dict[str, Quantity | str | int]:
    period = standing.actual.data_period
    if period is None:
        return dict.fromkeys((each.name for each in BESIDE), Undefined(Reason.NO_DATA))
    indicator, area = standing.indicator, standing.area
    course = course_of(plan, standing)
    rank, among = _rank(plan, indicator, area, period, rank_by)
    share = _share(plan, indicator, area, period)
    return {
        "yoy_percent": course.percent(period),
        "yoy_change": course.change(period),
        "yoy_basis": course.basis(period),
        "published_growth_percent": _published_growth(plan, standing, period),
        "two_year_average_growth_percent": course.two_year_average(period),
        "share_percent": share,
        "share_change": _share_change(plan, indicator, area, period, share),
        "rank": rank,
        "rank_of": among,
        "obs_status": status_of(standing.actual),
    }


def inputs_before(plan: Plan, standing: Standing) -> list[Observed]:
    """The figures of earlier periods that growth on a year before rests on, each once.

    Without those of the value itself.
    """
    period = standing.actual.data_period
    if period is None:
        return []
    course = course_of(plan, standing)
    track = plan.track(standing.indicator, standing.area, standing.level.source)
    before = [each for at in course.compared_with(period) for each in track.at(at).inputs]
    own = {(each.indicator, each.area, each.period.index) for each in standing.level.inputs}
    found = {(each.indicator, each.area, each.period.index): each for each in before}
    return [each for key, each in found.items() if key not in own]


def course_of(plan: Plan, standing: Standing) -> Course:
    """The values of a standing's indicator over time, all from the source of its own actual."""
    track = plan.track(standing.indicator, standing.area, standing.level.source)
    return Course(indicator=standing.indicator, at=cache(track.value_at), start=plan.rules.start)


def _published_growth(plan: Plan, standing: Standing, period: Period) -> Quantity:
    """As reported with the area's own figure of the period; never derived, never of a sum."""
    own = plan.figures.own(standing.indicator, standing.area, period)
    if own is None or own.published_growth_percent is None:
        return Undefined(Reason.NOT_REPORTED)
    return own.published_growth_percent


def _share(plan: Plan, indicator: Indicator, area: str, period: Period) -> Quantity:
    place = plan.rules.areas[area]
    is_summed = indicator.area_rule is AreaRule.SUM and indicator.measure is Measure.REPORTED
    if place.parent is None or not (is_summed and place.in_sum):
        return _NO_PLACE
    part, whole = (plan.track(indicator, each).value_at(period) for each in (area, place.parent))
    return share_percent(part, whole)


def _share_change(
    plan: Plan, indicator: Indicator, area: str, period: Period, now: Quantity
) -> Quantity:
    if isinstance(now, Undefined):
        return now
    before = period.shift(-QUARTERS_A_YEAR)
    parent = plan.rules.areas[area].parent
    breaks = [plan.track(indicator, each).at(period).since for each in (area, parent) if each]
    is_broken = any(since is not None and since.index > before.index for since in breaks)
    if is_broken:
        return Undefined(Reason.BREAK_IN_SERIES)
    return share_change(now, _share(plan, indicator, area, before))


def _rank(
    plan: Plan, indicator: Indicator, area: str, period: Period, by: RankBy
) -> tuple[int | Undefined, int | Undefined]:
    """The rank of an area among those beside it that have the value at the period."""
    rivals = beside(plan.rules, area)
    parent = plan.rules.areas[area].parent
    if parent is None or len(rivals) == 1:
        return _NO_PLACE, _NO_PLACE

    def work_out() -> dict[str, int]:
        values = {each: _value(plan, indicator, each, period, by) for each in rivals}
        return rank_areas(values, by.best(_direction(plan, indicator)))

    # Known with the area above them: whatever any of them reports counts for that one too.
    name = ("ranks", period.index, by, plan.rules.areas[area].in_sum)
    ranks = plan.memory.recall(
        SeriesKey(indicator.code, parent), name, work_out, weight=len(rivals)
    )
    if area not in ranks:
        why = _value(plan, indicator, area, period, by)
        none = why if isinstance(why, Undefined) else _NO_PLACE
        return none, none
    return ranks[area], len(ranks)


def _value(plan: Plan, indicator: Indicator, area: str, period: Period, by: RankBy) -> Quantity:
    """What an area is ranked by; a sum that lacks areas has no rank."""
    is_plain = by is RankBy.ACTUAL and indicator.measure is Measure.REPORTED
    if is_plain and not plan.rules.summands(indicator, area):
        series = plan.figures.all_series.of(indicator.code, area, in_sum=False)
        if (own := level_at(series, period.index)) is not None:
            return own
    if by is RankBy.SHARE_PERCENT:
        return _share(plan, indicator, area, period)
    if by is RankBy.ACTUAL and indicator.measure is not Measure.CAGR:
        actual = plan.track(indicator, area).value_at(period)
    else:
        standing = stand(plan, indicator, area, period)
        actual = standing.actual
        if by is RankBy.YOY_PERCENT:
            return course_of(plan, standing).percent(period)
        if by is not RankBy.ACTUAL:
            return standing.assessment.values[by.value]
    return Undefined(Reason.PARTIAL_COVERAGE) if actual.is_partial else actual.value


def _direction(plan: Plan, indicator: Indicator) -> Direction:
    """What the plan wants of the indicator: by its target for the whole, else an increase."""
    held = plan.targets.newest(indicator.code, plan.rules.root)
    return Direction.INCREASE if held is None else held.target.direction
