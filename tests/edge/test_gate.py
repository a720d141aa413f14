"""The gate: limits per address and per key, hosts, turns at heavy reads, and listeners."""

import asyncio
import itertools
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import anyio.to_thread
import pytest
from fastapi import FastAPI

from app.edge.answers import recorder
from app.edge.gate import Gate, address_of
from app.errors.failure import TooManyReads
from app.settings import Settings
from tests.api.reads import CITY
from tests.conftest import Deployment
from tests.writing import figure, report

Make = Callable[..., Deployment]
AREAS = f"{CITY}/areas"
# So that no answer is ready.
NUMBERS = itertools.count(1)


@pytest.fixture
def limited(deploy: Make, sqlite_url: str) -> Deployment:
    return deploy(sqlite_url, requests_per_address=3, requests_per_key=4, failed_keys_per_address=2)


def _statuses(deployment: Deployment, count: int, **sent: Any) -> list[int]:
    """The statuses of requests that must be worked out, each for itself."""
    return [
        deployment.client.get(AREAS, params={"offset": next(NUMBERS)}, **sent).status_code
        for _ in range(count)
    ]


def test_an_address_is_told_what_is_left_and_when_it_may_ask_again(limited: Deployment) -> None:
    left = []
    for _ in range(3):
        answer = limited.client.get(AREAS, params={"offset": next(NUMBERS)})
        assert (answer.status_code, answer.headers["ratelimit-policy"]) == (
            200,
            '"address";q=3;w=60',
        )
        left.append(answer.headers["ratelimit"].split(";")[1])
    assert left == ["r=2", "r=1", "r=0"]
    refused = limited.client.get(AREAS)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["content-type"] == "application/problem+json"
    assert limited.client.get(AREAS, headers={"If-None-Match": "*"}).status_code == 429


def test_an_answer_that_was_ready_is_not_counted(limited: Deployment) -> None:
    told = [limited.client.get(AREAS) for _ in range(20)]
    assert {each.status_code for each in told} == {200}
    tag = {"If-None-Match": told[0].headers["etag"]}
    assert {limited.client.get(AREAS, headers=tag).status_code for _ in range(20)} == {304}
    # The first one had to be worked out.
    assert _statuses(limited, 3) == [200, 200, 429]


def test_health_is_always_told(limited: Deployment) -> None:
    assert _statuses(limited, 5)[-1] == 429
    for path in ("/healthz", "/readyz"):
        assert [limited.client.get(path).status_code for _ in range(5)] == [200] * 5


def test_a_key_has_a_count_of_its_own(limited: Deployment) -> None:
    first, second = limited.key("reader"), limited.key("reader")
    # The first request is the one that shows that the key is good: it counts for the address.
    assert _statuses(limited, 6, headers=first) == [200] * 5 + [429]
    assert _statuses(limited, 6, headers=second) == [200] * 5 + [429]
    assert _statuses(limited, 2) == [200, 429]


def test_guesses_at_keys_are_stopped_and_those_who_have_one_go_on(limited: Deployment) -> None:
    holder = limited.key("reader")
    assert _statuses(limited, 1, headers=holder) == [200]
    guesses = [
        limited.client.get(AREAS, headers={"Authorization": f"Bearer guess-{number}"})
        for number in range(4)
    ]
    assert [each.status_code for each in guesses] == [401, 401, 429, 429]
    assert _statuses(limited, 2, headers=holder) == [200, 200]


def test_a_limit_comes_before_any_work(limited: Deployment, caplog: Any) -> None:
    _statuses(limited, 3)
    # Neither the body nor the database is looked at.
    limited.database.dispose()
    with caplog.at_level(logging.WARNING):
        answer = limited.client.post(f"{CITY}/reports", json=report(figure()))
    assert answer.status_code == 429
    (line,) = [each for each in caplog.records if each.name == "dabiao.security"]
    assert vars(line)["facts"]["event"] == "limit_exceeded"


def test_without_limits_no_header_speaks_of_one(api: Deployment) -> None:
    answer = api.client.get(AREAS)
    assert "ratelimit" not in answer.headers


