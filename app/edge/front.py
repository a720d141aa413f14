"""The front of the API, outermost and pure ASGI: what every request passes before a route.

Request id, methods, the state of the database, the caller; then the answer: that the client has
it, ready bytes, or one computation that all who ask for the same share.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Hashable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import State as AppState
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.answers.problems import make_problem, tell_failure
from app.api.requests.refusals import refuse_controls
from app.edge.answers.outlet import Outlet
from app.edge.answers.recorder import Recorder
from app.edge.answers.shelf import ReadyAnswer, Shelf
from app.edge.asked import Asked
from app.edge.gate import WATCHED, Gate, address_of
from app.edge.origins import grant
from app.edge.repeats import Repeat, Seen, read_head, why_unknown
from app.edge.state import State
from app.errors.access import KeyInvalid
from app.errors.failure import DatabaseUnavailable, Failure, StorageUnavailable
from app.services.access.keys import Principal

_LOG = logging.getLogger("dabiao")
# A listener that takes nothing for so long is dropped: it comes back and resumes.
SLOW_READER_SECONDS = 20.0


class Front:
    """Wraps the application.

    ``allowed_methods`` names the methods of a path, or nothing; ``patience``: the seconds that a
    listener to events may take for one of them.
    """

    def __init__(
        self,
        app: ASGIApp,
        allowed_methods: Callable[[str], str],
        patience: float = SLOW_READER_SECONDS,
    ) -> None:
        self.app = app
        self.patience = patience
        self.allowed_methods = allowed_methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        known: AppState = scope["app"].state
        scope.setdefault("state", {})
        if scope["path"].endswith("/"):
            # With a slash at its end a path is the same path.
            scope = {**scope, "path": scope["path"].removesuffix("/") or "/"}
        head, request_id = read_head(scope)
        scope["state"]["request_id"] = request_id
        repeat: Repeat | None = known.repeats.find(head)
        if repeat is None and scope["path"] not in WATCHED:
            await known.pace.turn()
        asked = Asked.read(scope, head) if repeat is None else repeat.asked
        outlet = Outlet(asked, request_id, send, self.patience)
        if asked.method == "HEAD":
            scope = {**scope, "method": "GET"}
        try:
            await self._answer(scope, receive, asked, outlet, repeat)
        finally:
            if outlet.status is not None:
                seconds = time.perf_counter() - began
                known.metrics.note(asked, outlet.status, seconds, scope["state"])

    async def _answer(
        self, scope: Scope, receive: Receive, asked: Asked, outlet: Outlet, repeat: Repeat | None
    ) -> None:
        try:
            if repeat is None or not await _repeat(scope, outlet, repeat):
                await self._respond(scope, receive, asked, outlet)
        except Failure as failure:
            await tell_failure(Request(scope), failure)(scope, receive, outlet.send)
        except ClientDisconnect:
            # Nobody is there to be answered, and nothing of this server has failed.
            _LOG.info("request %s: the client went away", scope["state"]["request_id"])
        except Exception:
            if outlet.is_over:
                return
            # The server would drop the connection, and with it the client's next request.
            request_id = scope["state"]["request_id"]
            _LOG.exception("request %s failed", request_id)
            if outlet.has_started:
                raise
            facts = {"request_id": request_id}
            problem = make_problem(Request(scope), 500, "internal_error", facts=facts)
            await problem(scope, receive, outlet.send)

    async def _respond(self, scope: Scope, receive: Receive, asked: Asked, outlet: Outlet) -> None:
        # Who asks, where a proxy that is trusted says it: the scope says so from here on.
        await scope["app"].state.proxies(scope, receive, outlet.send)
        # Finding them out describes the whole API, which takes a second: not in the loop of events.
        allowed = (
            await run_in_threadpool(self.allowed_methods, asked.path)
            if asked.method == "OPTIONS"
            else ""
        )
        outlet.granted = grant(scope, asked, allowed)
        admission = _gate(scope).admit(scope, asked)
        outlet.told = admission.told
        refuse_controls(scope)
        if allowed:
            await outlet.send_empty(204, [(b"allow", allowed.encode())])
        elif asked.is_of_database:
            await self._respond_from_database(scope, receive, asked, outlet)
            if not scope["state"].get("is_worked_out"):
                admission.take_back()
        elif answer := await self._make(scope, receive, outlet, asked):
            await outlet.send_answer(answer)

    async def _respond_from_database(
        self, scope: Scope, receive: Receive, asked: Asked, outlet: Outlet
    ) -> None:
        """What rests on the state of the database, as it is after the request arrived."""
        known: AppState = scope["app"].state
        now = _now(known)
        state = await _read_state(scope, asked, outlet, now)
        if state is None:
            return
        if state.is_foreign and asked.method not in {"GET", "HEAD"}:
            raise StorageUnavailable
        caller = await known.callers.find(asked.authorization, state, now)
        _gate(scope).note_caller(scope, asked, caller)
        scope["state"]["caller"] = caller
        is_read = scope["method"] == "GET" and not isinstance(caller, KeyInvalid)
        key = asked.key(state, caller, now) if is_read else None
        make = partial(self._make, scope, receive, outlet, asked)
        if key is not None:
            seen = Seen(state=state, caller=caller, address=address_of(scope), now=now)
            await _respond_from_shelf(known, asked, outlet, make, seen, key)
        elif answer := await make():
            await outlet.send_answer(answer)

    async def _make(
        self, scope: Scope, receive: Receive, outlet: Outlet, asked: Asked
    ) -> ReadyAnswer | None:
        """Let the application answer; None where its answer has gone out already."""
        gate = _gate(scope)
        scope["state"]["is_worked_out"] = True
        is_known = isinstance(scope["state"].get("caller"), Principal)
        # The turn is over when the answer is there, however slowly the client takes it.
        async with AsyncExitStack() as turn:
            if asked.is_listening:
                turn.enter_context(gate.listening(scope))
            elif asked.is_heavy:
                await turn.enter_async_context(gate.turn(is_known=is_known))
            if asked.is_of_database and not asked.is_listening:
                turn.enter_context(scope["app"].state.pace.working())
            with Recorder(scope, outlet, turn.aclose) as recorder:
                await self.app(scope, receive, recorder.send)
                if recorder.failure is not None:
                    raise recorder.failure
                return recorder.answer


async def _respond_from_shelf(
    known: AppState,
    asked: Asked,
    outlet: Outlet,
    make: Callable[[], Awaitable[ReadyAnswer | None]],
    seen: Seen,
    key: Hashable,
) -> None:
    """An answer that is kept for all who ask for the same."""
    shelf: Shelf = known.shelf

    async def is_current(made: ReadyAnswer) -> bool:
        if asked.is_of_revision:
            return made.is_immutable
        # Unless something was written meanwhile, it is of the state that was read before.
        state = await known.watch.read(is_busy=known.pace.at_work > 0)
        return asked.key(state, seen.caller, seen.now) == key

    answer = await shelf.get(key, make, is_current)
    if answer is None:
        return
    size = answer.size
    await outlet.send_answer(answer)
    if answer.size != size:
        shelf.weigh(key, answer)
    known.repeats.keep(asked, outlet, seen, key, answer.tag)


async def _repeat(scope: Scope, outlet: Outlet, repeat: Repeat) -> bool:
    """Answer a request as it was answered before; False where that may be another answer by now."""
    told = repeat.recall()
    if told is None:
        return False
    outlet.granted, outlet.told = repeat.granted, told
    state = await _read_state(scope, repeat.asked, outlet, _now(scope["app"].state))
    if state is None:
        return True
    body = repeat.find(state)
    if body is None:
        return False
    scope["state"]["caller"] = repeat.seen.caller
    await outlet.repeat(repeat.status, repeat.headers, body)
    return True


async def _read_state(scope: Scope, asked: Asked, outlet: Outlet, now: datetime) -> State | None:
    """The state; None where the database does not tell it, but what is kept was sent.

    What was current when the database was last heard of goes out with the time since then. Not to
    whoever sends a key: it may have been revoked meanwhile.
    """
    known: AppState = scope["app"].state
    try:
        if failure := why_unknown(scope):
            raise failure
        state: State = await known.watch.read(is_busy=known.pace.at_work > 0)
    except (DatabaseUnavailable, StorageUnavailable):
        last: tuple[State, float] | None = known.watch.last
        if last is None or asked.authorization is not None or asked.method not in {"GET", "HEAD"}:
            raise
        key = asked.key(last[0], None, now.astimezone(UTC))
        answer: ReadyAnswer | None = None if key is None else known.shelf.find(key)
        if answer is None:
            raise
        await outlet.send_answer(answer, age=last[1])
        return None
    return state


def _now(known: AppState) -> datetime:
    now: datetime = known.clock()
    return now.astimezone(UTC)


def _gate(scope: Scope) -> Gate:
    gate: Gate = scope["app"].state.gate
    return gate
