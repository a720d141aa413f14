"""Engines, read snapshots and the write transaction; nothing of HTTP.

SQLite runs in WAL with full synchronisation. A write begins IMMEDIATE: a read
that turns into a write without the lock loses updates silently.
"""

import os
import random
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, create_engine

from app.settings import Settings

# Reads that run at once, each with a connection of its own.
READERS = 24
# How long a process that waits for SQLite's lock sleeps between two attempts, in seconds.
SHORTEST_NAP, LONGEST_NAP = 0.0005, 0.002
_LOCK_NOT_AVAILABLE = "55P03"
# How soon a request notices that PostgreSQL is gone or does not come to an end. What is sent and
# not received is given up after five seconds; the rest is in seconds.
_LINE = {
    "connect_timeout": 2,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
_STATEMENT_SECONDS, _IDLE_SECONDS = 30, 60


class Database:
    """One database, as this process reaches it.

    ``serves``: whether it answers requests, which have little time. A migration has all that it
    needs, and so has whoever verifies, exports or imports.
    """

    def __init__(self, settings: Settings, *, serves: bool = False) -> None:
        self.url = settings.database_url
        self.is_sqlite = settings.is_embedded
        self.engine = _make_engine(settings, serves=serves)
        # What readers keep of what was committed, for as long as the database is open.
        self._kept: dict[str, Any] = {}
        # The connections in use: a thread that waits on one of them has no time limit of its own.
        self._in_use: WeakSet[Any] = WeakSet()
        if not self.is_sqlite:
            event.listen(self.engine, "checkout", self._note_use)
            event.listen(self.engine, "checkin", self._note_return)
        self._writer = self.engine.execution_options(dabiao_write=settings.busy_timeout_seconds)
        isolation = None if self.is_sqlite else "REPEATABLE READ"
        options = {} if isolation is None else {"isolation_level": isolation}
        self._reader = self.engine.execution_options(**options)

    @contextmanager
    def read_session(self) -> Iterator[Session]:
        """A session on one snapshot: all its queries see the same revision."""
        with Session(self._reader, autoflush=False, info={"kept": self._kept}) as session:
            yield session

    @contextmanager
    def write_transaction(self) -> Iterator[Session]:
        """A write transaction: committed when the block ends well, else undone."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write_group(self) -> Iterator[Connection]:
        """One write transaction for several writes: each ``write_in_savepoint``."""
        with self._writer.connect() as connection, connection.begin():
            yield connection

    def watch_connection(self) -> Connection:
        """A connection in autocommit that belongs to no pool: each statement sees what is there."""
        options = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        connection = self.engine.execution_options(**options).connect()
        connection.detach()
        return connection

    def data_version(self, connection: Connection) -> int | None:
        """A number that another connection's commit changes; None where there is no such number."""
        if not self.is_sqlite:
            return None
        driver: Any = connection.connection.dbapi_connection
        version: int = driver.execute("PRAGMA data_version").fetchone()[0]
        return version

    def is_writable(self) -> bool:
        """Whether it can be written: a server that only follows another cannot."""
        if not self.is_sqlite:
            asked = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"
            with self.engine.connect() as connection:
                return not connection.exec_driver_sql(asked).scalar_one()
        writer = self.engine.execution_options(dabiao_write=0.0)
        try:
            with writer.connect() as connection, connection.begin() as attempt:
                attempt.rollback()
        except DBAPIError as error:
            # Somebody writes: so it can be written.
            return is_busy(error)
        return True

    def give_up(self) -> None:
        """Break off every connection in use, and begin with new ones.

        A server that is there but does not answer (stopped, or behind a network that swallows
        everything) would hold each waiting thread for ever: the driver has no limit for it.
        """
        failures = (OSError, self.engine.dialect.loaded_dbapi.Error)
        for driver in list(self._in_use):
            with suppress(*failures), socket.socket(fileno=os.dup(driver.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        self.engine.dispose()

    def _note_use(self, driver: object, _record: object, _proxy: object) -> None:
        self._in_use.add(driver)

    def _note_return(self, driver: object, _record: object) -> None:
        self._in_use.discard(driver)

    def __enter__(self) -> Self:
        """The database, for as long as a command needs it."""
        return self

    def __exit__(self, *_failure: object) -> None:
        """Close every connection."""
        self.dispose()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def write_in_savepoint(
    connection: Connection, kept: dict[str, object] | None = None
) -> Iterator[Session]:
    """A session of its own in a group's transaction; undone unless the block commits it.

    ``kept``: what its owner keeps from one write to the next, for services to find.
    """
    with Session(
        connection,
        expire_on_commit=False,
        join_transaction_mode="create_savepoint",
        info=kept,
    ) as session:
        yield session


def is_in_transaction(connection: Connection) -> bool:
    """Whether the transaction lives on after an error: some errors end it, or the connection."""
    if connection.invalidated:
        return False
    driver: Any = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection):
        # A full disk, for one, makes SQLite undo everything by itself.
        return driver.in_transaction
    return bool(driver.info.transaction_status.name == "INTRANS")


def is_busy(error: BaseException) -> bool:
    """Whether a write failed because another one held the lock for too long."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, sqlite3.Error):
        return getattr(origin, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(origin, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def _make_engine(settings: Settings, *, serves: bool) -> Engine:
    if not settings.is_embedded:
        return create_engine(
            settings.database_url,
            connect_args=_limits(settings) if serves else {},
            pool_pre_ping=True,
            pool_timeout=2,
            pool_size=READERS + 4,
        )
    _make_folder(settings.database_url)
    engine = create_engine(
        settings.database_url,
        connect_args={
            "check_same_thread": False,
            "timeout": settings.busy_timeout_seconds,
        },
        pool_timeout=5,
        # And the writer, the check of the state, and whoever asks whether the server is ready.
        pool_size=READERS + 4,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _limits(settings: Settings) -> dict[str, Any]:
    """The limits of a connection that serves; what the URL says itself holds."""
    milliseconds = {
        "statement_timeout": _STATEMENT_SECONDS * 1000,
        "lock_timeout": round(settings.busy_timeout_seconds * 1000),
        "idle_in_transaction_session_timeout": _IDLE_SECONDS * 1000,
    }
    said = sa.make_url(settings.database_url).query
    options = " ".join(f"-c {name}={value}" for name, value in milliseconds.items())
    own = {name: value for name, value in _LINE.items() if name not in said}
    # Of an option that is given twice, the later one holds.
    return own | {"options": f"{options} {said.get('options', '')}".strip()}


def _make_folder(url: str) -> None:
    name = sa.make_url(url).database
    if name and name != ":memory:":
        Path(name).parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the raw driver
    # The driver must not open transactions itself: it would begin them DEFERRED.
    connection.isolation_level = None
    cursor = connection.cursor()
    # Without recursive triggers, INSERT OR REPLACE passes by those that refuse a DELETE.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    patience: float | None = connection.get_execution_options().get("dabiao_write")
    if patience is None:
        connection.exec_driver_sql("BEGIN")
    else:
        _begin_write(connection, patience)


def _begin_write(connection: Connection, patience: float) -> None:
    """Wait for SQLite's lock in short naps of uneven length, so that processes take turns.

    SQLite's own waiting naps for longer and longer: a process that writes without a pause
    would starve the others.
    """
    driver = connection.connection
    deadline = time.monotonic() + patience
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < deadline:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    break
                time.sleep(random.uniform(SHORTEST_NAP, LONGEST_NAP))  # noqa: S311 - no secret
            else:
                return
        # Once more, for the error in the words of the engine.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={round(patience * 1000)}")
