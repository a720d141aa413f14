"""Connections of both kinds of database: how each is prepared, and what its errors mean.

SQLite runs in WAL with full synchronisation. A write begins IMMEDIATE: a read
that turns into a write without the lock loses updates silently.
"""

import random
import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlmodel import create_engine

from app.settings import Settings

# Connections beside those of reads: of the writer, of the check of the state, of whoever asks
# whether the server is ready, and a spare one.
_OTHERS = 4
# How long a process that waits for SQLite's lock sleeps between two attempts, in seconds.
SHORTEST_NAP, LONGEST_NAP = 0.0005, 0.002
_LOCK_NOT_AVAILABLE = "55P03"
# Classes of what PostgreSQL says when it goes down or is not up yet, or the line breaks.
_GONE = ("08", "57P")
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


def make_engine(settings: Settings, *, serves: bool) -> Engine:
    """The pool of connections to a database. ``serves``: whether requests wait for them."""
    if not settings.is_embedded:
        return create_engine(
            settings.database_url,
            connect_args=_limits(settings) if serves else {},
            pool_pre_ping=True,
            pool_timeout=2,
            pool_size=settings.readers + _OTHERS,
        )
    _make_folder(settings.database_url)
    engine = create_engine(
        settings.database_url,
        connect_args={
            "check_same_thread": False,
            "timeout": settings.busy_timeout_seconds,
        },
        pool_timeout=5,
        pool_size=settings.readers + _OTHERS,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_in_transaction(connection: Connection, *, may_fail: bool = False) -> bool:
    """Whether the transaction lives on after an error: some errors end it, or the connection.

    ``may_fail``: also where nothing but going back to a savepoint makes it usable again.
    """
    if connection.invalidated:
        return False
    driver: Any = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection):
        # A full disk, for one, makes SQLite undo everything by itself.
        return driver.in_transaction
    # The driver begins with the first statement: without one, nothing is lost.
    usable = {"INTRANS", "INERROR"} if may_fail else {"INTRANS", "IDLE"}
    return driver.info.transaction_status.name in usable


def is_busy(error: BaseException) -> bool:
    """Whether a write failed because another one held the lock for too long."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, sqlite3.Error):
        return getattr(origin, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return getattr(origin, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def is_gone(error: BaseException) -> bool:
    """Whether PostgreSQL was not reached, or was lost on the way."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(origin, sqlite3.Error) or not isinstance(error, OperationalError):
        return False
    state = getattr(origin, "sqlstate", None)
    return state is None or state.startswith(_GONE)


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
