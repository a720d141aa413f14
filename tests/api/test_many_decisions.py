"""Many decisions in one request: each under the rules of a single one, all in one revision."""

from pathlib import Path
from typing import Any

import pytest

from app.database import Database
from app.migration import migrate
from app.services.ledger.events import list_events
from app.services.ledger.replaying import read_ledger, replay
from app.services.ledger.verification import verify_plan
from app.settings import Settings
from tests.conftest import Deployment
from tests.writing import (
    CITY,
    Json,
    decide,
    figure,
    head,
    nothing_stored,
    official_values,
    read_tables,
    submit,
)

PLAN = "shenzhen-software-2025"
AREAS = ("nanshan", "futian", "luohu")
Headers = dict[str, str]


def approval(report: str, **more: object) -> Json:
    return {"report": report, "decision": "approve", **more}


def rejection(report: str, **changed: object) -> Json:
    reason = {"reason_code": "wrong_unit", "reason": "The value is in 万元"}
    return {"report": report, "decision": "return", **reason, **changed}


def decide_all(
    deployment: Deployment, headers: Headers, *decisions: object, query: str = ""
) -> Any:
    body = {"decisions": list(decisions)}
    return deployment.client.post(f"{CITY}/reports/decisions{query}", json=body, headers=headers)


def told(answer: Any) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in answer.json()["errors"]]


@pytest.fixture
def reviewer(deployment: Deployment) -> Headers:
    return deployment.key("reviewer", owner="city")


@pytest.fixture
def reports(deployment: Deployment) -> list[str]:
    """A report of each of three districts, which wait for a decision."""
    return send_all(deployment)


def send_all(deployment: Deployment, value: int = 80, **changed: str) -> list[str]:
    sent = [
        submit(
            deployment, deployment.key("reporter", area), figure(value=value), area=area, **changed
        )
        for area in AREAS
    ]
    return [each.json()["report"]["id"] for each in sent]


