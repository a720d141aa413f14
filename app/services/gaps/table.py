"""The analyst's table: one flat row per indicator, area and, where asked for, period."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from pydantic import JsonValue

from app.domain.bulletin.announced import inputs_before
from app.domain.bulletin.prospects import trend_of
from app.domain.columns import SeriesKey
from app.domain.parts.place import RankBy
from app.domain.plan import Indicator
from app.domain.quantity import Flag, Reason, Undefined
from app.domain.series import Observed
from app.domain.standing import Standing, stand, stand_with_target
from app.domain.time.period import Period
from app.schemas.base import Rows
from app.schemas.gaps.row import GapRow
from app.services.gaps.rows import explain, make_cells
from app.services.state.plan import KnownPlan

# A row takes some 3 KiB.
_ROW_WEIGHT = 30
_FIELDS = set(GapRow.model_fields)
# The JSON of rows that are stored, by indicator and area.
StoredRows = Callable[[Sequence[tuple[str, str]]], Mapping[tuple[str, str], str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFilter:
    """Which rows are wanted; None means all. Ratings are looked at in the finished rows."""

    indicators: Collection[str] | None = None
    areas: Collection[str] | None = None
    area_levels: Collection[str] | None = None
    periods: Collection[Period] | None = None
    ratings: Collection[str] | None = None
    goals: Collection[str] | None = None
    responsible_units: Collection[str] | None = None
    carry_forward: int = 0
    rank_by: RankBy = RankBy.ACTUAL
    # Every row at the latest period that all with data have; not where periods are named.
    is_common: bool = False


def list_gaps(
    known: KnownPlan,
    wanted: GapFilter,
    *,
    with_explanation: bool = False,
    stored: StoredRows | None = None,
) -> Sequence[GapRow]:
    """The rows in the plan's own order: indicator, area, period; each made when it is looked at.

    ``stored``: what is told of the latest rows without making them.
    """
    indicators, areas = wanted_indicators(known, wanted), wanted_areas(known, wanted)
    periods = _wanted_periods(known, wanted, indicators, areas)
    plain = replace(wanted, periods=None, carry_forward=0, rank_by=RankBy.ACTUAL, is_common=False)
    is_plain = wanted == plain and not with_explanation

    def make(places: Iterable[int]) -> Iterator[GapRow]:
        for place in places:
            rest, of_period = divmod(place, len(periods))
            of_indicator, of_area = divmod(rest, len(areas))
            indicator, area = indicators[of_indicator], areas[of_area]
            if is_plain:
                yield _latest_row(known, indicator, area)
                continue
            period, carry = periods[of_period], wanted.carry_forward
            standing = stand(known.plan, indicator, area, period, carry_forward=carry)
            yield to_row(known, standing, with_explanation=with_explanation, rank_by=wanted.rank_by)

    def write(places: Sequence[int]) -> Iterator[str]:
        pairs = [divmod(place, len(areas)) for place in places]
        keys = [(indicators[first].code, areas[second]) for first, second in pairs]
        found = {} if stored is None else stored(keys)
        for place, key in zip(places, keys, strict=True):
            yield found.get(key) or next(make([place])).model_dump_json()

    can_write = is_plain and stored is not None
    keys = range(len(indicators) * len(areas) * len(periods))
    rows = Rows(keys, make, write if can_write else None)
    if wanted.ratings is None:
        return rows
    return [row for row in rows if row.rating in wanted.ratings]


def to_row(
    known: KnownPlan,
    standing: Standing,
    *,
    with_explanation: bool = False,
    rank_by: RankBy = RankBy.ACTUAL,
) -> GapRow:
    """A standing as the row that clients get."""
    indicator = standing.indicator
    assumed = [Flag.ASSUMED] if standing.is_assumed else []
    flags = (*standing.flags, *assumed)
    cells = make_cells(known.plan, standing, extra_flags=flags, rank_by=rank_by)

    def label(figure: Observed) -> dict[str, JsonValue]:
        unit = known.plan.rules.indicators[figure.indicator].unit
        plan, code = known.snapshot.plan, figure.indicator
        if figure.origin is not None:
            plan, code = figure.origin.plan, figure.origin.indicator
        return {"plan": plan, "indicator": code, "area": figure.area, "unit": unit}

    has_growth = cells.values["yoy_change"] is not None
    before = inputs_before(known.plan, standing) if has_growth else []
    newest = max([standing.revision, *(each.revision for each in before)])
    trend, goal = trend_of(known.plan, standing), _goal_of(known, standing)
    missing = {} if goal else {"goal": Reason.NOT_APPLICABLE.value}
    if isinstance(trend, Undefined):
        missing["trend"] = trend.reason.value
    return GapRow.model_construct(
        # Shared: a set of its own would take more memory than the row.
        _fields_set=_FIELDS,
        **cells.values,
        **place_of(known, indicator.code, standing.area),
        missing_areas=cells.missing_areas,
        reasons=cells.reasons | missing,
        flags=cells.flags,
        goal=goal,
        responsible_units=known.definition.units_serving.get(indicator.code, []),
        trend=None if isinstance(trend, Undefined) else trend,
        revision=newest or known.definition.revision,
        explain=explain(cells, [*standing.level.inputs, *before], label)
        if with_explanation
        else None,
    )


def _goal_of(known: KnownPlan, standing: Standing) -> str | None:
    """The goal that the target names, else the one that names the indicator."""
    held = standing.set_target
    stated = None if held is None else known.stored_targets.row_of(held).goal
    return stated or known.definition.goals_of.get(standing.indicator.code)


def stand_at_latest(known: KnownPlan, indicator: Indicator, area: str) -> Standing:
    """How an area's target stands at the latest period, or where it begins if that is later."""
    found = _stand_now(known, indicator, area)
    is_with_target = found.set_target is not None
    return found if is_with_target else stand_with_target(known.plan, indicator, area)


