"""Server-sent events: one for each revision of a plan, from wherever a listener left off.

Who may not see a submission is not told of it: between two events, revisions may be left out.

A browser never returns after a 4xx. A listener whose position means nothing here is therefore told
to read everything again (``resync``), and goes on from the newest revision.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.api.answers.told import tell_created
from app.api.requests.dependencies import Now, Reader, get_caller, get_database, read_clock
from app.api.requests.parameters import PlanPath, Query
from app.api.requests.writing import WriteDep, WriteRoute, get_writer
from app.errors.failure import Failure
from app.schemas.events import EventQuery, EventView, Resync, TicketView
from app.schemas.query import PlanQuery
from app.services.access.keys import Principal, require_valid
from app.services.access.tickets import create_ticket, use_ticket
from app.services.ledger.events import list_events

# How long a new revision may take to be told, and a listener to come back.
POLL_SECONDS = 0.5
RETRY_MILLISECONDS = 2000

router = APIRouter(prefix="/plans/{plan}", tags=["figures"], route_class=WriteRoute)


@dataclass(slots=True, kw_only=True)
class Listener:
    """Who listens to a plan, and the last revision that was told or passed over.

    ``is_lost``: where the listener left off is not known here.
    """

    request: Request
    caller: Principal | None
    plan: str
    told: int
    is_lost: bool

    def read_next(self) -> list[EventView]:
        """What is new; a Failure where the key is no longer valid."""
        with get_database(self.request).read_session() as session:
            if self.caller is not None:
                require_valid(session, self.caller, now=read_clock(self.request))
            portion = list_events(session, self.plan, after=self.told, principal=self.caller)
        self.told = portion.until
        return portion.events


async def get_listening_caller(
    request: Request, now: Now, plan: PlanPath, query: Query[EventQuery]
) -> Principal | None:
    """Who listens: the caller behind the ticket, which is used then, or else behind the key."""
    if query.ticket is None:
        return get_caller(request)
    use = partial(use_ticket, text=query.ticket, plan_code=plan, now=now)
    return await get_writer(request).write(use, plan=plan)


def get_listener(
    request: Request,
    now: Now,
    plan: PlanPath,
    query: Query[EventQuery],
    caller: Annotated[Principal | None, Depends(get_listening_caller)],
    last_event_id: Annotated[
        str | None,
        Header(description="Id of the last event received. Takes precedence over `since`."),
    ] = None,
) -> Listener:
    """The listener, judged before anything is sent. Without a place to begin: from now on."""
    with get_database(request).read_session() as session:
        reader = Reader(request=request, session=session, principal=caller, now=now)
        # To whoever has no key, what only waits for a decision is not there.
        is_known = caller is not None
        revision = reader.open(plan, PlanQuery(), sees_submissions=is_known).revision
    asked = query.since if last_event_id is None else last_event_id
    told = revision if asked is None else _find_position(asked, revision)
    return Listener(
        request=request,
        caller=caller,
        plan=plan,
        told=revision if told is None else told,
        is_lost=told is None,
    )


ListenerDep = Annotated[Listener, Depends(get_listener)]


@router.get(
    "/events",
    summary="Stream events",
    response_description="A stream of server-sent events.",
    response_class=EventSourceResponse,
)
async def stream_events(listener: ListenerDep) -> AsyncIterator[ServerSentEvent]:
    """Stream an event for each new revision of a plan, as server-sent events. A submission, return
    or withdrawal is sent only to keys that may see it.

    An event is a `revision`, or a `restatement` if it corrects published figures. Its id is the
    number of the revision: with `Last-Event-ID` or `since` a client continues where it left off.
    If that is empty, not a revision, or newer than the newest, the first event is a `resync`: read
    the plan again, then continue from its id. A ticket that has been used or has expired is
    answered with 401: get a new one, and continue with `since`.
    """
    yield ServerSentEvent(comment=listener.plan, retry=RETRY_MILLISECONDS)
    if listener.is_lost:
        resync = Resync(plan=listener.plan, revision=listener.told)
        yield ServerSentEvent(
            id=str(resync.revision), event="resync", raw_data=resync.model_dump_json()
        )
    stopping: asyncio.Event = listener.request.app.state.stopping
    while not stopping.is_set():
        try:
            events = await run_in_threadpool(listener.read_next)
        except Failure:
            # Whoever comes back is told why.
            return
        for event in events:
            kind = "restatement" if event.restatement else "revision"
            yield ServerSentEvent(
                id=str(event.revision), event=kind, raw_data=event.model_dump_json()
            )
        if not events:
            await asyncio.sleep(POLL_SECONDS)


@router.post(
    "/events/tickets",
    summary="Create a ticket for events",
    status_code=201,
    response_model=TicketView,
)
async def post_ticket(write: WriteDep, plan: PlanPath) -> Response:
    """Create a ticket with which a browser's `EventSource` listens in place of the key that asks.
    It opens one stream, within 60 seconds. Needs a key.
    """
    return await write(plan, create_ticket, tell_created, is_secret=True)


def _find_position(asked: str, newest: int) -> int | None:
    """The revision to go on from: one that the plan has, or 0 for all of them; else None."""
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= 10
    return int(asked) if is_number and int(asked) <= newest else None
