"""Deployments that live as long as a module, on a copy of the loaded plans of either database."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from app.settings import Settings
from tests.conftest import COPIED, Clock, Deployment, give_back, new_client, take_app


@contextmanager
def deployed_on(
    request: pytest.FixtureRequest, folder: Path, **settings: Any
) -> Iterator[Deployment]:
    """The API on a copy of the loaded plans, of the kind that the fixture's parameter names."""
    with _copied(request, folder) as url:
        clock = Clock()
        app = take_app(Settings(database_url=url, **settings), clock)
        client = new_client(app, request.getfixturevalue("portal"))
        deployment = Deployment(database=app.state.database, client=client, clock=clock)
        yield deployment
        give_back(deployment)


@contextmanager
def _copied(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    if request.param == "sqlite":
        path = folder / "dabiao.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    admin: sa.Engine = request.getfixturevalue("postgres_server")
    name = f"twin_{uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name} TEMPLATE template_plans {COPIED}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
