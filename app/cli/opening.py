"""The settings and the database that a command works with; a sentence when either is unusable."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError

from app.cli.refusal import AlreadySaid, Refused
from app.cli.words import terminal_language
from app.database import Database
from app.migration import is_current, is_known, migrate, schema_version
from app.settings import PREFIX, Settings
from app.words.book import join

_PASSWORD = re.compile(r"(?<=:)[^:@/]*(?=@)")
_LONGEST_ECHO = 120
# Settings whose refusal has a sentence of its own.
_EXPLAINED = frozenset(
    {
        "allowed_origins",
        "database_url",
        "oidc_address",
        "oidc_not_installed",
        "oidc_roles",
        "postgres_not_installed",
    }
)
# What a driver's message contains, and what it means.
_SQLITE = {
    "unable to open": "file_not_opened",
    "readonly": "file_read_only",
    "not a database": "not_a_database",
    "locked": "database_locked",
    "disk is full": "disk_full",
}
_POSTGRES = {
    "refused": "server_down",
    "failed to resolve": "server_unknown",
    "timeout": "server_silent",
    "authentication failed": "login_refused",
    "no password supplied": "login_refused",
    "does not exist": "no_such_database",
}


def read_settings() -> Settings:
    """The settings of the environment; Refused, with every reason, when they are not valid."""
    try:
        return Settings()
    except ValidationError as invalid:
        reasons = [_refuse_setting(each).say() for each in invalid.errors()]
        raise AlreadySaid("\n".join(reasons)) from invalid


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """A database for as long as a command needs it, whatever schema it has."""
    try:
        database = Database(settings)
    except OSError as error:
        folder = str(Path(name_of(settings.database_url)).parent)
        raise Refused("folder_unusable", folder=folder) from error
    with database, reaching(settings.database_url):
        yield database


@contextmanager
def open_current_database(settings: Settings) -> Iterator[Database]:
    """A database that has the schema of this version; Refused when it has another or none."""
    name = name_of(settings.database_url)
    # Connecting would make the file. A URI says itself whether it may.
    if settings.is_embedded and not name.startswith("file:") and not Path(name).exists():
        raise Refused("no_database", database=name)
    with open_database(settings) as database:
        if schema_version(database) is None:
            raise Refused("empty_database", database=name)
        if not is_current(database):
            raise Refused("older_database", database=name)
        yield database


def make_current(database: Database) -> None:
    """Bring the database to the newest schema; Refused for one that is newer than this program."""
    if not is_known(schema_version(database)):
        raise Refused("newer_database", database=name_of(database.url))
    migrate(database)


@contextmanager
def reaching(url: str) -> Iterator[None]:
    """What a driver raises in here of the database itself, Refused says."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise _explain(url, error) from error
    except DatabaseError as error:
        # Its subclasses are faults of a statement, and none of the operator's business.
        if type(error) is not DatabaseError:
            raise
        raise _explain(url, error) from error


def name_of(url: str) -> str:
    """A database as a person knows it: the file, or the address without its password."""
    parts = sa.make_url(url)
    if parts.get_backend_name() == "sqlite" and parts.database:
        return parts.database
    return parts.render_as_string(hide_password=True)


def _explain(url: str, error: DBAPIError) -> Refused:
    """The reason for what a driver has raised: it says so in English, and mostly without a code."""
    parts, message = sa.make_url(url), str(error.orig)
    is_sqlite = parts.get_backend_name() == "sqlite"
    for text, name in (_SQLITE if is_sqlite else _POSTGRES).items():
        if text in message:
            host = f"{parts.host}:{parts.port}" if parts.port else parts.host
            return Refused(name, database=parts.database, host=host)
    why = message.splitlines()[0] if message else type(error).__name__
    return Refused("database_unusable", database=name_of(url), why=why)


def _refuse_setting(fault: Any) -> Refused:  # noqa: ANN401 - pydantic's own dictionary
    """Why a setting is refused. Of an address, the password is not shown."""
    kind, facts = fault["type"], fault.get("ctx", {})
    if kind == "unknown_setting":
        name = kind if facts["nearest"] else "unknown_setting_at_all"
        return Refused(name, name=facts["name"], nearest=facts["nearest"])
    field = str(fault["loc"][0])
    value = _PASSWORD.sub("***", str(fault["input"]))[:_LONGEST_ECHO]
    known: dict[str, object] = {"name": f"{PREFIX}{field}".upper(), "value": value}
    if kind in _EXPLAINED:
        return Refused(kind, **known)
    annotation: Any = Settings.model_fields[field].annotation
    if kind == "literal_error":
        choices = join(get_args(annotation), terminal_language())
        return Refused("setting_choice", choices=choices, **known)
    is_whole, is_number = annotation is int, annotation is float
    name = "setting_whole" if is_whole else "setting_number" if is_number else "setting_other"
    return Refused(name, **known)
