"""A real receiver of web hooks on the loopback: it takes, refuses, hangs, and keeps what it got."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Got:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Checked as the specification of Standard Webhooks says, by other code than ours."""
        key = base64.b64decode(secret[len("whsec_") :])
        signed = b".".join(
            [
                self.headers["webhook-id"].encode(),
                self.headers["webhook-timestamp"].encode(),
                self.body,
            ]
        )
        mine = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return self.headers["webhook-signature"].split(" ") == [f"v1,{mine}"]


@dataclass
class Receiver:
    """What it answers is set by the test: a status, a body, and for how long it is silent."""

    url: str = ""
    status: int = 204
    answer: bytes = b""
    location: str = ""
    retry_after: str = ""
    is_hanging: bool = False
    got: list[Got] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Event = field(default_factory=threading.Event)

    @property
    def texts(self) -> list[str]:
        return [each.json["text"]["en"] for each in self.got]

    def wait_for(self, count: int, seconds: float = 20) -> None:
        """Until so many requests have arrived."""
        until = time.monotonic() + seconds
        while len(self.got) < count and time.monotonic() < until:
            self.arrived.wait(0.1)
        assert len(self.got) >= count


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port."""
    known = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            known.got.append(Got(self.path, headers, body))
            known.arrived.set()
            if known.is_hanging:
                known.released.wait(20)
                return
            self.send_response(known.status)
            if known.location:
                self.send_header("Location", known.location)
            if known.retry_after:
                self.send_header("Retry-After", known.retry_after)
            self.send_header("Content-Length", str(len(known.answer)))
            self.end_headers()
            self.wfile.write(known.answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    known.url = f"http://127.0.0.1:{server.server_port}/dabiao?key=1"
    try:
        yield known
    finally:
        known.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
