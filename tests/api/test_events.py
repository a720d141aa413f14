"""Events: one a revision, resumed where a listener left off, on a real connection."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.edge.front import Front
from tests.conftest import BARE_APP, Deployment
from tests.serving import NOBODY, serving
from tests.writing import CITY, NATION, decide, figure, head, places, submit

Event = dict[str, Any]


@pytest.fixture
def listen(deployment: Deployment) -> Iterator[Callable[..., list[Event]]]:
    """Listen to the city's plan until so many events came, and then cut the line."""
    with (
        serving(deployment.client.app) as url,  # type: ignore[arg-type]
        httpx.Client(base_url=url, timeout=20, trust_env=False, verify=NOBODY) as client,
    ):

        def until(count: int, headers: dict[str, str] | None = None, **query: str) -> list[Event]:
            with client.stream("GET", f"{CITY}/events", headers=headers, params=query) as answer:
                assert answer.status_code == 200
                assert answer.headers["content-type"].startswith("text/event-stream")
                return _read_events(answer.iter_lines(), count)

        yield until
        # Streams that nobody reads any more end by themselves.
        deployment.client.app.state.stopping.set()  # type: ignore[attr-defined]


def _read_events(lines: Iterator[str], count: int) -> list[Event]:
    events: list[Event] = []
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            events.append(fields | {"data": json.loads(fields["data"])})
            fields = {}
        if len(events) == count:
            break
    return events


def _live(deployment: Deployment) -> None:
    """Five revisions: submitted, approved, published, submitted again, restated."""
    reporter = deployment.key("reporter", "nanshan", owner="nanshan")
    reviewer = deployment.key("reviewer", owner="city")
    decide(deployment, reviewer, submit(deployment, reporter, figure(value=800)), "approve")
    deployment.client.post(
        f"{CITY}/publications", json={"name": "first"}, headers=deployment.key("administrator")
    )
    again = submit(deployment, reporter, figure(value=900), correction_reason="recount")
    decide(deployment, reviewer, again, "approve")


def test_every_revision_is_told_once_in_order(
    deployment: Deployment, listen: Callable[..., list[Event]]
) -> None:
    start = head(deployment)["revision"]
    _live(deployment)
    reader = deployment.key("reader")
    events = listen(5, reader, since=str(start))
    assert [int(each["id"]) for each in events] == list(range(start + 1, start + 6))
    assert [each["event"] for each in events] == [*["revision"] * 4, "restatement"]
    approved = events[1]["data"]
    assert (approved["action"], approved["actor"]) == ("approve", "city")
    assert approved["touched"] == {
        "indicators": ["value_added"],
        "areas": ["nanshan"],
        "periods": ["2024-Q3"],
    }
    assert approved["restatement"] is None
    restated = events[4]["data"]["restatement"]
    assert [(each["before"], each["after"]) for each in restated["figures"]] == [(800, 900)]
    assert restated["publications"] == ["first"]
    ledger = deployment.client.get(f"{CITY}/ledger", headers=reader).json()["items"]
    assert [each["data"]["digest"] for each in events] == [e["digest"] for e in ledger[start:]]


def test_a_listener_that_was_cut_off_resumes_without_loss(
    deployment: Deployment, listen: Callable[..., list[Event]]
) -> None:
    start = head(deployment)["revision"]
    _live(deployment)
    reader = deployment.key("reader")
    first = listen(2, reader, since=str(start))
    _live_on(deployment)
    # The header that a browser sends goes before what the address says.
    rest = listen(4, {"Last-Event-ID": first[-1]["id"], **reader}, since="0")
    assert [int(each["id"]) for each in first + rest] == list(range(start + 1, start + 7))


