"""Retries that are safe: one key, one report, whatever the network does."""

import threading

from tests.conftest import Deployment
from tests.writing import CITY, figure, head, report

REPORTS = f"{CITY}/reports"


def _revision(deployment: Deployment) -> int:
    revision: int = head(deployment)["revision"]
    return revision


def test_the_same_key_and_body_repeat_the_stored_answer(deployment: Deployment) -> None:
    key = deployment.key("reporter", "nanshan") | {"Idempotency-Key": "one"}
    body = report(figure())
    first = deployment.client.post(REPORTS, json=body, headers=key)
    second = deployment.client.post(REPORTS, json=body, headers=key)
    assert first.status_code == second.status_code == 201
    assert second.content == first.content
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert _revision(deployment) == 2


def test_another_body_under_the_same_key_is_refused(deployment: Deployment) -> None:
    key = deployment.key("reporter", "nanshan") | {"Idempotency-Key": "one"}
    deployment.client.post(REPORTS, json=report(figure()), headers=key)
    other = deployment.client.post(REPORTS, json=report(figure(value=1)), headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert _revision(deployment) == 2


def test_twenty_parallel_posts_with_one_key_make_one_report(deployment: Deployment) -> None:
    key = deployment.key("reporter", "nanshan") | {"Idempotency-Key": "one"}
    statuses: list[int] = []

    def post() -> None:
        answer = deployment.client.post(REPORTS, json=report(figure()), headers=key)
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=post) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 20
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert _revision(deployment) == 2


def test_a_refused_request_is_not_stored_and_may_be_mended(deployment: Deployment) -> None:
    key = deployment.key("reporter", "nanshan") | {"Idempotency-Key": "one"}
    refused = deployment.client.post(REPORTS, json=report(figure(unit="人")), headers=key)
    assert refused.status_code == 422
    mended = deployment.client.post(REPORTS, json=report(figure()), headers=key)
    assert mended.status_code == 201


def test_keys_of_different_callers_never_meet(api: Deployment) -> None:
    for area in ("nanshan", "futian"):
        key = api.key("reporter", area) | {"Idempotency-Key": "one"}
        answer = api.client.post(REPORTS, json=report(figure(), area=area), headers=key)
        assert answer.status_code == 201


def test_a_dry_run_keeps_no_answer(api: Deployment) -> None:
    key = api.key("reporter", "nanshan") | {"Idempotency-Key": "one"}
    dry = api.client.post(f"{REPORTS}?dry_run=true", json=report(figure()), headers=key)
    assert (dry.status_code, dry.json()["applied"]) == (200, False)
    real = api.client.post(REPORTS, json=report(figure()), headers=key)
    assert (real.status_code, real.json()["applied"]) == (201, True)


def test_an_empty_or_overlong_key_is_refused(api: Deployment) -> None:
    for name in ("", "x" * 256):
        key = api.key("reporter", "nanshan") | {"Idempotency-Key": name}
        answer = api.client.post(REPORTS, json=report(figure()), headers=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameter")


def test_a_dry_run_judges_the_key_as_the_real_call_does(api: Deployment) -> None:
    key = api.key("reporter", "nanshan") | {"Idempotency-Key": "x" * 256}
    for query in ("", "?dry_run=true"):
        found = api.client.post(f"{REPORTS}{query}", json=report(figure()), headers=key)
        assert (found.status_code, found.json()["errors"][0]["parameter"]) == (
            422,
            "idempotency-key",
        )


def test_an_approval_may_be_retried(deployment: Deployment) -> None:
    sent = deployment.client.post(
        REPORTS, json=report(figure()), headers=deployment.key("reporter", "nanshan")
    )
    path = f"{sent.headers['location']}/approve"
    reviewer = deployment.key("reviewer", owner="city") | {"Idempotency-Key": "approve"}
    first = deployment.client.post(path, headers=reviewer)
    second = deployment.client.post(path, headers=reviewer)
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert deployment.client.post(path, headers=deployment.key("reviewer")).status_code == 409


def test_a_file_may_be_retried(deployment: Deployment) -> None:
    body = "area,period,indicator,value,unit,basis\nnanshan,2024-Q1,value_added,120,亿元,ytd\n"
    key = deployment.key("reporter", "nanshan") | {
        "Idempotency-Key": "file",
        "content-type": "text/csv",
    }
    path = f"{REPORTS}/batch"
    first = deployment.client.post(path, content=body.encode(), headers=key)
    second = deployment.client.post(path, content=body.encode(), headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["idempotent-replayed"] == "true"
    assert _revision(deployment) == 2


def test_a_revoked_key_replays_nothing(api: Deployment) -> None:
    key = api.key("reporter", "nanshan")
    headers = key | {"Idempotency-Key": "one"}
    assert api.client.post(REPORTS, json=report(figure()), headers=headers).status_code == 201
    api.revoke(key)
    again = api.client.post(REPORTS, json=report(figure()), headers=headers)
    assert (again.status_code, again.json()["code"]) == (401, "key_invalid")
