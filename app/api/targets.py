"""The targets beside actual and gap, their versions, and their revision."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import Now, ReaderDep, WriterDep, WriteSession
from app.api.requests.idempotency import WriteRoute
from app.api.requests.parameters import IndicatorPath, PlanPath, Query, require_codes
from app.errors import NothingThere
from app.schemas.base import Page
from app.schemas.query import PlanQuery
from app.schemas.targets import (
    OneOrSeveral,
    RevisionResult,
    TargetDetail,
    TargetQuery,
    TargetRevision,
    TargetRow,
)
from app.services.state.plan import load_plan_at
from app.services.targets.revisions import revise_targets
from app.services.targets.rows import get_target, list_targets

router = APIRouter(prefix="/plans/{plan}", tags=["targets"], route_class=WriteRoute)


@router.get(
    "/targets",
    summary="List targets",
    response_model=Page[TargetRow],
)
def read_targets(reader: ReaderDep, plan: PlanPath, query: Query[TargetQuery]) -> Response:
    """List the targets of a plan, each with its latest actual and gap."""
    known = load_plan_at(reader.session, reader.open(plan, query), query.indicator)
    require_codes(known, query)
    rows = list_targets(known, indicators=query.indicator, areas=query.area, goals=query.goal)
    return answer_list(reader, query, rows, TargetRow)


@router.get("/targets/{indicator}", summary="Get a target")
def read_target(
    reader: ReaderDep, plan: PlanPath, indicator: IndicatorPath, query: Query[PlanQuery]
) -> TargetDetail:
    """Get the target of the whole area for one indicator, with every version of it."""
    known = load_plan_at(reader.session, reader.open(plan, query), [indicator])
    found = get_target(known, indicator, known.definition.root.code)
    if found is None:
        raise NothingThere(kind="target", code=indicator)
    return found


@router.post("/targets", summary="Revise targets", status_code=201)
def post_targets(
    session: WriteSession,
    caller: WriterDep,
    now: Now,
    plan: PlanPath,
    given: OneOrSeveral,
    response: Response,
) -> RevisionResult:
    """Revise one or several targets, or set targets for areas. Needs an administrator's key.

    Answers 201 if anything was stored, and 200 if every target is already as requested.
    """
    revisions = {"": given} if isinstance(given, TargetRevision) else given.by_pointer()
    result = revise_targets(session, caller, plan_code=plan, revisions=revisions, now=now)
    if not result.applied:
        response.status_code = 200
    return result
