"""What answers rest on: where each plan's ledger is, and which keys there are, at an instant.

A request asks for it when it arrives, and is never told of an earlier state than that: so a read
that starts after a write was answered sees the write, in every process.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from app.database import Database
from app.engines import is_gone
from app.errors.failure import DatabaseUnavailable, Failure, StorageUnavailable
from app.migration import newest_version
from app.services.ledger.official import is_official
from app.tables import ApiKey, LedgerEntry, Plan

_OF_PLAN = col(LedgerEntry.plan) == sa.bindparam("plan")
_AT, _SINCE = col(LedgerEntry.revision), sa.bindparam("since", type_=sa.Integer)
# The entry that was the newest one, and the newest official one since.
_NEWER = sa.select(
    sa.select(col(LedgerEntry.digest)).where(_OF_PLAN, _AT == _SINCE).scalar_subquery(),
    sa.select(col(LedgerEntry.digest))
    .where(_OF_PLAN, _AT > _SINCE, is_official())
    .order_by(_AT.desc())
    .limit(1)
    .scalar_subquery(),
)

# How long a check may take before the database counts as gone.
PATIENCE_SECONDS = 2.5
_LOG = logging.getLogger("dabiao")

_KEYS, _SCHEMA = "/keys", "/schema"
# One statement, so that PostgreSQL is asked once: the plans, and under names that no plan has the
# keys and the schema. Keys are made and revoked, never changed and never removed, so that two
# counts tell all of them.
_STATE = sa.union_all(
    sa.select(col(Plan.code), col(Plan.revision), col(Plan.digest)),
    sa.select(
        sa.literal(_SCHEMA),
        sa.literal(0),
        sa.column("version_num", sa.String),
    ).select_from(sa.table("alembic_version")),
    sa.select(
        sa.literal(_KEYS),
        sa.func.count(col(ApiKey.id)),
        sa.cast(sa.func.count(col(ApiKey.revoked_at)), sa.String),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The digests of a plan's newest entry and of its newest official one.

    ``ledger``: the digest by which the ledger was first known here. Another one means that a copy
    was put back, in which a revision may be another than before.
    """

    ledger: str
    revision: int
    newest: str
    official: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where every plan is, and a mark that changes with each key that is made or revoked.

    ``told``: the rows that the database told it by.
    """

    told: tuple[Any, ...]
    heads: Mapping[str, Head]
    keys: str
    # Whether the schema is that of another version of this program.
    is_foreign: bool
    # Those of all plans: what the portfolio and the structures rest on.
    newest: tuple[str, ...]
    official: tuple[str, ...]
    ledgers: tuple[str, ...]


class Watch:
    """Tells the state of a database at the time of asking, over a connection of its own.

    SQLite says at once whether anything was committed. PostgreSQL is asked in a thread, by one
    check at a time, which serves those alone who arrived before it began.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        # Held while the connection is in use.
        self._checking = threading.Lock()
        self._connection: Connection | None = None
        self._version: object = None
        options = {"literal_binds": True}
        self._question = str(_STATE.compile(database.engine, compile_kwargs=options))
        self._state = State(
            told=(), heads={}, keys="", is_foreign=False, newest=(), official=(), ledgers=()
        )
        self._told_at: float | None = None
        # The check that has not begun yet.
        self._next: _Check | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="watch")

    async def read(self, *, is_busy: bool = False) -> State:
        """The state now; DatabaseUnavailable or StorageUnavailable where it is not told.

        ``is_busy``: whether other threads calculate. Each of them would go on before this one
        that has asked SQLite, and the whole loop with it, so that a thread asks.
        """
        state = self._read_at_once(is_busy=is_busy)
        if state is not None:
            return state
        place: asyncio.Future[State] = asyncio.get_running_loop().create_future()
        self._join(partial(_settle, place))
        return await place

    def tell(self, hear: Callable[[State | Failure], None], *, is_busy: bool = False) -> None:
        """As ``read``, for whoever does not await it: at once where nothing is waited for."""
        try:
            state = self._read_at_once(is_busy=is_busy)
        except Failure as unavailable:
            hear(unavailable)
            return
        if state is None:
            self._join(hear)
        else:
            hear(state)

    def _read_at_once(self, *, is_busy: bool) -> State | None:
        """What SQLite says without a wait; None where a thread must ask."""
        if is_busy or not self._database.is_sqlite or not self._checking.acquire(blocking=False):
            return None
        try:
            return self._check()
        finally:
            self._checking.release()

    @property
    def last(self) -> tuple[State, float] | None:
        """The state that was told last, and how many seconds ago; None where none was."""
        if self._told_at is None:
            return None
        return self._state, time.monotonic() - self._told_at

    def close(self) -> None:
        """Let the connection go."""
        self._thread.shutdown()
        with self._lock:
            self._drop()

    def _join(self, hear: Callable[[State | Failure], None]) -> None:
        """Hear of the check that has not begun yet."""
        loop = asyncio.get_running_loop()
        with self._lock:
            check = self._next
            if check is None or check.loop is not loop:
                check = self._next = _Check(loop)
                if not self._database.is_sqlite:
                    check.give_up_in(PATIENCE_SECONDS, self._database.give_up)
                # Begun when all who came in this round of the loop have joined.
                loop.call_soon(self._thread.submit, self._run, check)
            check.waiting.append(hear)

    def _run(self, check: "_Check") -> None:
        with self._lock:
            if self._next is check:
                self._next = None
        try:
            with self._checking:
                outcome: State | Failure = self._check()
        except Failure as unavailable:
            outcome = unavailable
        # Where the loop is closed, nobody waits.
        with suppress(RuntimeError):
            check.loop.call_soon_threadsafe(check.settle, outcome)

    def _check(self) -> State:
        try:
            if self._connection is None:
                self._connection = self._database.watch_connection()
                self._version = None
            version = self._database.data_version(self._connection, self._question)
            # Asked first: what is committed while the state is read shows the next time.
            if version is None or version != self._version:
                self._state = _load(self._connection, self._question, self._state)
                self._version = version
        except SQLAlchemyError as error:
            _LOG.error("the state of the database is not known", exc_info=error)
            self._drop()
            raise (DatabaseUnavailable if is_gone(error) else StorageUnavailable) from error
        self._told_at = time.monotonic()
        return self._state

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.close()
            self._connection = None


