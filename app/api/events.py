"""Server-sent events: one for each revision of a plan, from wherever a listener left off."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.api.requests.dependencies import Now, Reader, get_caller, get_database, read_clock
from app.api.requests.parameters import PlanPath, Query
from app.errors import Failure, ParametersInvalid, invalid_parameter
from app.schemas.events import EventQuery, EventView
from app.schemas.query import PlanQuery
from app.services.access.keys import Principal, require_valid
from app.services.ledger.events import list_events

# How long a new revision may take to be told, and a listener to come back.
POLL_SECONDS = 0.5
RETRY_MILLISECONDS = 2000

router = APIRouter(prefix="/plans/{plan}", tags=["figures"])


@dataclass(slots=True, kw_only=True)
class Listener:
    """Who listens to a plan, and the last revision that was told."""

    request: Request
    caller: Principal | None
    plan: str
    told: int

    def read_next(self) -> list[EventView]:
        """What is new; a Failure where the key is no longer valid."""
        with get_database(self.request).read_session() as session:
            if self.caller is not None:
                require_valid(session, self.caller, now=read_clock(self.request))
            events = list_events(session, self.plan, after=self.told, principal=self.caller)
        self.told = events[-1].revision if events else self.told
        return events


def get_listener(
    request: Request,
    now: Now,
    plan: PlanPath,
    query: Query[EventQuery],
    last_event_id: Annotated[
        str | None,
        Header(description="Id of the last event received. Takes precedence over `updated_after`."),
    ] = None,
) -> Listener:
    """The listener, judged before anything is sent. Without a place to begin: from now on."""
    caller = get_caller(request)
    with get_database(request).read_session() as session:
        reader = Reader(request=request, session=session, principal=caller, now=now)
        revision = reader.open(plan, PlanQuery(), sees_submissions=True).revision
    asked = query.updated_after if last_event_id is None else last_event_id
    name = "updated_after" if last_event_id is None else "Last-Event-ID"
    told = revision if asked is None else _begin(name, asked, revision)
    return Listener(request=request, caller=caller, plan=plan, told=told)


ListenerDep = Annotated[Listener, Depends(get_listener)]


@router.get(
    "/events",
    summary="Stream events",
    response_description="A stream of server-sent events.",
    response_class=EventSourceResponse,
)
async def stream_events(listener: ListenerDep) -> AsyncIterator[ServerSentEvent]:
    """Stream an event for each new revision of a plan, as server-sent events.

    An event is a `revision`, or a `restatement` if it corrects published figures. Its id is the
    number of the revision: with `Last-Event-ID` a client continues where it left off.
    """
    yield ServerSentEvent(comment=listener.plan, retry=RETRY_MILLISECONDS)
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


def _begin(name: str, asked: str, newest: int) -> int:
    """The revision to go on from: one that the plan has, or 0 for all of them."""
    if asked.isascii() and asked.isdigit() and len(asked) <= 10 and int(asked) <= newest:
        return int(asked)
    fault = invalid_parameter(name, asked[:40], "known_revision", revision=newest)
    raise ParametersInvalid([fault])
