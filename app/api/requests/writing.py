"""What a route that writes is given: a caller with a key, and the one way to the writer.

Whatever needs no lock comes before it: the caller is known before a byte of the body is read, and
the body is read, parsed and judged as far as it can be without the plan. Then one call carries
the write out, keeps its answer for retries, and is answered after the commit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Request, Response
from sqlmodel import Session

from app.api.requests.dependencies import get_caller, read_clock
from app.api.requests.idempotency import Retry
from app.api.requests.strict_json import Handler, StrictRoute
from app.errors.access import KeyNeeded
from app.services.access.keys import Principal, require_valid
from app.tables.storing import take_mark
from app.writer import Writer

R = TypeVar("R")


class WriteRoute(StrictRoute):
    """A route whose writes need a key, before anything else of it is looked at."""

    def get_route_handler(self) -> Handler:
        """The handler of a request, with its caller known."""
        handle = super().get_route_handler()

        async def handle_known(request: Request) -> Response:
            if request.method != "GET":
                request.state.writes = require_caller(request)
            return await handle(request)

        return handle_known


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A write on its way: who asks, when, and what it brings."""

    request: Request
    principal: Principal
    now: datetime

    async def __call__(
        self,
        plan: str | None,
        work: Callable[..., R],
        tell: Callable[[R], Response],
        *,
        is_dry_run: bool = False,
        is_secret: bool = False,
    ) -> Response:
        """Carry out ``work``, a service for this plan, and ``tell`` its result, once committed.

        Without a plan it is a service for the whole deployment.

        A dry run does the same, is undone, and leaves no answer for retries. Nor does what is
        secret: it is shown once and never stored.
        """
        about = {} if plan is None else {"plan_code": plan}
        # What a dry run brings is judged as in the real call.
        sent = None if is_secret else await Retry.read(self.request, self.principal)
        retry = None if is_dry_run else sent
        is_official = False

        def carry_out(session: Session) -> Response:
            nonlocal is_official
            # What a write before this one left, which was undone.
            take_mark(session)
            # The key was good when the request came; it may have been revoked since.
            require_valid(session, self.principal, now=self.now)
            stored = None if retry is None else retry.find(session)
            if stored is not None:
                return stored
            result = work(session, self.principal, **about, now=self.now)
            is_official = take_mark(session)
            response = tell(result)
            if retry is not None:
                retry.keep(session, response, self.now)
            return response

        writer = get_writer(self.request)
        response = await writer.write(carry_out, plan=plan or "", is_kept=not is_dry_run)
        if plan is not None and is_official and not is_dry_run:
            await self.request.app.state.latest.update(plan)
        return response


def get_writer(request: Request) -> Writer:
    """The one writer of the process."""
    writer: Writer = request.app.state.writer
    return writer


async def get_write(request: Request) -> Write:
    """The write of a request whose caller is known."""
    return Write(request=request, principal=request.state.writes, now=read_clock(request))


WriteDep = Annotated[Write, Depends(get_write)]


def require_caller(request: Request) -> Principal:
    """The caller behind the request's key; KeyNeeded without one."""
    caller = get_caller(request)
    if caller is None:
        raise KeyNeeded
    return caller
