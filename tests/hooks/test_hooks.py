"""Web hooks: who creates them, what they are told, and that all of it is in the write itself."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from app.cli.commands import main
from app.database import Database
from app.formats.plans.plan_file import read_plan_file
from app.migration import migrate
from app.services.ledger.archive import export_ledger
from app.services.ledger.verification import verify_plan
from app.services.plans.revisions import revise_plan
from app.settings import Settings
from app.tables import Delivery, Hook
from app.tables import Deployment as DeploymentMark
from tests.conftest import ROOT, Deployment
from tests.hooks.receiver import Receiver, receiving
from tests.hooks.sending import CODE, create, deliver
from tests.writing import CITY, NATION, decide, figure, head, nothing_stored, places, submit

DECISIONS = ["approved", "restated", "returned", "published"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def _listed(deployment: Deployment) -> list[Any]:
    answer = deployment.client.get(f"{CITY}/hooks", headers=deployment.key("administrator"))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def _send(deployment: Deployment, value: float = 800, **more: Any) -> Any:
    reporter = deployment.key("reporter", "nanshan", owner="li")
    return submit(deployment, reporter, figure(value=value), **more)


def _approve(deployment: Deployment, value: float = 800, **more: Any) -> Any:
    sent = _send(deployment, value, **more)
    reviewer = deployment.key("reviewer", owner="wang")
    assert decide(deployment, reviewer, sent, "approve").status_code == 200
    return sent.json()["report"]["id"]


def _publish(deployment: Deployment, name: str) -> None:
    headers = deployment.key("administrator", owner="zhao")
    answer = deployment.client.post(f"{CITY}/publications", json={"name": name}, headers=headers)
    assert answer.status_code == 201


def test_a_hook_is_created_listed_and_deleted(deployment: Deployment) -> None:
    headers = deployment.key("administrator", owner="zhao")
    body = {"url": "https://example.org/in", "events": ["published", "approved"]}
    made = deployment.client.post(f"{CITY}/hooks", json=body, headers=headers)
    assert made.status_code == 201
    hook = made.json()
    assert made.headers["location"] == f"{CITY}/hooks/{hook['id']}"
    secret = hook.pop("secret")
    assert secret.startswith("whsec_")
    assert len(secret) == 50
    assert hook == {
        "id": hook["id"],
        "url": "https://example.org/in",
        "events": ["approved", "published"],
        "areas": [],
        "format": "standard",
        "created_at": "2026-03-02T01:00:00Z",
        "created_by": "zhao",
        **dict.fromkeys(["pending", "delivered", "failed"], 0),
        "last_error": None,
        "last_delivered_at": None,
    }
    assert _listed(deployment) == [hook]
    gone = deployment.client.delete(made.headers["location"], headers=headers)
    assert (gone.status_code, gone.content) == (204, b"")
    assert _listed(deployment) == []
    again = deployment.client.delete(made.headers["location"], headers=headers)
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("role", ["reader", "reporter", "reviewer"])
def test_only_an_administrator_may_touch_hooks(api: Deployment, role: str) -> None:
    headers = api.key(role, *(["nanshan"] if role == "reporter" else []))
    body = {"url": "https://example.org/in", "events": ["published"]}
    hook = create(api, "https://example.org/in", ["published"])["id"]
    answers = [
        api.client.post(f"{CITY}/hooks", json=body, headers=headers),
        api.client.get(f"{CITY}/hooks", headers=headers),
        api.client.delete(f"{CITY}/hooks/{hook}", headers=headers),
    ]
    assert [each.status_code for each in answers] == [403, 403, 403]
    assert {each.json()["code"] for each in answers} == {"role_not_allowed"}
    without = [
        api.client.post(f"{CITY}/hooks", json=body),
        api.client.get(f"{CITY}/hooks"),
        api.client.delete(f"{CITY}/hooks/{hook}"),
    ]
    assert [each.status_code for each in without] == [401, 401, 401]
    assert len(_listed(api)) == 1


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"url": "ftp://example.org/in"}, "/url"),
        ({"url": "https://user:word@example.org/in"}, "/url"),
        ({"url": "https://example.org/in#part"}, "/url"),
        ({"url": "https://exa mple.org/in"}, "/url"),
        ({"url": "https://example.org:99999/in"}, "/url"),
        ({"url": "http://example.org/in"}, "/url"),
        ({"url": "https://127.0.0.1/in"}, "/url"),
        ({"url": "https://[::1]/in"}, "/url"),
        ({"url": "https://[::ffff:10.0.0.1]/in"}, "/url"),
        ({"url": "https://192.168.1.9:8443/in"}, "/url"),
        ({"url": "https://169.254.169.254/latest"}, "/url"),
        ({"url": "https://localhost/in"}, "/url"),
        ({"events": []}, "/events"),
        ({"events": ["submitted"]}, "/events/0"),
        ({"areas": ["nowhere"]}, "/areas/0"),
        ({"format": "slack"}, "/format"),
        ({"secret": "whsec_c2hvcnQ="}, "/secret"),
        ({"secret": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, "/secret"),
        ({"secret": "whsec_no base64 at all, but long enough to be"}, "/secret"),
    ],
)
def test_what_is_no_hook_is_refused_with_its_field(
    api: Deployment, changed: dict[str, Any], pointer: str
) -> None:
    headers = api.key("administrator")
    body = {"url": "https://example.org/in", "events": ["published"], **changed}
    with nothing_stored(api):
        answer = api.client.post(f"{CITY}/hooks", json=body, headers=headers)
    assert answer.status_code == 422, answer.text
    assert [each[0] for each in places(answer)] == [pointer]


def test_the_list_of_hooks_shows_what_happened_since_it_was_asked_for(api: Deployment) -> None:
    create(api, "https://example.org/in", ["published"])
    headers = api.key("administrator")
    counts = []
    for name in ("one-2024", "two-2024"):
        _publish(api, name)
        answer = api.client.get(f"{CITY}/hooks", headers=headers)
        counts.append(answer.json()["items"][0]["pending"])
    assert counts == [1, 2]


def test_decisions_publications_and_restatements_are_told(
    deployment: Deployment, receiver: Receiver
) -> None:
    hook = create(deployment, receiver.url, DECISIONS)
    first = _approve(deployment)
    frozen = head(deployment)["revision"]
    _publish(deployment, "half-2024")
    second = _approve(deployment, 790, correction_reason="counted twice")
    sent = _send(deployment, 795, correction_reason="counted twice again")
    decide(deployment, deployment.key("reviewer", owner="wang"), sent, "return")
    third = sent.json()["report"]["id"]
    newest = head(deployment)["revision"]
    deliver(deployment)

    told = [each.json for each in receiver.got]
    plan = {"plan": "shenzhen-software-2025"}
    place = {"area": "nanshan", "period": "2024-Q3"}
    assert [(each["type"], each["data"]) for each in told] == [
        ("approved", {**plan, **place, "report": first, "revision": frozen}),
        ("published", {**plan, "name": "half-2024", "revision": frozen}),
        ("approved", {**plan, **place, "report": second, "revision": newest - 2}),
        (
            "restated",
            {
                **plan,
                "revision": newest - 2,
                "figures": 1,
                "ratings": 0,
                "publications": ["half-2024"],
            },
        ),
        (
            "returned",
            {
                **plan,
                **place,
                "report": third,
                "revision": newest,
                "reason_code": "wrong_unit",
            },
        ),
    ]
    assert told[4]["timestamp"] == "2026-03-02T01:00:00Z"
    title = "Shenzhen Action Plan for Cultivating and Developing the Software and Information"
    assert told[4]["text"]["en"].startswith(f"[Dabiao 达标] {title}")
    assert told[4]["text"]["en"].endswith(
        ": The report of Nanshan District for 2024-Q3 was returned. Reason: wrong unit."
    )
    assert told[4]["text"]["zh"].startswith("【达标】《深圳市培育发展软件与信息服务产业集群行动")
    assert told[4]["text"]["zh"].endswith(
        "：南山区2024年第3季度报送已被退回，原因：单位有误。请更正后重新报送。"
    )
    assert all(each.is_signed_with(hook["secret"]) for each in receiver.got)
    assert len({each.headers["webhook-id"] for each in receiver.got}) == 5
    for word in ("wang", "li", "zhao", "800", "790", "795", "check the unit", "counted"):
        assert all(f'"{word}' not in str(each) and f" {word}" not in str(each) for each in told)
    (listed,) = _listed(deployment)
    assert (listed["pending"], listed["delivered"], listed["failed"]) == (0, 5, 0)
    assert listed["last_delivered_at"] == "2026-03-02T01:00:00Z"


def test_where_review_is_automatic_reports_and_restatements_are_told(
    deployment: Deployment, receiver: Receiver
) -> None:
    document = read_plan_file(ROOT / "seeds" / "plans" / "shenzhen-software-2025.yaml")
    settings = document.settings.model_copy(update={"review": "automatic"})
    with deployment.database.write_transaction() as session:
        given = document.model_copy(update={"settings": settings})
        revise_plan(session, given, reason="reviewed by the program", now=deployment.clock())
    create(deployment, receiver.url, DECISIONS)
    first = _send(deployment).json()["report"]["id"]
    _publish(deployment, "half-2024")
    second = _send(deployment, 790, correction_reason="counted twice").json()["report"]["id"]
    deliver(deployment)
    told = [(each.json["type"], each.json["data"].get("report")) for each in receiver.got]
    assert told == [
        ("approved", first),
        ("published", None),
        ("approved", second),
        ("restated", None),
    ]
    assert receiver.got[3].json["data"]["publications"] == ["half-2024"]


def test_messages_of_a_demonstration_say_so(deployment: Deployment, receiver: Receiver) -> None:
    with deployment.database.write_transaction() as session:
        session.add(DeploymentMark(kind="demo", marked_at=deployment.clock()))
    create(deployment, receiver.url, ["published"])
    create(deployment, f"{receiver.url}&robot=1", ["published"], format="wecom")
    _publish(deployment, "half-2024")
    deliver(deployment)
    told = {"robot" in each.path: each.json for each in receiver.got}
    assert told[False]["demo"] is True
    start = "[Dabiao 达标] Demonstration with simulated figures. Shenzhen Action Plan"
    assert told[False]["text"]["en"].startswith(start)
    assert told[True]["text"]["content"].startswith("【达标】（演示，数据均为模拟）《深圳市")


def test_a_hook_is_told_of_its_events_and_areas_alone(
    deployment: Deployment, receiver: Receiver
) -> None:
    create(deployment, f"{receiver.url}&to=futian", DECISIONS, areas=["futian"])
    create(deployment, f"{receiver.url}&to=returns", ["returned"])
    _approve(deployment)
    _publish(deployment, "half-2024")
    deliver(deployment)
    told = [(each.path.partition("&to=")[2], each.json["type"]) for each in receiver.got]
    assert told == [("futian", "published")]


def test_a_write_that_is_undone_tells_nothing(deployment: Deployment) -> None:
    create(deployment, "https://example.org/in", DECISIONS)
    sent = _send(deployment)
    dry = _send(deployment, 810, query="?dry_run=true", correction_reason="counted twice")
    assert dry.status_code == 200
    itself = deployment.key("reviewer", owner="li")
    assert decide(deployment, itself, sent, "approve").status_code == 403
    assert _listed(deployment)[0]["pending"] == 0


def test_the_messages_of_a_deleted_hook_go_with_it(deployment: Deployment) -> None:
    hook = create(deployment, "https://example.org/in", DECISIONS)
    _approve(deployment)
    headers = deployment.key("administrator")
    gone = deployment.client.delete(f"{CITY}/hooks/{hook['id']}", headers=headers)
    assert gone.status_code == 204
    with deployment.database.read_session() as session:
        assert session.exec(select(Delivery)).all() == []
        assert session.exec(select(Hook)).all() == []


def test_a_hook_of_another_plan_is_not_there(api: Deployment) -> None:
    hook = create(api, "https://example.org/in", DECISIONS)
    place = f"{NATION}/hooks/{hook['id']}"
    assert api.client.delete(place, headers=api.key("administrator")).status_code == 404
    listed = api.client.get(f"{NATION}/hooks", headers=api.key("administrator")).json()
    assert (listed["total"], len(_listed(api))) == (0, 1)


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("wecom", {"msgtype": "text", "text": {"content": "{text}"}}),
        ("dingtalk", {"msgtype": "text", "text": {"content": "{text}"}}),
        ("feishu", {"msg_type": "text", "content": {"text": "{text}"}}),
    ],
)
def test_a_chat_robot_gets_the_chinese_text_in_its_own_json(
    api: Deployment, receiver: Receiver, form: str, body: dict[str, Any]
) -> None:
    receiver.status, receiver.answer = 200, b'{"errcode": 0, "code": 0, "errmsg": "ok"}'
    create(api, receiver.url, ["published"], format=form)
    _publish(api, "half-2024")
    deliver(api)
    title = "深圳市培育发展软件与信息服务产业集群行动计划(2022-2025年)"
    text = f"【达标】《{title}》：已发布“half-2024”。"
    assert [each.json for each in receiver.got] == [_filled(body, text)]
    assert _listed(api)[0]["delivered"] == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "robot_93000"),
        (b'{"code": 19024, "msg": "Key Words Not Found"}', "robot_19024"),
        (b"<html>", "robot_unreadable"),
    ],
)
def test_a_robot_that_refuses_under_status_200_is_tried_again(
    api: Deployment, receiver: Receiver, answer: bytes, error: str
) -> None:
    receiver.status, receiver.answer = 200, answer
    create(api, receiver.url, ["published"], format="feishu")
    _publish(api, "half-2024")
    deliver(api)
    assert (_listed(api)[0]["pending"], _listed(api)[0]["last_error"]) == (1, error)


def _filled(body: Any, text: str) -> Any:
    if isinstance(body, dict):
        return {name: _filled(each, text) for name, each in body.items()}
    return text if body == "{text}" else body


def test_hooks_are_no_part_of_the_ledger(deployment: Deployment, tmp_path: Path) -> None:
    before = head(deployment)
    create(deployment, "https://example.org/in", DECISIONS)
    assert head(deployment) == before
    _approve(deployment)
    with (
        deployment.database.read_session() as session,
        Database(Settings(database_url=f"sqlite:///{tmp_path}/blank.db")) as blank,
    ):
        migrate(blank)
        assert verify_plan(session, CODE, blank) == []
        lines = [*export_ledger(session, CODE)]
    assert all("example.org" not in line and "whsec_" not in line for line in lines)


@pytest.mark.parametrize("page", ["hooks.md", "hooks.zh.md"])
def test_the_check_of_a_signature_in_the_documentation_holds(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the page's own example
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    assert names["is_genuine"](secret, headers, body)
    assert not names["is_genuine"](secret, headers, body + b" ")


@pytest.mark.parametrize("page", ["hooks.md", "hooks.zh.md"])
def test_the_documented_hook_is_one(api: Deployment, page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    body = re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0]
    headers = api.key("administrator")
    answer = api.client.post(f"{CITY}/hooks", json=json.loads(body), headers=headers)
    assert answer.status_code == 201, answer.text


def test_the_command_line_lists_hooks_without_the_keys_of_robots(
    api: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hook = create(api, "http://127.0.0.1:9/send?key=secret", ["published", "approved"])
    _publish(api, "half-2024")
    deliver(api)
    monkeypatch.setenv("DABIAO_DATABASE_URL", api.database.url)
    with pytest.raises(SystemExit) as ended:
        main(["hook", "list"])
    assert not ended.value.code
    assert capsys.readouterr().out == (
        f"{hook['id']}  http://127.0.0.1:9/send  approved published"
        "  waiting 1  delivered 0  given up 0  not_connected\n"
    )
