"""The schema of plan files: the committed one is printed, and never stricter than the loader."""

import copy
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from app.cli.commands import main
from app.formats.plans.plan_schema import list_fields, write_plan_schema
from app.formats.plans.yaml_tree import read_tree, to_plain
from app.schemas.document.plan import PlanDocument
from tests.formats.test_plan_file import PLANS, SMALL_PLAN, faults_of, write_plan

ROOT = Path(__file__).parents[2]
VALID = jsonschema_rs.validator_for(json.loads(write_plan_schema())).is_valid
# What an author may write in place of anything else.
WRITTEN = ["yes", "2024", "12.5", "", 1, 0, 86400, -3, Decimal("1.5"), True, None, [], {}, ["x"]]


def _as_json(content: Any) -> Any:
    """Numbers as JSON has them."""
    return json.loads(json.dumps(content, default=float))


def _places(content: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    below = content.items() if isinstance(content, dict) else enumerate(content)
    for step, each in below:
        yield (*at, step)
        if isinstance(each, dict | list):
            yield from _places(each, (*at, step))


def _replaced(content: Any, at: tuple[str | int, ...], value: object) -> Any:
    changed = copy.deepcopy(content)
    part = changed
    for step in at[:-1]:
        part = part[step]
    part[at[-1]] = value
    return changed


def _is_loaded(content: Any) -> bool:
    try:
        PlanDocument.model_validate(content)
    except ValidationError:
        return False
    return True


def test_the_committed_schema_is_the_one_that_the_command_prints() -> None:
    printed = CliRunner().invoke(main, ["plan", "schema"])
    assert printed.exit_code == 0
    assert printed.stdout == (ROOT / "docs" / "plan.schema.json").read_text("utf-8")


@pytest.mark.parametrize("file", sorted(PLANS.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_included_plans_are_valid(file: Path) -> None:
    assert VALID(_as_json(to_plain(read_tree(file.read_text("utf-8")).root)))


def test_what_the_loader_takes_is_valid_and_what_the_schema_refuses_is_not_loaded() -> None:
    plan = to_plain(read_tree(SMALL_PLAN).root)
    refused = taken = 0
    for at in _places(plan):
        for value in WRITTEN:
            changed = _replaced(plan, at, value)
            is_valid = VALID(_as_json(changed))
            if _is_loaded(changed):
                assert is_valid, (at, value)
                taken += 1
            refused += not is_valid
    assert refused > 1000
    assert taken > 100


@pytest.mark.parametrize(
    ("written", "slip"),
    [
        ("reports: true", "reports: yes"),
        ("start_year: 2022", "start_year: '2022'"),
        ("comparator: gte", "comparator: at_least"),
        ("unit: 万人", "units: 万人"),
        ("  title_en: Tea plan\n", ""),
        ("format: dabiao-plan/1", "format: dabiao-plan/2"),
        ("deadline: '2025'", "deadline: 2025"),
    ],
)
def test_an_editor_underlines_a_slip(written: str, slip: str) -> None:
    assert written in SMALL_PLAN
    assert not VALID(_as_json(to_plain(read_tree(SMALL_PLAN.replace(written, slip)).root)))


def test_every_field_says_what_it_is() -> None:
    schema = json.loads(write_plan_schema())
    parts = {"PlanDocument": schema, **schema["$defs"]}
    silent = [
        f"{name}.{field}"
        for name, part in parts.items()
        for field, each in part.get("properties", {}).items()
        # What is a part of its own says it there.
        if not each.keys() & {"description", "$ref"}
    ]
    assert silent == []


def test_the_fields_of_a_place_are_known() -> None:
    assert list_fields(("targets", 3, "baseline")) == ["value", "period"]
    assert "settings" in list_fields(())
    assert list_fields(("context", "anything")) == []


@pytest.mark.parametrize(
    ("written", "slip", "says"),
    [
        ("commitment: stated", "comitment: stated", "Did you mean 'commitment'?"),
        ("path: linear", "path: linaer", "Did you mean 'linear'? Use linear, geometric"),
        ("path: linear", "path: straight", "Use linear, geometric"),
    ],
)
def test_a_fault_suggests_what_was_meant(
    tmp_path: Path, written: str, slip: str, says: str
) -> None:
    faults = faults_of(write_plan(tmp_path, SMALL_PLAN.replace(written, slip)))
    said = [fault.say("en") for fault in faults]
    assert any(says in each for each in said), said


def test_faults_between_entries_are_told_beside_those_of_fields(tmp_path: Path) -> None:
    """The second target cannot be read; the first one names a goal that nothing declares."""
    written = SMALL_PLAN.replace("path: linear", "path: curved").replace("goal: g1", "goal: g9")
    faults = faults_of(write_plan(tmp_path, written))
    assert [(fault.line, fault.field) for fault in faults] == [
        (50, "targets[0].goal"),
        (58, "targets[1].path"),
    ]


def test_an_entry_that_cannot_be_read_declares_its_code_all_the_same(tmp_path: Path) -> None:
    written = SMALL_PLAN.replace("accumulation: annual_flow", "accumulation: yearly")
    fields = [fault.field for fault in faults_of(write_plan(tmp_path, written))]
    assert fields == ["indicators[0].accumulation"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en_GB.UTF-8", "There is no such file."), ("zh_CN.UTF-8", "没有该文件。")],
)
def test_a_check_speaks_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    told = CliRunner().invoke(main, ["plan", "check", str(tmp_path / "none.yaml")])
    assert told.exit_code == 1
    assert said in told.stdout
