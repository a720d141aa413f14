"""Answers that a connection repeats by itself: the same bytes, and never what is no longer true."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError

from app.edge.deadlines import PatientProtocol
from app.edge.front import Front
from app.services.access.keys import revoke_key
from tests.conftest import Deployment
from tests.edge.hasty import serving
from tests.writing import CITY, decide, figure, submit

OVERVIEW = f"{CITY}/overview"
GAPS = f"{CITY}/gaps?area=nanshan&period=2024-Q3&indicator=value_added&fields=year_to_date"
# Another one for each answer.
OWN = ("date", "x-request-id")


@dataclass(frozen=True)
class Answer:
    """An answer as it went over the line."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def told(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """All but what is another one each time."""
        return self.status, [each for each in self.headers if each[0] not in OWN], self.body

    def header(self, name: str) -> str:
        """A header's value."""
        return dict(self.headers)[name]


class Client:
    """One connection."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._line = socket.create_connection(address, timeout=20)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._heard = self._line.makefile("rb")

    def say(self, sent: bytes) -> None:
        """Send bytes."""
        self._line.sendall(sent)

    def hear(self, *, wants_body: bool = True) -> Answer:
        """The next answer."""
        status = int(self._heard.readline().split()[1])
        headers = []
        while line := self._heard.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers.append((name, value))
        size = int(dict(headers).get("content-length", 0)) if wants_body else 0
        return Answer(status, headers, self._heard.read(size))

    def ask(self, path: str = OVERVIEW, **headers: str) -> Answer:
        """An answer to one request."""
        self.say(get(path, **headers))
        return self.hear()

    def is_over(self) -> bool:
        """Whether the server has closed the connection, with nothing left to hear."""
        return self._heard.read(1) == b""

    def close(self) -> None:
        """Close it."""
        self._heard.close()
        self._line.close()


def get(path: str = OVERVIEW, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: dabiao.test\r\n{lines}\r\n".encode()


@contextmanager
def connecting(deployment: Deployment, **options: Any) -> Iterator[Callable[[], Client]]:
    assert isinstance(deployment.client.app, FastAPI)
    app = deployment.client.app
    with serving(app, http=PatientProtocol, **options) as address, ExitStack() as clients:
        yield lambda: clients.enter_context(closing(Client(address)))


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the requests that came to the application."""
    paths: list[str] = []
    answer = Front.__call__

    async def note(front: Front, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            paths.append(scope["path"])
        await answer(front, scope, receive, send)

    monkeypatch.setattr(Front, "__call__", note)
    return paths


@contextmanager
def checks(deployment: Deployment, before: Callable[[], None]) -> Iterator[list[str]]:
    """The checks of the state that have begun; ``before`` each, something happens."""
    database = deployment.client.app.state.database  # type: ignore[attr-defined]
    begun: list[str] = []
    ask = database.data_version

    def note(connection: sa.Connection, question: str) -> object:
        begun.append(question)
        before()
        return ask(connection, question)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "data_version", note)
        yield begun


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_it_is_what_the_application_answered(
    deployment: Deployment, passed: list[str], encoding: str
) -> None:
    key = deployment.key("reader") | {"accept-encoding": encoding}
    with connecting(deployment) as connect:
        client = connect()
        first = client.ask(**key)
        again = [client.ask(**key), client.ask(**key), connect().ask(**key)]
        assert first.header("content-type") == "application/json"
        assert [each.told for each in again] == [first.told] * 3
        assert len({each.header("x-request-id") for each in (first, *again)}) == 4
        assert {name for name, _ in first.headers} >= {"date", "etag", "vary"}
        known = key | {"if-none-match": first.header("etag")}
        unchanged = [client.ask(**known) for _ in range(3)]
    assert [(each.status, each.body) for each in unchanged] == [(304, b"")] * 3
    assert unchanged[0].told == unchanged[1].told == unchanged[2].told
    # One head with the tag, one without it.
    assert passed == [OVERVIEW] * 2


class _Line:
    """A transport that tells the parts that are written to it."""

    def __init__(self, line: Any, written: list[bytes]) -> None:
        self._line, self._written = line, written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    def write(self, part: bytes) -> None:
        self._written.append(part)
        self._line.write(part)

    def writelines(self, parts: tuple[bytes, ...]) -> None:
        self._written += parts
        self._line.writelines(parts)


