"""A draft of the next plan: what is known is filled in, and loading it says what is open."""

from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session
from typer.testing import CliRunner

from app.cli.commands import main
from app.database import Database
from app.services.ledger.archive import export_ledger
from app.services.plans.loading import load_plan
from app.settings import Settings
from tests.conftest import NOW, Deployment
from tests.small_plan import CODE
from tests.successors import NEXT, load_both, make_earlier

CITY = "shenzhen-software-2025"


def _run(url: str, *arguments: str, language: str = "C.UTF-8") -> Any:
    env = {"DABIAO_DATABASE_URL": url, "LC_ALL": language}
    return CliRunner().invoke(main, arguments, env=env)


def _draft(url: str, plan: str, file: Path, language: str = "C.UTF-8") -> str:
    asked = ("--follows", plan, "--years", "2026-2030", "--output", str(file))
    done = _run(url, "plan", "new", *asked, language=language)
    assert done.exit_code == 0, done.output
    return file.read_text("utf-8")


def test_a_draft_of_the_city_lists_every_target_that_is_open(
    sqlite_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "next.yaml"
    text = _draft(sqlite_url, CITY, file)
    assert "code: shenzhen-software-2030\n" in text
    assert "follows: shenzhen-software-2025\n" in text
    assert text.count("  value: null\n") == 7
    assert "so add the baseline" in text
    refused = _run(sqlite_url, "load", str(file))
    assert refused.exit_code == 1
    said = refused.output.splitlines()
    assert len([line for line in said if "has no value yet" in line]) == 7
    assert "The target of value_added in shenzhen has no value yet. Enter it." in said[0]


def test_a_draft_in_chinese_says_so_in_chinese(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "next.yaml"
    text = _draft(sqlite_url, CITY, file, language="zh_CN.UTF-8")
    assert "# 目标。基期值为前一规划的期末数据；增量类指标重新从 0 起计。" in text
    refused = _run(sqlite_url, "load", str(file), language="zh_CN.UTF-8")
    assert refused.output.count("的目标值尚未填写，请填写。") == 7


def test_a_draft_that_is_filled_in_is_loaded_and_has_history(
    api: Deployment, tmp_path: Path
) -> None:
    with api.database.write_transaction() as session:
        assert load_plan(session, make_earlier(), now=NOW)
    url, file = str(api.database.engine.url), tmp_path / "next.yaml"
    text = _draft(url, CODE, file)
    # 120 + 60 at the end of 2025.
    assert "baseline:\n      value: 180\n      period: '2025'\n" in text
    assert "the earlier target was 200 亿元, the final figure is 180 亿元." in text
    file.write_text(text.replace("value: null", "value: 300"), "utf-8")
    loaded = _run(url, "load", str(file))
    assert loaded.exit_code == 0, loaded.output
    path = f"/api/v1/plans/{CODE}-2030"
    found = api.client.get(f"{path}/gaps/revenue?period=2026-Q1").json()
    assert (found["baseline"], found["target"], found["actual"]) == (180, 300, None)
    assert api.client.get(path).json()["follows"] == CODE
    assert _run(url, "verify").exit_code == 0


@pytest.mark.parametrize("years", ["2026", "2030-2026", "2025-2030", "x"])
def test_years_that_are_no_next_plan_are_refused(sqlite_url: str, years: str) -> None:
    done = _run(sqlite_url, "plan", "new", "--follows", CITY, "--years", years)
    assert done.exit_code == 1
    assert years in done.output


def _export(session: Session, plan: str, file: Path) -> None:
    file.write_text("".join(f"{line}\n" for line in export_ledger(session, plan)), "utf-8")


def test_archives_are_read_in_the_order_of_succession(
    deployment: Deployment, tmp_path: Path
) -> None:
    load_both(deployment)
    with deployment.database.read_session() as session:
        for plan in (CODE, NEXT):
            _export(session, plan, tmp_path / plan)
    url = f"sqlite:///{tmp_path / 'other.db'}"
    refused = _run(url, "import", str(tmp_path / NEXT))
    assert refused.exit_code == 1
    assert f"Import {CODE} first." in refused.output
    for plan in (CODE, NEXT):
        assert _run(url, "import", str(tmp_path / plan)).exit_code == 0
    assert _run(url, "verify").exit_code == 0
    other = Database(Settings(database_url=url))
    with other.read_session() as session:
        _export(session, NEXT, tmp_path / "again")
    other.dispose()
    assert (tmp_path / "again").read_text("utf-8") == (tmp_path / NEXT).read_text("utf-8")


def test_verify_holds_what_a_plan_knew_against_the_plan_before(
    api: Deployment, tmp_path: Path
) -> None:
    load_both(api)
    with api.database.read_session() as session:
        _export(session, NEXT, tmp_path / NEXT)
    # A plan of the same name that says something else is not the plan before.
    url = f"sqlite:///{tmp_path / 'other.db'}"
    _run(url, "migrate")
    other = Database(Settings(database_url=url))
    with other.write_transaction() as session:
        load_plan(session, make_earlier(), now=NOW.replace(year=2027))
    other.dispose()
    refused = _run(url, "import", str(tmp_path / NEXT))
    assert refused.exit_code == 1
    assert CODE in refused.output
