"""What routes are given: the clock, sessions, the caller, and snapshots."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from app.api.requests.accept import choose_language
from app.database import Database
from app.errors.access import KeyInvalid, KeyNeeded
from app.schemas.query import AsOfQuery
from app.services.access.keys import Principal
from app.services.ledger.snapshots import Snapshot, take_snapshot
from app.vocabulary import View


def read_clock(request: Request) -> datetime:
    """The present instant: the only place that reads the clock for a request."""
    now: datetime = request.app.state.clock()
    return now.astimezone(UTC)


async def get_now(request: Request) -> datetime:
    """The same as a dependency, for which no thread is needed."""
    return read_clock(request)


def get_database(request: Request) -> Database:
    """The deployment's database."""
    database: Database = request.app.state.database
    return database


async def open_read_session(request: Request) -> AsyncIterator[Session]:
    """A session on one snapshot; it connects when it is first asked, in the route's thread."""
    database = get_database(request)
    session = database.read_session()
    try:
        yield session
    finally:
        if database.is_sqlite:
            session.close()
        else:
            # The server is told so, and may take its time.
            await asyncio.to_thread(session.close)


_reading = asynccontextmanager(open_read_session)
Now = Annotated[datetime, Depends(get_now)]
# With the default scope FastAPI would keep the connection until the answer was sent.
ReadSession = Annotated[Session, Depends(open_read_session, scope="function")]


def get_caller(request: Request) -> Principal | None:
    """The caller behind the request's key, None without one; KeyInvalid for a bad one.

    The edge has looked at the key when the request arrived.
    """
    found: Principal | KeyInvalid | None = request.state.caller
    if isinstance(found, KeyInvalid):
        # Another one each time: many requests may be told of the same key at once.
        raise type(found)(why=found.facts["why"], key_id=found.facts.get("key_id"))
    language = choose_language(request.headers.get("accept-language"))
    return None if found is None else replace(found, language=language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whoever reads: with a session, perhaps a key, and the request that asked."""

    request: Request
    session: Session
    principal: Principal | None
    now: datetime

    def open(self, plan: str, query: AsOfQuery, *, sees_submissions: bool = False) -> Snapshot:
        """The plan as this reader may know it; KeyNeeded for what is not public.

        ``sees_submissions``: whether an official read is of the newest entry all the same.
        Without a key nothing after the newest official entry can be asked about either.
        """
        self.require_access()
        if query.view is View.PROVISIONAL:
            self.require_key()
        if self.principal is not None:
            self.principal.require_plan(plan)
        self.request.state.is_immutable = query.as_of is not None and query.as_of.isdigit()
        is_quoted = query.as_of is not None and self.principal is not None
        snapshot = take_snapshot(
            self.session,
            plan,
            as_of=query.as_of,
            view=query.view,
            pending_areas=frozenset() if self.principal is None else self.principal.pending_areas,
            sees_submissions=sees_submissions or query.view is View.PROVISIONAL or is_quoted,
            now=self.now,
        )
        # A file says what it was read from.
        self.request.state.snapshot = snapshot
        return snapshot

    def look_at(self, plan: str, as_of: str) -> Snapshot:
        """Another state of a plan that was opened; the answer is of both."""
        state = self.request.state
        first, is_first_fixed = self.opened, state.is_immutable
        other = self.open(plan, AsOfQuery(as_of=as_of))
        state.snapshot = first
        state.is_immutable = state.is_immutable and is_first_fixed
        return other

    @property
    def opened(self) -> Snapshot | None:
        """What was opened last; None where no plan was."""
        found: Snapshot | None = getattr(self.request.state, "snapshot", None)
        return found

    def require_access(self) -> None:
        """KeyNeeded where the deployment keeps official figures closed."""
        if self.request.app.state.settings.read_access == "key":
            self.require_key()

    def require_key(self) -> Principal:
        """The caller behind the key; KeyNeeded without one."""
        if self.principal is None:
            raise KeyNeeded
        return self.principal


async def get_reader(request: Request) -> AsyncIterator[Reader]:
    """The reader of a request, with a session as long as its route takes.

    One dependency for all that a read needs: each takes as long as a statement.
    """
    # First, so that a bad key is refused before a session is opened.
    caller = get_caller(request)
    async with _reading(request) as session:
        yield Reader(request=request, session=session, principal=caller, now=read_clock(request))


ReaderDep = Annotated[Reader, Depends(get_reader, scope="function")]
