"""A backup: one SQLite file with everything of a deployment, its keys and hooks too.

It is a copy of one moment, made while the server runs. Of PostgreSQL it holds the same rows, so
that it can be restored on either kind of database.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer
from sqlalchemy import Connection
from sqlmodel import SQLModel

from app.cli.archiving import say_mismatch, verify_tables
from app.cli.opening import (
    make_current,
    name_of,
    open_current_database,
    open_database,
    read_settings,
)
from app.cli.refusal import AlreadySaid, Refused, reading, writing
from app.cli.words import say
from app.database import Database
from app.migration import is_known, migrate, schema_version
from app.services.ledger.verification import verify_chain
from app.services.plans.loading import list_plans
from app.settings import Settings
from app.tables import ApiKey, Lease, Plan

# Rows that are copied at once.
_ROWS = 2_000
# What SQLite keeps beside a database that is open, or was not closed.
_BESIDE = ("", "-wal", "-shm")
# It holds the digests of keys.
_PRIVATE = 0o600


def back_up(file: Annotated[Path, typer.Argument()]) -> None:
    """Write a backup to a new file, and check it: the file, and every ledger's chain of digests."""
    settings = read_settings()
    if file.exists():
        raise Refused("file_there", file=str(file))
    part = file.with_name(f"{file.name}.part")
    with writing(file), _removed_at_the_end(part):
        part.touch(mode=_PRIVATE)
        if settings.is_embedded:
            _copy_file(settings, part)
        else:
            with open_current_database(settings) as database:
                _copy_rows_out(database, part)
        told = _check(part, file)
        _sync(part)
        part.rename(file)
        _sync(file.parent)
        digest = _digest(file)
    typer.echo("\n".join(told))
    typer.echo(say("done", "backed_up", file=str(file), digest=digest))


def restore(
    file: Annotated[Path, typer.Argument()],
    *,
    replace: Annotated[bool, typer.Option("--replace")] = False,
) -> None:
    """Put a backup in place of no database, or of one that is kept beside it.

    Every table is held against its ledger before anything is replaced.
    """
    settings = read_settings()
    name = name_of(settings.database_url)
    if settings.is_embedded:
        if name.startswith("file:"):
            raise Refused("file_needed", database=name)
        target = Path(name)
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        _require_free(target, replace=replace)
        part = target.with_name(f"{target.name}.part")
        with writing(target), _removed_at_the_end(part):
            told = _prepare(file, part)
            _put_in_place(part, target)
    else:
        with tempfile.TemporaryDirectory(prefix="dabiao-restore-") as folder:
            part = Path(folder) / "restored.db"
            told = _prepare(file, part)
            with open_database(settings) as database:
                make_current(database)
                _copy_rows_in(part, database)
    typer.echo("\n".join(told))
    typer.echo(say("done", "restored", file=str(file), database=name))


def _copy_file(settings: Settings, part: Path) -> None:
    """A copy of the file and of its log at one moment; writers go on meanwhile."""
    name = name_of(settings.database_url)
    if not name.startswith("file:") and not Path(name).exists():
        raise Refused("no_database", database=name)
    with open_database(settings) as database:
        if schema_version(database) is None:
            raise Refused("empty_database", database=name)
        with closing(database.engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", [str(part)])


def _copy_rows_out(database: Database, part: Path) -> None:
    """Every row as of one snapshot, in a new file."""
    with _open_file(part) as copy:
        migrate(copy)
        with database.read_session() as session, copy.write_group() as into:
            _copy(session.connection(), into)


def _copy_rows_in(part: Path, database: Database) -> None:
    with _open_file(part) as copy, database.write_group() as into:
        for table in (Plan, ApiKey):
            if into.execute(sa.select(sa.func.count()).select_from(table)).scalar_one():
                raise Refused("database_not_empty", database=name_of(database.url))
        with copy.read_session() as session:
            _copy(session.connection(), into)


def _copy(source: Connection, into: Connection) -> None:
    """Every row of every table, those first that others refer to.

    A lease belongs to a process that runs, and each schema has its own.
    """
    for table in SQLModel.metadata.sorted_tables:
        if table.name == Lease.__tablename__:
            continue
        found = source.execute(sa.select(table).execution_options(yield_per=_ROWS))
        for rows in found.mappings().partitions():
            into.execute(sa.insert(table), [dict(row) for row in rows])


def _check(part: Path, file: Path) -> list[str]:
    """Where each plan of a copy is; AlreadySaid where the copy is not sound."""
    with _open_file(part) as copy:
        with copy.engine.connect() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
        if found != "ok":
            raise Refused("backup_damaged", file=str(file), why=found)
        with copy.read_session() as session:
            plans = list_plans(session)
            faults = [(each.code, verify_chain(session, each.code)) for each in plans]
        _tell_faults([f"{code}: {say_mismatch(each)}" for code, each in faults if each])
        _fold(copy)
        return [
            say("done", "imported", plan=each.code, revision=each.revision, digest=each.digest)
            for each in plans
        ]


def _prepare(file: Path, part: Path) -> list[str]:
    """A copy of a backup with the newest schema, whose tables are what their ledgers say."""
    with reading(file):
        part.touch(mode=_PRIVATE)
        shutil.copyfile(file, part)
    with _open_file(part, told_as=file) as copy:
        version = schema_version(copy)
        if version is None:
            raise Refused("not_a_backup", file=str(file))
        if not is_known(version):
            raise Refused("newer_database", database=str(file))
    told = _check(part, file)
    with _open_file(part) as copy:
        migrate(copy)
        with copy.read_session() as session:
            codes = [each.code for each in list_plans(session)]
        faults = [(code, each) for code in codes for each in verify_tables(copy, code)]
        _tell_faults([f"{code}: {say_mismatch(each)}" for code, each in faults])
        _fold(copy)
    return told


def _tell_faults(faults: list[str]) -> None:
    if faults:
        raise AlreadySaid("\n".join(faults))


def _require_free(target: Path, *, replace: bool) -> None:
    """Refused where a database is there that may not be replaced, or is open elsewhere."""
    if not target.exists():
        return
    if not replace:
        raise Refused("database_there", database=str(target))
    with closing(sqlite3.connect(target, timeout=0)) as connection:
        try:
            # Nobody else may have the file open for it, so that it fails beside a server.
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise Refused("database_in_use", database=str(target)) from error
        except sqlite3.DatabaseError:
            # What is damaged is what backups are for.
            return


def _put_in_place(part: Path, target: Path) -> None:
    """Move a database out of the way, and another one there."""
    for ending in _BESIDE:
        present = target.with_name(f"{target.name}{ending}")
        if present.exists():
            present.replace(target.with_name(f"{target.name}.before-restore{ending}"))
    _sync(part)
    part.replace(target)
    _sync(target.parent)


@contextmanager
def _open_file(path: Path, told_as: Path | None = None) -> Iterator[Database]:
    try:
        with open_database(Settings(database_url=f"sqlite:///{path}")) as database:
            yield database
    except Refused as refused:
        if told_as is None or refused.reason != "not_a_database":
            raise
        raise Refused("not_a_backup", file=str(told_as)) from refused


def _fold(copy: Database) -> None:
    """Make one file of a database and its log."""
    copy.engine.dispose()
    with closing(copy.engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _removed_at_the_end(part: Path) -> Iterator[None]:
    """Nothing is left of a file that did not get its own name."""
    try:
        for ending in _BESIDE:
            part.with_name(f"{part.name}{ending}").unlink(missing_ok=True)
        yield
    finally:
        for ending in _BESIDE:
            part.with_name(f"{part.name}{ending}").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
