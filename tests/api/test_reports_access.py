"""Who may submit, see and decide: by role, area, plan and key."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import NOW, Deployment
from tests.writing import CITY, decide, deployed_once, figure, nothing_stored, report, submit


@pytest.fixture(scope="module")
def once(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed_once(sqlite_template, tmp_path_factory.mktemp("once")) as deployment:
        yield deployment


@pytest.fixture
def refusing(once: Deployment) -> Iterator[Deployment]:
    """The deployment that every refusal leaves as it was."""
    once.clock.now = NOW
    with nothing_stored(once):
        yield once


# Each report says something new.
VALUES = count(1)
WRITES = ["", "/r2-1/approve", "/r2-1/return", "/r2-1/withdraw"]


@pytest.mark.parametrize("write", WRITES)
def test_a_write_without_a_key_is_401(refusing: Deployment, write: str) -> None:
    body = {"": report(figure()), "/r2-1/return": {"reason_code": "other", "reason": "wrong"}}
    answer = refusing.client.post(f"{CITY}/reports{write}", json=body.get(write))
    assert (answer.status_code, answer.json()["code"]) == (401, "key_required")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer dabiao_000000000000_x", "Basic YTpi", "dabiao", "é"]
)
def test_a_key_that_is_none_is_401(refusing: Deployment, header: str) -> None:
    headers = {b"Authorization": header.encode()}
    answer = refusing.client.post(f"{CITY}/reports", json=report(figure()), headers=headers)
    assert answer.status_code == 401
    assert header not in answer.text or len(header) < 8


def test_an_expired_key_is_401_from_its_last_second_on(refusing: Deployment) -> None:
    headers = refusing.key("reporter", "nanshan", expires_days=1)
    assert submit(refusing, headers, figure(), query="?dry_run=true").status_code == 200
    refusing.clock.now = NOW.replace(day=NOW.day + 1)
    answer = submit(refusing, headers, figure())
    assert (answer.status_code, answer.json()["code"]) == (401, "key_invalid")


def test_a_reporter_submits_for_own_areas_only(refusing: Deployment) -> None:
    headers = refusing.key("reporter", "nanshan", "futian")
    answer = submit(refusing, headers, figure(), area="luohu")
    assert (answer.status_code, answer.json()["code"]) == (403, "area_not_allowed")
    answer = submit(refusing, headers, figure(), area="shenzhen")
    assert answer.status_code == 403
    assert submit(refusing, headers, figure(), area="futian", query="?dry_run=true").is_success


@pytest.mark.parametrize("role", ["reader", "administrator"])
def test_a_role_that_reports_nothing_may_not_submit(refusing: Deployment, role: str) -> None:
    answer = submit(refusing, refusing.key(role), figure())
    assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


def test_a_key_for_another_plan_may_not_submit(refusing: Deployment) -> None:
    headers = refusing.key("reporter", "nanshan", plan="china-software-2025")
    answer = submit(refusing, headers, figure())
    assert (answer.status_code, answer.json()["code"]) == (403, "plan_not_allowed")


def test_a_plan_that_is_not_there_is_404(refusing: Deployment) -> None:
    answer = refusing.client.post(
        "/api/v1/plans/atlantis-2030/reports",
        json=report(figure()),
        headers=refusing.key("reporter", "nanshan"),
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_plan")


@pytest.mark.parametrize("role", ["reader", "administrator", "reporter"])
def test_only_a_reviewer_approves_and_returns(once: Deployment, role: str) -> None:
    once.clock.now = NOW
    nanshan = once.key("reporter", "nanshan")
    sent = submit(once, nanshan, figure(value=next(VALUES)), correction_reason="recount")
    headers = once.key(role, *(["nanshan"] if role == "reporter" else []))
    with nothing_stored(once):
        for action in ("approve", "return"):
            answer = decide(once, headers, sent, action)
            assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")


@pytest.mark.parametrize("role", ["reader", "administrator", "reviewer"])
def test_only_the_district_itself_withdraws(once: Deployment, role: str) -> None:
    once.clock.now = NOW
    nanshan = once.key("reporter", "nanshan")
    sent = submit(once, nanshan, figure(value=next(VALUES)), correction_reason="recount")
    headers = once.key(role)
    with nothing_stored(once):
        assert decide(once, headers, sent, "withdraw").status_code == 403


def test_reports_of_another_district_are_not_there_for_a_reporter(
    deployment: Deployment,
) -> None:
    nanshan = deployment.key("reporter", "nanshan")
    futian = deployment.key("reporter", "futian")
    sent = submit(deployment, nanshan, figure())
    with nothing_stored(deployment):
        found = deployment.client.get(sent.headers["location"], headers=futian)
        assert (found.status_code, found.json()["code"]) == (404, "not_found")
        assert decide(deployment, futian, sent, "withdraw").status_code == 404
        listed = deployment.client.get(f"{CITY}/reports", headers=futian)
        assert (listed.json()["total"], listed.json()["items"]) == (0, [])
        asked = deployment.client.get(f"{CITY}/reports?area=nanshan", headers=futian)
        assert asked.json()["total"] == 0
    for role in ("reader", "reviewer", "administrator"):
        headers = deployment.key(role)
        assert deployment.client.get(sent.headers["location"], headers=headers).is_success
        assert deployment.client.get(f"{CITY}/reports", headers=headers).json()["total"] == 1


def test_reports_need_a_key_and_one_for_the_plan(once: Deployment) -> None:
    assert once.client.get(f"{CITY}/reports").status_code == 401
    assert once.client.get(f"{CITY}/reports/r2-1").status_code == 401
    other = once.key("reader", plan="china-software-2025")
    assert once.client.get(f"{CITY}/reports", headers=other).status_code == 403
    assert once.client.get(f"{CITY}/reports/r2-1", headers=other).status_code == 403


def test_allowed_actions_are_those_that_the_caller_may_take(deployment: Deployment) -> None:
    nanshan = deployment.key("reporter", "nanshan", owner="nanshan")
    other_of_owner = deployment.key("reviewer", owner="nanshan")
    reviewer = deployment.key("reviewer")
    sent = submit(deployment, nanshan, figure())
    place = sent.headers["location"]

    def actions(headers: dict[str, str]) -> list[str]:
        found: list[str] = deployment.client.get(place, headers=headers).json()["allowed_actions"]
        return sorted(found)

    assert actions(nanshan) == ["withdraw"]
    assert actions(reviewer) == ["approve", "return"]
    assert "approve" not in actions(other_of_owner)
    assert actions(deployment.key("reader")) == []
    decide(deployment, reviewer, sent, "approve")
    assert actions(reviewer) == actions(nanshan) == []


def test_pending_figures_are_seen_by_their_own_district_and_by_who_sees_all(
    deployment: Deployment,
) -> None:
    submit(deployment, deployment.key("reporter", "nanshan"), figure(value=5))
    query = {"indicator": "value_added", "period": "2024-Q3", "view": "provisional"}
    place = f"{CITY}/observations"

    def total(headers: dict[str, str]) -> int:
        found = deployment.client.get(place, params=query, headers=headers)
        assert found.status_code == 200, found.text
        count: int = found.json()["total"]
        return count

    assert deployment.client.get(place, params=query).status_code == 401
    assert total(deployment.key("reporter", "futian")) == 0
    assert total(deployment.key("reporter", "nanshan")) == 1
    assert [total(deployment.key(role)) for role in ("reader", "reviewer")] == [1, 1]
    official = deployment.client.get(place, params=query | {"view": "official"})
    assert official.json()["total"] == 0


@pytest.mark.parametrize(("name", "typo"), [("area", "nanshn"), ("status", "aproved")])
def test_a_list_of_reports_refuses_what_cannot_be_there(
    refusing: Deployment, name: str, typo: str
) -> None:
    """An empty list would say that nothing was submitted."""
    key = refusing.key("reviewer")
    found = refusing.client.get(f"{CITY}/reports?{name}={typo}", headers=key)
    (error,) = found.json()["errors"]
    assert (found.status_code, error["parameter"], error["code"]) == (422, name, "unknown_code")
