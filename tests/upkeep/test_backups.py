"""A backup is whole, is checked, and gives back the same deployment; nothing else is replaced."""

import sqlite3
import stat
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.commands import main
from app.database import Database
from app.migration import migrate, newest_version, schema_version
from app.settings import Settings
from tests.conftest import Deployment
from tests.writing import decide, empty_database, figure, head, read_tables, submit

PLAN = "shenzhen-software-2025"


def _run(url: str, *words: str) -> Any:
    return CliRunner().invoke(main, list(words), env={"DABIAO_DATABASE_URL": url})


def _tables(url: str) -> Any:
    with Database(Settings(database_url=url)) as database:
        return read_tables(database)


@pytest.fixture
def lived(deployment: Deployment) -> Deployment:
    """A deployment with keys, a hook, a report, its approval and an answer kept for retries."""
    return _live(deployment)


def _live(deployment: Deployment) -> Deployment:
    nanshan = deployment.key("reporter", "nanshan")
    sent = submit(deployment, nanshan | {"Idempotency-Key": "one"}, figure(value=812.40000001))
    decide(deployment, deployment.key("reviewer"), sent, "approve")
    hook = {"url": "https://93.184.216.34/", "events": ["approved"]}
    made = deployment.client.post(
        f"/api/v1/plans/{PLAN}/hooks", json=hook, headers=deployment.key("administrator")
    )
    assert made.status_code == 201, made.text
    return deployment


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with empty_database(request, tmp_path) as database:
        yield database.url


def test_a_backup_restores_every_row_on_either_kind_of_database(
    lived: Deployment, empty_url: str, tmp_path: Path
) -> None:
    told = head(lived)
    made = _run(lived.database.url, "backup", str(tmp_path / "kept.db"))
    assert made.exit_code == 0, made.output
    assert f"{PLAN}: revision {told['revision']}, digest {told['digest']}" in made.stdout
    restored = _run(empty_url, "restore", str(tmp_path / "kept.db"))
    assert restored.exit_code == 0, restored.output
    assert _tables(empty_url) == read_tables(lived.database)
    assert _run(empty_url, "verify").exit_code == 0


def test_a_backup_made_while_reports_arrive_is_one_moment(api: Deployment, tmp_path: Path) -> None:
    nanshan, is_over = api.key("reporter", "nanshan"), threading.Event()

    def write() -> None:
        number = 0
        while not is_over.is_set():
            number += 1
            sent = submit(api, nanshan, figure(value=800 + number), correction_reason="recount")
            assert sent.status_code == 201, sent.text

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            made = _run(api.database.url, "backup", str(tmp_path / f"{number}.db"))
            assert made.exit_code == 0, made.output
    finally:
        is_over.set()
        writer.join()
    for number in range(3):
        assert _run(f"sqlite:///{tmp_path}/{number}.db", "verify").exit_code == 0


