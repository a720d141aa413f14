"""Deployments that many tests read and none writes figures to, so that they are set up once."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from app.factory import create_app
from app.services.access.keys import Role
from app.settings import Settings
from tests.conftest import Clock, Deployment
from tests.serving import PATIENT, Served, serve_on


@pytest.fixture(scope="session")
def read_api(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """The API on SQLite, for reads alone."""
    path = tmp_path_factory.mktemp("reads") / "dabiao.db"
    shutil.copy(sqlite_template, path)
    with _deployed(f"sqlite:///{path}") as found:
        yield found


@pytest.fixture(scope="session")
def read_postgres(postgres_server: sa.Engine) -> Iterator[Deployment]:
    """The API on PostgreSQL, for reads alone."""
    with postgres_server.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE reads TEMPLATE template_plans"))
    url = postgres_server.url.set(database="reads").render_as_string(hide_password=False)
    with _deployed(url) as found:
        yield found


@pytest.fixture(params=["read_api", "read_postgres"])
def reads(request: pytest.FixtureRequest) -> Deployment:
    """The API on each kind of database, for reads alone."""
    found: Deployment = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def served(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The program on a database, with a key to everything, for many tests: it starts slowly.

    The parameter says which kind of database, and in how many processes.
    """
    kind, workers = request.param
    name = f"served_{uuid4().hex}"
    if kind == "sqlite":
        path = tmp_path_factory.mktemp("served") / "dabiao.db"
        shutil.copy(sqlite_template, path)
        url = f"sqlite:///{path}"
    else:
        server: sa.Engine = request.getfixturevalue("postgres_server")
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template_plans"))
        url = server.url.set(database=name).render_as_string(hide_password=False)
    with serve_on(url, Role.ADMINISTRATOR, workers=workers, environment=PATIENT) as found:
        yield found


@contextmanager
def _deployed(url: str, **settings: Any) -> Iterator[Deployment]:
    clock = Clock()
    app = create_app(Settings(database_url=url, **settings), clock=clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Deployment(database=app.state.database, client=client, clock=clock)
