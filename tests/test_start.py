"""A start speaks: what is wrong is one sentence, in the language of the terminal."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from typer.main import get_command
from typer.testing import CliRunner

from app.cli.commands import main
from app.cli.serving import configure
from app.database import Database
from app.migration import migrate
from app.settings import Settings
from app.words.book import LANGUAGES, texts
from tests.conftest import ROOT, Deployment
from tests.serving import NOBODY, serving, started
from tests.writing import CITY

CLI = ROOT / "app" / "cli"
CHINESE = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "zh_CN.UTF-8"}

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder, with these settings and no others."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, **environment: str) -> Any:
        return CliRunner().invoke(main, list(words), env=environment)

    return run


def _failure(result: Any) -> str:
    """The one sentence of a command that failed: nothing else was said, and nothing broke."""
    assert (result.exit_code, result.stdout) == (1, "")
    assert isinstance(result.exception, SystemExit), result.exception
    (line,) = result.stderr.splitlines()
    return str(line)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"DABIAO_READ_ACESS": "key"},
            "DABIAO_READ_ACESS is not a setting. Did you mean DABIAO_READ_ACCESS?",
        ),
        (
            {"DABIAO_XYZZY": "1"},
            (
                'DABIAO_XYZZY is not a setting. The page "Running the service" of the '
                "documentation lists the settings."
            ),
        ),
        (
            {"DABIAO_READ_ACCESS": "pubic"},
            'DABIAO_READ_ACCESS is "pubic", which is not valid. Use public or key.',
        ),
        (
            {"DABIAO_MAX_BODY_BYTES": "1MB"},
            (
                'DABIAO_MAX_BODY_BYTES is "1MB", which is not valid. '
                "Use a whole number greater than 0."
            ),
        ),
        (
            {"DABIAO_BUSY_TIMEOUT_SECONDS": "0"},
            'DABIAO_BUSY_TIMEOUT_SECONDS is "0", which is not valid. Use a number greater than 0.',
        ),
        (
            {"DABIAO_ALLOWED_ORIGINS": "https://a.example/page"},
            (
                'DABIAO_ALLOWED_ORIGINS is "https://a.example/page", which is not a list of '
                "origins. Use addresses without a path, such as https://dashboard.example.org, "
                "separated by commas, or * for all."
            ),
        ),
        (
            {"DABIAO_OIDC_ISSUER": "http://id.example.org"},
            (
                'DABIAO_OIDC_ISSUER is "http://id.example.org", which is not an address that can '
                'be trusted. Use an https address without a user name or "#"; http is accepted '
                "only for this machine."
            ),
        ),
        (
            {"DABIAO_OIDC_ROLES": "clerks"},
            (
                'DABIAO_OIDC_ROLES is "clerks", which does not give each value a role. Use '
                "value=role, separated by commas. The roles are administrator, reviewer, reporter "
                "and reader."
            ),
        ),
    ],
    ids=[
        *("mistyped", "invented", "no choice", "no number", "too small", "no origin"),
        *("no https", "no role"),
    ],
)
@pytest.mark.parametrize("words", ["serve --port 0", "serve --port 0 --workers 2", "key list"])
def test_a_setting_that_is_not_valid_stops_every_command(
    run: Run, words: str, settings: dict[str, str], sentence: str
) -> None:
    assert _failure(run(*words.split(), **settings)) == sentence
    assert list(Path().iterdir()) == []


def test_every_setting_that_is_not_valid_is_named_at_once(run: Run) -> None:
    result = run("migrate", DABIAO_READ_ACCESS="no", DABIAO_MAX_FILE_BYTES="-1")
    assert result.stderr.splitlines() == [
        'DABIAO_READ_ACCESS is "no", which is not valid. Use public or key.',
        'DABIAO_MAX_FILE_BYTES is "-1", which is not valid. Use a whole number greater than 0.',
    ]


@pytest.mark.parametrize(
    "url",
    [
        "dabiao.db",
        "sqlite://dabiao.db",
        "postgres://office:***@db.example.org/plans",
        "mysql://office:***@db.example.org/plans",
        "postgresql+psycopg2://db.example.org/plans",
        "",
    ],
)
def test_what_is_no_address_of_a_database_is_refused(run: Run, url: str) -> None:
    sentence = _failure(run("serve", "--port", "0", DABIAO_DATABASE_URL=url.replace("***", "key")))
    assert sentence == (
        f'DABIAO_DATABASE_URL is "{url}", which is not the address of a database. Use '
        "sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST:5432/DATABASE."
    )


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_used_is_said_before_anything_is_done(run: Run, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run("serve", "--port", str(port), "--workers", workers)
    assert _failure(result) == (
        f"Port {port} of 127.0.0.1 is already in use. Stop the other program, or choose another "
        "port with --port."
    )
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused(run: Run, host: str) -> None:
    assert _failure(run("serve", "--host", host, "--port", "0")) == (
        f"{host} is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 to listen on all "
        "addresses."
    )


def _folder() -> None:
    Path("here.db").mkdir()


def _notes() -> None:
    Path("here.db").write_text("these are notes, not a database\n" * 100, "utf-8")


def _newer() -> None:
    with Database(Settings(database_url="sqlite:///here.db")) as database:
        migrate(database)
        with database.engine.begin() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))


@pytest.mark.parametrize(
    ("make", "file", "sentence"),
    [
        (
            _folder,
            "here.db",
            "The database file here.db cannot be opened.",
        ),
        (
            _notes,
            "here.db",
            "here.db is not an SQLite database.",
        ),
        (
            _notes,
            "here.db/inside/plans.db",
            "The folder here.db/inside for the database cannot be created.",
        ),
        (
            _newer,
            "here.db",
            "The database here.db was made by a newer version of Dabiao.",
        ),
    ],
    ids=["a folder", "no database", "a folder in a file", "newer"],
)
@pytest.mark.parametrize("words", ["serve --port 0", "migrate", "load"])
def test_a_database_file_that_cannot_be_used_is_named(
    run: Run, words: str, make: Callable[[], None], file: str, sentence: str
) -> None:
    make()
    said = _failure(run(*words.split(), DABIAO_DATABASE_URL=f"sqlite:///{file}"))
    assert said.startswith(f"{sentence} ")


def test_a_database_file_that_cannot_be_written_is_named(run: Run) -> None:
    with sqlite3.connect("here.db") as connection:
        connection.execute("CREATE TABLE notes (text)")
    url = "sqlite:///file:here.db?mode=ro&uri=true"
    assert "cannot be written" in _failure(run("migrate", DABIAO_DATABASE_URL=url))


def test_a_database_that_another_process_holds_is_named(run: Run) -> None:
    assert run("migrate").exit_code == 0
    with sqlite3.connect("dabiao.db") as holder:
        holder.execute("BEGIN IMMEDIATE")
        result = run("migrate", DABIAO_BUSY_TIMEOUT_SECONDS="0.05")
    assert _failure(result) == (
        "Another process is writing to the database dabiao.db. Try again in a moment."
    )


@pytest.mark.parametrize(
    "words",
    [
        "key list",
        "key revoke 000000000000",
        "verify",
        "export china-software-2025 --output x.jsonl",
        "backtest china-software-2025",
    ],
)
def test_what_needs_a_database_makes_none(run: Run, words: str) -> None:
    assert _failure(run(*words.split())) == (
        'There is no database dabiao.db yet. Start with "dabiao serve", or run "dabiao migrate" '
        'and "dabiao load".'
    )
    assert list(Path().iterdir()) == []


def test_an_empty_or_older_database_is_told_from_a_current_one(run: Run) -> None:
    sqlite3.connect("dabiao.db").close()
    assert "has no tables yet" in _failure(run("key", "list"))
    assert run("migrate").exit_code == 0
    with sqlite3.connect("dabiao.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    assert 'Run "dabiao migrate"' in _failure(run("key", "list"))


@pytest.mark.parametrize("words", ["serve --port 0", "serve --port 0 --workers 2", "migrate"])
def test_a_database_server_that_is_down_is_named_without_the_password(run: Run, words: str) -> None:
    # The port is held, and nobody listens on it.
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        url = f"postgresql+psycopg://office:secret@127.0.0.1:{port}/plans"
        sentence = _failure(run(*words.split(), DABIAO_DATABASE_URL=url))
    assert sentence == (
        f"The database server 127.0.0.1:{port} does not accept connections. Start it, or correct "
        "DABIAO_DATABASE_URL."
    )


def test_a_server_without_the_database_or_the_name_is_told(
    run: Run, postgres_server: sa.Engine
) -> None:
    there = postgres_server.url
    absent = there.set(database="atlantis").render_as_string(hide_password=False)
    assert "has no database named atlantis" in _failure(run("load", DABIAO_DATABASE_URL=absent))
    unknown = "postgresql+psycopg://db.invalid/plans"
    assert "no database server named db.invalid" in _failure(
        run("load", DABIAO_DATABASE_URL=unknown)
    )


def test_a_database_server_without_tables_is_served_as_not_ready(
    postgres_server: sa.Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    with postgres_server.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE unmigrated"))
    url = postgres_server.url.set(database="unmigrated").render_as_string(hide_password=False)
    environment = {"DABIAO_DATABASE_URL": url}
    with started("serve", "--port", "0", environment=environment) as address:
        answer = httpx.get(f"{address}/readyz", trust_env=False, verify=NOBODY, timeout=60)
    assert answer.status_code == 503
    assert capfd.readouterr().err == (
        "The database does not have the schema of this version, so requests will be refused. Run "
        '"dabiao migrate".\n'
    )


def test_a_database_file_may_be_named_by_a_uri(run: Run) -> None:
    url = "sqlite:///file:dabiao.db?uri=true"
    assert run("migrate", DABIAO_DATABASE_URL=url).exit_code == 0
    assert run("key", "list", DABIAO_DATABASE_URL=url).exit_code == 0


def test_files_that_cannot_be_read_or_written_are_named_with_the_reason(run: Run) -> None:
    assert run("load").exit_code == 0
    Path("folder").mkdir()
    Path("bytes.jsonl").write_bytes(b"\xff\xfe")
    for words, sentence in {
        "import no.jsonl": "no.jsonl cannot be read: there is no such file or folder.",
        "import folder": "folder cannot be read: it is a folder.",
        "import bytes.jsonl": 'bytes.jsonl is not a ledger written by "dabiao export".',
        "export china-software-2025 --output folder": "folder cannot be written: it is a folder.",
        "export china-software-2025 --output no/x": (
            "no/x cannot be written: there is no such file or folder."
        ),
    }.items():
        assert _failure(run(*words.split())) == sentence


@pytest.mark.parametrize(
    ("missing", "words", "code", "sentence"),
    [
        (
            "psycopg",
            "migrate",
            1,
            'the PostgreSQL driver is not installed. Install Dabiao with its extra "postgres".\n',
        ),
        (
            "httpx",
            "push x.csv --url https://dabiao.example.org --key-file key",
            5,
            'the push client is not installed. Install Dabiao with its extra "push".\n',
        ),
    ],
)
def test_an_extra_that_is_missing_is_named(
    missing: str, words: str, code: int, sentence: str
) -> None:
    # Such an entry makes Python say that there is no such module.
    program = f"import sys; sys.modules[{missing!r}] = None; import runpy; "
    program += "runpy.run_module('app.cli.commands', run_name='__main__')"
    ran = subprocess.run(
        [sys.executable, "-c", program, *words.split()],
        env={**os.environ, "DABIAO_DATABASE_URL": "postgresql://localhost/plans"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert ran.stderr.lower().endswith(sentence.lower())


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_address_is_announced_when_it_can_be_asked(tmp_path: Path, workers: str) -> None:
    words = ("serve", "--port", "0", "--workers", workers)
    with started(*words, folder=tmp_path, environment=CHINESE) as address:
        # At once, and once: the port is held before it is announced.
        assert httpx.get(
            f"{address}/healthz", trust_env=False, verify=NOBODY, timeout=90
        ).is_success


def test_ctrl_c_ends_a_server_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app.cli.commands", "serve", "--port", "0"]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    url = {"DABIAO_DATABASE_URL": f"sqlite:///{tmp_path}/dabiao.db"}
    with subprocess.Popen(command, env={**os.environ, **url}, text=True, **pipes) as server:
        assert server.stdout is not None
        said_first = server.stdout.readline()
        assert "listens on" in said_first
        address = said_first.split("listens on ")[1].split()[0]
        # It listens before it answers; only then does it handle signals itself.
        assert httpx.get(
            f"{address}/healthz", trust_env=False, verify=NOBODY, timeout=30
        ).is_success
        server.send_signal(signal.SIGINT)
        _, said = server.communicate(timeout=30)
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "request_head",
    [
        f"POST {CITY}/reports HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99",
        f"POST {CITY}/reports/batch HTTP/1.1\r\nContent-Type: text/csv\r\nContent-Length: 99",
        "POST /api/v1/evaluate HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 99",
        f"GET {CITY}/events HTTP/1.1",
    ],
    ids=["JSON", "a file", "a calculation", "a listener"],
)
def test_a_client_that_goes_away_is_no_error(
    api: Deployment, caplog: pytest.LogCaptureFixture, request_head: str
) -> None:
    key = api.key("reporter", "nanshan")["Authorization"]
    head = f"{request_head}\r\nHost: dabiao.test\r\nAuthorization: {key}\r\n\r\n{{"
    assert isinstance(api.client.app, FastAPI)
    with caplog.at_level("INFO"), serving(api.client.app) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(head.encode())
        assert httpx.get(f"{address}/healthz", trust_env=False, verify=NOBODY).is_success
    # The server has stopped, so that every request has ended.
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []


def test_an_idle_connection_outlasts_that_of_a_proxy() -> None:
    """Nginx keeps its own for 60 s; on one that was closed meanwhile a request would be lost."""
    assert configure("app.main:app", Settings()).timeout_keep_alive == 75


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "de_DE.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}, "en"),
    ],
)
def test_the_terminal_says_its_language(
    run: Run, environment: dict[str, str], language: str
) -> None:
    said = run("serve", "--help", **environment).stdout
    assert said.startswith(
        {"zh": "用法：dabiao serve [选项]", "en": "Usage: dabiao serve"}[language]
    )


def test_failures_are_said_in_the_language_of_the_terminal(run: Run) -> None:
    wrong = run("migrate", **CHINESE, DABIAO_READ_ACESS="key")
    assert _failure(wrong) == "没有名为 DABIAO_READ_ACESS 的设置。是否应为 DABIAO_READ_ACCESS？"
    absent = run("key", "list", **CHINESE)
    assert _failure(absent).startswith("尚无数据库 dabiao.db。")


def _commands(command: Any, name: str = "") -> dict[str, Any]:
    """The program and every command below it, by their words."""
    below = getattr(command, "commands", {})
    found = {name: command}
    for word, each in below.items():
        found |= _commands(each, f"{name} {word}".strip())
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_and_every_option_is_explained(language: str) -> None:
    words = texts("cli", language)
    found = _commands(get_command(main))
    assert set(words["commands"]) == set(found)
    for name, command in found.items():
        parameters = {each.name for each in command.params if each.name != "help"}
        assert set(words["commands"][name]) - {"about"} == parameters, name
        valued = {each.name for each in command.params if not getattr(each, "is_flag", False)}
        assert valued <= set(words["values"]), name


def test_every_text_of_the_command_line_has_a_reader() -> None:
    """A sentence that no code names would be edited for nobody."""
    code = "".join(path.read_text("utf-8") for path in CLI.rglob("*.py"))
    for room in ("done", "failures", "usage", "backtest", "files", "doctor"):
        for key in texts("cli", "en")[room]:
            stem = key.removesuffix("_nearest")
            assert f'"{key}"' in code or f'"{stem}"' in code, f"{room}: {key}"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("serv", 'There is no command "serv". Did you mean "serve"?'),
        ("key lst", 'There is no command "lst". Did you mean "list"?'),
        ("dance", 'There is no command "dance".'),
        ("serve --prt 1", "There is no option --prt. Did you mean --port?"),
        ("serve --xyz", "There is no option --xyz."),
        (
            "serve --port 70000",
            '"70000" is not valid for --port. Use a whole number from 0 to 65535.',
        ),
        ("demo --seed x", '"x" is not valid for --seed. Use a whole number.'),
        ("demo --database .", "The value given for --database is not the name of a file."),
        (
            "key create --role king",
            '"king" is not valid for --role. Use reader, reporter, reviewer or administrator.',
        ),
        (
            "key create --role reader --expires-days 0",
            '"0" is not valid for --expires-days. Use a whole number, 1 or greater.',
        ),
        ("key create", "--role is missing."),
        ("export", "PLAN is missing."),
        ("serve --port", "--port needs a value."),
        ("serve one two", "This command line cannot be understood."),
    ],
)
def test_a_command_line_that_is_wrong_is_told_what_and_where_the_help_is(
    run: Run, words: str, sentence: str
) -> None:
    result = run(*words.split())
    told, help_is = result.stderr.splitlines()
    assert (result.exit_code, told) == (2, sentence)
    assert help_is.endswith('--help" for help.')


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    alone = run()
    assert alone.exit_code == 2
    assert alone.stderr == run("--help").stdout