def test_a_backup_is_one_private_file_and_never_written_over(
    api: Deployment, tmp_path: Path
) -> None:
    file = tmp_path / "out" / "kept.db"
    missing = _run(api.database.url, "backup", str(file))
    assert (missing.exit_code, "there is no such file or folder" in missing.stderr) == (1, True)
    file.parent.mkdir()
    assert _run(api.database.url, "backup", str(file)).exit_code == 0
    assert [each.name for each in file.parent.iterdir()] == ["kept.db"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = _run(api.database.url, "backup", str(file))
    assert again.exit_code == 1
    assert again.stderr == f"{file} already exists. Choose another file.\n"


def test_a_database_that_is_there_is_replaced_only_when_asked_and_kept(
    api: Deployment, tmp_path: Path, sqlite_template: Path
) -> None:
    file, target = tmp_path / "kept.db", tmp_path / "present.db"
    assert _run(_live(api).database.url, "backup", str(file)).exit_code == 0
    target.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{target}"
    before = _tables(url)
    refused = _run(url, "restore", str(file))
    assert (refused.exit_code, "Use --replace" in refused.stderr) == (1, True)
    assert _tables(url) == before
    assert _run(url, "restore", str(file), "--replace").exit_code == 0
    assert _tables(url) == read_tables(api.database) != before
    assert _tables(f"{url}.before-restore") == before


def test_a_database_in_use_is_not_replaced(api: Deployment, tmp_path: Path) -> None:
    assert _run(api.database.url, "backup", str(tmp_path / "kept.db")).exit_code == 0
    assert api.client.get("/api/v1/plans").status_code == 200
    refused = _run(api.database.url, "restore", str(tmp_path / "kept.db"), "--replace")
    assert (refused.exit_code, "is in use. Stop the server first." in refused.stderr) == (1, True)
    assert submit(api, api.key("reporter", "nanshan"), figure()).status_code == 201


def test_a_damaged_database_is_replaced(api: Deployment, tmp_path: Path) -> None:
    target = tmp_path / "present.db"
    target.write_bytes(b"nothing of SQLite")
    assert _run(api.database.url, "backup", str(tmp_path / "kept.db")).exit_code == 0
    restored = _run(f"sqlite:///{target}", "restore", str(tmp_path / "kept.db"), "--replace")
    assert restored.exit_code == 0, restored.output
    assert target.with_name("present.db.before-restore").read_bytes() == b"nothing of SQLite"


def _spoil_page(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        (digest,) = connection.execute("SELECT digest FROM ledger WHERE revision = 20").fetchone()
    content = bytearray(file.read_bytes())
    content[content.index(digest.encode())] ^= 1
    file.write_bytes(content)


def _spoil_ledger(file: Path) -> None:
    _change(file, "ledger", "UPDATE ledger SET actor = 'x' WHERE revision = 1")


def _spoil_figure(file: Path) -> None:
    _change(file, "observation", "UPDATE observation SET value = '1' WHERE rowid = 1")


def _cut_ledger(file: Path) -> None:
    _change(file, "ledger", "DELETE FROM ledger WHERE revision = 21")


def _change(file: Path, table: str, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for trigger in (f"{table}_no_update", f"{table}_no_delete"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
        connection.commit()


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _write_text(file: Path) -> None:
    file.write_text("a letter, and no database at all " * 100)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_spoil_page, "digest"),
        (_spoil_ledger, "china-software-2025: ledger: revision 1 does not match its digest"),
        (_spoil_figure, "observation: row"),
        (_cut_ledger, "its ledger does not end there"),
        (_empty, "is not a backup"),
        (_write_text, "is not a backup"),
        (Path.unlink, "there is no such file"),
    ],
)
def test_a_backup_that_is_not_sound_restores_nothing(
    api: Deployment, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    file, folder = tmp_path / "kept.db", tmp_path / "new"
    assert _run(api.database.url, "backup", str(file)).exit_code == 0
    spoil(file)
    refused = _run(f"sqlite:///{folder}/new.db", "restore", str(file))
    assert refused.exit_code == 1
    assert said in refused.stderr, refused.stderr
    assert list(folder.iterdir()) == []


def test_a_backup_of_a_newer_version_is_refused(api: Deployment, tmp_path: Path) -> None:
    file, url = tmp_path / "kept.db", f"sqlite:///{tmp_path}/new.db"
    assert _run(api.database.url, "backup", str(file)).exit_code == 0
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    refused = _run(url, "restore", str(file))
    assert "was made by a newer version of Dabiao" in refused.stderr


def test_a_backup_of_an_older_version_is_updated(tmp_path: Path) -> None:
    older, file, url = (f"{tmp_path}/{name}.db" for name in ("older", "kept", "new"))
    with Database(Settings(database_url=f"sqlite:///{older}")) as database:
        migrate(database, "0012")
    assert _run(f"sqlite:///{older}", "backup", file).exit_code == 0
    assert _run(f"sqlite:///{url}", "restore", file).exit_code == 0
    for name, version in ((file, "0012"), (url, newest_version())):
        with Database(Settings(database_url=f"sqlite:///{name}")) as database:
            assert schema_version(database) == version


def test_a_postgres_database_with_plans_is_left_as_it_is(
    deployment: Deployment, tmp_path: Path
) -> None:
    if deployment.database.is_sqlite:
        return
    before = read_tables(deployment.database)
    assert _run(deployment.database.url, "backup", str(tmp_path / "kept.db")).exit_code == 0
    refused = _run(deployment.database.url, "restore", str(tmp_path / "kept.db"))
    assert (refused.exit_code, "new, empty database" in refused.stderr) == (1, True)
    assert read_tables(deployment.database) == before
