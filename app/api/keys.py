"""Keys: made, listed and revoked by administrators, as ``dabiao key`` does."""

from functools import partial

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.answers.told import tell_created
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import KeyPath, Query
from app.api.requests.writing import WriteDep, WriteRoute
from app.schemas.base import Page
from app.schemas.keys import KeyInput, KeyView, NewKey
from app.schemas.query import NoQuery, PageQuery
from app.services.access.keys import KeyOrder, Role
from app.services.plans.keys import issue_key, list_known_keys, revoke_known_key

router = APIRouter(prefix="/keys", tags=["keys"], route_class=WriteRoute)


@router.post(
    "",
    summary="Create a key",
    status_code=201,
    response_model=NewKey,
    response_description="The key was created.",
)
async def post_key(write: WriteDep, given: KeyInput) -> Response:
    """Create a key, whose text is shown in this answer only. Needs an administrator's key.

    The new key reaches no further than yours: it is for the same plan if yours is for one, and
    expires no later. The answer is never stored, so a retry creates another key.
    """
    order = KeyOrder(
        role=Role(given.role),
        areas=frozenset(given.areas),
        owner=given.owner,
        responsible_unit=given.responsible_unit,
        plan=given.plan,
        expires_days=given.expires_days,
    )
    return await write(None, partial(issue_key, order=order), tell_created, is_secret=True)


@router.get("", summary="List keys", response_model=Page[KeyView])
def read_keys(reader: ReaderDep, query: Query[PageQuery]) -> Response:
    """List the keys without their texts, oldest first, revoked ones too. Needs an administrator's
    key; if it is for one plan, the keys for this plan are listed.
    """
    rows = list_known_keys(reader.session, reader.require_key(), now=reader.now)
    return answer_list(reader, query, rows, KeyView)


@router.delete(
    "/{key}",
    summary="Revoke a key",
    status_code=204,
    response_description="The key is revoked.",
)
async def delete_key(
    write: WriteDep,
    key: KeyPath,
    query: Query[NoQuery],  # noqa: ARG001 - it refuses every parameter
) -> Response:
    """Revoke a key at once and for good. Needs an administrator's key."""
    return await write(None, partial(revoke_known_key, key_id=key), _tell_gone)


def _tell_gone(_: None) -> Response:
    return Response(status_code=204)
