"""A database that has lived through every version so far, upgraded from each of them.

`upgrades/NNNN.sql` holds what the server of that version wrote into a plan, in the form of its
schema: what is new in the version is among it. `upgrades/answers.json` is what the server then
answered: target, actual and gap of each row. Nothing of it may be lost, or told differently.
"""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.database import Database
from app.migration import is_current, migrate
from app.services.ledger.verification import verify_plan
from app.settings import Settings
from tests.conftest import ROOT, Deployment

LIFE = ROOT / "tests" / "upgrades"
VERSIONS = sorted(path.name[:4] for path in (ROOT / "migrations/versions").glob("0*.py"))
ANSWERS = json.loads((LIFE / "answers.json").read_text("utf-8"))
PLAN = "/api/v1/plans/upgraded"
KEY = {"Authorization": "Bearer dabiao_01045a5a5a5a_the-upgraded-key-4-xxxxxxxxxxxxxxxxxxxx"}
# The newest gap rows are worked out again.
WORKED_OUT = {"gap_table", "stored_gap", "alembic_version"}
# Of the first schema, which kept figures on SQLite as whole numbers of 1e-8.
SCALED = {"value", "reported_value", "published_growth_percent", "previous_value", "baseline"}

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def lived(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """By version, the address of the database as it was when the next version was installed."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("lived")
        yield dict(_live(f"sqlite:///{folder}/life.db", lambda name: _copy(folder, name)))
        return
    admin: sa.Engine = request.getfixturevalue("postgres_server")
    life = f"life_{uuid4().hex}"
    made = [life]

    def copy(version: str) -> str:
        made.append(f"{life}_{version}")
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {made[-1]} TEMPLATE {life}"))
        return _on(admin, made[-1])

    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {life}"))
    yield dict(_live(_on(admin, life), copy))
    with admin.connect() as connection:
        for name in made:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database of this version."""
    file = tmp_path_factory.mktemp("migrated") / "empty.db"
    with Database(Settings(database_url=f"sqlite:///{file}")) as database:
        migrate(database)
    return file


@pytest.fixture
def blank(migrated: Path, tmp_path: Path) -> str:
    """The address of an empty database that a ledger is replayed into."""
    shutil.copy(migrated, tmp_path / "blank.db")
    return f"sqlite:///{tmp_path}/blank.db"


@pytest.mark.parametrize("version", VERSIONS)
def test_an_upgrade_loses_nothing(
    lived: dict[str, str], version: str, blank: str, deploy: Callable[..., Deployment]
) -> None:
    with Database(Settings(database_url=lived[version])) as database:
        before = _read(database, is_scaled=database.is_sqlite and version == "0001")
        migrate(database)
        assert is_current(database)
        after = _read(database)
        for table, rows in before.items():
            kept = [{name: row[name] for name in rows[0]} for row in after[table]] if rows else []
            assert kept == rows, table
        with database.read_session() as session, Database(Settings(database_url=blank)) as replayed:
            for plan in before["plan"]:
                assert verify_plan(session, plan["code"], replayed) == []
    told = ANSWERS.get(version, ANSWERS[max(ANSWERS)])
    upgraded = deploy(lived[version])
    assert _gaps(upgraded) == {name: row for name, row in told.items() if name != "digest"}
    # A key of the first version opens what only its holder may see.
    head = upgraded.client.get(f"{PLAN}/ledger/head", headers=KEY).json()
    assert head["digest"] == told["digest"]


def test_what_each_version_brought_is_in_the_data(lived: dict[str, str]) -> None:
    with Database(Settings(database_url=lived["0016"])) as database:
        rows = _read(database)
    # The kind of a deployment is told of demonstrations alone.
    assert [name for name, found in rows.items() if not found] == ["deployment"]
    assert "150.01" in {each["quarter_value"] for each in rows["figure"]}
    assert "5.5" in {each["published_growth_percent"] for each in rows["figure"]}
    assert {"A", "P"} == {each["obs_status"] for each in rows["observation"]}
    assert any(each["resubmits"] for each in rows["report"])
    assert {None, "west"} == {each["area"] for each in rows["extension"]}
    assert "800.5" in {each["value_high"] for each in rows["target"]}
    assert {each["key_id"] is None for each in rows["event_ticket"]} == {False, True}


def _live(url: str, copy: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Each version with the address of a copy of the database at its end."""
    for version in VERSIONS:
        with Database(Settings(database_url=url)) as database:
            migrate(database, version)
            _play(database, LIFE / f"{version}.sql")
        yield version, copy(version)


def _play(database: Database, file: Path) -> None:
    if not file.exists():
        return
    with database.engine.execution_options(dabiao_write=5.0).begin() as connection:
        for line in file.read_text("utf-8").splitlines():
            statement = re.sub(r"(\d)e-8\b", r"\1", line) if database.is_sqlite else line
            connection.exec_driver_sql(statement)


def _copy(folder: Path, version: str) -> str:
    shutil.copy(folder / "life.db", folder / f"{version}.db")
    return f"sqlite:///{folder}/{version}.db"


def _on(admin: sa.Engine, name: str) -> str:
    return admin.url.set(database=name).render_as_string(hide_password=False)


def _read(database: Database, *, is_scaled: bool = False) -> Rows:
    """Every row of every table as the database keeps it, in the order of the primary key."""
    found = sa.MetaData()
    found.reflect(database.engine)
    rows: Rows = {}
    with database.engine.connect() as connection:
        for table in found.sorted_tables:
            if table.name not in WORKED_OUT:
                query = sa.select(table).order_by(*table.primary_key.columns)
                rows[table.name] = [
                    {
                        name: _told(value, is_scaled=is_scaled and name in SCALED)
                        for name, value in row.items()
                    }
                    for row in connection.execute(query).mappings()
                ]
    return rows


def _told(value: object, *, is_scaled: bool) -> object:
    """A value in one form, however a schema keeps it: digits without zeros at their end."""
    if isinstance(value, int) and is_scaled:
        value = Decimal(value).scaleb(-8)
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _gaps(deployment: Deployment) -> dict[str, list[str | None]]:
    answer = deployment.client.get(f"{PLAN}/gaps")
    rows = json.loads(answer.text, parse_float=str, parse_int=str)["items"]
    return {
        f"{row['indicator']} {row['area']}": [row["target"], row["actual"], row["gap"]]
        for row in rows
    }
