"""Engines, read snapshots and the one write transaction; nothing of HTTP.

SQLite runs in WAL with full synchronisation. A write begins IMMEDIATE: a read
that turns into a write without the lock loses updates silently.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlmodel import Session, create_engine

from app.settings import Settings


class Database:
    """One database, as this process reaches it."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.database_url
        self.is_sqlite = settings.is_embedded
        self.engine = _make_engine(settings)
        self._writer = self.engine.execution_options(dabiao_write=True)
        isolation = None if self.is_sqlite else "REPEATABLE READ"
        options = {} if isolation is None else {"isolation_level": isolation}
        self._reader = self.engine.execution_options(**options)

    @contextmanager
    def read_session(self) -> Iterator[Session]:
        """A session on one snapshot: all its queries see the same revision."""
        with Session(self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def write_transaction(self) -> Iterator[Session]:
        """The write transaction of a request: committed when the block ends well, else undone."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def __enter__(self) -> Self:
        """The database, for as long as a command needs it."""
        return self

    def __exit__(self, *_failure: object) -> None:
        """Close every connection."""
        self.dispose()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _make_engine(settings: Settings) -> Engine:
    if not settings.is_embedded:
        return create_engine(settings.database_url, pool_pre_ping=True, pool_timeout=5)
    _make_folder(settings.database_url)
    engine = create_engine(
        settings.database_url,
        connect_args={
            "check_same_thread": False,
            "timeout": settings.busy_timeout_seconds,
        },
        pool_timeout=5,
        pool_size=20,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


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
    is_write = connection.get_execution_options().get("dabiao_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")
