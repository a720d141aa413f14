"""Goals and actions, and the progress noted on them."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import Now, ReaderDep, WriterDep, WriteSession
from app.api.requests.idempotency import WriteRoute
from app.api.requests.parameters import Query
from app.schemas.base import Page
from app.schemas.progress import ActionView, GoalView, ProgressInput, ProgressView
from app.schemas.query import ListQuery
from app.services.calendar.progress import list_actions, list_goals, note_progress

router = APIRouter(prefix="/plans/{plan}", tags=["plans"], route_class=WriteRoute)


@router.post("/progress/{code}", summary="Note progress on a goal or action", status_code=201)
def post_progress(
    session: WriteSession, caller: WriterDep, now: Now, plan: str, code: str, given: ProgressInput
) -> ProgressView:
    """By a responsible unit, or an administrator."""
    return note_progress(session, caller, plan_code=plan, code=code, given=given, now=now)


@router.get(
    "/goals",
    summary="The goals, with targets and qualitative goals",
    response_model=Page[GoalView],
)
def read_goals(reader: ReaderDep, plan: str, query: Query[ListQuery]) -> Response:
    """Goals in the plan's order."""
    rows = list_goals(reader.session, reader.open(plan, query))
    return answer_list(reader, query, rows, GoalView)


@router.get("/actions", summary="Tasks, projects and safeguards", response_model=Page[ActionView])
def read_actions(reader: ReaderDep, plan: str, query: Query[ListQuery]) -> Response:
    """Actions with responsible units and what they serve, stated or inferred."""
    rows = list_actions(reader.session, reader.open(plan, query))
    return answer_list(reader, query, rows, ActionView)
