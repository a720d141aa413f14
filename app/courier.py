"""Delivers the messages of web hooks: in one process at a time, in order for each hook.

Its thread has an event loop of its own, apart from the one that answers requests, and is nobody's
to wait for: a receiver that is silent, or hangs, delays neither a request nor the end of the
process. The database is asked and written between two posts, never during one.
"""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from app.database import Database
from app.domain.time.calendar import day_in_shanghai
from app.edge.post import SECONDS, Letter, Refusal, post
from app.schemas.hooks.inputs import HookFormat
from app.services.hooks.deliveries import (
    Parcel,
    find_parcels,
    holds_lease,
    record_attempt,
    release_lease,
    take_lease,
)
from app.services.hooks.reminders import find_listening_plans, find_reminders, leave_reminders

# How soon a message is seen, and how long the courier rests when the database fails.
POLL_SECONDS, REST_SECONDS = 1.0, 10.0
# How long the end of the process waits for the thread to notice it.
_FAREWELL_SECONDS = 3.0
# Attempts to store how a post went, while others write.
_RECORD_ATTEMPTS = 5
_LOG = logging.getLogger("dabiao")


class Courier:
    """Delivers what waits, for as long as the process runs. ``clock`` gives the present instant."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime],
        reaches_any: bool,
        seconds: float = SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._reaches_any = reaches_any
        self._seconds = seconds
        self._name = secrets.token_hex(8)
        self._posting: dict[str, asyncio.Task[None]] = {}
        # The day, and the hooks there were, that reminders were left for.
        self._reminded: tuple[date, list[tuple[str, str]]] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._told = asyncio.Event()
        self._is_stopping = False

    def start(self) -> None:
        """Begin to deliver."""
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Deliver no more. A post that is under way is broken off, and made again later."""
        self._is_stopping = True
        if self._thread is not None:
            if self._loop is not None:
                # The loop may have ended by itself meanwhile.
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(self._told.set)
            self._thread.join(_FAREWELL_SECONDS)

    async def go_round(self) -> None:
        """Look once what is to be done, and begin with it."""
        now = self._clock()
        with self._database.read_session() as session:
            hooks = find_listening_plans(session)
            parcels = find_parcels(session, now=now) if hooks else []
            is_new_day = bool(hooks) and self._reminded != (day_in_shanghai(now), hooks)
            if not parcels and not is_new_day:
                return
            is_held = holds_lease(session, self._name, now=now)
        if is_held is None:
            with self._database.write_transaction() as session:
                is_held = take_lease(session, self._name, now=now)
        if not is_held:
            return
        if is_new_day:
            self._remind(hooks, now)
        for parcel in parcels:
            if parcel.hook_id not in self._posting:
                task = asyncio.create_task(self._deliver(parcel), name=parcel.hook_id)
                self._posting[parcel.hook_id] = task
                task.add_done_callback(self._forget)

    async def finish(self) -> None:
        """Wait for the posts that were begun."""
        await asyncio.gather(*self._posting.values())

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not self._is_stopping:
            rest = POLL_SECONDS
            try:
                await self.go_round()
            except SQLAlchemyError:
                # That the database is gone, or of another version, whoever asks it is told.
                rest = REST_SECONDS
            except Exception:  # noqa: BLE001 - whatever it is, there is a next round
                _LOG.exception("the messages of hooks were not looked at")
                rest = REST_SECONDS
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), rest)
        for task in self._posting.values():
            task.cancel()
        await asyncio.gather(*self._posting.values(), return_exceptions=True)
        with suppress(SQLAlchemyError), self._database.write_transaction() as session:
            release_lease(session, self._name, now=self._clock())

    def _remind(self, hooks: list[tuple[str, str]], now: datetime) -> None:
        """Leave the day's reminders; what a hook was told of already is not told again."""
        for plan in sorted({plan for plan, _ in hooks}):
            with self._database.read_session() as session:
                news = find_reminders(session, plan, now=now)
            if news:
                with self._database.write_transaction() as session:
                    leave_reminders(session, plan, news, now=now)
        self._reminded = (day_in_shanghai(now), hooks)

    async def _deliver(self, parcel: Parcel) -> None:
        """Post the messages of a hook, one after the other, until one is not taken."""
        following: Parcel | None = parcel
        while following is not None:
            refusal = await self._post(following)
            if refusal is not None:
                _LOG.warning("hook %s was not reached: %s", following.hook_id, refusal.code)
            await self._record(following, refusal)
            if refusal is not None:
                return
            with self._database.read_session() as session:
                found = find_parcels(session, now=self._clock(), hook_id=following.hook_id)
            following = next(iter(found), None)

    def _forget(self, task: asyncio.Task[None]) -> None:
        del self._posting[task.get_name()]
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.error("the messages of hook %s rest", task.get_name(), exc_info=error)

    async def _post(self, parcel: Parcel) -> Refusal | None:
        letter = Letter(
            url=parcel.url,
            message_id=parcel.message_id,
            timestamp=int(self._clock().timestamp()),
            body=parcel.body.encode(),
            secret=parcel.secret,
            format=HookFormat(parcel.format),
        )
        try:
            return await post(letter, reaches_any=self._reaches_any, seconds=self._seconds)
        except Exception:  # noqa: BLE001 - it costs this hook an attempt, and the others nothing
            _LOG.exception("hook %s could not be posted to", parcel.hook_id)
            return Refusal(code="failed")

    async def _record(self, parcel: Parcel, refusal: Refusal | None) -> None:
        """Store how an attempt went. Where that fails, the message is posted once more."""
        error = None if refusal is None else refusal.code
        wait = timedelta() if refusal is None else refusal.wait
        for attempt in range(1, _RECORD_ATTEMPTS + 1):
            try:
                with self._database.write_transaction() as session:
                    record_attempt(session, parcel, error=error, now=self._clock(), wait=wait)
            except SQLAlchemyError:
                if attempt == _RECORD_ATTEMPTS:
                    raise
                await asyncio.sleep(attempt / 5)
            else:
                return
