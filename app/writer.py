"""The process's one writer: writes wait in one queue, and are committed in groups.

A write that needs the database has a savepoint of its own: one that is refused is undone alone.
The others leave their rows to the group. Nobody is answered before the commit, and if that fails,
everybody is told so.

On SQLite a group holds the lock of the whole database; between two groups it is let go for long
enough that another process gets it. On PostgreSQL a group is about one plan, so that two
processes never wait for each other's plans.
"""

import asyncio
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlmodel import Session

from app.database import Database, Unreplicated, WriteGroup, write_in_savepoint
from app.engines import LONGEST_NAP, is_busy, is_gone
from app.errors.failure import (
    Busy,
    DatabaseUnavailable,
    Failure,
    OutcomeUnknown,
    StorageUnavailable,
)
from app.tables.storing import WaitingRows

# A group takes in no further write after so many seconds.
GROUP_SECONDS = 0.05
# A commit that takes longer than this waits for a server that may never answer.
COMMIT_SECONDS = 2.0
# How often who waits for an outcome looks whether there will be one.
LOOK_SECONDS = 0.25
# Longer than another process naps between two attempts to get the lock.
PAUSE_SECONDS = 1.5 * LONGEST_NAP

R = TypeVar("R")
_LOG = logging.getLogger("dabiao")


@dataclass(slots=True, kw_only=True, eq=False)
class _Order:
    """A write that waits for its turn, or was carried out and waits for the commit."""

    plan: str
    work: Callable[[Session], Any]
    is_kept: bool
    answer: Future[Any] = field(default_factory=Future)
    # Of whoever waits in an event loop: that there is an answer.
    bell: "asyncio.Future[None] | None" = None
    result: Any = None
    refusal: Exception | None = None

    def carry_out(self, group: WriteGroup[WaitingRows]) -> None:
        """Do the work in a savepoint; raises only where the whole transaction is lost."""
        try:
            with write_in_savepoint(group, is_kept=self.is_kept) as session:
                self.result = self.work(session)
        except Exception as error:
            self.refusal = Busy() if is_busy(error) else error
            if group.is_lost:
                raise
        if self.refusal is not None or not self.is_kept:
            # What it left is undone with it.
            group.kept["heads"].clear()

    def tell(self) -> None:
        """Answer who waits for it."""
        if self.refusal is None:
            self.answer.set_result(self.result)
        else:
            self.answer.set_exception(self.refusal)


