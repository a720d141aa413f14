"""Goals and actions, and the progress noted on them."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import Now, ReaderDep, WriterDep, WriteSession
from app.api.requests.idempotency import WriteRoute
from app.api.requests.parameters import PlanPath, Query, TopicPath
from app.schemas.base import Page
from app.schemas.progress import ActionView, GoalView, ProgressInput, ProgressView
from app.schemas.query import ListQuery
from app.services.calendar.progress import list_actions, list_goals, note_progress

router = APIRouter(prefix="/plans/{plan}", tags=["plans"], route_class=WriteRoute)


@router.post("/progress/{code}", summary="Note progress", status_code=201)
def post_progress(
    session: WriteSession,
    caller: WriterDep,
    now: Now,
    plan: PlanPath,
    code: TopicPath,
    given: ProgressInput,
) -> ProgressView:
    """Record a progress note on a qualitative goal or an action. Needs the key of a responsible
    unit or an administrator.
    """
    return note_progress(session, caller, plan_code=plan, code=code, given=given, now=now)


@router.get(
    "/goals",
    summary="List goals",
    response_model=Page[GoalView],
)
def read_goals(reader: ReaderDep, plan: PlanPath, query: Query[ListQuery]) -> Response:
    """List the goals of a plan in its order.

    Each has the indicators of its targets, its qualitative goals and the progress noted on these.
    """
    rows = list_goals(reader.session, reader.open(plan, query))
    return answer_list(reader, query, rows, GoalView)


@router.get("/actions", summary="List actions", response_model=Page[ActionView])
def read_actions(reader: ReaderDep, plan: PlanPath, query: Query[ListQuery]) -> Response:
    """List the tasks, projects and safeguards of a plan, with responsible units, what they serve
    and the progress noted on them.
    """
    rows = list_actions(reader.session, reader.open(plan, query))
    return answer_list(reader, query, rows, ActionView)
