"""Plans, their headline, and their code lists."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import (
    IndicatorPath,
    PlanPath,
    Query,
    require_codes,
    require_period,
)
from app.api.requests.strict_json import StrictRoute
from app.errors.failure import AsOfInvalid
from app.schemas.base import Page
from app.schemas.document.actions import ResponsibleUnitEntry
from app.schemas.document.plan import AreaEntry
from app.schemas.plans import (
    IndicatorView,
    Overview,
    OverviewQuery,
    PlansQuery,
    PlanSummary,
    PlanView,
)
from app.schemas.query import ListQuery, PlanQuery
from app.services.gaps.table import GapFilter
from app.services.ledger.snapshots import read_moment
from app.services.plans.portfolio import (
    get_overview,
    get_plan_view,
    list_plan_summaries,
    write_overview,
)
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.plan import load_plan_at

router = APIRouter(prefix="/plans", tags=["plans"], route_class=StrictRoute)


@router.get(
    "",
    summary="List plans",
    response_model=Page[PlanSummary],
)
def read_plans(reader: ReaderDep, query: Query[PlansQuery]) -> Response:
    """List the plans of this deployment, by code, with their counts of targets by rating.

    `as_of` is an instant or a day here, because each plan counts its own revisions.
    """
    reader.require_access()
    if query.as_of is not None and read_moment(query.as_of) is None:
        raise AsOfInvalid(why="not_an_instant", as_of=query.as_of)
    only = reader.principal.plan if reader.principal else None
    rows = list_plan_summaries(reader.session, as_of=query.as_of, only=only, now=reader.now)
    return answer_list(reader, query, rows, PlanSummary)


@router.get("/{plan}", summary="Get a plan")
def read_plan(reader: ReaderDep, plan: PlanPath, query: Query[PlanQuery]) -> PlanView:
    """Get a plan with its rules and texts."""
    return get_plan_view(reader.session, reader.open(plan, query))


@router.get(
    "/{plan}/overview",
    summary="Get the overview of a plan",
    response_model=Overview,
)
def read_overview(reader: ReaderDep, plan: PlanPath, query: Query[OverviewQuery]) -> Response:
    """Get everything that a dashboard needs: headline counts, and every target of an area with its
    actual, gap, rating and series, at its latest period or as of a quarter.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    require_codes(known, query)
    wanted = GapFilter(goals=query.goal, responsible_units=query.responsible_unit)
    period = require_period(known, query.period) if query.period else None
    found = get_overview(known, wanted, area=query.area, period=period)
    return Response(write_overview(known, found), media_type="application/json")


@router.get("/{plan}/areas", summary="List areas", response_model=Page[AreaEntry])
def read_areas(reader: ReaderDep, plan: PlanPath, query: Query[ListQuery]) -> Response:
    """List the areas of a plan, with the area that each one lies in and whether it is expected to
    report.
    """
    rows = _definition(reader, plan, query).document.areas
    return answer_list(reader, query, rows, AreaEntry)


@router.get("/{plan}/indicators", summary="List indicators", response_model=Page[IndicatorView])
def read_indicators(reader: ReaderDep, plan: PlanPath, query: Query[ListQuery]) -> Response:
    """List the indicators of a plan, with definitions, units, accumulation, checks and
    ambiguities.
    """
    entries = _definition(reader, plan, query).document.indicators
    rows = [IndicatorView.model_validate(entry, from_attributes=True) for entry in entries]
    return answer_list(reader, query, rows, IndicatorView)


@router.get("/{plan}/indicators/{indicator}", summary="Get an indicator")
def read_indicator(
    reader: ReaderDep, plan: PlanPath, indicator: IndicatorPath, query: Query[PlanQuery]
) -> IndicatorView:
    """Get the definition of one indicator."""
    entry = _definition(reader, plan, query).indicator(indicator)
    return IndicatorView.model_validate(entry, from_attributes=True)


@router.get(
    "/{plan}/units", summary="List responsible units", response_model=Page[ResponsibleUnitEntry]
)
def read_units(reader: ReaderDep, plan: PlanPath, query: Query[ListQuery]) -> Response:
    """List the authorities and other bodies that the plan makes responsible."""
    rows = _definition(reader, plan, query).document.responsible_units
    return answer_list(reader, query, rows, ResponsibleUnitEntry)


def _definition(reader: ReaderDep, plan: str, query: ListQuery | PlanQuery) -> PlanDefinition:
    snapshot = reader.open(plan, query)
    return get_definition(reader.session, plan, revision=snapshot.revision)
