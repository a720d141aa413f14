"""Read snapshots, write transactions, and whether a database can be used; nothing of HTTP."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.engines import is_busy, is_in_transaction, make_engine
from app.settings import Settings

# A commit that warns was stored by this server alone: the wait for another one was broken off.
_WARNED = "01000"
# What is written beside the rows, so that a group that changes nothing waits for a replica too:
# the rows that it has found may be on this server alone.
_MARK = "SELECT pg_logical_emit_message(true, 'dabiao', '')"
# What a write may need: its rows, in the log and then in the file.
_LEAST_ROOM = 1024**2

L = TypeVar("L", bound="Left")


class Database:
    """One database, as this process reaches it.

    ``serves``: whether it answers requests, which have little time. A migration has all that it
    needs, and so has whoever verifies, exports or imports.
    """

    def __init__(self, settings: Settings, *, serves: bool = False) -> None:
        self.url = settings.database_url
        self.is_sqlite = settings.is_embedded
        self.engine = make_engine(settings, serves=serves)
        # What readers keep of what was committed, for as long as the database is open.
        self._kept: dict[str, Any] = {}
        # The connections in use: a thread that waits on one of them has no time limit of its own.
        self._in_use: WeakSet[Any] = WeakSet()
        self._is_warned = threading.local()
        if not self.is_sqlite:
            event.listen(self.engine, "connect", self._hear_warnings)
            event.listen(self.engine, "checkout", self._note_use)
            event.listen(self.engine, "checkin", self._note_return)
        self._writer = self.engine.execution_options(dabiao_write=settings.busy_timeout_seconds)
        isolation = None if self.is_sqlite else "REPEATABLE READ"
        options = {} if isolation is None else {"isolation_level": isolation}
        self._reader = self.engine.execution_options(**options)

    def read_session(self) -> Session:
        """A session on one snapshot: all its queries see the same revision."""
        return Session(self._reader, autoflush=False, info={"kept": self._kept})

    @contextmanager
    def write_transaction(self) -> Iterator[Session]:
        """A write transaction: committed when the block ends well, else undone."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def write_group(self) -> Iterator[Connection]:
        """One write transaction for several writes: each ``write_in_savepoint``.

        Unreplicated where the server has stored it, but not made sure that another one has.
        """
        with self._writer.connect() as connection, connection.begin():
            yield connection
            self._is_warned.value = False
        if self._is_warned.value:
            raise Unreplicated

    def seal(self, connection: Connection) -> None:
        """Have the commit of a group wait for a replica, even where it changes nothing."""
        if not self.is_sqlite:
            connection.exec_driver_sql(_MARK)

    def watch_connection(self) -> Connection:
        """A connection in autocommit that belongs to no pool: each statement sees what is there."""
        options = {} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        connection = self.engine.execution_options(**options).connect()
        connection.detach()
        return connection

    def data_version(self, connection: Connection, question: str) -> object:
        """What another connection's commit changes: a number, on PostgreSQL the question's rows.

        None where it is not told. The driver is asked itself: each request waits for it.
        """
        driver: Any = connection.connection.dbapi_connection
        try:
            return driver.execute("PRAGMA data_version" if self.is_sqlite else question).fetchall()
        except self.engine.dialect.loaded_dbapi.Error:
            return None

    def is_writable(self) -> bool:
        """Whether it can be written: a server that only follows another cannot."""
        if not self.is_sqlite:
            asked = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"
            with self.engine.connect() as connection:
                return not connection.exec_driver_sql(asked).scalar_one()
        # A write that is undone touches no file. A name that is none is left to it.
        if (file := Path(self._file)).exists() and not os.access(file, os.W_OK):
            return False
        writer = self.engine.execution_options(dabiao_write=0.0)
        try:
            with writer.connect() as connection, connection.begin() as attempt:
                attempt.rollback()
        except DBAPIError as error:
            # Somebody writes: so it can be written.
            return is_busy(error)
        return True

    @property
    def _file(self) -> str:
        return sa.make_url(self.url).database or ""

    def is_full(self) -> bool:
        """Whether the disk of an SQLite file has no room for a write; a server's is unknown."""
        try:
            return self.is_sqlite and shutil.disk_usage(Path(self._file).parent).free < _LEAST_ROOM
        except OSError:
            # A name that is no file: whether it can be written shows otherwise.
            return False

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

    def _hear_warnings(self, driver: Any, _record: object) -> None:  # noqa: ANN401 - the driver's
        def hear(notice: Any) -> None:  # noqa: ANN401 - likewise
            if notice.sqlstate == _WARNED:
                self._is_warned.value = True

        driver.add_notice_handler(hear)

    def _note_use(self, driver: object, _record: object, _proxy: object) -> None:
        self._in_use.add(driver)

    def _note_return(self, driver: object | None, _record: object) -> None:
        # None: it was lost, and no other could be made in its place.
        if driver is not None:
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


