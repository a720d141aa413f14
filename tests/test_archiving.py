"""The ledger taken out, read in elsewhere, and held against every table."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from app.cli.commands import main
from app.database import Database
from app.formats.plans.plan_file import read_plan_file
from app.schemas.document.plan import PlanDocument
from app.services.ledger.verification import ACCOUNTED
from app.services.plans.revisions import revise_plan
from app.settings import Settings
from app.tables import Plan
from tests.conftest import NOW, ROOT, Deployment
from tests.successors import load_both
from tests.writing import CITY, decide, deployed_once, figure, read_tables, submit

PLAN = "shenzhen-software-2025"
EARLIER = Path(__file__).parent / "archives" / "before_status.jsonl"
# How a byte of one column of each table is changed.
CHANGES = {
    "ledger": "actor = 'x' || actor",
    "ledger_part": "payload = payload || ' '",
    "definition": "document = document || ' '",
    "area": "name_en = name_en || 'x'",
    "indicator": "name_en = name_en || 'x'",
    "target": "comparator = 'lt'",
    "annual_task": "reason = 'x'",
    "report": "submitted_by = 'somebody'",
    "figure": "note = 'x'",
    "decision": "decided_by = 'somebody'",
    "observation": "value = value + 1",
    "extension": "reason = 'x'",
    "progress_note": "note = 'x'",
    "publication": "note = 'x'",
    "succession": "earlier_revision = 1",
    "plan": "digest = '0'",
}


def _run(url: str, *arguments: str) -> Any:
    return CliRunner().invoke(main, arguments, env={"DABIAO_DATABASE_URL": url})


@pytest.fixture
def lived(deployment: Deployment) -> Deployment:
    """A plan in which everything that a ledger can record has happened, on each database."""
    return _live(deployment)


@pytest.fixture(scope="module")
def lived_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file of such a plan, which tests copy."""
    folder = tmp_path_factory.mktemp("lived")
    with deployed_once(sqlite_template, folder) as deployment:
        _live(deployment)
    return folder / "dabiao.db"


@pytest.fixture
def lived_url(lived_file: Path, tmp_path: Path) -> str:
    """A copy of such a plan on SQLite."""
    shutil.copy(lived_file, tmp_path / "lived.db")
    return f"sqlite:///{tmp_path / 'lived.db'}"


def _live(deployment: Deployment) -> Deployment:
    key, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    administrator = deployment.key("administrator")
    growth: dict[str, Any] = {"growth_percent": 11.2, "price_basis": "constant", "obs_status": "P"}
    sent = submit(deployment, key, figure(**growth), figure("rd_institutions", 3))
    decide(deployment, reviewer, sent, "approve")
    again = submit(deployment, key, figure(value=900), correction_reason="recount")
    decide(deployment, reviewer, again, "return", reason_code="wrong_value", reason="look again")
    submit(deployment, key, figure(value=910), correction_reason="recount")
    submit(deployment, key, figure(value=920), correction_reason="recount")
    _close_quarters(deployment)
    yearly = {"indicator": "value_added", "area": "nanshan", "year": 2024, "value": 1900}
    raised = {"indicator": "value_added", "value": 4300}
    for path, body in {
        "extensions": {
            "area": "nanshan", "period": "2024-Q3", "until": "2026-12-31", "reason": "flood"
        },
        "progress/t1": {"status": "completed", "note": "done"},
        "publications": {"name": "march"},
        "targets": {"targets": [{**raised, "reason": "raised"}, {**yearly, "reason": "task"}]},
    }.items():  # fmt: skip
        answer = deployment.client.post(f"{CITY}/{path}", json=body, headers=administrator)
        assert answer.status_code == 201, answer.text
    return deployment


def _close_quarters(deployment: Deployment) -> None:
    """Only a plan that closes its quarters has extensions."""
    document = read_plan_file(ROOT / "seeds/plans" / f"{PLAN}.yaml").model_dump()
    document["settings"]["deadlines"] |= {"closes_after_days": 30}
    revised = PlanDocument.model_validate(document)
    with deployment.database.write_transaction() as session:
        assert revise_plan(session, revised, reason="quarters close", now=NOW) == 1


def test_an_untouched_database_holds(lived: Deployment) -> None:
    found = _run(lived.database.url, "verify")
    assert (found.exit_code, found.stdout.count("matches its ledger")) == (0, 2), found.output


def test_every_table_that_the_ledger_accounts_for_is_tried() -> None:
    assert set(CHANGES) == {*ACCOUNTED, "plan"}


@pytest.mark.parametrize("table", sorted(CHANGES))
def test_one_change_in_any_table_is_found_and_named(
    deploy: Callable[..., Deployment], lived_url: str, table: str
) -> None:
    if table == "succession":
        load_both(deploy(lived_url))
    with _changing(lived_url) as connection:
        connection.execute(sa.text(f"DROP TRIGGER IF EXISTS {table}_no_update"))
        last = f"(SELECT max(rowid) FROM {table})"  # noqa: S608 - ours
        change = f"UPDATE {table} SET {CHANGES[table]} WHERE rowid = {last}"  # noqa: S608 - ours
        connection.execute(sa.text(change))
    found = _run(lived_url, "verify")
    assert found.exit_code == 1
    assert f": {table}" in found.stderr, found.stderr


