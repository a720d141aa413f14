"""The schema's version: bring a database to the newest one, and ask whether it is there."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.database import Database
from app.resources import find_resource


def migrate(database: Database, version: str = "head") -> None:
    """Bring the schema to a version, the newest one by default; nothing where it is there."""
    command.upgrade(_config(database), version)


def is_current(database: Database) -> bool:
    """Whether the database is reached and has exactly the schema that this code knows."""
    return schema_version(database) == newest_version()


@cache
def newest_version() -> str | None:
    """The version of the schema that this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def schema_version(database: Database) -> str | None:
    """The version of the schema that is there, or None for an empty database."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _config(database: Database | None = None) -> Config:
    config = Config()
    # alembic.ini is for Alembic's own command line. A percent sign would be interpolated.
    scripts = str(find_resource("migrations")).replace("%", "%%")
    config.set_main_option("script_location", scripts)
    config.set_main_option("path_separator", "os")
    config.attributes["database"] = database
    return config