def test_many_reports_are_decided_on_in_one_revision(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    before = head(deployment)["revision"]
    first, second, third = reports
    answer = decide_all(
        deployment,
        reviewer,
        approval(first, note="checked with the yearbook"),
        rejection(second),
        approval(third),
    )
    assert answer.status_code == 201
    assert answer.json() == {
        "applied": True,
        "revision": before + 1,
        "reports": [
            {
                "id": report,
                "status": status,
                "area": area,
                "period": "2024-Q3",
                "figures": 1,
            }
            for report, area, status in zip(
                reports, AREAS, ["approved", "returned", "approved"], strict=True
            )
        ],
        "summary": {"approved": 2, "returned": 1, "rejected": 0},
        "errors": [],
    }
    assert head(deployment)["revision"] == before + 1
    seen = [
        deployment.client.get(f"{CITY}/reports/{each}", headers=reviewer).json() for each in reports
    ]
    assert [(each["status"], *_of_decision(each)) for each in seen] == [
        ("approved", "city", None, "checked with the yearbook", before + 1),
        ("returned", "city", "wrong_unit", "The value is in 万元", before + 1),
        ("approved", "city", None, None, before + 1),
    ]
    assert [official_values(deployment, area=area) for area in AREAS] == [[80], [], [80]]
    # As of the submissions nothing was official yet.
    assert official_values(deployment, as_of=str(before)) == []


def _of_decision(report: Json) -> tuple[object, ...]:
    (decision,) = report["decisions"]
    return tuple(decision[name] for name in ("decided_by", "reason_code", "reason", "revision"))


def test_one_decision_of_many_is_recorded_like_a_single_one(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    def newest() -> tuple[str, str, Json]:
        revision = head(deployment)["revision"]
        row = deployment.client.get(f"{CITY}/ledger/{revision}", headers=reviewer).json()
        return row["action"], row["subject"], row["payload"]

    assert decide_all(deployment, reviewer, rejection(reports[0])).status_code == 201
    payload = {"reason_code": "wrong_unit", "reason": "The value is in 万元"}
    assert newest() == ("return", reports[0], {"report": reports[0], **payload})
    assert decide_all(deployment, reviewer, approval(reports[1])).status_code == 201
    expected = {"report": reports[1], "note": None, "indicators": ["value_added"]}
    assert newest() == ("approve", reports[1], expected)


def test_all_is_one_transaction(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    before = read_tables(deployment.database)
    decide_all(deployment, reviewer, *map(approval, reports[:2]), rejection(reports[2]))
    after = read_tables(deployment.database)
    added = {name: len(after[name]) - len(before[name]) for name in after}
    assert {name: count for name, count in added.items() if count} == {
        "ledger": 1,
        "decision": 3,
        "observation": 2,
    }


def test_one_error_refuses_all_and_every_error_is_named_at_its_place(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    own = submit(deployment, reviewer, figure("rd_institutions", 2)).json()["report"]["id"]
    decide_all(deployment, reviewer, approval(reports[1]))
    with nothing_stored(deployment):
        answer = decide_all(
            deployment,
            reviewer,
            approval(reports[0]),
            approval(own),
            rejection(reports[1]),
            approval("r99-1"),
            approval(reports[0]),
            {"report": reports[2], "decision": "retrun"},
            rejection(reports[2], reason="?", note="x"),
            "r5-1",
            {"decision": "approve"},
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "decisions_refused")
    assert told(answer) == [
        ("/decisions/1/report", "self_approval"),
        ("/decisions/2/report", "already_decided"),
        ("/decisions/3/report", "not_found"),
        ("/decisions/4/report", "invalid"),
        ("/decisions/5/decision", "invalid"),
        ("/decisions/6/reason", "invalid"),
        ("/decisions/6/note", "unknown_field"),
        ("/decisions/7", "invalid"),
        ("/decisions/8/report", "required"),
    ]


def test_partial_takes_what_is_right_and_tells_the_rest(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    answer = decide_all(
        deployment,
        reviewer,
        approval(reports[0]),
        rejection(reports[1], reason_code="wrong"),
        approval("r99-1"),
        query="?mode=partial",
    )
    assert answer.status_code == 207
    assert answer.json()["applied"] is True
    assert [each["id"] for each in answer.json()["reports"]] == [reports[0]]
    assert answer.json()["summary"] == {"approved": 1, "returned": 0, "rejected": 2}
    assert told(answer) == [
        ("/decisions/1/reason_code", "invalid"),
        ("/decisions/2/report", "not_found"),
    ]
    assert [official_values(deployment, area=area) for area in AREAS] == [[80], [], []]


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_where_no_decision_is_left_nothing_is_stored(api: Deployment, mode: str) -> None:
    reports, reviewer = send_all(api), api.key("reviewer", owner="city")
    decide_all(api, reviewer, *map(approval, reports[:2]))
    with nothing_stored(api):
        late = decide_all(api, reviewer, *map(rejection, reports[:2]), query=f"?mode={mode}")
    assert (late.status_code, late.json()["code"]) == (409, "already_decided")
    assert told(late) == [
        ("/decisions/0/report", "already_decided"),
        ("/decisions/1/report", "already_decided"),
    ]


def test_nobody_decides_on_own_reports_among_others(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    own = [
        submit(deployment, reviewer, figure(code, 2)).json()["report"]["id"]
        for code in ("rd_institutions", "revenue_10bn_plus")
    ]
    with nothing_stored(deployment):
        answer = decide_all(deployment, reviewer, approval(own[0]), rejection(own[1]))
    assert (answer.status_code, answer.json()["code"]) == (403, "self_approval")
    assert told(answer) == [
        ("/decisions/0/report", "self_approval"),
        ("/decisions/1/report", "self_approval"),
    ]
    mixed = decide_all(
        deployment, reviewer, approval(own[0]), approval(reports[0]), query="?mode=partial"
    )
    assert (mixed.status_code, told(mixed)) == (207, [("/decisions/0/report", "self_approval")])
    other = deployment.key("reviewer", owner="deputy")
    assert decide_all(deployment, other, *map(approval, own)).status_code == 201


def test_a_report_whose_figures_were_all_replaced_is_superseded(api: Deployment) -> None:
    nanshan, reviewer = api.key("reporter", "nanshan"), api.key("reviewer", owner="city")
    old = submit(api, nanshan, figure(value=5)).json()["report"]["id"]
    new = submit(api, nanshan, figure(value=6), correction_reason="recount").json()["report"]["id"]
    with nothing_stored(api):
        answer = decide_all(api, reviewer, approval(old), approval(new))
    assert (answer.status_code, answer.json()["code"]) == (409, "superseded")
    assert told(answer) == [("/decisions/0/report", "superseded")]


def test_a_dry_run_says_what_would_be_and_stores_nothing(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    decisions = [approval(reports[0]), rejection(reports[1])]
    with nothing_stored(deployment):
        dry = decide_all(deployment, reviewer, *decisions, query="?dry_run=true")
        half = decide_all(deployment, reviewer, *decisions, {}, query="?dry_run=true&mode=partial")
        bad = decide_all(deployment, reviewer, *decisions, {}, query="?dry_run=true")
    assert (dry.status_code, half.status_code, bad.status_code) == (200, 207, 422)
    real = decide_all(deployment, reviewer, *decisions)
    assert real.status_code == 201
    assert dry.json() == {**real.json(), "applied": False}
    assert half.json()["applied"] is False


def test_a_retry_repeats_the_answer(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    headers = reviewer | {"Idempotency-Key": "monday"}
    first = decide_all(deployment, headers, *map(approval, reports))
    with nothing_stored(deployment):
        again = decide_all(deployment, headers, *map(approval, reports))
        other = decide_all(deployment, headers, *map(rejection, reports))
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_every_report_must_still_read_as_the_reviewer_has_seen_it(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    tags = [
        deployment.client.get(f"{CITY}/reports/{each}", headers=reviewer).headers["etag"]
        for each in reports
    ]
    seen = reviewer | {"If-Match": ", ".join(tags)}
    decide(
        deployment,
        deployment.key("reviewer", owner="deputy"),
        _Sent(f"{CITY}/reports/{reports[1]}"),
        "approve",
    )
    with nothing_stored(deployment):
        late = decide_all(deployment, seen, *map(approval, reports))
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert told(late) == [("/decisions/1/report", "precondition_failed")]
    assert late.json()["errors"][0]["message"] == (
        f"Report {reports[1]} has changed since you read it. "
        "Read it again, and use its new ETag in If-Match."
    )
    half = decide_all(deployment, seen, *map(approval, reports), query="?mode=partial")
    assert half.status_code == 207
    assert [each["id"] for each in half.json()["reports"]] == [reports[0], reports[2]]


class _Sent:
    """A report by its place, as ``decide`` takes it."""

    def __init__(self, location: str) -> None:
        self.headers = {"location": location}


@pytest.mark.parametrize(
    ("role", "status", "code"),
    [
        ("reporter", 403, "role_not_allowed"),
        ("reader", 403, "role_not_allowed"),
        ("administrator", 403, "role_not_allowed"),
        (None, 401, "key_required"),
    ],
)
def test_only_reviewers_decide(api: Deployment, role: str | None, status: int, code: str) -> None:
    reports = send_all(api)
    areas = AREAS if role == "reporter" else ()
    headers = {} if role is None else api.key(role, *areas)
    with nothing_stored(api):
        answer = decide_all(api, headers, *map(approval, reports))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_reviewer_of_another_plan_decides_nothing_here(api: Deployment) -> None:
    reports = send_all(api)
    headers = api.key("reviewer", plan="china-software-2025")
    with nothing_stored(api):
        answer = decide_all(api, headers, *map(approval, reports))
    assert (answer.status_code, answer.json()["code"]) == (403, "plan_not_allowed")


@pytest.mark.parametrize("body", [{}, {"decisions": []}, {"decisions": {}}, [], {"decision": []}])
def test_a_body_without_decisions_is_refused(api: Deployment, body: object) -> None:
    with nothing_stored(api):
        answer = api.client.post(
            f"{CITY}/reports/decisions", json=body, headers=api.key("reviewer")
        )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameter")


def test_errors_are_told_in_chinese(api: Deployment) -> None:
    reports, reviewer = send_all(api), api.key("reviewer", owner="city")
    own = submit(api, reviewer, figure("rd_institutions", 2)).json()["report"]["id"]
    headers = reviewer | {"Accept-Language": "zh"}
    answer = decide_all(api, headers, approval(own), approval(reports[0]), approval(reports[0]))
    assert answer.json()["title"] == "审核决定未保存"
    assert answer.json()["detail"] == "未保存任何审核决定。下列 2 个问题注明了位置和处理办法。"
    assert [each["message"] for each in answer.json()["errors"]] == [
        (
            f"任何人不得审核本人报送的数据。报送 {own} 由 city 报送，"
            "而您以同一身份操作，须由其他审核员审核。"
        ),
        f"“{reports[0]}”无效。本次请求中已有对同一报送的审核决定，只保留一条。",
    ]


def test_the_public_reads_of_the_approvals_and_nothing_of_the_returns(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    decide_all(deployment, reviewer, approval(reports[0]), rejection(reports[1]))
    revision = head(deployment)["revision"]
    luohu, futian = (deployment.key("reporter", area) for area in ("luohu", "futian"))
    seen = [
        deployment.client.get(f"{CITY}/ledger/{revision}", headers=headers).json()
        for headers in ({}, luohu, futian, reviewer)
    ]
    taken = approval(reports[0], note=None, indicators=["value_added"])
    assert [each["payload"]["decisions"] for each in seen] == [
        [taken],
        [taken],
        [taken],
        [taken, rejection(reports[1])],
    ]
    assert {(each["action"], each["actor"], each["subject"]) for each in seen} == {
        ("decide", "city", reports[0])
    }


def test_returns_alone_leave_every_official_answer_as_it_was(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    paths = [f"{CITY}/{name}" for name in ("gaps", "overview", "ledger", "observations")]
    before = {path: deployment.client.get(path).headers["etag"] for path in paths}
    assert decide_all(deployment, reviewer, *map(rejection, reports)).status_code == 201
    assert {path: deployment.client.get(path).headers["etag"] for path in paths} == before
    revision = head(deployment)["revision"]
    own, other = (deployment.key("reporter", *areas) for areas in (AREAS, ("nanshan",)))

    def reads(headers: Headers) -> tuple[object, object, object]:
        row = deployment.client.get(f"{CITY}/ledger/{revision}", headers=headers).json()
        return row["actor"], row["subject"], row["payload"]

    assert reads(other) == (None, None, None)
    assert reads(own) == ("city", "3 reports", None)
    assert reads(reviewer)[2]["decisions"] == [rejection(each) for each in reports]  # type: ignore[index]


def test_what_the_approvals_restate_is_in_the_entry(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    decide_all(deployment, reviewer, *map(approval, reports))
    deployment.client.post(
        f"{CITY}/publications", json={"name": "march"}, headers=deployment.key("administrator")
    )
    again = send_all(deployment, 81, correction_reason="recount")
    decide_all(deployment, reviewer, *map(approval, again[:2]), rejection(again[2]))
    revision = head(deployment)["revision"]
    row = deployment.client.get(f"{CITY}/ledger/{revision}").json()
    assert row["subject"] == "2 reports"
    assert row["restatement"]["publications"] == ["march"]
    assert [
        (each["area"], each["before"], each["after"]) for each in row["restatement"]["figures"]
    ] == [("futian", 80, 81), ("nanshan", 80, 81)]


def test_what_is_known_for_intake_follows_many_decisions(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    """A returned figure is not live any more, an approved one is, and a report answers a return."""
    decide_all(deployment, reviewer, approval(reports[0]), rejection(reports[1]))
    futian = submit(deployment, deployment.key("reporter", "futian"), figure(), area="futian")
    assert (futian.status_code, futian.json()["summary"]["created"]) == (201, 1)
    assert futian.json()["report"]["resubmits"] == reports[1]
    nanshan = submit(deployment, deployment.key("reporter", "nanshan"), figure(value=81))
    assert (nanshan.status_code, nanshan.json()["code"]) == (409, "already_reported")


def test_the_ledger_verifies_and_replays(
    deployment: Deployment, reviewer: Headers, reports: list[str], tmp_path: Path
) -> None:
    decisions = [approval(reports[0], note="checked"), rejection(reports[1])]
    assert decide_all(deployment, reviewer, *decisions).status_code == 201
    assert decide_all(deployment, reviewer, approval(reports[2])).status_code == 201
    blank, copy = (
        Database(Settings(database_url=f"sqlite:///{tmp_path}/{name}.db"))
        for name in ("blank", "copy")
    )
    for each in (blank, copy):
        migrate(each)
    with deployment.database.read_session() as session:
        assert verify_plan(session, PLAN, blank) == []
        with copy.write_transaction() as other:
            assert replay(other, PLAN, read_ledger(session, PLAN)) is None
    assert read_tables(copy)["decision"] == read_tables(deployment.database)["decision"]
    blank.dispose()
    copy.dispose()


def test_listeners_hear_of_one_event(
    deployment: Deployment, reviewer: Headers, reports: list[str]
) -> None:
    before = head(deployment)["revision"]
    decide_all(deployment, reviewer, *map(approval, reports[:2]), rejection(reports[2]))
    with deployment.database.read_session() as session:
        (event,) = list_events(session, PLAN, after=before, principal=None).events
    assert (event.action, event.subject, event.touched.areas) == (
        "decide",
        "2 reports",
        ["futian", "nanshan"],
    )
