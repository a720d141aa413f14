"""Web hooks: where the messages of a plan are sent."""

from functools import partial

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.answers.told import tell
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import HookPath, PlanPath, Query
from app.api.requests.writing import WriteDep, WriteRoute
from app.schemas.base import Page
from app.schemas.hooks.inputs import HookInput
from app.schemas.hooks.views import HookView, NewHook
from app.schemas.query import PageQuery, PlanQuery
from app.services.access.keys import Role
from app.services.hooks.hooks import create_hook, delete_hook, list_hooks

router = APIRouter(prefix="/plans/{plan}", tags=["hooks"], route_class=WriteRoute)


@router.get("/hooks", summary="List hooks", response_model=Page[HookView])
def read_hooks(reader: ReaderDep, plan: PlanPath, query: Query[PageQuery]) -> Response:
    """List the web hooks of a plan, oldest first, with the number of messages that wait and of
    those that were given up. Needs an administrator's key.
    """
    reader.require_key().require_role(Role.ADMINISTRATOR)
    reader.open(plan, PlanQuery(), sees_submissions=True)
    rows = list_hooks(reader.session, plan=plan)
    return answer_list(reader, query, rows, HookView)


@router.post(
    "/hooks",
    summary="Create a hook",
    status_code=201,
    response_model=NewHook,
    response_description="The hook was created.",
)
async def post_hook(write: WriteDep, plan: PlanPath, given: HookInput) -> Response:
    """Create a web hook: from now on, messages about its events are posted to its address, signed
    as Standard Webhooks lays down. The secret is shown this once. Needs an administrator's key.
    """
    reaches_any = write.request.app.state.settings.hook_addresses == "any"
    work = partial(create_hook, given=given, reaches_any=reaches_any)
    return await write(plan, work, partial(_tell_made, plan))


@router.delete(
    "/hooks/{hook}",
    summary="Delete a hook",
    status_code=204,
    response_description="The hook was deleted.",
)
async def remove_hook(write: WriteDep, plan: PlanPath, hook: HookPath) -> Response:
    """Delete a web hook with the messages that wait for it. Needs an administrator's key."""
    return await write(plan, partial(delete_hook, hook_id=hook), _tell_gone)


def _tell_made(plan: str, hook: NewHook) -> Response:
    return tell(hook, 201, location=f"/api/v1/plans/{plan}/hooks/{hook.id}")


def _tell_gone(_nothing: None) -> Response:
    return Response(status_code=204)
