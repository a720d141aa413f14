"""``dabiao doctor``: what of a deployment would fail, lose data or let strangers in.

Each complaint says what to do. A problem makes the exit code 1; a warning does not.
"""

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import typer
from sqlalchemy import Connection
from sqlmodel import col

from app.cli.opening import name_of, open_database, read_settings
from app.cli.refusal import Refused
from app.cli.words import say
from app.database import Database
from app.edge.tokens.issuer import UNREADABLE, Issuer
from app.migration import is_known, newest_version, schema_version
from app.services.access.keys import Role, list_keys
from app.services.hooks.hooks import list_hooks
from app.settings import Settings
from app.tables import Plan

_FAILED = 1
# Every address there is.
_ANY_NETWORK = re.compile(r"\*|/0+(?![0-9])")
# Less room than this is a warning; less than a tenth of it a problem.
_ROOM_BYTES = 1024**3
# A log that is larger than this is held open by a reader that does not end.
_LOG_BYTES = 1024**3
# How far the clocks of two machines may be apart.
_SKEW = timedelta(seconds=2)
_SOON = timedelta(days=30)
# File systems of other machines, on which SQLite's locks and its log do not work.
_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "ceph"})
_NEAR = frozenset({None, "", "localhost", "127.0.0.1", "::1"})
# What PostgreSQL must have for an answered write to survive.
_DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
_OFF = frozenset({"off", "local"})


