"""Whether the service is ready: asked within a second, whatever the database does."""

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from app.database import Database
from app.migration import is_current

READY = "ok"
UNREACHABLE = "database unreachable"
OTHER_SCHEMA = "database schema of another version"
READ_ONLY = "database not writable"
FULL = "disk full"
# Whoever asks is told within a second; of this long, the rest is the network's.
PATIENCE_SECONDS = 0.8


class Readiness:
    """Asks the database in a thread of its own: one question at a time, for all who wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._asking: Future[str] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readiness")

    async def tell(self) -> str:
        """``ok``, or what is wrong in a few words."""
        with self._lock:
            if self._asking is None or self._asking.done():
                self._asking = self._thread.submit(self._ask)
            asking = asyncio.wrap_future(self._asking)
        try:
            return await asyncio.wait_for(asyncio.shield(asking), PATIENCE_SECONDS)
        except TimeoutError:
            return UNREACHABLE

    def close(self) -> None:
        """Ask no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _ask(self) -> str:
        try:
            if not is_current(self._database):
                return OTHER_SCHEMA
            if self._database.is_full():
                return FULL
            return READY if self._database.is_writable() else READ_ONLY
        except SQLAlchemyError:
            return UNREACHABLE
