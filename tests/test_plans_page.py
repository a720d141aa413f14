"""The page about plans of your own: its files and commands are tried, its answers compared."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import pytest
from typer.testing import CliRunner

from app.cli.commands import main
from app.formats.plans.plan_file import read_plan_file
from app.formats.plans.plan_schema import write_plan_schema
from tests.conftest import Deployment

PAGE = Path(__file__).parents[1] / "docs" / "plans.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = FENCE.findall(PAGE.read_text("utf-8"))
PLAN = "/api/v1/plans/river-county-2028"


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def run(command: str) -> str:
    """What a command of the page prints. It must succeed."""
    program, *words = shlex.split(command)
    assert program == ".venv/bin/dabiao"
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of the page, and a database there that does not exist yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DABIAO_DATABASE_URL", f"sqlite:///{tmp_path}/plans.db")
    (tmp_path / "river-county-2028.yaml").write_text(blocks("yaml")[0], "utf-8")
    (tmp_path / "figures.csv").write_text(blocks("csv")[0], "utf-8")
    return tmp_path


def test_a_plan_of_your_own_gets_from_nothing_to_its_first_gap(
    folder: Path, deploy: Callable[..., Deployment]
) -> None:
    schema, check, load, send, read = blocks("sh")
    written = run(schema.partition(" > ")[0])
    assert schema.partition(" > ")[2] == "plan.schema.json\n"
    assert written == write_plan_schema()
    assert run(check) == blocks("text")[0]
    migrate, put, *keys = load.splitlines()
    run(migrate)
    run(put)
    known = {}
    for line in keys:
        name, _, command = line.partition("=$(")
        known[name] = run(command.removesuffix(")")).strip()
    office = deploy(f"sqlite:///{folder}/plans.db")
    upload, approve = send.splitlines()[1:]
    assert "-F file=@figures.csv" in upload
    sent = office.client.post(
        f"{PLAN}/reports/batch",
        files={"file": (folder / "figures.csv").read_bytes()},
        headers={"Authorization": f"Bearer {known['OFFICE']}"},
    )
    assert sent.status_code == 201, sent.text
    path = approve.split("$PLAN")[1].partition('"')[0]
    done = office.client.post(PLAN + path, headers={"Authorization": f"Bearer {known['REVIEWER']}"})
    assert done.status_code == 200, done.text
    query = read.split("$PLAN")[1].partition('"')[0]
    found = office.client.get(PLAN + query).json()["items"]
    shown = json.loads(blocks("json")[0])["items"]
    assert [{name: row[name] for name in each} for row, each in zip(found, shown, strict=True)] == (
        shown
    )


def test_slips_are_told_as_the_page_shows(folder: Path) -> None:
    file = folder / "river-county-2028.yaml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("comparator: lte\n", "comparator: lteq\n").replace(
            "denominator:", "denominatr:"
        ),
        "utf-8",
    )
    told = CliRunner().invoke(main, ["plan", "check", file.name])
    assert told.exit_code == 1
    assert told.output == blocks("text")[1]


def test_the_plan_of_the_page_is_valid_by_the_schema(folder: Path) -> None:
    document = read_plan_file(folder / "river-county-2028.yaml")
    assert [each.comparator for each in document.targets] == ["lte", "between", "gte"]
    content = json.loads(document.model_dump_json(exclude_unset=True))
    assert jsonschema_rs.is_valid(json.loads(write_plan_schema()), content)
