"""The gap table, and one gap in full."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import (
    IndicatorPath,
    PlanPath,
    Query,
    require_codes,
    wanted_periods,
)
from app.api.requests.strict_json import StrictRoute
from app.domain.standing import stand
from app.domain.time.period import Period
from app.errors.failure import ParametersInvalid
from app.errors.fault import invalid_parameter
from app.schemas.base import Page
from app.schemas.gaps.detail import PREVIOUS_YEAR, GapDetail, GapDetailQuery
from app.schemas.gaps.row import GapQuery, GapRow
from app.services.analysis.detail import get_detail
from app.services.gaps.latest import find_latest
from app.services.gaps.table import GapFilter, list_gaps
from app.services.state.plan import KnownPlan, load_plan_at, with_targets_of

router = APIRouter(prefix="/plans/{plan}", tags=["gaps"], route_class=StrictRoute)


@router.get("/gaps", summary="List gaps", response_model=Page[GapRow])
def read_gaps(reader: ReaderDep, plan: PlanPath, query: Query[GapQuery]) -> Response:
    """List the gap table: one row for each indicator and area, with target, actual, gap, measures
    and rating.

    Each row is about its latest period with data, unless periods are asked for; then there is
    one row for each period. The measures are defined in `docs/measures.md`.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    stored = find_latest(reader.session, known)
    if query.targets_as_of is not None:
        known, stored = _against_targets(reader, plan, query.targets_as_of, known), None
    require_codes(known, query)
    wanted = GapFilter(
        indicators=query.indicator,
        areas=query.area,
        area_levels=query.area_level,
        periods=wanted_periods(known, query),
        ratings=query.rating,
        goals=query.goal,
        responsible_units=query.responsible_unit,
        carry_forward=query.carry_forward,
        rank_by=query.rank_by,
        is_common=query.common_period,
    )
    rows = list_gaps(known, wanted, with_explanation=query.explain, stored=stored)
    return answer_list(reader, query, rows, GapRow, also=("explain",) if query.explain else ())


@router.get("/gaps/{indicator}", summary="Get a gap in full")
def read_gap(
    reader: ReaderDep, plan: PlanPath, indicator: IndicatorPath, query: Query[GapDetailQuery]
) -> GapDetail:
    """Get one row of the gap table with its series against the path, rating history, required
    amounts and the contributions of areas.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    measured = known.indicator(indicator)
    require_codes(known, query)
    area = query.area or known.definition.root.code
    period = Period.parse(query.period).as_quarter if query.period else None
    standing = stand(known.plan, measured, area, period, carry_forward=query.carry_forward)
    _require_earlier(query.from_period, standing.period)
    is_notional = query.allocation == "notional"
    return get_detail(known, standing, from_period=query.from_period, is_notional=is_notional)


def _against_targets(reader: ReaderDep, plan: str, as_of: str, known: KnownPlan) -> KnownPlan:
    """The figures of a plan against its targets as they were known at another moment."""
    earlier = reader.look_at(plan, as_of)
    return with_targets_of(known, load_plan_at(reader.session, earlier))


def _require_earlier(asked: str | None, at: Period | None) -> None:
    """ParametersInvalid where changes would be counted from after the row's own period."""
    if asked in {None, PREVIOUS_YEAR} or at is None:
        return
    if Period.parse(str(asked)).as_quarter.index > at.index:
        fault = invalid_parameter("from_period", asked, "period_until", period=str(at))
        raise ParametersInvalid([fault])
