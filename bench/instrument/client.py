"""Asking a server: one request for its answer, or a load for its figures."""

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

_LIMIT_SECONDS = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a load found: how many answers a second, and the seconds that each one took."""

    statuses: dict[str, int]
    seconds: float
    times: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    @property
    def median(self) -> float:
        """The median of the seconds that an answer took."""
        return statistics.median(self.times)

    @property
    def p99(self) -> float:
        """The seconds that 99 of 100 answers stayed within."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]


class Generator:
    """The load generator's process, for as long as the benchmark runs."""

    def __enter__(self) -> Self:
        """Start it."""
        self._folder = tempfile.TemporaryDirectory(prefix="bench-load-")
        self._file = Path(self._folder.name, "job.json")
        command = [sys.executable, "-m", "bench.instrument.load"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, *_failure: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()

    def run(self, port: int, requests: Iterable[str], *, connections: int, seconds: float) -> Load:
        """Repeat the requests for so many seconds."""
        order = {"requests": [*requests], "seconds": seconds, "is_repeated": True}
        return self._run(port, order | {"connections": connections})

    def send(
        self,
        port: int,
        requests: Iterable[str],
        *,
        connections: int = 1,
        seconds: float = _LIMIT_SECONDS,
    ) -> Load:
        """Send each request once, as far as the time allows."""
        order = {"requests": [*requests], "seconds": seconds, "is_repeated": False}
        return self._run(port, order | {"connections": connections})

    def _run(self, port: int, order: dict[str, Any]) -> Load:
        pipes = self._process
        if pipes.stdin is None or pipes.stdout is None:
            raise RuntimeError("the load generator has no pipes")
        self._file.write_text(json.dumps(order | {"port": port}))
        pipes.stdin.write(f"{self._file}\n")
        pipes.stdin.flush()
        pipes.stdout.readline()
        found = json.loads(self._file.read_text())
        load = Load(
            statuses=found["statuses"], seconds=found["seconds"], times=tuple(found["times"])
        )
        if any(status >= "400" for status in load.statuses) or not load.times:
            raise RuntimeError(f"{order['requests'][0][:200]}: answered {load.statuses}")
        return load


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it was received."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """A header's value; empty without one."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def request(
    path: str, *, method: str = "GET", headers: dict[str, str] | None = None, body: str = ""
) -> str:
    """A request as it goes over the wire."""
    lines = {"Host": "127.0.0.1", **(headers or {})}
    if body:
        lines |= {"Content-Type": "application/json", "Content-Length": str(len(body.encode()))}
    said = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{said}\r\n{body}"


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_LIMIT_SECONDS)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return Answer(status=answer.status, headers=tuple(answer.getheaders()), body=answer.read())
    finally:
        connection.close()
