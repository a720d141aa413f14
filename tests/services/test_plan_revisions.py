"""A plan that is there, changed by its file: appended, for a reason, and only where it may be."""

import copy
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.commands import main
from app.migration import migrate
from app.schemas.document.plan import PlanDocument
from app.services.ledger.entries import Action, Change, append, begin_plan
from app.services.plans.payloads import define
from tests.conftest import NOW, ROOT, Deployment
from tests.writing import CITY, NATION, decide, figure, head, read_tables, submit
from tests.yaml_files import read_yaml, write_yaml

SEEDS = ROOT / "seeds" / "plans"


@pytest.fixture
def city() -> Any:
    """The city's plan file, for a test to change."""
    return read_yaml(SEEDS / "shenzhen-software-2025.yaml")


@pytest.fixture
def nation() -> Any:
    return read_yaml(SEEDS / "china-software-2025.yaml")


def _load(deployment: Deployment, folder: Path, content: Any, *reason: str) -> Any:
    path = folder / "plan.yaml"
    write_yaml(path, content)
    options = ["--revise", *reason] if reason else []
    environment = {"DABIAO_DATABASE_URL": deployment.database.url}
    return CliRunner().invoke(main, ["load", str(path), *options], env=environment)


def _before_texts(content: Any) -> Any:
    """The plan file as it was before plan files had these fields."""
    older = copy.deepcopy(content)
    for name in ("opportunities", "problems"):
        older.pop(name, None)
    for action in older["actions"]:
        for name in ("text_zh", "text_extent", "projects"):
            action.pop(name, None)
        (action.get("serves") or {}).pop("qualitative_goals", None)
    return older


def _hold(deployment: Deployment, content: Any) -> None:
    """Put the plan into an empty database, with an entry that has none of these fields."""
    migrate(deployment.database)
    document = PlanDocument.model_validate(content)
    payload = define(document)
    payload["document"] = _before_texts(payload["document"])
    code = document.plan.code
    change = Change(actor="x", action=Action.DEFINE, subject=code, payload=payload)
    with deployment.database.write_transaction() as session:
        append(session, begin_plan(session, code, recorded_at=NOW), change, now=NOW)


def _named(entries: Any, code: str, field: str = "code") -> Any:
    return next(each for each in entries if each[field] == code)


def test_the_same_file_changes_nothing(
    deployment: Deployment, tmp_path: Path, city: Any, nation: Any
) -> None:
    before = read_tables(deployment.database)
    for content in (city, nation):
        answer = _load(deployment, tmp_path, content, "to be sure")
        assert (answer.exit_code, answer.output.split(": ")[1]) == (0, "no changes in the file\n")
    assert read_tables(deployment.database) == before


def test_a_plan_loaded_before_it_had_texts_stays_until_it_is_revised(
    deploy: Callable[..., Deployment], tmp_path: Path, city: Any
) -> None:
    older = _before_texts(city)
    deployment = deploy(f"sqlite:///{tmp_path / 'older.db'}")
    _hold(deployment, older)
    before = read_tables(deployment.database)
    left = _load(deployment, tmp_path, city)
    assert (left.exit_code, read_tables(deployment.database)) == (0, before)
    same = _load(deployment, tmp_path, older, "to be sure")
    assert same.output == "shenzhen-software-2025: no changes in the file\n"
    revised = _load(deployment, tmp_path, city, "texts of the plan")
    assert revised.output == "shenzhen-software-2025: revised (new revisions: 1)\n"
    client = deployment.client
    then, now = (client.get(CITY, params={"as_of": as_of}).json() for as_of in (1, 2))
    assert (len(then["opportunities"]), len(now["opportunities"])) == (0, 5)
    tasks = (client.get(f"{CITY}/actions", params={"as_of": r}).json()["items"] for r in (1, 2))
    assert [each[1]["projects"] for each in tasks] == [[], ["p3", "p4"]]
    environment = {"DABIAO_DATABASE_URL": deployment.database.url}
    assert CliRunner().invoke(main, ["verify"], env=environment).exit_code == 0


@pytest.mark.parametrize("reason", ["", "  ", "……", "-"])
def test_a_revision_has_a_reason_that_says_something(
    api: Deployment, tmp_path: Path, city: Any, reason: str
) -> None:
    before = read_tables(api.database)
    city["plan"]["title_en"] = "The plan, renamed"
    answer = _load(api, tmp_path, city, reason)
    assert (answer.exit_code, answer.output) == (
        1,
        f'"{reason}" is no reason. Give --revise a reason with at least one letter or digit.\n',
    )
    assert read_tables(api.database) == before


def test_texts_and_bands_change_from_their_revision_on(
    deployment: Deployment, tmp_path: Path, city: Any
) -> None:
    first = head(deployment)["revision"]
    city["plan"]["title_en"] = "The plan, renamed"
    city.setdefault("settings", {})["bands"] = {"on_track": 0.9, "acceleration_needed": 0.5}
    answer = _load(deployment, tmp_path, city, "renamed by the council")
    assert (answer.exit_code, answer.output) == (
        0,
        "shenzhen-software-2025: revised (new revisions: 1)\n",
    )
    now = deployment.client.get(CITY).json()
    then = deployment.client.get(CITY, params={"as_of": first}).json()
    assert (now["title_en"], now["revision"]) == ("The plan, renamed", first + 1)
    assert then["title_en"] != now["title_en"]
    assert now["settings"]["bands"]["on_track"] == 0.9
    assert then["settings"]["bands"]["on_track"] == 0.95