@pytest.mark.parametrize(
    ("client", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_of_ipv6_is_one_client(client: str, address: str) -> None:
    assert address_of({"client": (client, 1)}) == address


@pytest.mark.parametrize(
    ("hosts", "status"),
    [
        ([b"plans.example.org"], 200),
        ([b"PLANS.example.org:8443"], 200),
        ([b"evil.example.org"], 400),
        ([b"plans.example.org.evil"], 400),
        ([b"plans.example.org", b"evil.example.org"], 400),
        ([b"plans.example.org, evil"], 400),
        ([b"plans.example.org/path"], 400),
        ([b""], 400),
        ([], 400),
    ],
)
def test_a_host_is_given_once_and_is_one_of_the_deployments(
    deploy: Make, sqlite_url: str, hosts: list[bytes], status: int
) -> None:
    named = deploy(sqlite_url, allowed_hosts="plans.example.org, localhost")
    assert _ask(named, AREAS, hosts) == status


def test_any_host_will_do_unless_some_are_named_but_never_two(api: Deployment) -> None:
    assert _ask(api, AREAS, [b"whatever.example"]) == 200
    assert _ask(api, AREAS, [b"[::1]:8000"]) == 200
    assert _ask(api, AREAS, [b"a", b"a"]) == 400


def test_health_is_asked_by_address(deploy: Make, sqlite_url: str) -> None:
    named = deploy(sqlite_url, allowed_hosts="plans.example.org")
    assert _ask(named, "/healthz", [b"10.0.0.7:8000"]) == 200


def _ask(deployment: Deployment, path: str, hosts: list[bytes]) -> int:
    """The status of an answer to a request with exactly these Host headers."""
    found: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    asyncio.run(_call(deployment, path, send, hosts=hosts))
    return found[0]


async def _call(
    deployment: Deployment,
    path: str,
    send: Callable[[Any], Awaitable[None]],
    hosts: Sequence[bytes] = (b"testserver",),
) -> None:
    app = deployment.client.app
    assert isinstance(app, FastAPI)
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", each) for each in hosts],
        "client": ("203.0.113.7", 1),
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "root_path": "",
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    await app(scope, receive, send)


def test_a_heavy_read_waits_its_turn_and_is_told_where_it_does_not_come() -> None:
    gate = Gate(Settings(heavy_reads=1, busy_timeout_seconds=0.05))

    async def ask() -> None:
        async with gate.turn(is_known=False):
            with pytest.raises(TooManyReads):
                async with gate.turn(is_known=False):
                    pass
            # Those with a key do not wait for strangers.
            async with gate.turn(is_known=True):
                pass
        async with gate.turn(is_known=False):
            pass

    asyncio.run(ask())


def test_whoever_takes_a_large_answer_slowly_holds_no_turn(
    deploy: Make, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "HELD_IN_MEMORY", 1000)
    one_turn = deploy(sqlite_url, heavy_reads=1, busy_timeout_seconds=0.5)

    async def read() -> list[int]:
        is_slow, statuses = asyncio.Event(), []

        async def take_slowly(message: Any) -> None:
            if message["type"] == "http.response.body":
                is_slow.set()
                await asyncio.Event().wait()

        async def take(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        slow = asyncio.create_task(_call(one_turn, f"{CITY}/gaps", take_slowly))
        await asyncio.wait_for(is_slow.wait(), 10)
        await _call(one_turn, f"{CITY}/observations", take)
        slow.cancel()
        await asyncio.wait({slow})
        return statuses

    assert asyncio.run(read()) == [200]


def test_reads_have_as_many_threads_as_there_are_turns_and_two(
    deploy: Make, sqlite_url: str
) -> None:
    """Threads that calculate take the interpreter from each other, and from the loop of events."""
    three = deploy(sqlite_url, heavy_reads=3)

    async def count() -> float:
        app = three.client.app
        assert isinstance(app, FastAPI)
        async with app.router.lifespan_context(app):
            return anyio.to_thread.current_default_thread_limiter().total_tokens

    assert asyncio.run(count()) == 8
    assert sys.getswitchinterval() < 0.001


def test_who_cannot_hope_for_a_turn_is_told_at_once() -> None:
    gate = Gate(Settings(heavy_reads=1, busy_timeout_seconds=60))

    async def ask() -> None:
        async def wait() -> None:
            async with gate.turn(is_known=False):
                pass

        async with gate.turn(is_known=False):
            waiting = [asyncio.create_task(wait()) for _ in range(64)]
            await asyncio.sleep(0)
            with pytest.raises(TooManyReads):
                await wait()
        await asyncio.gather(*waiting)

    asyncio.run(ask())


def test_listeners_have_places_and_an_address_a_share_of_them() -> None:
    gate = Gate(Settings(listeners=8))
    one, two = {"client": ("203.0.113.7", 1)}, {"client": ("203.0.113.8", 1)}
    with gate.listening(one), gate.listening(one):
        with pytest.raises(TooManyReads), gate.listening(one):
            pass
        with gate.listening(two):
            assert gate.listeners == 3
    assert gate.listeners == 0


def test_a_listener_too_many_gets_a_503(deploy: Make, sqlite_url: str) -> None:
    full = deploy(sqlite_url, listeners=1)
    app = full.client.app
    assert isinstance(app, FastAPI)
    with app.state.gate.listening({"client": ("203.0.113.9", 1)}):
        answer = full.client.get(f"{CITY}/events")
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_reads")
    assert answer.headers["retry-after"] == "2"
