"""The targets beside actual and gap, their versions, and their revision."""

from functools import partial

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.answers.told import tell
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import IndicatorPath, PlanPath, Query, require_codes
from app.api.requests.writing import WriteDep, WriteRoute
from app.errors.failure import NothingThere
from app.schemas.base import Page
from app.schemas.query import PlanQuery
from app.schemas.targets.targets import (
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
    known = load_plan_at(reader.session, reader.open(plan, query))
    require_codes(known, query)
    rows = list_targets(known, indicators=query.indicator, areas=query.area, goals=query.goal)
    return answer_list(reader, query, rows, TargetRow)


@router.get("/targets/{indicator}", summary="Get a target")
def read_target(
    reader: ReaderDep, plan: PlanPath, indicator: IndicatorPath, query: Query[PlanQuery]
) -> TargetDetail:
    """Get the target of the whole area for one indicator, with every version of it."""
    known = load_plan_at(reader.session, reader.open(plan, query))
    found = get_target(known, indicator, known.definition.root.code)
    if found is None:
        raise NothingThere(kind="target", code=indicator)
    return found


@router.post(
    "/targets",
    summary="Revise targets",
    status_code=201,
    response_model=RevisionResult,
    response_description="The targets were saved.",
    responses={200: {"model": RevisionResult, "description": "Every target was so already."}},
)
async def post_targets(write: WriteDep, plan: PlanPath, given: OneOrSeveral) -> Response:
    """Revise one or several targets, or set targets for areas. Needs an administrator's key.

    Answers 201 if anything was saved, and 200 if every target is already as requested.
    """
    revisions = {"": given} if isinstance(given, TargetRevision) else given.by_pointer()
    return await write(plan, partial(revise_targets, revisions=revisions), tell_revised)


def tell_revised(result: RevisionResult) -> Response:
    """The outcome of a revision: 201 if anything was saved."""
    return tell(result, 201 if result.applied else 200)
