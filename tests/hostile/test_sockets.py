"""What no client library sends: requests that are malformed below HTTP's own grammar."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from tests.conftest import Clock, take_app
from tests.serving import NOBODY, serving
from tests.writing import CITY

HOST = b"Host: dabiao.test\r\n"
END = b"Connection: close\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\n"
POST = b"POST /api/v1/evaluate HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"

INPUTS = {
    "no host": (GET + END, 400),
    "two hosts": (GET + HOST + HOST + END, 400),
    "two other hosts": (GET + HOST + b"Host: evil.test\r\n" + END, 400),
    "an empty host": (GET + b"Host:\r\n" + END, 400),
    "a host with a path": (GET + b"Host: a/b\r\n" + END, 400),
    "a host with a user": (GET + b"Host: user@a\r\n" + END, 400),
    "HTTP/1.0 without a host": (b"GET /healthz HTTP/1.0\r\n\r\n", 200),
    "no request at all": (b"\x00\x01\x02\x03\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n", 400),
    "another protocol": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a method that is none": (b"HAXX /healthz HTTP/1.1\r\n" + HOST + END, 400),
    "a method in small letters": (b"get /healthz HTTP/1.1\r\n" + HOST + END, 400),
    "a version that is none": (b"GET /healthz HTTP/9.9\r\n" + HOST + END, 400),
    "a blank in a name": (GET + HOST + b"X Y: 1\r\n" + END, 400),
    "a blank before the colon": (GET + HOST + b"X-Y : 1\r\n" + END, 400),
    "a line that goes on": (GET + HOST + b"X-Y: 1\r\n  2\r\n" + END, 400),
    "NUL in a header": (GET + HOST + b"X-Y: a\x00b\r\n" + END, 400),
    "NUL in the path": (b"GET /\x00 HTTP/1.1\r\n" + HOST + END, 400),
    "a bare carriage return": (GET + HOST + b"X-Y: a\rb\r\n" + END, 400),
    "two lengths": (POST + b"Content-Length: 2\r\nContent-Length: 3\r\n" + END + b"{}", 400),
    "two lengths in one": (POST + b"Content-Length: 2, 2\r\n" + END + b"{}", 400),
    "a negative length": (POST + b"Content-Length: -1\r\n" + END, 400),
    "a length that is none": (POST + b"Content-Length: 1e3\r\n" + END, 400),
    "a length beyond numbers": (POST + b"Content-Length: 99999999999999999999999\r\n" + END, 400),
    "a length and chunks": (
        POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n" + END + b"0\r\n\r\n",
        400,
    ),
    "chunks that are none": (POST + b"Transfer-Encoding: chunked\r\n" + END + b"zz\r\n{}", 400),
    "an encoding that is none": (POST + b"Transfer-Encoding: xchunked\r\n" + END + b"{}", 400),
    "more than is taken": (POST + b"Content-Length: 1048577\r\n" + END, 413),
}


@pytest.fixture(scope="module")
def address(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, int]]:
    path = tmp_path_factory.mktemp("sockets") / "dabiao.db"
    shutil.copy(sqlite_template, path)
    app = take_app(Settings(database_url=f"sqlite:///{path}"), Clock())
    # What it has opened, it closes itself when it stops.
    with serving(app) as url:
        host, _, port = url.removeprefix("http://").partition(":")
        yield host, int(port)


@pytest.mark.parametrize("name", INPUTS)
def test_a_malformed_request_has_its_answer_and_harms_nobody(
    address: tuple[str, int], name: str
) -> None:
    sent, status = INPUTS[name]
    with closing(socket.create_connection(address, timeout=20)) as connection:
        connection.sendall(sent)
        answer = connection.recv(65536)
    assert answer.split(b" ")[:2] == [b"HTTP/1.1", str(status).encode()], answer
    # No version, no path of this machine, no trace.
    assert b"python" not in answer.lower()
    assert b"traceback" not in answer.lower()
    url = f"http://{address[0]}:{address[1]}"
    with httpx.Client(trust_env=False, verify=NOBODY, timeout=20) as client:
        assert client.get(f"{url}/healthz").status_code == 200
        assert client.get(f"{url}{CITY}/ledger/head").status_code == 200