class Gravity(StrEnum):
    """How grave a complaint is: whether it stops, loses or opens something now."""

    PROBLEM = "problem"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is not as it should be, and what to do, in a sentence."""

    gravity: Gravity
    sentence: str


def examine() -> None:
    """Look at settings, database, machine and keys; 1 where there is a problem."""
    found = list(_examine())
    for each in found:
        typer.echo(f"{say('doctor', each.gravity)} {each.sentence}")
    problems = sum(each.gravity is Gravity.PROBLEM for each in found)
    counts = {"problems": problems, "warnings": len(found) - problems}
    typer.echo(say("doctor", "counted" if found else "sound", **counts))
    if problems:
        raise typer.Exit(_FAILED)


def _examine() -> Iterator[Complaint]:
    try:
        settings = read_settings()
    except Refused as refused:
        yield from (Complaint(Gravity.PROBLEM, line) for line in refused.say().splitlines())
        return
    yield from _examine_settings(settings)
    yield from _examine_issuer(settings)
    yield from _examine_machine(settings)
    name = name_of(settings.database_url)
    if settings.is_embedded and not name.startswith("file:") and not Path(name).exists():
        yield _problem(Refused("no_database", database=name))
        return
    try:
        with open_database(settings) as database:
            yield from _examine_database(database, settings)
    except Refused as refused:
        yield _problem(refused)


def _examine_settings(settings: Settings) -> Iterator[Complaint]:
    if "*" in settings.origins:
        yield _warn("any_origin")
    if settings.hook_addresses == "any":
        yield _warn("any_hook_address")
    # Whose word about a client's address is taken; the second one is Uvicorn's own.
    for setting, value in (
        ("DABIAO_TRUSTED_PROXIES", settings.trusted_proxies),
        ("FORWARDED_ALLOW_IPS", os.environ.get("FORWARDED_ALLOW_IPS", "")),
    ):
        if _ANY_NETWORK.search(value):
            yield _warn("any_proxy", Gravity.PROBLEM, setting=setting, value=value)
    if not settings.is_embedded:
        url = sa.make_url(settings.database_url)
        if url.host not in _NEAR and str(url.query.get("sslmode", "prefer")) in {
            *("disable", "allow", "prefer"),
        }:
            yield _warn("line_not_encrypted", host=url.host)


def _examine_issuer(settings: Settings) -> Iterator[Complaint]:
    """The provider of tokens answers, with keys that can be used."""
    if not settings.takes_tokens:
        return
    issuer = Issuer(settings)
    try:
        if not issuer.fetch_keys():
            yield _warn("issuer_without_keys", Gravity.PROBLEM, issuer=settings.oidc_issuer)
    except UNREADABLE as error:
        facts = {"issuer": settings.oidc_issuer, "error": str(error) or type(error).__name__}
        yield _warn("issuer_unreadable", Gravity.PROBLEM, **facts)
    finally:
        issuer.close()


def _examine_machine(settings: Settings) -> Iterator[Complaint]:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield _warn("root")
    folders = {Path(tempfile.gettempdir())}
    name = name_of(settings.database_url)
    if settings.is_embedded and not name.startswith("file:"):
        file = Path(name).absolute()
        folders.add(file.parent)
        yield from _examine_file(file)
    for folder in sorted(folders):
        with suppress(OSError):
            free = shutil.disk_usage(folder).free
            if free < _ROOM_BYTES:
                is_full = free < _ROOM_BYTES // 10
                gravity = Gravity.PROBLEM if is_full else Gravity.WARNING
                yield _warn("little_room", gravity, folder=folder, free=free // 1024**2)


def _examine_file(file: Path) -> Iterator[Complaint]:
    """An SQLite file and its folder: who can read and write them, and where they lie."""
    kind = _file_system(file.parent)
    if kind in _REMOTE:
        yield _warn("remote_disk", Gravity.PROBLEM, folder=file.parent, kind=kind)
    with suppress(OSError):
        mode = file.stat().st_mode
        if mode & (stat.S_IWGRP | stat.S_IWOTH):
            yield _warn("file_written_by_others", Gravity.PROBLEM, file=file)
        elif mode & stat.S_IROTH:
            yield _warn("file_read_by_others", file=file)
        folder = file.parent.stat().st_mode
        if folder & stat.S_IWOTH and not folder & stat.S_ISVTX:
            yield _warn("folder_written_by_others", Gravity.PROBLEM, folder=file.parent)
        log = file.with_name(f"{file.name}-wal")
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            yield _warn("long_log", file=log, size=log.stat().st_size // 1024**2)


def _file_system(folder: Path) -> str:
    """The kind of the file system of a folder; empty where the machine does not tell."""
    best, kind = "", ""
    with suppress(OSError):
        for line in Path("/proc/mounts").read_text("utf-8").splitlines():
            _, place, found, *_ = line.split(" ")
            if folder.is_relative_to(place) and len(place) >= len(best):
                best, kind = place, found
    return kind


def _examine_database(database: Database, settings: Settings) -> Iterator[Complaint]:
    name = name_of(settings.database_url)
    if database.is_sqlite:
        yield from _examine_sqlite(database)
    else:
        with database.engine.connect() as connection:
            yield from _examine_postgres(connection, settings)
    if not database.is_writable():
        yield _warn("read_only", Gravity.PROBLEM, database=name)
    version = schema_version(database)
    if version != newest_version():
        wrong = "older_database" if is_known(version) else "newer_database"
        yield _problem(Refused("empty_database" if version is None else wrong, database=name))
        return
    now = datetime.now(UTC)
    yield from _examine_clock(database, now)
    yield from _examine_keys(database, now, frozenset(settings.roles_of_tokens))


def _examine_sqlite(database: Database) -> Iterator[Complaint]:
    with database.engine.connect() as connection:
        for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2)):
            found = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
            if found != wanted:
                facts = {"setting": pragma, "value": found}
                yield _warn("not_durable", Gravity.PROBLEM, **facts)


def _examine_postgres(connection: Connection, settings: Settings) -> Iterator[Complaint]:
    def shown(setting: str) -> str:
        return str(connection.exec_driver_sql(f"SHOW {setting}").scalar_one())

    for setting in _DURABLE:
        if shown(setting) in _OFF:
            facts = {"setting": setting, "value": shown(setting)}
            yield _warn("not_durable", Gravity.PROBLEM, **facts)
    if shown("data_checksums") == "off":
        yield _warn("no_checksums")
    # What a process opens at most: its pool and the connections beside it.
    needed, there = settings.readers + 6, int(shown("max_connections"))
    if there < needed:
        yield _warn("few_connections", there=there, needed=needed)
    theirs = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    if abs(theirs - datetime.now(UTC)) > _SKEW:
        yield _warn("clocks_apart", Gravity.PROBLEM, theirs=_spell(theirs))


def _examine_clock(database: Database, now: datetime) -> Iterator[Complaint]:
    """Nothing was recorded after the present: otherwise the clock has been put back."""
    with database.read_session() as session:
        newest = session.connection().execute(sa.select(sa.func.max(col(Plan.recorded_at))))
        recorded = newest.scalar()
    if recorded is None:
        yield _warn("no_plan")
    elif recorded > now + _SKEW:
        facts = {"recorded": _spell(recorded), "now": _spell(now)}
        yield _warn("clock_behind", Gravity.PROBLEM, **facts)


def _examine_keys(
    database: Database, now: datetime, of_tokens: frozenset[str]
) -> Iterator[Complaint]:
    with database.read_session() as session:
        keys = [each for each in list_keys(session) if each.revoked_at is None]
        failed = sum(each.failed for each in list_hooks(session))
    current = [each for each in keys if each.expires_at is None or each.expires_at > now]
    expired = [each.id for each in keys if each not in current]
    ending = [each.id for each in current if each.expires_at and each.expires_at < now + _SOON]
    if expired:
        yield _warn("keys_expired", keys=_list(expired))
    if ending:
        yield _warn("keys_ending", keys=_list(ending))
    roles = {each.role for each in current} | of_tokens
    missing = [each for each in (Role.REVIEWER, Role.ADMINISTRATOR) if each not in roles]
    if missing:
        yield _warn("roles_missing", roles=_list(missing))
    if failed:
        yield _warn("messages_given_up", count=failed)


def _list(names: Iterable[str]) -> str:
    return " ".join(names)


def _spell(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds")


def _problem(refused: Refused) -> Complaint:
    return Complaint(Gravity.PROBLEM, refused.say())


def _warn(name: str, gravity: Gravity = Gravity.WARNING, **facts: Any) -> Complaint:  # noqa: ANN401
    return Complaint(gravity, say("doctor", name, **facts))
