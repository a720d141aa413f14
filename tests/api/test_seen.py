"""``If-Match`` on decisions and corrections: what was read must still be so, or nothing happens."""

from typing import Any

import pytest

from tests.conftest import Deployment
from tests.writing import CITY, Json, decide, figure, nothing_stored, report, submit

WORKERS = "new_software_workers"
Headers = dict[str, str]


def _read(deployment: Deployment, sent: Any, headers: Headers, **extra: str) -> Headers:
    """The header that a client sends who has just read a report."""
    found = deployment.client.get(sent.headers["location"], headers=headers | extra)
    assert found.status_code == 200
    return {"If-Match": found.headers["etag"]}


def _body(action: str) -> Json | None:
    return {"reason_code": "wrong_unit", "reason": "look again"} if action == "return" else None


@pytest.mark.parametrize("action", ["approve", "return", "withdraw"])
def test_a_decision_on_what_was_read_is_taken(deployment: Deployment, action: str) -> None:
    nanshan = deployment.key("reporter", "nanshan")
    decider = nanshan if action == "withdraw" else deployment.key("reviewer", owner="city")
    sent = submit(deployment, nanshan, figure())
    seen = _read(deployment, sent, decider)
    path = f"{sent.headers['location']}/{action}"
    done = deployment.client.post(path, json=_body(action), headers=decider | seen)
    assert done.status_code == 200


@pytest.mark.parametrize("action", ["approve", "return", "withdraw"])
def test_a_decision_on_what_has_changed_since_is_412(deployment: Deployment, action: str) -> None:
    nanshan = deployment.key("reporter", "nanshan")
    decider = nanshan if action == "withdraw" else deployment.key("reviewer", owner="city")
    sent = submit(deployment, nanshan, figure(value=812), figure(WORKERS, 3000))
    seen = _read(deployment, sent, decider)
    # One of its two figures is replaced; the other one still waits.
    assert submit(deployment, nanshan, figure(value=813), correction_reason="recount").is_success
    path = f"{sent.headers['location']}/{action}"
    with nothing_stored(deployment):
        late = deployment.client.post(path, json=_body(action), headers=decider | seen)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert late.headers["content-type"] == "application/problem+json"
    now = _read(deployment, sent, decider)
    done = deployment.client.post(path, json=_body(action), headers=decider | now)
    assert done.status_code == 200


def test_of_two_reviewers_with_the_same_view_one_is_told(deployment: Deployment) -> None:
    sent = submit(deployment, deployment.key("reporter", "nanshan"), figure())
    first, second = (deployment.key("reviewer", owner=name) for name in ("first", "second"))
    path = f"{sent.headers['location']}/approve"
    seen = [_read(deployment, sent, each) for each in (first, second)]
    assert deployment.client.post(path, headers=first | seen[0]).status_code == 200
    assert deployment.client.post(path, headers=second | seen[1]).status_code == 412


@pytest.mark.parametrize(
    ("header", "status"),
    [("*", 200), ('"0123456789abcdef0123456789abcdef"', 412), ("nonsense", 412), ("", 412)],
)
def test_a_star_matches_what_is_there_and_a_stray_tag_nothing(
    api: Deployment, header: str, status: int
) -> None:
    sent = submit(api, api.key("reporter", "nanshan"), figure())
    headers = api.key("reviewer", owner="city") | {"If-Match": header}
    path = f"{sent.headers['location']}/approve"
    assert api.client.post(path, headers=headers).status_code == status


def test_a_tag_counts_however_the_report_was_read(api: Deployment) -> None:
    """Compressed, in the other language, among other tags; but not as a weak tag (RFC 9110)."""
    nanshan, reviewer = api.key("reporter", "nanshan"), api.key("reviewer", owner="city")
    sent = submit(api, nanshan, figure(value=812, note="with the new park " * 60))
    slipped = submit(api, nanshan, figure(value=8120000), period="2024-Q4")
    for each, how in (
        (sent, {"Accept-Encoding": "gzip"}),
        (slipped, {"Accept-Language": "zh", "Accept-Encoding": "identity"}),
    ):
        tag = _read(api, each, reviewer, **how)["If-Match"]
        assert tag.endswith('-gzip"') is (each is sent)
        path = f"{each.headers['location']}/approve"
        weak = api.client.post(path, headers=reviewer | {"If-Match": f"W/{tag}"})
        assert weak.status_code == 412
        among = api.client.post(path, headers=reviewer | {"If-Match": f'"other", {tag}'})
        assert among.status_code == 200


def test_who_may_not_decide_is_told_so_first(api: Deployment) -> None:
    nanshan = api.key("reporter", "nanshan")
    sent = submit(api, nanshan, figure())
    stale = {"If-Match": '"stale"'}
    path = f"{sent.headers['location']}/approve"
    assert api.client.post(path, headers=nanshan | stale).status_code == 403
    assert api.client.post(path, headers=stale).status_code == 401
    reviewer = api.key("reviewer") | stale
    assert api.client.post(f"{CITY}/reports/r99-1/approve", headers=reviewer).status_code == 404


def test_a_correction_of_what_was_read_is_taken_and_a_later_one_is_412(
    deployment: Deployment,
) -> None:
    nanshan, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    first = submit(deployment, nanshan, figure(value=812))
    assert decide(deployment, reviewer, first, "approve").status_code == 200
    seen = _read(deployment, first, nanshan)

    def correct(value: int, headers: Headers, query: str = "") -> Any:
        body = report(figure(value=value), correction_reason="recount")
        return deployment.client.post(
            f"{CITY}/reports{query}", json=body, headers=nanshan | headers
        )

    assert correct(813, seen, "?dry_run=true").status_code == 200
    taken = correct(813, seen)
    assert taken.status_code == 201
    # The official report still reads as before, but it is not the newest any more.
    with nothing_stored(deployment):
        late = correct(814, seen)
        dry = correct(814, seen, "?dry_run=true")
    assert [(each.status_code, each.json()["code"]) for each in (late, dry)] == [
        (412, "precondition_failed")
    ] * 2
    assert correct(814, _read(deployment, taken, nanshan)).status_code == 201


def test_where_nothing_was_reported_nothing_was_read(api: Deployment) -> None:
    nanshan = api.key("reporter", "nanshan")
    for header in ("*", '"0123456789abcdef0123456789abcdef"'):
        headers = nanshan | {"If-Match": header, "Accept-Language": "zh"}
        with nothing_stored(api):
            answer = api.client.post(f"{CITY}/reports", json=report(figure()), headers=headers)
        assert answer.status_code == 412
        assert answer.json()["detail"] == (
            "nanshan 没有 2024-Q3 的报送可供读取。未保存任何数据。"
            "请重新读取，并在 If-Match 中使用新的 ETag。"
        )


def test_a_batch_names_the_newest_report_of_every_area(api: Deployment) -> None:
    reviewer = api.key("reviewer", owner="city")
    sent = [
        submit(api, api.key("reporter", area), figure(value=80), area=area)
        for area in ("nanshan", "futian")
    ]
    tags = [_read(api, each, reviewer)["If-Match"] for each in sent]
    again = [
        report(figure(value=81), area=area, correction_reason="recount")
        for area in ("nanshan", "futian")
    ]

    def send(header: str) -> Any:
        headers = reviewer | {"If-Match": header}
        return api.client.post(f"{CITY}/reports/batch", json={"reports": again}, headers=headers)

    with nothing_stored(api):
        assert send(tags[0]).status_code == 412
    assert send(", ".join(tags)).status_code == 201
