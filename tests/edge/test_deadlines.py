"""Deadlines of a connection: what is sent slowly, or stops halfway, is given up."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Literal

import pytest
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from app.edge import deadlines
from tests.conftest import Deployment
from tests.edge.hasty import Hasty, serving
from tests.writing import CITY

GET = b"GET /healthz HTTP/1.1\r\nHost: dabiao.test\r\n"
POST = b"POST /api/v1/evaluate HTTP/1.1\r\nHost: dabiao.test\r\nContent-Type: application/json\r\n"


@pytest.fixture
def address(api: Deployment) -> Iterator[tuple[str, int]]:
    assert isinstance(api.client.app, FastAPI)
    with serving(api.client.app) as found:
        yield found


def _answer(connection: socket.socket) -> bytes:
    """All that is answered until the server closes."""
    connection.settimeout(20)
    found = b""
    while part := connection.recv(65536):
        found += part
    return found


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", b""),
        (b"GET /heal", b"HTTP/1.1 408"),
        (GET, b"HTTP/1.1 408"),
        (POST + b'Content-Length: 99\r\n\r\n{"target"', b"HTTP/1.1 408"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", b"HTTP/1.1 408"),
    ],
    ids=["nothing", "half a line", "half a head", "half a body", "half a chunk"],
)
def test_what_stops_halfway_is_given_up(
    address: tuple[str, int], sent: bytes, status: bytes
) -> None:
    with closing(socket.create_connection(address)) as connection:
        connection.sendall(sent)
        assert _answer(connection)[: len(b"HTTP/1.1 408")] == status


def test_a_body_that_trickles_has_an_end(address: tuple[str, int]) -> None:
    with closing(socket.create_connection(address)) as connection:
        connection.sendall(POST + b"Content-Length: 1000\r\n\r\n")
        began = time.monotonic()
        with pytest.raises(OSError):  # noqa: PT012, PT011 - which call fails depends on the system
            while time.monotonic() - began < 20:
                connection.sendall(b" ")
                time.sleep(0.05)
            pytest.fail("it went on")
        assert time.monotonic() - began >= Hasty.whole_seconds


def test_a_head_without_end_is_refused(address: tuple[str, int]) -> None:
    with closing(socket.create_connection(address)) as connection:
        lines = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 1000) for number in range(70))
        connection.sendall(GET + lines)
        assert _answer(connection).startswith(b"HTTP/1.1 431")


def test_slow_but_steady_is_served_and_the_connection_kept(address: tuple[str, int]) -> None:
    body = b'{"target": 1}'
    with closing(socket.create_connection(address)) as connection:
        connection.sendall(POST + b"Content-Length: %d\r\n\r\n" % len(body))
        for part in (body[:5], body[5:]):
            time.sleep(0.2)
            connection.sendall(part)
        assert connection.recv(65536).startswith(b"HTTP/1.1 422")
        # An idle connection is not a slow one.
        time.sleep(0.6)
        connection.sendall(GET + b"Connection: close\r\n\r\n")
        assert b"HTTP/1.1 200" in _answer(connection)


def test_empty_lines_keep_no_connection_open(api: Deployment) -> None:
    assert isinstance(api.client.app, FastAPI)
    with (
        serving(api.client.app, keep_alive=1) as address,
        closing(socket.create_connection(address)) as connection,
    ):
        connection.sendall(GET + b"\r\n")
        heard = b""
        while not heard.endswith(b'{"status":"ok"}'):
            heard += connection.recv(65536)
        connection.sendall(b"\r\n")
        assert _answer(connection) == b""


def test_a_half_sent_body_does_not_hold_up_a_server_that_stops(api: Deployment) -> None:
    assert isinstance(api.client.app, FastAPI)
    with serving(api.client.app, shutdown=1) as address:
        connection = socket.create_connection(address)
        key = api.key("reporter", "nanshan")["Authorization"].encode()
        head = POST.replace(b"/api/v1/evaluate", f"{CITY}/reports".encode())
        connection.sendall(head + b"Authorization: " + key + b"\r\nContent-Length: 99\r\n\r\n{")
        time.sleep(0.1)
        began = time.monotonic()
    connection.close()
    assert time.monotonic() - began < 15


def test_the_deadlines_are_those_of_the_documentation() -> None:
    assert (deadlines.HEADER_SECONDS, deadlines.PROGRESS_SECONDS, deadlines.WHOLE_SECONDS) == (
        10,
        10,
        300,
    )


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_an_application_is_told_the_addresses_of_both_ends(
    loop: Literal["uvloop", "asyncio"],
) -> None:
    told: list[Any] = []

    async def tell(scope: Scope, _receive: Receive, send: Send) -> None:
        told.append((scope["server"], scope["client"], scope["scheme"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with serving(tell, loop=loop) as address, closing(socket.create_connection(address)) as asking:
        asking.sendall(GET + b"Connection: close\r\n\r\n")
        assert _answer(asking).startswith(b"HTTP/1.1 204")
        assert told == [(address, asking.getsockname(), "http")]