def test_no_part_of_what_is_sent_is_empty(api: Deployment, passed: list[str]) -> None:
    written: list[bytes] = []

    class Noting(PatientProtocol):
        def connection_made(self, transport: Any) -> None:
            super().connection_made(_Line(transport, written))

    assert isinstance(api.client.app, FastAPI)
    with (
        serving(api.client.app, http=Noting) as address,
        closing(Client(address)) as client,
    ):
        known = {"if-none-match": client.ask().header("etag")}
        assert client.ask(**known).status == 304
        written.clear()
        assert client.ask(**known).status == 304
    assert passed == [OVERVIEW] * 2
    assert [part[:12] for part in written] == [b"HTTP/1.1 304"]


def test_a_write_a_key_that_is_revoked_and_a_new_day_are_seen(
    deployment: Deployment, passed: list[str]
) -> None:
    key = deployment.key("reader")
    with connecting(deployment) as connect:
        client = connect()
        before = client.ask(GAPS, **key).told
        assert [client.ask(GAPS, **key).told for _ in range(2)] == [before] * 2
        assert len(passed) == 1
        sent = submit(deployment, deployment.key("reporter", "nanshan"), figure(value=812.4))
        assert decide(deployment, deployment.key("reviewer"), sent, "approve").status_code == 200
        passed.clear()
        found = [client.ask(GAPS, **key).body for _ in range(3)]
        assert [b'"year_to_date":812.4' in body for body in found] == [True] * 3
        assert len(passed) == 1
        deployment.clock.now = deployment.clock.now.replace(year=2027)
        assert client.ask(GAPS, **key).status == 200
        assert len(passed) == 2
        with deployment.database.write_transaction() as session:
            revoke_key(session, key["Authorization"].split("_")[1], now=deployment.clock.now)
        assert client.ask(GAPS, **key).status == 401


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_only_a_whole_request_alone_is_repeated(
    api: Deployment, passed: list[str], loop: str
) -> None:
    one, last = get(), get(connection="close")
    with connecting(api, loop=loop) as connect:
        client = connect()
        client.say(one)
        told = client.hear().told
        client.say(one)
        assert client.hear().told == told
        assert len(passed) == 1
        # Two at once, one in two parts, one after an empty line: as any other request.
        client.say(one + one)
        assert [client.hear().told for _ in range(2)] == [told] * 2
        for part in (one[:30], one[30:]):
            client.say(part)
            time.sleep(0.05)
        assert client.hear().told == told
        client.say(b"\r\n" + one)
        assert client.hear().told == told
        client.say(one.replace(b"GET", b"HEAD"))
        assert client.hear(wants_body=False).told[:2] == told[:2]
        assert len(passed) == 6
        # And then again by itself.
        client.say(one)
        assert client.hear().told == told
        assert len(passed) == 6
        for _ in range(2):
            other = connect()
            other.say(last)
            assert other.hear().status == 200
            assert other.is_over()
        assert len(passed) == 8


def test_what_a_begun_request_goes_on_with_is_no_request_of_its_own(
    api: Deployment, passed: list[str]
) -> None:
    with connecting(api) as connect:
        told = connect().ask().told
        client = connect()
        assert client.ask().told == told
        assert len(passed) == 1
        client.say(b"GET /healthz HTTP/1.1\r\nHost: dabiao.test\r\nX-Note: ")
        time.sleep(0.05)
        client.say(get())
        assert client.hear().told != told
        assert passed == [OVERVIEW, "/healthz"]


def test_an_id_that_is_brought_is_sent_back(api: Deployment) -> None:
    with connecting(api) as connect:
        client = connect()
        brought = [client.ask(x_request_id=f"of-a-proxy-{number}") for number in range(3)]
    told = [each.header("x-request-id") for each in brought]
    assert told == ["of-a-proxy-0", "of-a-proxy-1", "of-a-proxy-2"]


