"""The command line: migrate, load, and the keys."""

import hashlib
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from sqlmodel import select
from typer.testing import CliRunner

from app.cli.commands import main
from app.database import Database
from app.settings import Settings
from app.tables import ApiKey
from tests.conftest import ROOT
from tests.serving import started
from tests.writing import read_tables

PLANS = ROOT / "seeds" / "plans"


def _run(*arguments: str) -> Any:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch, sqlite_url: str) -> str:
    monkeypatch.setenv("DABIAO_DATABASE_URL", sqlite_url)
    return sqlite_url


@pytest.fixture
def any_url(monkeypatch: pytest.MonkeyPatch, database_url: str) -> str:
    monkeypatch.setenv("DABIAO_DATABASE_URL", database_url)
    return database_url


@pytest.fixture
def new_url(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path}/new.db"
    monkeypatch.setenv("DABIAO_DATABASE_URL", address)
    return address


def _keys(url: str) -> list[ApiKey]:
    database = Database(Settings(database_url=url))
    with database.read_session() as session:
        found = list(session.exec(select(ApiKey)).all())
    database.dispose()
    return found


def _tables(url: str) -> Any:
    database = Database(Settings(database_url=url))
    found = read_tables(database)
    database.dispose()
    return found


def test_migrate_and_load_make_a_deployment_and_loading_again_appends_nothing(
    new_url: str,
) -> None:
    assert _run("migrate").exit_code == 0
    loaded = _run("load")
    assert loaded.exit_code == 0
    assert "shenzhen-software-2025: loaded" in loaded.output
    before = _tables(new_url)
    again = _run("load")
    assert (again.exit_code, "already loaded" in again.output) == (0, True)
    assert _tables(new_url) == before


def test_migrating_a_deployment_changes_nothing(any_url: str) -> None:
    before = _tables(any_url)
    assert _run("migrate").exit_code == 0
    assert _tables(any_url) == before


def test_an_invalid_plan_file_is_refused_with_file_line_and_field(url: str, tmp_path: Path) -> None:
    text = (PLANS / "shenzhen-software-2025.yaml").read_text("utf-8")
    text = text.replace("code: shenzhen-software-2025", "code: another-2025")
    lines = text.replace("accumulation: level", "accumulation: stock").splitlines()
    line = next(place for place, each in enumerate(lines, start=1) if "accumulation: stock" in each)
    path = tmp_path / "another.yaml"
    path.write_text("\n".join(lines), "utf-8")
    before = _tables(url)
    refused = _run("load", str(path))
    assert refused.exit_code == 1
    assert f"{path}:{line}: indicators[4].accumulation: " in refused.output
    assert _tables(url) == before


@pytest.mark.parametrize("name", ["missing.yaml", ""])
def test_a_plan_file_that_is_not_there_is_refused(url: str, tmp_path: Path, name: str) -> None:
    refused = _run("load", str(tmp_path / name))
    assert refused.exit_code == 1
    assert str(tmp_path) in refused.output
    assert url


def test_a_quiet_key_is_printed_alone_and_stored_hashed(any_url: str) -> None:
    made = _run("key", "create", "--role", "reporter", "--area", "nanshan", "--quiet")
    assert made.exit_code == 0
    text = made.stdout.strip()
    assert "\n" not in text
    assert text.startswith("dabiao_")
    (key,) = _keys(any_url)
    assert key.secret_digest == hashlib.sha256(text.encode()).hexdigest()
    assert text not in repr(key.model_dump())
    assert (key.role, key.areas, key.owner, key.plan) == ("reporter", "nanshan", key.id, None)


def test_a_key_has_what_was_asked_for(url: str) -> None:
    made = _run(
        *("key", "create", "--role", "reporter", "--area", "nanshan", "--area", "futian"),
        *("--owner", "bureau", "--responsible-unit", "sz-iitb"),
        *("--plan", "shenzhen-software-2025", "--expires-days", "30"),
    )
    assert made.exit_code == 0
    (key,) = _keys(url)
    assert (key.owner, key.areas, key.plan) == (
        "bureau",
        "futian nanshan",
        "shenzhen-software-2025",
    )
    assert key.expires_at is not None
    assert (key.expires_at - key.created_at).days == 30
    assert key.id in made.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--role", "reporter"], "--area"),
        (["--role", "reporter", "--area", "atlantis"], "atlantis"),
        (["--role", "reporter", "--area", "nanshan", "--area", "atlantis"], "atlantis"),
        (
            ["--role", "reporter", "--area", "guangdong", "--plan", "shenzhen-software-2025"],
            "guangdong",
        ),
        (["--role", "reader", "--plan", "atlantis-2030"], "atlantis-2030"),
        (["--role", "king"], "king"),
        (["--role", "reader", "--expires-days", "0"], "expires-days"),
        ([], "--role"),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(url: str, arguments: list[str], said: str) -> None:
    refused = _run("key", "create", *arguments)
    assert refused.exit_code != 0
    assert said in refused.output
    assert _keys(url) == []


def test_keys_are_listed_without_their_secrets_and_revoked_for_good(url: str) -> None:
    text = _run("key", "create", "--role", "reviewer", "--owner", "city", "--quiet").stdout.strip()
    key_id, secret = text.split("_", 2)[1:]
    listed = _run("key", "list").output
    assert key_id in listed
    assert "reviewer" in listed
    assert "city" in listed
    assert secret not in listed
    assert _run("key", "revoke", key_id).exit_code == 0
    assert "revoked" in _run("key", "list").output
    first = _keys(url)[0].revoked_at
    assert first is not None
    assert _run("key", "revoke", key_id).exit_code == 0
    assert _keys(url)[0].revoked_at == first


def test_a_key_that_is_not_there_cannot_be_revoked(url: str) -> None:
    refused = _run("key", "revoke", "000000000000")
    assert refused.exit_code == 1
    assert "000000000000" in refused.output
    assert _keys(url) == []


def test_serving_an_empty_database_migrates_and_loads_it_first(tmp_path: Path) -> None:
    environment = {"DABIAO_DATABASE_URL": f"sqlite:///{tmp_path}/served.db"}
    with (
        started("serve", "--port", "0", environment=environment) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        plans = client.get("/api/v1/plans").json()["items"]
        assert client.get("/readyz").status_code == 200
    assert [plan["plan"] for plan in plans] == ["china-software-2025", "shenzhen-software-2025"]


def test_a_server_listens_often_enough_for_a_crowd(
    monkeypatch: pytest.MonkeyPatch,
    url: str,  # noqa: ARG001 - what is served
) -> None:
    """The loop of events takes one connection a round from each socket that listens."""
    ports: list[int] = []

    def run(_server: uvicorn.Server, sockets: list[socket.socket]) -> None:
        ports.extend(each.getsockname()[1] for each in sockets)

    monkeypatch.setattr(uvicorn.Server, "run", run)
    _run("serve", "--port", "0")
    assert (len(ports), len(set(ports))) == (16, 1)
