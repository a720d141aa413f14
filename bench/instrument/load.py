"""The load generator: a process of its own that keeps connections busy, one request at a time each.

It speaks as much HTTP/1.1 as the servers here answer with. Each line of standard input names a file
with a job; its result takes the job's place, and a line of standard output says that it is there.
One process serves a whole run.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import cycle
from pathlib import Path
from typing import Any

import uvloop

_END = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_CHUNKED = -1


class _Client(asyncio.Protocol):
    """A connection: sends the next request as soon as the last one is answered."""

    def __init__(self, job: "_Job") -> None:
        self._job = job
        self._began = 0.0
        self._expect_head()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._size += len(data)
        if self._needed is None:
            self._head += data
            self._read_head()
        # A body is counted, not kept: copying a long one would cost more than sending it.
        self._tail = (self._tail + data[-7:])[-7:]
        if self._needed is not None and self._is_over(self._needed):
            self._job.answered(self._status, time.perf_counter() - self._began)
            self._expect_head()
            self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        self._job.close()

    def _expect_head(self) -> None:
        self._head = self._tail = b""
        self._size = 0
        self._needed: int | None = None

    def _send(self) -> None:
        request = self._job.next_request()
        if request is None:
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)

    def _read_head(self) -> None:
        end = self._head.find(_END)
        if end < 0:
            return
        self._status = int(self._head[9:12])
        head = self._head[:end].lower()
        place = head.find(b"content-length:")
        if place >= 0:
            self._needed = end + 4 + int(head[place + 15 :].split(b"\r", 1)[0])
        else:
            self._needed = _CHUNKED if b"transfer-encoding: chunked" in head else end + 4

    def _is_over(self, needed: int) -> bool:
        if needed == _CHUNKED:
            return self._tail == _LAST_CHUNK
        return self._size >= needed


class _Job:
    """One load: which requests, over how many connections, for how long."""

    def __init__(self, order: dict[str, Any]) -> None:
        texts = [text.encode() for text in order["requests"]]
        self._requests = cycle(texts) if order["is_repeated"] else iter(texts)
        self._deadline = time.perf_counter() + order["seconds"]
        self._open = order["connections"]
        self._done = asyncio.get_running_loop().create_future()
        self._statuses: Counter[int] = Counter()
        self._times: list[float] = []

    async def run(self, port: int) -> dict[str, Any]:
        """Keep the connections busy until the time or the requests are over."""
        loop = asyncio.get_running_loop()
        began = time.perf_counter()
        for _ in range(self._open):
            await loop.create_connection(lambda: _Client(self), "127.0.0.1", port)
        await self._done
        return {
            "seconds": time.perf_counter() - began,
            "statuses": self._statuses,
            "times": self._times,
        }

    def next_request(self) -> bytes | None:
        """The next request, or None when it is over."""
        return next(self._requests, None) if time.perf_counter() < self._deadline else None

    def answered(self, status: int, took: float) -> None:
        """Note an answer."""
        self._statuses[status] += 1
        self._times.append(took)

    def close(self) -> None:
        """Note that a connection is over; the last one ends the job."""
        self._open -= 1
        if not self._open and not self._done.done():
            self._done.set_result(None)


def main() -> None:
    """Do the jobs that standard input names, one after the other."""
    for line in sys.stdin:
        file = Path(line.strip())
        file.write_text(json.dumps(uvloop.run(_work(json.loads(file.read_text())))))
        print(file, flush=True)


async def _work(order: dict[str, Any]) -> dict[str, Any]:
    return await _Job(order).run(order["port"])


if __name__ == "__main__":
    main()
