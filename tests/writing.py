"""What the tests of writes share: reports as clients send them, and what a database holds."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from sqlmodel import SQLModel

from app.database import Database
from app.factory import create_app
from app.settings import Settings
from tests.conftest import Clock, Deployment

CITY = "/api/v1/plans/shenzhen-software-2025"
NATION = "/api/v1/plans/china-software-2025"
BASES = {
    "value_added": ("亿元", "ytd"),
    "rd_institutions": ("家", "since_start"),
    "new_software_workers": ("人", "since_start"),
    "industrial_space": ("平方米", "since_start"),
    "national_key_software_enterprises": ("家", "level"),
    "revenue_10bn_plus": ("家", "since_start"),
    "revenue_1bn_10bn": ("家", "since_start"),
}

Json = dict[str, Any]


def figure(indicator: str = "value_added", value: object = 812.4, **changed: object) -> Json:
    """A sound figure, with the fields that a test changes."""
    unit, basis = BASES[indicator]
    return {"indicator": indicator, "value": value, "unit": unit, "basis": basis, **changed}


def missing(indicator: str = "value_added", reason: str = "not_yet_available") -> Json:
    """A figure that is not there, with the reason."""
    return {"indicator": indicator, "missing_reason": reason}


def report(*figures: object, **changed: object) -> Json:
    """A report of Nanshan's; every question that the checks might ask is answered beforehand."""
    return {
        "area": "nanshan",
        "period": "2024-Q3",
        "figures": list(figures),
        "explanations": dict.fromkeys(BASES, "checked against the books"),
        **changed,
    }


# The client's response type belongs to the library behind the test client.
def submit(
    deployment: Deployment,
    headers: dict[str, str],
    *figures: object,
    query: str = "",
    **changed: object,
) -> Any:
    """The answer to a report."""
    body = report(*figures, **changed)
    return deployment.client.post(f"{CITY}/reports{query}", json=body, headers=headers)


def decide(
    deployment: Deployment, headers: dict[str, str], sent: Any, action: str, **body: object
) -> Any:
    """The answer to a decision on the report that was just submitted."""
    if action == "return" and not body:
        body = {"reason_code": "wrong_unit", "reason": "check the unit"}
    place = f"{sent.headers['location']}/{action}"
    return deployment.client.post(place, json=body or None, headers=headers)


def official_values(deployment: Deployment, **query: str) -> list[Any]:
    """The values of the official figures, as everybody reads them."""
    wanted = {"indicator": "value_added", "area": "nanshan", **query}
    found = deployment.client.get(f"{CITY}/observations", params=wanted)
    assert found.status_code == 200, found.text
    return [each["value"] for each in found.json()["items"]]


def provisional_values(deployment: Deployment, headers: dict[str, str], **query: str) -> list[Any]:
    """The values that wait for a decision, as a key sees them."""
    wanted = {"indicator": "value_added", "area": "nanshan", "view": "provisional", **query}
    found = deployment.client.get(f"{CITY}/observations", params=wanted, headers=headers)
    assert found.status_code == 200, found.text
    return [each["value"] for each in found.json()["items"] if each["provisional"]]


def places(answer: Any) -> list[tuple[str, int | None, str]]:
    """Where each error of a refusal is, and its code."""
    return [(each["pointer"], each["row"], each["code"]) for each in answer.json()["errors"]]


# The newest gap rows, as of the day that they were worked out on.
WORKED_OUT = frozenset({"gap_table", "stored_gap"})


def read_tables(database: Database, *, without: frozenset[str] = frozenset()) -> Json:
    """Every row of every table that is not worked out of others, to compare before and after."""
    found: Json = {}
    with database.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            if table.name not in without | WORKED_OUT:
                rows = connection.execute(sa.select(table).order_by(*table.primary_key.columns))
                found[table.name] = [tuple(row) for row in rows]
    return found


def head(deployment: Deployment) -> Json:
    """The newest revision and digest of the city's plan, submissions among them."""
    key = deployment.key("reader")
    found: Json = deployment.client.get(f"{CITY}/ledger/head", headers=key).json()
    return found


@contextmanager
def deployed_once(template: Path, folder: Path) -> Iterator[Deployment]:
    """One deployment for a whole module, on a copy of the template."""
    path = folder / "dabiao.db"
    shutil.copy(template, path)
    clock = Clock()
    app = create_app(Settings(database_url=f"sqlite:///{path}"), clock=clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Deployment(database=app.state.database, client=client, clock=clock)


@contextmanager
def nothing_stored(deployment: Deployment) -> Iterator[Deployment]:
    """What is done within leaves every table as it was; keys may be made."""
    kept = frozenset({"api_key"})
    before = read_tables(deployment.database, without=kept)
    yield deployment
    assert read_tables(deployment.database, without=kept) == before


@contextmanager
def empty_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[Database]:
    """A database without any table, of the kind that the fixture's parameter names."""
    url, admin, name = f"sqlite:///{folder}/empty.db", None, f"empty_{uuid4().hex}"
    if request.param == "postgres":
        admin = request.getfixturevalue("postgres_server")
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        url = admin.url.set(database=name).render_as_string(hide_password=False)
    database = Database(Settings(database_url=url))
    yield database
    database.dispose()
    if admin is not None:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