def test_a_row_that_was_removed_or_added_is_named(lived_url: str) -> None:
    with _changing(lived_url) as connection:
        connection.execute(sa.text("DROP TRIGGER observation_no_delete"))
        connection.execute(sa.text("DELETE FROM observation WHERE plan = :plan"), {"plan": PLAN})
    found = _run(lived_url, "verify", PLAN)
    assert "the ledger has it, but the table does not" in found.stderr


def test_a_tail_that_was_cut_off_is_seen(lived_url: str) -> None:
    with _changing(lived_url) as connection:
        connection.execute(sa.text("DROP TRIGGER ledger_no_delete"))
        newest = "(SELECT max(revision) FROM ledger WHERE plan = :plan)"
        cut = f"DELETE FROM ledger WHERE plan = :plan AND revision = {newest}"  # noqa: S608 - ours
        connection.execute(sa.text(cut), {"plan": PLAN})
    assert "its ledger does not end there" in _run(lived_url, "verify", PLAN).stderr


@contextmanager
def _changing(url: str) -> Iterator[sa.Connection]:
    """A connection behind the program's back."""
    with Database(Settings(database_url=url)) as database, database.engine.begin() as connection:
        yield connection


def test_an_archive_moves_a_plan_to_another_database_with_its_digest(
    lived: Deployment, tmp_path: Path
) -> None:
    archive, url = tmp_path / "plan.jsonl", f"sqlite:///{tmp_path / 'other.db'}"
    exported = _run(lived.database.url, "export", PLAN, "--output", str(archive))
    assert exported.exit_code == 0, exported.output
    imported = _run(url, "import", str(archive))
    assert imported.exit_code == 0, imported.output
    other = Database(Settings(database_url=url))
    head = lived.client.get(f"{CITY}/ledger/head").json()
    assert head["digest"] in imported.stdout
    for name in ACCOUNTED:
        mine = [row for row in read_tables(lived.database)[name] if row[0] == PLAN]
        assert read_tables(other)[name] == mine
    other.dispose()
    assert _run(url, "verify").exit_code == 0
    assert "already holds the plan" in _run(url, "import", str(archive)).stderr


def test_an_archive_of_an_earlier_version_keeps_its_digest(
    deployment: Deployment, tmp_path: Path
) -> None:
    """Its entries say nothing of the status of figures, and its figures are normal ones."""
    url, digest = deployment.database.url, EARLIER.read_text("utf-8").split('"digest":"')[-1][:64]
    imported = _run(url, "import", str(EARLIER))
    assert imported.exit_code == 0, imported.output
    assert digest in imported.stdout
    verified = _run(url, "verify", "small-plan")
    assert verified.exit_code == 0, verified.output
    again = tmp_path / "again.jsonl"
    assert _run(url, "export", "small-plan", "--output", str(again)).exit_code == 0
    assert again.read_text("utf-8") == EARLIER.read_text("utf-8")
    query = {"include_history": "true"}
    found = deployment.client.get("/api/v1/plans/small-plan/observations", params=query).json()
    said = [(each["value"], each["obs_status"], each["price_basis"]) for each in found["items"]]
    assert said == [(110, "A", None), (60.5, "A", None), (None, None, None)]


def test_an_archive_that_was_changed_is_refused(lived: Deployment, tmp_path: Path) -> None:
    archive = tmp_path / "plan.jsonl"
    _run(lived.database.url, "export", PLAN, "--output", str(archive))
    archive.write_text(archive.read_text("utf-8").replace(PLAN, "another-plan"), "utf-8")
    refused = _run(f"sqlite:///{tmp_path / 'z.db'}", "import", str(archive))
    assert refused.exit_code == 1
    assert "does not continue the entry" in refused.stderr


def test_an_archive_from_sqlite_is_read_into_postgresql(
    postgres_server: sa.Engine, lived_url: str, tmp_path: Path
) -> None:
    archive = tmp_path / "plan.jsonl"
    assert _run(lived_url, "export", PLAN, "--output", str(archive)).exit_code == 0
    with postgres_server.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE archived"))
    url = postgres_server.url.set(database="archived").render_as_string(hide_password=False)
    imported = _run(url, "import", str(archive))
    assert imported.exit_code == 0, imported.output
    assert _digest(lived_url) in imported.stdout
    assert _run(url, "verify").exit_code == 0


def _digest(url: str) -> str:
    with Database(Settings(database_url=url)) as database, database.read_session() as session:
        return session.get_one(Plan, PLAN).digest


@pytest.mark.parametrize(
    "body", ["", "nonsense\n", '{"format":"dabiao-ledger/1","plan":"x"}\n', "[]\n"]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, body: str) -> None:
    archive = tmp_path / "bad.jsonl"
    archive.write_text(body, "utf-8")
    found = _run(f"sqlite:///{tmp_path / 'x.db'}", "import", str(archive))
    assert found.exit_code == 1
    assert "archive" in found.stderr


def test_unknown_plans_and_files_are_told(api: Deployment, tmp_path: Path) -> None:
    assert "There is no plan" in _run(api.database.url, "verify", "nope").stderr
    output = tmp_path / "x.jsonl"
    assert _run(api.database.url, "export", "nope", "--output", str(output)).exit_code == 1
    assert not output.exists()
    assert "cannot be read" in _run(api.database.url, "import", str(tmp_path / "no")).stderr
