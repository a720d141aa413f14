"""What an intake keeps from one write to the next is what the tables say, whatever happened."""

from collections.abc import Mapping
from typing import Any

from app.services.intake.live import AreaFigures, KnownIntake, load_area, load_known
from app.services.ledger.entries import lock_plan
from tests.conftest import Deployment
from tests.writing import CITY, decide, figure, missing, report, submit

PLAN = "shenzhen-software-2025"


def _kept(deployment: Deployment) -> tuple[KnownIntake | None, KnownIntake]:
    """What is kept under the digest of the head, and what a new process would know."""
    app: Any = deployment.client.app
    with deployment.database.write_transaction() as session:
        plan = lock_plan(session, PLAN)
        found = app.state.writer.kept["intakes"].get((PLAN, plan.digest))
        return found, load_known(session, plan)


def _read_areas(deployment: Deployment, codes: Mapping[str, Any]) -> dict[str, AreaFigures]:
    with deployment.database.write_transaction() as session:
        plan = lock_plan(session, PLAN)
        definition = load_known(session, plan).definition
        return {code: load_area(session, plan, code, definition) for code in codes}


def _check(deployment: Deployment, *areas: str) -> None:
    found, read = _kept(deployment)
    assert found is not None
    assert {*found.areas} == {*areas}
    assert found.areas == _read_areas(deployment, found.areas)
    for name in ("revision", "definition", "first_period", "extensions"):
        assert getattr(found, name) == getattr(read, name), name


def test_after_every_report_what_is_kept_is_what_the_tables_say(deployment: Deployment) -> None:
    nanshan, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    luohu = deployment.key("reporter", "luohu")
    submit(deployment, nanshan, figure(value=812.4), figure("rd_institutions", 3))
    _check(deployment, "nanshan")
    second = submit(deployment, nanshan, figure(value=813), correction_reason="recount")
    _check(deployment, "nanshan")
    submit(deployment, luohu, missing(), area="luohu")
    _check(deployment, "nanshan", "luohu")
    # A decision is an entry of another kind: the next report is led over it.
    decide(deployment, reviewer, second, "approve")
    assert _kept(deployment)[0] is None
    submit(deployment, luohu, figure(value=2), area="luohu", correction_reason="late")
    _check(deployment, "luohu")
    third = submit(deployment, nanshan, figure(value=814), correction_reason="recount")
    _check(deployment, "nanshan", "luohu")
    decide(deployment, nanshan, third, "withdraw")
    sent = submit(deployment, nanshan, figure(value=813))
    assert (sent.status_code, sent.json()["summary"]["unchanged"]) == (200, 1)


def test_what_was_undone_is_never_built_on(deployment: Deployment) -> None:
    nanshan = deployment.key("reporter", "nanshan")
    submit(deployment, nanshan, figure(value=1))
    _check(deployment, "nanshan")
    body = report(figure(value=2), correction_reason="recount")
    tried = deployment.client.post(f"{CITY}/reports?dry_run=true", json=body, headers=nanshan)
    assert tried.json()["summary"]["updated"] == 1
    refused = submit(deployment, nanshan, figure(value=3))
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["facts"]["live"] == "1"
    _check(deployment, "nanshan")


def test_a_batch_and_a_changed_target_leave_nothing_stale(deployment: Deployment) -> None:
    nanshan = deployment.key("reporter", "nanshan")
    submit(deployment, nanshan, figure(value=1))
    reports = [report(figure(value=5), period=p, correction_reason="r") for p in ("2024-Q2",)]
    reports.append(report(figure(value=6), correction_reason="r"))
    batch = deployment.client.post(
        f"{CITY}/reports/batch", json={"reports": reports}, headers=nanshan
    )
    assert batch.status_code == 201, batch.text
    _check(deployment)
    target = {"indicator": "value_added", "value": 4500, "reason": "mid-term"}
    administrator = deployment.key("administrator")
    answer = deployment.client.post(f"{CITY}/targets", json=target, headers=administrator)
    assert answer.status_code == 201, answer.text
    submit(deployment, nanshan, figure(value=7), correction_reason="recount")
    _check(deployment, "nanshan")


def test_the_answer_to_a_report_is_what_is_read_of_it(deployment: Deployment) -> None:
    nanshan = deployment.key("reporter", "nanshan")
    sent = submit(
        deployment, nanshan, figure(value=8124000.5, unit="万元"), missing("rd_institutions")
    )
    assert sent.status_code == 201, sent.text
    read = deployment.client.get(sent.headers["location"], headers=nanshan)
    assert sent.json()["report"] == read.json()
