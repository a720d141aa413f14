"""The year's tasks that a plan file states: loaded, revised, checked and compared."""

from pathlib import Path
from typing import Any

import pytest

from app.database import Database
from app.errors.plans import DefinitionReduced
from app.migration import migrate
from app.schemas.document.plan import PlanDocument
from app.schemas.document.references import find_reference_faults
from app.services.ledger.verification import verify_plan
from app.services.plans.loading import load_plan
from app.services.plans.payloads import define, written_tasks
from app.services.plans.revisions import revise_plan
from app.settings import Settings
from tests.api.reads import get_items
from tests.conftest import NOW, Deployment
from tests.small_plan import SMALL, figures, make_small, since, target

Task = dict[str, Any]
CITY_2025: Task = {
    "indicator": "revenue",
    "area": "city",
    "year": 2025,
    "value": 190,
    "unit": "亿元",
}
# Given in 万元: 600,000 of them are 60 of the indicator's own.
EAST_2025 = CITY_2025 | {"area": "east", "value": 600_000, "unit": "万元", "comparator": "gt"}


def _document(*tasks: Task, **changed: Any) -> PlanDocument:
    stated = target("revenue", "city", 200, **since(100))
    growth = target("growth", "city", 12, **since(100)) | {"path": "geometric"}
    found = figures("revenue", "east", {"2025-Q4": 120})
    document = make_small(targets=[stated | changed, growth], observations=found)
    content = document.model_dump(mode="json") | {"tasks": [*tasks]}
    return PlanDocument.model_validate(content)


def _load(deployment: Deployment, document: PlanDocument) -> None:
    with deployment.database.write_transaction() as session:
        assert load_plan(session, document, now=NOW)


def _revise(deployment: Deployment, document: PlanDocument) -> int:
    with deployment.database.write_transaction() as session:
        return revise_plan(session, document, reason="the mid-year review", now=NOW)


def _faults(*tasks: Task, **changed: Any) -> list[tuple[Any, ...]]:
    found = find_reference_faults(_document(*tasks, **changed))
    return [(*each.loc, each.rule) for each in found]


def test_tasks_of_the_file_are_set(deployment: Deployment) -> None:
    _load(deployment, _document(CITY_2025, EAST_2025))
    rows = {
        each["area"]: each
        for each in get_items(deployment, f"{SMALL}/tasks", year=2025, indicator="revenue")
    }
    # Without a comparator the task is met as the target is: at least so much.
    assert [
        (area, row["task"], row["comparator"], row["task_source"])
        for area, row in rows.items()
        if row["task_source"] == "set"
    ] == [("city", 190, "gte", "set"), ("east", 60, "gt", "set")]
    assert rows["east"]["year_rating"] == "achieved"


def test_a_ledger_with_tasks_of_a_file_verifies(deployment: Deployment, tmp_path: Path) -> None:
    _load(deployment, _document(CITY_2025))
    _revise(deployment, _document(CITY_2025 | {"value": 195}))
    blank = Database(Settings(database_url=f"sqlite:///{tmp_path}/blank.db"))
    migrate(blank)
    with deployment.database.read_session() as session:
        assert verify_plan(session, "small-plan", blank) == []
    blank.dispose()


def test_a_file_without_tasks_has_the_entry_that_it_always_had() -> None:
    entry = define(_document())
    assert sorted(entry) == ["document", "targets"]
    document = entry["document"]
    assert isinstance(document, dict)
    assert "tasks" not in document


def test_a_changed_task_is_a_new_version_and_a_difference(deployment: Deployment) -> None:
    _load(deployment, _document(CITY_2025, EAST_2025))
    before = deployment.client.get(f"{SMALL}/ledger/head").json()["revision"]
    assert _revise(deployment, _document(CITY_2025 | {"value": 195}, EAST_2025)) == 1
    found = deployment.client.get(f"{SMALL}/diff", params={"from": before}).json()
    assert found["tasks"] == [
        {
            "indicator": "revenue",
            "area": "city",
            "year": 2025,
            "before": 190,
            "after": 195,
            "comparator_before": "gte",
            "comparator_after": "gte",
            "revision": before + 1,
            "reason": "the mid-year review",
        }
    ]
    assert (found["figures"], found["rows"]) == ([], [])
    back = deployment.client.get(f"{SMALL}/diff?from={before + 1}&to={before}").json()["tasks"]
    assert [(each["before"], each["after"]) for each in back] == [(195, 190)]
    with pytest.raises(DefinitionReduced) as refused:
        _revise(deployment, _document(CITY_2025 | {"value": 195}))
    assert refused.value.facts == {"kind": "tasks", "codes": "revenue east 2025"}


def test_a_task_set_by_the_api_is_a_difference(deployment: Deployment) -> None:
    _load(deployment, _document())
    before = deployment.client.get(f"{SMALL}/ledger/head").json()["revision"]
    body = {"indicator": "revenue", "year": 2024, "value": 150, "reason": "the work plan"}
    headers = deployment.key("administrator")
    assert deployment.client.post(f"{SMALL}/targets", json=body, headers=headers).status_code == 201
    (found,) = deployment.client.get(f"{SMALL}/diff", params={"from": before}).json()["tasks"]
    assert (found["year"], found["before"], found["after"]) == (2024, None, 150)
    assert (found["comparator_before"], found["reason"]) == (None, "the work plan")


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"year": 2026}, "year", "plan_year"),
        ({"area": "nowhere"}, "area", "unknown_reference"),
        ({"indicator": "output"}, "indicator", "unknown_reference"),
        ({"unit": "人"}, "unit", "unit_of_indicator"),
        ({"value": "0.123456789"}, "value", "too_many_decimals"),
        ({"comparator": "between"}, "comparator", "task_bound"),
        ({"comparator": "lte"}, "comparator", "direction_conflict"),
        ({"indicator": "firms", "unit": "家"}, "comparator", "comparator_needed"),
        ({"indicator": "growth", "unit": "%"}, "indicator", "task_of_growth"),
    ],
)
def test_what_is_wrong_with_a_task_is_said_at_its_field(
    changed: Task, field: str, rule: str
) -> None:
    assert _faults(CITY_2025 | changed) == [("tasks", 0, field, rule)]


def test_a_year_has_one_task() -> None:
    assert _faults(CITY_2025, EAST_2025, CITY_2025) == [("tasks", 2, "year", "task_twice")]


def test_on_the_way_into_a_range_a_task_is_a_bound() -> None:
    document = _document(CITY_2025, comparator="between", value_high=220)
    (task,) = written_tasks(document)
    assert (task["comparator"], task["value"]) == ("gte", "190")
