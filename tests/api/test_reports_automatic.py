"""Where a plan reviews automatically, a report is official at once."""

import pytest

from app.formats.plans.plan_file import read_plan_file
from app.schemas.document.plan import PlanDocument
from app.services.plans.loading import load_plan
from tests.conftest import NOW, ROOT, Deployment
from tests.writing import figure, missing, read_tables, report

CODE = "automatic-2025"
PLAN = f"/api/v1/plans/{CODE}"


def _automatic() -> PlanDocument:
    document = read_plan_file(ROOT / "seeds" / "plans" / "shenzhen-software-2025.yaml")
    plan = document.plan.model_copy(update={"code": CODE})
    settings = document.settings.model_copy(update={"review": "automatic"})
    return document.model_copy(update={"plan": plan, "settings": settings})


@pytest.fixture
def automatic(deployment: Deployment) -> Deployment:
    with deployment.database.write_transaction() as session:
        load_plan(session, _automatic(), now=NOW)
    return deployment


def test_a_report_is_approved_and_official_in_its_own_revision(automatic: Deployment) -> None:
    headers, client = automatic.key("reporter", "nanshan"), automatic.client
    body = report(figure(value=5), missing("rd_institutions"))
    answer = client.post(f"{PLAN}/reports", json=body, headers=headers)
    assert answer.status_code == 201
    stored = answer.json()["report"]
    assert (stored["status"], stored["allowed_actions"]) == ("approved", [])
    assert [each["status"] for each in stored["figures"]] == ["approved", "approved"]
    assert [each["status"] for each in stored["decisions"]] == ["approved"]
    found = client.get(f"{PLAN}/observations", params={"area": "nanshan"}).json()["items"]
    assert [(each["value"], each["revision"]) for each in found] == [
        (5, stored["revision"]),
        (None, stored["revision"]),
    ]
    decided = client.post(
        f"{answer.headers['location']}/approve", headers=automatic.key("reviewer")
    )
    assert (decided.status_code, decided.json()["code"]) == (409, "already_decided")


def test_a_correction_still_needs_a_reason_and_is_official_at_once(automatic: Deployment) -> None:
    headers, client = automatic.key("reporter", "nanshan"), automatic.client
    client.post(f"{PLAN}/reports", json=report(figure(value=5)), headers=headers)
    answer = client.post(f"{PLAN}/reports", json=report(figure(value=6)), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_reported")
    body = report(figure(value=6), correction_reason="recount")
    assert client.post(f"{PLAN}/reports", json=body, headers=headers).status_code == 201
    query = {"area": "nanshan", "include_history": "true"}
    found = client.get(f"{PLAN}/observations", params=query).json()["items"]
    assert [each["value"] for each in found] == [5, 6]


def test_a_dry_run_says_approved_and_leaves_no_trace(automatic: Deployment) -> None:
    headers = automatic.key("reporter", "nanshan")
    before = read_tables(automatic.database)
    answer = automatic.client.post(
        f"{PLAN}/reports?dry_run=true", json=report(figure(value=5)), headers=headers
    )
    assert answer.status_code == 200
    assert (answer.json()["applied"], answer.json()["report"]["status"]) == (False, "approved")
    assert read_tables(automatic.database) == before