def test_without_a_key_what_is_official_is_told_and_nothing_else(
    deployment: Deployment, listen: Callable[..., list[Event]]
) -> None:
    start = head(deployment)["revision"]
    _live(deployment)
    _live_on(deployment)
    told = listen(4, since=str(start))
    # Approved, published, restated, a target revised: the two submissions are passed over.
    assert [int(each["id"]) for each in told] == [start + 2, start + 3, start + 5, start + 6]
    assert "submit" not in {each["data"]["action"] for each in told}
    for at, each in enumerate(told[:-1]):
        (following,) = listen(1, {"Last-Event-ID": each["id"]})
        assert (following["id"], following["data"]) == (told[at + 1]["id"], told[at + 1]["data"])


def test_without_a_key_a_submission_is_not_even_there(
    deployment: Deployment, listen: Callable[..., list[Event]]
) -> None:
    newest = head(deployment)["revision"]
    waiting = submit(deployment, deployment.key("reporter", "nanshan"), figure(value=800))
    assert waiting.status_code == 201
    # Its number is as unknown as any that never was.
    (resync,) = listen(1, since=str(newest + 1))
    assert (resync["event"], resync["data"]["revision"]) == ("resync", newest)

    async def both() -> list[Event]:
        listening = asyncio.create_task(asyncio.to_thread(listen, 1))
        await asyncio.sleep(0.3)
        withdrawer = deployment.key("reporter", "nanshan")
        await asyncio.to_thread(decide, deployment, withdrawer, waiting, "withdraw")
        await asyncio.to_thread(_live_on, deployment)
        return await listening

    (event,) = asyncio.run(both())
    assert (int(event["id"]), event["data"]["action"]) == (newest + 3, "set_targets")


def test_a_reporter_is_told_of_submissions_for_its_own_areas_alone(
    deployment: Deployment, listen: Callable[..., list[Event]]
) -> None:
    start = head(deployment)["revision"]
    nanshan = deployment.key("reporter", "nanshan")
    reviewer = deployment.key("reviewer", owner="city")
    sent = submit(deployment, nanshan, figure(value=800))
    futian = submit(deployment, deployment.key("reporter", "futian"), figure(), area="futian")
    decide(deployment, reviewer, sent, "return")
    decide(deployment, reviewer, futian, "return")
    _live_on(deployment)
    told = listen(3, nanshan, since=str(start))
    assert [(int(each["id"]), each["data"]["action"]) for each in told] == [
        (start + 1, "submit"),
        (start + 3, "return"),
        (start + 5, "set_targets"),
    ]
    assert [int(each["id"]) for each in listen(1, since=str(start))] == [start + 5]


def _live_on(deployment: Deployment) -> None:
    body = {"indicator": "value_added", "area": "nanshan", "value": 950, "reason": "agreed"}
    sent = deployment.client.post(
        f"{CITY}/targets", json=body, headers=deployment.key("administrator")
    )
    assert sent.status_code == 201


def test_what_comes_while_one_listens_is_told(
    deployment: Deployment, listen: Callable[..., list[Event]]
) -> None:
    newest = head(deployment)["revision"]

    async def write_later() -> None:
        await asyncio.sleep(0.3)
        await asyncio.to_thread(_live_on, deployment)

    async def both() -> list[Event]:
        listening = asyncio.create_task(asyncio.to_thread(listen, 1))
        await write_later()
        return await listening

    (event,) = asyncio.run(both())
    assert int(event["id"]) == newest + 1
    assert event["data"]["touched"]["areas"] == ["nanshan"]


def test_whoever_sees_submissions_is_told_what_they_are_about(
    deployment: Deployment, listen: Callable[..., list[Event]]
) -> None:
    start = str(head(deployment)["revision"])
    submit(deployment, deployment.key("reporter", "nanshan"), figure(value=800))
    (seen,) = listen(1, deployment.key("reader"), since=start)
    assert seen["data"]["touched"]["indicators"] == ["value_added"]
    (own,) = listen(1, deployment.key("reporter", "nanshan"), since=start)
    assert own["data"]["touched"]["indicators"] == []


