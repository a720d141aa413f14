"""The schema's version: bring a database to the newest one, and ask whether it is there."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from app.database import Database
from app.resources import find_resource
from app.starting import late

# To know the version takes a file name and a row; Alembic is for those who change it.
_upgrade = late("alembic.command", "upgrade")
_make_config = late("alembic.config", "Config")
_VERSION = sa.select(sa.column("version_num", sa.String)).select_from(sa.table("alembic_version"))


def migrate(database: Database, version: str = "head") -> None:
    """Bring the schema to a version, the newest one by default; nothing where it is there."""
    _upgrade(_config(database), version)


def is_current(database: Database) -> bool:
    """Whether the database is reached and has exactly the schema that this code knows."""
    return schema_version(database) == newest_version()


def newest_version() -> str:
    """The version of the schema that this code knows."""
    return _known_versions()[-1]


def is_known(version: str | None) -> bool:
    """Whether this code can start from the version; None is an empty database."""
    return version is None or version in _known_versions()


def schema_version(database: Database) -> str | None:
    """The version of the schema that is there, or None for an empty database."""
    with database.engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(_VERSION)
        return found


@cache
def _known_versions() -> list[str]:
    """The versions in their order: each is the number in the name of its file."""
    files = (find_resource("migrations") / "versions").glob("[0-9]*.py")
    return sorted(path.name.partition("_")[0] for path in files)


def _config(database: Database) -> Any:  # noqa: ANN401 - Alembic's own, which is loaded late
    config = _make_config()
    # alembic.ini is for Alembic's own command line. A percent sign would be interpolated.
    scripts = str(find_resource("migrations")).replace("%", "%%")
    config.set_main_option("script_location", scripts)
    config.set_main_option("path_separator", "os")
    config.attributes["database"] = database
    return config
