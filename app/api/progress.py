"""Goals and actions, and the progress noted on them."""

from functools import partial

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.answers.told import tell_created
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import PlanPath, Query, TopicPath
from app.api.requests.writing import WriteDep, WriteRoute
from app.schemas.base import Page
from app.schemas.progress import ActionView, GoalView, ProgressInput, ProgressView
from app.schemas.query import ListQuery
from app.services.calendar.progress import list_actions, list_goals, note_progress

router = APIRouter(prefix="/plans/{plan}", tags=["plans"], route_class=WriteRoute)


@router.post(
    "/progress/{code}",
    summary="Note progress",
    status_code=201,
    response_model=ProgressView,
)
async def post_progress(
    write: WriteDep, plan: PlanPath, code: TopicPath, given: ProgressInput
) -> Response:
    """Record a progress note on a qualitative goal or an action. Needs the key of a responsible
    unit or an administrator.
    """
    return await write(plan, partial(note_progress, code=code, given=given), tell_created)


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