# Nothing, what never was, and what the plan does not have yet, or any more after a restore.
@pytest.mark.parametrize("asked", ["", "99999", "-1", "1.5", "yesterday", "9" * 400])
def test_a_listener_whose_position_means_nothing_reads_again_and_goes_on(
    deployment: Deployment, listen: Callable[..., list[Event]], asked: str
) -> None:
    newest = head(deployment)["revision"]
    (by_address,) = listen(1, since=asked)
    # The header goes first, however good the address is.
    (by_header,) = listen(1, {"Last-Event-ID": asked}, since="0")
    for told in (by_address, by_header):
        assert (told["event"], told["id"]) == ("resync", str(newest))
        assert told["data"] == {"plan": "shenzhen-software-2025", "revision": newest}
    _live_on(deployment)
    (event,) = listen(1, {"Last-Event-ID": by_header["id"]})
    assert (event["event"], int(event["id"])) == ("revision", newest + 1)


def test_after_a_resync_the_same_stream_goes_on(
    deployment: Deployment, listen: Callable[..., list[Event]]
) -> None:
    newest = head(deployment)["revision"]

    async def both() -> list[Event]:
        listening = asyncio.create_task(asyncio.to_thread(listen, 2, since=str(newest + 1)))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(_live_on, deployment)
        return await listening

    told = asyncio.run(both())
    assert [(each["event"], int(each["id"])) for each in told] == [
        ("resync", newest),
        ("revision", newest + 1),
    ]


def test_a_listener_at_the_newest_revision_has_missed_nothing(
    deployment: Deployment, listen: Callable[..., list[Event]]
) -> None:
    newest = head(deployment)["revision"]
    (event,) = listen(1, since=str(newest - 1))
    assert (event["event"], int(event["id"])) == ("revision", newest)


def test_events_are_as_open_as_the_plan(deploy: Callable[..., Deployment], sqlite_url: str) -> None:
    closed = deploy(sqlite_url, read_access="key")
    assert closed.client.get(f"{CITY}/events").status_code == 401
    other = closed.key("reader", plan="china-software-2025")
    assert closed.client.get(f"{CITY}/events", headers=other).status_code == 403
    bad = {"Authorization": "Bearer nonsense"}
    assert closed.client.get(f"{CITY}/events", headers=bad).status_code == 401
    assert closed.client.get("/api/v1/plans/atlantis/events", headers=other).status_code == 403
    assert places(closed.client.get(f"{CITY}/events?from=1", headers=closed.key("reader")))


def test_a_stream_ends_when_the_key_is_revoked(api: Deployment) -> None:
    headers = api.key("reader")
    with (
        serving(api.client.app) as url,  # type: ignore[arg-type]
        httpx.stream(
            "GET", f"{url}{NATION}/events?since=20", headers=headers, timeout=20
        ) as answer,
    ):
        lines = answer.iter_lines()
        assert _read_events(lines, 1)
        api.revoke(headers)
        # It would go on for ever otherwise.
        assert [line for line in lines if line.startswith("data")] == []


def test_the_head_of_a_stream_is_its_headers_alone(api: Deployment) -> None:
    with serving(api.client.app) as url:  # type: ignore[arg-type]
        answer = httpx.head(f"{url}{CITY}/events", timeout=20)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_a_listener_that_takes_nothing_is_dropped() -> None:
    """The line is full: what is sent waits for ever, but its source is not kept waiting."""
    ended: list[str] = []

    async def source(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            while True:
                await send({"type": "http.response.body", "body": b": x\n\n", "more_body": True})
        finally:
            ended.append("source")

    async def take(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def listen_slowly() -> None:
        front = Front(source, allowed_methods=lambda _path: "", patience=0.05)
        scope = {"type": "http", "method": "GET", "path": "/events", "headers": [], "app": BARE_APP}
        async with asyncio.timeout(10):
            await front(scope, _nothing, take)

    asyncio.run(listen_slowly())
    assert ended == ["source"]


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
