"""Migrates one database under a lock: processes that start at once take turns.

On SQLite a half-applied migration would stay behind, so the whole run is one
IMMEDIATE transaction; on PostgreSQL an advisory lock makes the others wait.
"""

from typing import Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import SQLModel

from app.database import Database
from app.settings import Settings
from app.tables import base

# Any number will do; it only has to be the same in every process of Dabiao.
ADVISORY_LOCK = 4200_2025


def _render_item(
    kind: str, column_type: object, autogen_context: AutogenContext
) -> str | Literal[False]:
    if kind == "type" and isinstance(column_type, base.ExactValue):
        autogen_context.imports.add("from app.tables.base import ExactValue")
        return "ExactValue()"
    if kind == "type" and type(column_type).__name__ == "AutoString":
        return "sa.String()"
    if kind == "type" and type(column_type).__name__ == "UTCDateTime":
        autogen_context.imports.add("from sqlmodel import UTCDateTime")
        return "UTCDateTime()"
    return False


def run() -> None:
    """Bring the database to the newest revision."""
    database = context.config.attributes.get("database") or Database(Settings())
    with database.engine.execution_options(dabiao_write=True).connect() as connection:
        if database.is_sqlite:
            # A table that is made again is renamed while the views that read it have none.
            connection.exec_driver_sql("PRAGMA legacy_alter_table=ON")
            connection.commit()
        else:
            connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            transactional_ddl=True,
            render_as_batch=database.is_sqlite,
            render_item=_render_item,
            compare_type=True,
        )
        with connection.begin(), context.begin_transaction():
            context.run_migrations()
        if not database.is_sqlite:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()


run()