def test_it_is_counted_limited_and_told_of_in_the_log(
    deploy: Callable[..., Deployment],
    sqlite_url: str,
    passed: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    deployment = deploy(sqlite_url, requests_per_address=2)
    with connecting(deployment) as connect, caplog.at_level(logging.INFO, "dabiao.requests"):
        client = connect()
        answers = [client.ask() for _ in range(3)]
        assert client.ask(f"{CITY}/areas").status == 200
        assert len(passed) == 2
        left = [each.header("ratelimit").split(";")[1] for each in answers]
        assert left == ["r=1", "r=0", "r=0"]
        assert client.ask().status == 429
        lines = client.ask("/metrics").body.decode().splitlines()
    assert 'dabiao_requests_total{method="GET",status="200"} 4.0' in lines
    assert 'dabiao_requests_refused_total{limit="address"} 1.0' in lines
    facts = [vars(record)["facts"] for record in caplog.records][1:3]
    assert [fact["request_id"] for fact in facts] == [
        each.header("x-request-id") for each in answers[1:]
    ]
    assert {(fact["method"], fact["path"], fact["status"]) for fact in facts} == {
        ("GET", OVERVIEW, 200)
    }


@pytest.mark.parametrize("does", ["log", "trace"])
def test_where_the_server_logs_or_traces_each_request_passes_through(
    api: Deployment, passed: list[str], monkeypatch: pytest.MonkeyPatch, does: str
) -> None:
    monkeypatch.setattr(api.client.app, "is_traced", does == "trace")
    with connecting(api, access_log=does == "log") as connect:
        client = connect()
        assert [client.ask().status for _ in range(3)] == [200] * 3
    assert len(passed) == 3


def test_where_the_state_is_not_told_it_is_asked_for_once(
    api: Deployment, passed: list[str]
) -> None:
    def fail() -> None:
        raise OperationalError("", None, OSError("no file"))

    key = api.key("reader")
    with connecting(api) as connect:
        client = connect()
        for headers in ({}, key):
            assert [client.ask(**headers).status for _ in range(2)] == [200] * 2
        passed.clear()
        with checks(api, fail) as begun:
            old = client.ask()
            assert (old.status, old.header("age")) == (200, "0")
            assert client.ask(**key).status == 503
            assert len(begun) == len(passed) == 2
        assert [client.ask(**headers).status for headers in ({}, key)] == [200] * 2
        assert len(passed) == 2


def test_an_answer_that_nobody_takes_is_not_made_again_and_again(
    api: Deployment, passed: list[str]
) -> None:
    path = f"{CITY}/gaps"
    with connecting(api) as connect:
        client = connect()
        size = len(client.ask(path).body)
        # More than what waits on the way.
        times = 16_000_000 // size
        for _ in range(times):
            client.say(get(path))
            time.sleep(0.001)
        assert 1 < len(passed) < times
        assert {len(client.hear().body) for _ in range(times)} == {size}


Awaited = tuple[list[str], threading.Event]


@pytest.fixture
def awaited(deployment: Deployment) -> Iterator[Awaited]:
    """The checks that have begun, and what each of them waits for, once it is cleared."""
    let_go = threading.Event()
    let_go.set()

    def wait() -> None:
        assert let_go.wait(20)

    with checks(deployment, wait) as begun:
        yield begun, let_go
        let_go.set()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_what_follows_waits_for_the_answer_that_is_awaited(
    deployment: Deployment, passed: list[str], awaited: Awaited
) -> None:
    begun, let_go = awaited
    areas = get(f"{CITY}/areas")
    with connecting(deployment) as connect:
        client, gone = connect(), connect()
        first, other = client.ask(), client.ask(f"{CITY}/areas")
        passed.clear()
        let_go.clear()
        asked = len(begun)
        client.say(get())
        gone.say(get())
        _until(lambda: len(begun) > asked)
        for part in (areas[:20], areas[20:] + get()):
            client.say(part)
            time.sleep(0.05)
        # Whoever goes away takes it from nobody.
        gone.close()
        time.sleep(0.05)
        assert passed == []
        let_go.set()
        assert [client.hear().told for _ in range(3)] == [first.told, other.told, first.told]
        assert passed == [f"{CITY}/areas", OVERVIEW]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_server_that_stops_sends_the_answer_that_is_awaited(
    deployment: Deployment, passed: list[str], awaited: Awaited
) -> None:
    begun, let_go = awaited
    assert isinstance(deployment.client.app, FastAPI)
    with serving(deployment.client.app, http=PatientProtocol) as address:
        client = Client(address)
        first = client.ask()
        let_go.clear()
        asked = len(begun)
        client.say(get())
        _until(lambda: len(begun) > asked)
        # By then the server, which looks every 0.1 s, knows that it is to stop.
        threading.Timer(0.5, let_go.set).start()
    with closing(client):
        status, headers, body = client.hear().told
        assert (status, body) == (200, first.body)
        assert headers == [*first.told[1], ("connection", "close")]
        assert client.is_over()
    assert passed == [OVERVIEW]
