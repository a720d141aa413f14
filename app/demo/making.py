"""A demonstration made: in a database of its own, whole or not at all."""

from datetime import UTC, datetime, time
from pathlib import Path
from random import Random

import sqlalchemy as sa

from app.database import Database
from app.demo.office import Office
from app.domain.time.calendar import SHANGHAI
from app.errors.plans import NotMixed
from app.migration import migrate, schema_version
from app.schemas.document.plan import PlanDocument
from app.services.gaps.latest import update_latest
from app.services.plans.deployments import is_demo, mark_demo
from app.services.plans.loading import list_plans, load_plan
from app.settings import Settings


def settings_of(file: Path) -> Settings:
    """The settings of a deployment on this SQLite file, otherwise as the environment has them."""
    url = sa.URL.create("sqlite", database=str(file))
    return Settings(database_url=url.render_as_string(hide_password=False))


def make_demo(
    file: Path, document: PlanDocument, *, real: Settings, seed: int, now: datetime
) -> bool:
    """Make a demonstration of a plan in an SQLite file, with simulated reports up to ``now``.

    False, and nothing is changed, when it is one already. NotMixed when it holds anything else,
    or is the database of the ``real`` deployment. The same seed gives the same ledger.
    """
    database = Database(settings_of(file))
    try:
        if file.exists() and is_demo(database):
            return False
        if _is_file_of(real, file):
            raise NotMixed
        _require_empty(database)
        migrate(database)
        return _fill(database, document, seed=seed, now=now)
    finally:
        database.dispose()


def _fill(database: Database, document: PlanDocument, *, seed: int, now: datetime) -> bool:
    opened = datetime.combine(document.plan.start_date, time(9), SHANGHAI).astimezone(UTC)
    with database.write_transaction() as session:
        mark_demo(session, now=now)
        is_new = load_plan(session, document, now=opened)
        if is_new:
            chance = Random(seed)  # noqa: S311 - a simulation is repeated by its seed
            Office(session, document.plan.code, chance).work_until(now)
            update_latest(session, document.plan.code, now=now)
    return is_new


def _is_file_of(settings: Settings, file: Path) -> bool:
    known = sa.make_url(settings.database_url).database
    return settings.is_embedded and known is not None and Path(known).resolve() == file.resolve()


def _require_empty(database: Database) -> None:
    """NotMixed for plans, and for tables of another program; before anything is migrated."""
    is_ours = schema_version(database) is not None
    if is_ours:
        with database.read_session() as session:
            is_empty = not list_plans(session)
    else:
        is_empty = not sa.inspect(database.engine).get_table_names()
    if not is_empty:
        raise NotMixed
