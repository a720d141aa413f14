"""The schema: made once however many processes ask for it, whole or not at all."""

import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.exc import DatabaseError
from sqlmodel import SQLModel, col

from app import migration
from app.database import Database
from app.migration import is_current, migrate, newest_version, schema_version
from app.settings import Settings
from app.tables import Observation
from tests.conftest import ROOT
from tests.schema import ONE_BY_ONE
from tests.writing import empty_database

MIGRATE = "from app.cli.commands import main; main(['migrate'])"


@pytest.fixture(autouse=True)
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here the migrations run as they do in service."""
    monkeypatch.setattr(migration, "_upgrade", ONE_BY_ONE)


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, of each kind."""
    with empty_database(request, tmp_path) as database:
        yield database


def _tables(database: Database) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names())


def test_an_empty_database_gets_every_table_and_is_current(empty: Database) -> None:
    assert (schema_version(empty), is_current(empty)) == (None, False)
    migrate(empty)
    assert _tables(empty) == {*SQLModel.metadata.tables, "alembic_version"}
    assert is_current(empty)


def test_the_newest_version_is_the_one_that_alembic_ends_at(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    assert found == newest_version() == schema_version(empty)
    versions = {path.name[:4] for path in (ROOT / "migrations" / "versions").glob("0*.py")}
    assert newest_version() == max(versions)


def test_migrating_again_changes_nothing(empty: Database) -> None:
    migrate(empty)
    before = schema_version(empty)
    migrate(empty)
    assert schema_version(empty) == before


def test_the_schema_is_that_of_the_tables(empty: Database) -> None:
    migrate(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, SQLModel.metadata)
    assert found == []


def test_every_constraint_has_a_name(empty: Database) -> None:
    migrate(empty)
    inspector = sa.inspect(empty.engine)
    for table in SQLModel.metadata.tables:
        names = [
            inspector.get_pk_constraint(table)["name"],
            *(each["name"] for each in inspector.get_foreign_keys(table)),
            *(each["name"] for each in inspector.get_unique_constraints(table)),
            *(each["name"] for each in inspector.get_check_constraints(table)),
        ]
        assert all(names), (table, names)


def test_processes_that_migrate_at_once_all_succeed(empty: Database) -> None:
    # They wait for each other, however slow the machine is.
    patience = {"DABIAO_BUSY_TIMEOUT_SECONDS": "50"}
    environment = {"DABIAO_DATABASE_URL": empty.url, "PATH": "", **patience}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], ended
    assert is_current(empty)


def test_a_migration_that_fails_leaves_nothing_behind(empty: Database) -> None:
    # A table of another program is in the way of the last one that the migration makes.
    with empty.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE figure (id INTEGER)"))
    with pytest.raises(sa.exc.DBAPIError, match="figure"):
        migrate(empty)
    assert _tables(empty) <= {"figure", "alembic_version"}
    assert not is_current(empty)
    with empty.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE figure"))
    migrate(empty)
    assert is_current(empty)


@pytest.mark.parametrize("version", ["0000", "9999"])
def test_an_older_or_newer_schema_is_not_current(empty: Database, version: str) -> None:
    migrate(empty)
    with empty.engine.begin() as connection:
        changed = sa.text("UPDATE alembic_version SET version_num = :version")
        connection.execute(changed, {"version": version})
    assert not is_current(empty)


def test_figures_of_the_first_schema_keep_their_value(empty: Database) -> None:
    migrate(empty, "0001")
    figures = ["812.4", "0", "-0.01", "9999999999", "1234567.00000001", None]
    _fill_first_schema(empty, figures)

    migrate(empty)

    query = sa.select(col(Observation.value)).order_by(sa.column("revision"))
    with empty.engine.connect() as connection:
        found = connection.execute(query).scalars().all()
    assert [None if value is None else f"{value:f}" for value in found] == figures
    with pytest.raises(DatabaseError), empty.engine.begin() as connection:
        connection.execute(sa.text("UPDATE observation SET value = '1'"))


def test_a_table_that_views_read_can_be_made_again(tmp_path: Path) -> None:
    with Database(Settings(database_url=f"sqlite:///{tmp_path}/again.db")) as database:
        migrate(database)
        # The connection that migrations ran on.
        with database.engine.execution_options(dabiao_write=5.0).begin() as connection:
            again = Operations(MigrationContext.configure(connection))
            with again.batch_alter_table("observation") as table:
                table.alter_column("source", existing_type=sa.Text(), nullable=True)
            assert connection.exec_driver_sql("SELECT COUNT(*) FROM v_observation").scalar() == 0


def _fill_first_schema(database: Database, figures: list[str | None]) -> None:
    """A plan with these figures, one a revision, as the first schema stored them."""
    scale = 10**8 if database.is_sqlite else 1
    statements = [
        "INSERT INTO plan VALUES ('p', 9, '', '2026-01-01')",
        "INSERT INTO area VALUES ('p', 'a', '', '', NULL, '', NULL, TRUE, TRUE, 0)",
        "INSERT INTO indicator VALUES ('p', 'i', '', '', '亿元', '', '', '', '', '', 0)",
    ]
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
        for revision, figure in enumerate(figures, start=1):
            value = None if figure is None else Decimal(figure) * scale
            columns = {
                "revision": revision,
                "value": int(value) if database.is_sqlite and value is not None else value,
                "reason": "withheld" if value is None else None,
            }
            connection.execute(
                sa.text(
                    "INSERT INTO observation (plan, indicator, area, period, revision, value,"
                    " missing_reason, rounded, source) VALUES ('p', 'i', 'a', '2024-Q4',"
                    " :revision, :value, :reason, FALSE, '{}')"
                ),
                columns,
            )