def row_of(known: KnownPlan, standing: Standing) -> GapRow:
    """A standing as the row that clients get; that of the latest period is kept with the plan."""
    indicator, area = standing.indicator, standing.area
    if standing is _stand_now(known, indicator, area):
        return _latest_row(known, indicator, area)
    return to_row(known, standing)


def row_key(known: KnownPlan, indicator: str, area: str) -> SeriesKey:
    """What a row is kept by: the area above, as shares and ranks change with any neighbour."""
    return SeriesKey(indicator, known.plan.rules.areas[area].parent or area)


def place_of(known: KnownPlan, indicator_code: str, area_code: str) -> dict[str, Any]:
    """Where a row belongs: the plan, the indicator and the area, with their names."""
    area = known.definition.area(area_code)
    indicator = known.definition.indicator(indicator_code)
    return {
        "plan": known.snapshot.plan,
        "indicator": indicator.code,
        "indicator_name_zh": indicator.name_zh,
        "indicator_name_en": indicator.name_en,
        "area": area.code,
        "area_name_zh": area.name_zh,
        "area_name_en": area.name_en,
    }


def wanted_indicators(known: KnownPlan, wanted: GapFilter) -> list[Indicator]:
    """The indicators that the filter leaves, by code, goal and responsible unit."""
    document = known.definition.document
    chosen = [each for each in document.indicators if _is_in(each.code, wanted.indicators)]
    if wanted.goals is not None:
        of_goals = {c for g in document.goals if g.code in wanted.goals for c in g.indicators}
        chosen = [each for each in chosen if each.code in of_goals]
    if wanted.responsible_units is not None:
        served = {
            code
            for action in document.actions
            if action.serves and set(action.responsible_units) & set(wanted.responsible_units)
            for code in action.serves.indicators
        }
        chosen = [each for each in chosen if each.code in served]
    return [known.indicator(each.code) for each in chosen]


def wanted_areas(known: KnownPlan, wanted: GapFilter) -> list[str]:
    """The areas that the filter leaves, by code and level."""
    return [
        area.code
        for area in known.definition.document.areas
        if _is_in(area.code, wanted.areas) and _is_in(area.level, wanted.area_levels)
    ]


def _wanted_periods(
    known: KnownPlan, wanted: GapFilter, indicators: list[Indicator], areas: list[str]
) -> list[Period | None]:
    """The periods that were named or that are common, ascending; None for each row's latest."""
    if wanted.periods is not None:
        return [*sorted(wanted.periods, key=lambda each: each.index)]
    return [_common_period(known, indicators, areas)] if wanted.is_common else [None]


def _common_period(
    known: KnownPlan, indicators: list[Indicator], areas: list[str]
) -> Period | None:
    """The latest period at which every row that has a value at any has one.

    Where they have none in common, the latest at which any has one; None without any value.
    """
    tracks = (known.plan.track(each, area) for each in indicators for area in areas)
    found = [
        {period for period in track.periods() if isinstance(track.at(period).value, Decimal)}
        for track in tracks
    ]
    with_data = [each for each in found if each]
    shared = set.intersection(*with_data) if with_data else set()
    return max(shared or set().union(*with_data), key=lambda each: each.index, default=None)


def _latest_row(known: KnownPlan, indicator: Indicator, area: str) -> GapRow:
    """A row of the table as it is most often asked for: kept with the plan."""
    return known.plan.memory.recall(
        row_key(known, indicator.code, area),
        ("row", area),
        lambda: to_row(known, _stand_now(known, indicator, area)),
        weight=_ROW_WEIGHT,
    )


def _stand_now(known: KnownPlan, indicator: Indicator, area: str) -> Standing:
    """How an area stands at the latest period; with a target it is kept with the plan."""
    stand_now = partial(stand, known.plan, indicator, area)
    if known.plan.targets.newest(indicator.code, area) is None:
        return stand_now()
    place = SeriesKey(indicator.code, area)
    return known.plan.memory.recall(place, "standing", stand_now, weight=_ROW_WEIGHT)


def _is_in(code: str, wanted: Collection[str] | None) -> bool:
    return wanted is None or code in wanted
