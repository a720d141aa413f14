"""Keeps the stored gap table of each plan up to date: after each write that is official, and daily.

A thread of its own works it out, once for all who wait for it; the process's writer stores it.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial

from sqlmodel import select

from app.database import Database
from app.services.gaps.latest import make_latest, store_latest
from app.services.state.succession import list_followers
from app.tables import Plan
from app.writer import Writer

# How often somebody may change what is stored while it is worked out.
_ATTEMPTS = 5
_LOG = logging.getLogger("dabiao")


class LatestGaps:
    """The stored gap tables of a database.

    ``clock`` gives the present instant; ``patience``: the seconds that a write waits for its rows.
    """

    def __init__(
        self,
        database: Database,
        writer: Writer,
        clock: Callable[[], datetime],
        *,
        patience: float,
    ) -> None:
        self._patience = patience
        self._database = database
        self._writer = writer
        self._clock = clock
        self._lock = threading.Lock()
        # The updates that have not begun yet, by plan.
        self._waiting: dict[str, Future[None]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="latest")
        self._goes_on = True

    async def update(self, plan: str) -> None:
        """Bring a plan's table up to date; what takes long goes on by itself."""
        await asyncio.wait({asyncio.wrap_future(self.begin(plan))}, timeout=self._patience)

    def begin(self, plan: str) -> "Future[None]":
        """Begin to bring a plan's table up to date with what is committed by now."""
        with self._lock:
            if plan not in self._waiting:
                self._waiting[plan] = self._thread.submit(self._run, plan)
            return self._waiting[plan]

    def update_all(self) -> None:
        """Bring the tables of all plans up to date, as the day wants it."""
        with self._database.read_session() as session:
            plans = session.exec(select(Plan.code).order_by(Plan.code)).all()
        for plan in plans:
            self.begin(plan)

    def close(self) -> None:
        """End the thread; a table that is being worked out is left for the next start."""
        self._goes_on = False
        self._thread.shutdown(cancel_futures=True)

    def _run(self, plan: str) -> None:
        with self._lock:
            self._waiting.pop(plan, None)
        try:
            for _ in range(_ATTEMPTS):
                with self._database.read_session() as session:
                    made = make_latest(
                        session, plan, now=self._clock(), goes_on=lambda: self._goes_on
                    )
                    followers = list_followers(session, plan)
                if made is None:
                    return
                store = partial(store_latest, made=made)
                if self._writer.begin(store, plan=plan).result():
                    for each in followers:
                        self.begin(each)
                    return
        except Exception:  # noqa: BLE001 - the write itself was carried out, whatever this is
            # The view has no rows of the plan until the next write or start.
            _LOG.exception("the stored gap table of %s is not up to date", plan)