class Unreplicated(Exception):
    """A commit whose wait for another server was broken off: lost if this one is."""


class Left(Protocol):
    """What writes leave to be stored together."""

    def write(self) -> None:
        """Store it."""

    def take(self, other: Self) -> None:
        """Take over what another one holds."""


class WriteGroup(Generic[L]):
    """The transaction of several writes, and what they leave to be stored together.

    ``kept``: what services find in the ``info`` of each session.
    """

    def __init__(
        self,
        connection: Connection,
        make_left: Callable[[Callable[[], Connection]], L],
        kept: dict[str, Any],
    ) -> None:
        self.connection, self.make_left, self.kept = connection, make_left, kept
        self.left = make_left(lambda: connection)
        # Where what was left could not be stored: then every write of the group has failed.
        self.is_broken = False

    @property
    def is_lost(self) -> bool:
        """Whether nothing of the group can be committed any more."""
        return self.is_broken or not is_in_transaction(self.connection)

    def store(self) -> None:
        """Store what was left."""
        try:
            self.left.write()
        except BaseException:
            self.is_broken = True
            raise


class _GroupSession(Session, Generic[L]):
    """A session of one write in a group: its statements go straight to the group's connection.

    It takes its savepoint when the database is first needed. A write that never needs it leaves
    what it has (``info``, ``left``) to the group. Objects that it stores have a savepoint of their
    own within that of the write.
    """

    def __init__(self, group: WriteGroup[L]) -> None:
        self._group, self.has_begun = group, False
        self.left = group.make_left(self.connection)
        super().__init__(
            group.connection,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
            info={**group.kept, "left": self.left},
        )

    def connection(self, *_: object, **__: object) -> Connection:
        """The group's connection, with everything stored that was left."""
        if not self.has_begun:
            self._group.store()
            self._group.connection.exec_driver_sql("SAVEPOINT dabiao_write")
            self.has_begun = True
            self.info.pop("left")
            self.left.write()
        return self._group.connection

    def get_bind(self, *_: object, **__: object) -> Connection:
        """The same, for objects."""
        return self.connection()

    def look(self, *, needs_left: bool) -> Connection:
        """The same, for a question that nothing of this write changes: it takes no savepoint."""
        if needs_left:
            self._group.store()
        return self._group.connection


def look(session: Session, *, needs_left: bool = True) -> Connection:
    """The connection of a write, for what it asks before it stores anything.

    A lock that is taken so is held until the transaction ends, whatever becomes of the write.
    ``needs_left``: whether the answer may lie in what earlier writes have left.
    """
    if isinstance(session, _GroupSession):
        return session.look(needs_left=needs_left)
    return session.connection()


@contextmanager
def write_in_savepoint(group: WriteGroup[L], *, is_kept: bool = True) -> Iterator[Session]:
    """A session of its own in a group's transaction; undone where the block fails.

    ``is_kept``: False undoes the write in any case.
    """
    session = _GroupSession(group)
    try:
        with session:
            yield session
            if is_kept and session.in_transaction():
                session.commit()
    except BaseException:
        if session.has_begun:
            _undo(group.connection)
        raise
    if not session.has_begun:
        if is_kept:
            group.left.take(session.left)
    elif is_kept:
        group.connection.exec_driver_sql("RELEASE SAVEPOINT dabiao_write")
    else:
        _undo(group.connection)


def _undo(connection: Connection) -> None:
    # Some errors end the whole transaction, or the connection: there is nothing left to undo.
    if is_in_transaction(connection, may_fail=True):
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT dabiao_write")
        connection.exec_driver_sql("RELEASE SAVEPOINT dabiao_write")