def test_a_changed_target_is_a_new_version_and_other_targets_stay_as_they_were_revised(
    deployment: Deployment, tmp_path: Path, city: Any
) -> None:
    body = {"indicator": "rd_institutions", "value": 12, "reason": "raised by the council"}
    deployment.client.post(f"{CITY}/targets", json=body, headers=deployment.key("administrator"))
    _named(city["targets"], "value_added", "indicator")["value"] = 4300
    assert _load(deployment, tmp_path, city, "the mid-term review").exit_code == 0
    versions = deployment.client.get(f"{CITY}/targets/value_added").json()["history"]
    assert [(each["value"], each["reason"]) for each in versions] == [
        (4200, None),
        (4300, "the mid-term review"),
    ]
    other = deployment.client.get(f"{CITY}/targets/rd_institutions").json()
    assert (other["target"], len(other["history"])) == (12, 2)


def test_an_indicator_may_come_to_a_plan(deployment: Deployment, tmp_path: Path, city: Any) -> None:
    new = {
        "code": "patents",
        "name_zh": "专利数",
        "name_en": "Patents",
        "unit": "个",
        "accumulation": "level",
    }
    city["indicators"].append(new)
    assert _load(deployment, tmp_path, city, "added").exit_code == 0
    sent = submit(
        deployment,
        deployment.key("reporter", "nanshan"),
        {"indicator": "patents", "value": 5, "unit": "个", "basis": "level"},
    )
    assert sent.status_code == 201


@pytest.mark.parametrize(
    ("field", "value"), [("accumulation", "level"), ("unit", "万元"), ("measure", "ratio")]
)
def test_an_indicator_with_figures_keeps_how_they_are_counted(
    deployment: Deployment, tmp_path: Path, city: Any, field: str, value: str
) -> None:
    entry = _named(city["indicators"], "value_added")
    if field == "measure":
        parts = {"numerator": "rd_institutions", "denominator": "industrial_space"}
        entry |= {"accumulation": "ratio", **parts}
    entry[field] = value
    # Figures count from the moment that they are submitted.
    submit(deployment, deployment.key("reporter", "nanshan"), figure(value=5))
    before = read_tables(deployment.database)
    answer = _load(deployment, tmp_path, city, "a new method")
    assert answer.exit_code == 1
    assert "value_added" in answer.output
    assert "Define a new indicator" in answer.output
    assert read_tables(deployment.database) == before


def test_without_figures_it_may_still_be_changed(
    deployment: Deployment, tmp_path: Path, city: Any
) -> None:
    _named(city["indicators"], "rd_institutions")["accumulation"] = "level"
    assert _load(deployment, tmp_path, city, "a slip of the pen").exit_code == 0
    found = deployment.client.get(f"{CITY}/indicators/rd_institutions").json()
    assert found["accumulation"] == "level"


@pytest.mark.parametrize("kind", ["areas", "targets"])
def test_what_a_plan_has_is_never_taken_away(
    deployment: Deployment, tmp_path: Path, city: Any, kind: str
) -> None:
    # Qianhai is referred to by nothing else.
    code = "qianhai" if kind == "areas" else "rd_institutions"
    city[kind] = [each for each in city[kind] if code not in each.values()]
    before = read_tables(deployment.database)
    answer = _load(deployment, tmp_path, city, "no longer needed")
    assert answer.exit_code == 1
    assert code in answer.output
    assert read_tables(deployment.database) == before


def test_new_and_corrected_figures_of_the_publisher_are_appended(
    deployment: Deployment, tmp_path: Path, nation: Any
) -> None:
    first = head_of(deployment, NATION)
    found = next(
        each
        for each in nation["observations"]
        if each["indicator"] == "software_business_revenue" and str(each["period"]) == "2024-Q4"
    )
    found["value"] = 137277
    answer = _load(deployment, tmp_path, nation, "the final figure")
    assert answer.output == "china-software-2025: revised (new revisions: 1)\n"
    query = {"indicator": "software_business_revenue", "area": "china", "period": "2024-Q4"}
    rows = deployment.client.get(
        f"{NATION}/observations", params=query | {"include_history": "true"}
    ).json()["items"]
    assert [each["value"] for each in rows] == [137276, 137277]
    released = deployment.client.get(f"{NATION}/observations", params=query | {"release": "first"})
    assert [each["value"] for each in released.json()["items"]] == [137276]
    assert head_of(deployment, NATION) == first + 1


def head_of(deployment: Deployment, plan: str) -> int:
    revision: int = deployment.client.get(f"{plan}/ledger/head").json()["revision"]
    return revision


def test_a_plan_revised_by_its_file_is_replayed_to_the_same_digest(
    deployment: Deployment, tmp_path: Path, city: Any
) -> None:
    reporter = deployment.key("reporter", "nanshan")
    decide(
        deployment,
        deployment.key("reviewer"),
        submit(deployment, reporter, figure(value=5)),
        "approve",
    )
    _named(city["targets"], "value_added", "indicator")["value"] = 4300
    _load(deployment, tmp_path, city, "the mid-term review")
    environment = {"DABIAO_DATABASE_URL": deployment.database.url}
    answer = CliRunner().invoke(main, ["verify"], env=environment)
    assert answer.exit_code == 0, answer.output
    assert Decimal(deployment.client.get(f"{CITY}/targets/value_added").json()["target"]) == 4300


def test_a_revision_without_a_reason_is_none(
    deployment: Deployment, tmp_path: Path, city: Any
) -> None:
    city["plan"]["title_en"] = "The plan, renamed"
    answer = _load(deployment, tmp_path, city)
    assert answer.output == "shenzhen-software-2025: already loaded\n"
    assert deployment.client.get(CITY).json()["title_en"] != "The plan, renamed"