class Writer:
    """Carries out the writes of a process, one after the other.

    ``limit``: how many may wait; ``patience``: the seconds that one waits for its turn.
    """

    def __init__(self, database: Database, *, limit: int, patience: float) -> None:
        self._database = database
        self._limit = limit
        self._patience = patience
        self._waiting: deque[_Order] = deque()
        # What intakes keep from one write to the next (``services.intake.live``).
        self.kept: dict[str, object] = {"intakes": OrderedDict()}
        self._lock = threading.Lock()
        self._is_running = False
        self._released_at = 0.0
        # When the commit under way was sent.
        self._committing_since: float | None = None
        # Its thread begins with the first write, and ends with the writer.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")

    async def write(self, work: Callable[[Session], R], *, plan: str, is_kept: bool = True) -> R:
        """What the work gives, once it is committed; ``is_kept``: False undoes it.

        Busy at once where too many wait, or when the turn has not come in time;
        StorageUnavailable where the commit fails; DatabaseUnavailable where the database is gone
        before it; OutcomeUnknown where it is gone, or silent, during it; whatever the work itself
        raises.
        """
        bell = asyncio.get_running_loop().create_future()
        order = _Order(plan=plan, work=work, is_kept=is_kept, bell=bell)
        self._queue(order)
        done, _ = await asyncio.wait({bell}, timeout=self._patience)
        if not done and order.answer.cancel():
            raise DatabaseUnavailable if self._is_silent else Busy
        # What was begun is waited for: its outcome must be told, unless nobody will ever know it.
        while not done:
            if self._is_silent:
                raise OutcomeUnknown
            done, _ = await asyncio.wait({bell}, timeout=LOOK_SECONDS)
        told: R = order.answer.result()
        return told

    @property
    def _is_silent(self) -> bool:
        """Whether a commit was sent to a server that does not answer it for too long."""
        begun_at = None if self._database.is_sqlite else self._committing_since
        return begun_at is not None and time.monotonic() - begun_at > COMMIT_SECONDS

    def begin(
        self, work: Callable[[Session], R], *, plan: str, is_kept: bool = True
    ) -> "Future[R]":
        """The work in the queue, for whoever has all the time that it takes. Busy."""
        order = _Order(plan=plan, work=work, is_kept=is_kept)
        self._queue(order)
        return order.answer

    def close(self) -> None:
        """End the writer's thread, when everything that waits is carried out."""
        self._thread.shutdown()

    @property
    def waiting(self) -> int:
        """How many writes are in the queue."""
        return len(self._waiting)

    def _queue(self, order: _Order) -> None:
        with self._lock:
            if len(self._waiting) >= self._limit:
                raise Busy
            self._waiting.append(order)
            if not self._is_running:
                self._is_running = True
                self._thread.submit(self._run)

    def _run(self) -> None:
        """Commit group after group, until nobody waits."""
        while self._has_waiting():
            # Where another process wants to write too, it gets its turn now.
            time.sleep(max(0.0, self._released_at + PAUSE_SECONDS - time.monotonic()))
            self._commit_group()
            self._released_at = time.monotonic()

    def _has_waiting(self) -> bool:
        with self._lock:
            self._is_running = bool(self._waiting)
            return self._is_running

    def _commit_group(self) -> None:
        group: list[_Order] = []
        # What the writes of the group know of each other (``lock_plan``, ``require_valid``).
        kept = self.kept | {"heads": {}, "good_keys": set(), "retries": set()}
        until = time.monotonic() + GROUP_SECONDS
        try:
            with self._database.write_group() as connection:
                writes = WriteGroup(connection, WaitingRows, kept)
                order = self._next()
                while order is not None:
                    group.append(order)
                    order.carry_out(writes)
                    order = self._next(order.plan) if time.monotonic() < until else None
                writes.store()
                self._database.seal(connection)
                self._committing_since = time.monotonic()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told
            failure = _told(error, is_sent=self._committing_since is not None)
            # Where the transaction could not even begin, it would not for anybody who waits.
            group = group or list(iter(self._next, None))
            for each in group:
                each.refusal = failure
        self._committing_since = None
        for each in group:
            each.tell()
        _ring([each.bell for each in group if each.bell is not None])

    def _next(self, plan: str | None = None) -> _Order | None:
        """The next who waits; with a plan only if it is about the same."""
        with self._lock:
            while self._waiting and plan in {None, self._waiting[0].plan}:
                order = self._waiting.popleft()
                if order.answer.set_running_or_notify_cancel():
                    return order
        return None


def _ring(bells: "list[asyncio.Future[None]]") -> None:
    """Wake up those who wait in event loops, each loop once."""
    for loop in {each.get_loop() for each in bells}:
        # Nobody waits in one that is closed.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_answer, [each for each in bells if each.get_loop() is loop])


def _answer(bells: "list[asyncio.Future[None]]") -> None:
    for bell in bells:
        if not bell.done():
            bell.set_result(None)


def _told(error: Exception, *, is_sent: bool) -> Failure:
    """What those are told whose write was not committed. ``is_sent``: whether the commit was."""
    if is_busy(error):
        return Busy()
    if isinstance(error, Unreplicated):
        _LOG.error("a group of writes is on one server alone")
        return OutcomeUnknown()
    _LOG.error("a group of writes was not committed", exc_info=error)
    if not is_gone(error):
        return StorageUnavailable()
    return OutcomeUnknown() if is_sent else DatabaseUnavailable()