class _Check:
    """Who waits for one check, in one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiting: list[Callable[[State | Failure], None]] = []
        self._deadline: asyncio.TimerHandle | None = None

    def give_up_in(self, seconds: float, tell: Callable[[], None]) -> None:
        """DatabaseUnavailable to all who wait so long."""

        def give_up() -> None:
            tell()
            self.settle(DatabaseUnavailable())

        self._deadline = self.loop.call_later(seconds, give_up)

    def settle(self, outcome: State | Failure) -> None:
        """Tell all who wait."""
        if self._deadline is not None:
            self._deadline.cancel()
        waiting, self.waiting = self.waiting, []
        for hear in waiting:
            # One by one: nobody who fails takes it from the others.
            self.loop.call_soon(hear, outcome)


def _settle(place: "asyncio.Future[State]", outcome: State | Failure) -> None:
    if place.done():
        # Whoever waited has given up.
        return
    if isinstance(outcome, Failure):
        place.set_exception(outcome)
    else:
        place.set_result(outcome)


def _load(connection: Connection, question: str, known: State) -> State:
    """The state that the database tells; the known one itself where it is the same."""
    with connection.begin():
        told: tuple[Any, ...] = tuple(map(tuple, connection.exec_driver_sql(question)))
        if told == known.told:
            return known
        rows = {str(code): (int(number), str(text)) for code, number, text in told}
        made, revoked = rows.pop(_KEYS)
        _, version = rows.pop(_SCHEMA)
        heads = {
            code: _head(connection, known.heads.get(code), code, *at)
            for code, at in sorted(rows.items())
        }
    ledgers = tuple(head.ledger for head in heads.values())
    return State(
        told=told,
        heads=heads,
        # Two databases may have as many keys, but never the same ones.
        keys=" ".join((str(made), revoked, *ledgers)),
        ledgers=ledgers,
        is_foreign=version != newest_version(),
        newest=tuple(head.newest for head in heads.values()),
        official=tuple(head.official for head in heads.values()),
    )


def _head(
    connection: Connection, known: Head | None, code: str, revision: int, digest: str
) -> Head:
    """The head of a plan: only what is newer than the known one is looked at."""
    if known is not None and known.newest == digest:
        return known
    since = 0 if known is None else known.revision
    before, found = connection.execute(_NEWER, {"plan": code, "since": since}).one()
    if known is not None and before != known.newest:
        # Another ledger than before: a copy was put back.
        return _head(connection, None, code, revision, digest)
    official = found or ("" if known is None else known.official)
    ledger = digest if known is None else known.ledger
    return Head(ledger=ledger, revision=revision, newest=digest, official=official)
