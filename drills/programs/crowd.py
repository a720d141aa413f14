"""All at once on a server: heavy reads, strangers with wrong keys, slow and silent clients, writes.

Its arguments are the port, a key, and for how many seconds; it prints what was answered how often.
"""

import asyncio
import itertools
import json
import os
import sys
from collections import Counter
from contextlib import suppress

from drills.service import AREAS, CITY

READERS, STRANGERS, SILENT, SLOW, WRITES = 100, 200, 60, 30, 200
_TABLE = "gaps?limit=1000&start_period=2023-Q1"
# Each is asked for with another number behind it, so that no answer is ready.
HEAVY = (
    f"{CITY}/{_TABLE}&offset=",
    f"{CITY}/{_TABLE}&format=csv&offset=",
    f"{CITY}/{_TABLE}&format=xlsx&offset=",
    f"{CITY}/{_TABLE}&explain=true&offset=",
    f"{CITY}/briefing?format=xlsx&period=2024-Q4&x=",
    f"{CITY}/observations?limit=1000&include_history=true&format=parquet&offset=",
    f"{CITY}/gaps?limit=1000&as_of=1&offset=",
    f"{CITY}/overview?period=2024-Q3&area=nanshan&x=",
)
_NUMBERS = itertools.count(1)


class Crowd:
    """The clients of one server."""

    def __init__(self, port: int, key: str, seconds: float) -> None:
        self._port, self._key = port, key
        self._ends = asyncio.get_running_loop().time() + seconds
        self.answers: Counter[str] = Counter()

    async def come(self) -> None:
        """Every client does what it does until the time is over."""
        kinds = (
            *(self._read(number) for number in range(READERS)),
            *(self._guess(number) for number in range(STRANGERS)),
            *(self._hold(b"GET /api/v1/plans HTTP/1.1\r\nHost: x\r\n") for _ in range(SILENT)),
            *(self._drip() for _ in range(SLOW)),
            self._write(),
        )
        await asyncio.gather(*kinds)

    @property
    def _is_over(self) -> bool:
        return asyncio.get_running_loop().time() > self._ends

    async def _read(self, number: int) -> None:
        headers = self._bearer if number % 2 else ""
        while not self._is_over:
            path = HEAVY[number % len(HEAVY)]
            path = path.removesuffix("&x=") if path.endswith("x=") else f"{path}{next(_NUMBERS)}"
            if await self._ask("heavy read", f"GET {path}", headers) == "503":
                # As the answer says.
                await asyncio.sleep(2)

    async def _guess(self, number: int) -> None:
        """A stranger at an address of their own, who tries another key every half second."""
        address = f"X-Forwarded-For: 10.1.{number // 250}.{number % 250}\r\n"
        while not self._is_over:
            guess = f"Authorization: Bearer dabiao_{next(_NUMBERS):012x}_guess\r\n"
            await self._ask("wrong key", f"GET {CITY}/areas", address + guess)
            await asyncio.sleep(0.5)

    async def _write(self) -> None:
        """So many reports at once, and again when all are answered."""
        while not self._is_over:
            await asyncio.gather(*(self._report(number) for number in range(WRITES)))
            await asyncio.sleep(1)

    async def _report(self, number: int) -> None:
        value = 100 + next(_NUMBERS) % 100_000
        figure = {"indicator": "value_added", "value": value, "unit": "亿元", "basis": "ytd"}
        sent = {
            "area": AREAS[number % len(AREAS)],
            "period": "2024-Q3",
            "figures": [figure],
            "explanations": {"value_added": "a drill"},
            "correction_reason": "a drill",
        }
        body = json.dumps(sent).encode()
        head = f"{self._bearer}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        await self._ask("report", f"POST {CITY}/reports", head, body)

    async def _hold(self, sent: bytes) -> None:
        """A client that sends half a head, and begins again when it is dropped."""
        while not self._is_over:
            with suppress(OSError, TimeoutError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.write(sent)
                await asyncio.wait_for(reader.read(), self._left)
                writer.close()

    async def _drip(self) -> None:
        """A client that sends a byte of its body every half second."""
        head = (
            f"POST {CITY}/reports HTTP/1.1\r\nHost: x\r\n{self._bearer}Content-Length: 9999\r\n\r\n"
        )
        while not self._is_over:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.write(head.encode())
                while not self._is_over:
                    writer.write(b" ")
                    await writer.drain()
                    await asyncio.sleep(0.5)
                writer.close()

    @property
    def _left(self) -> float:
        return max(self._ends - asyncio.get_running_loop().time(), 0.1)

    @property
    def _bearer(self) -> str:
        return f"Authorization: Bearer {self._key}\r\n"

    async def _ask(self, kind: str, line: str, headers: str, body: bytes = b"") -> str:
        head = f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n".encode()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(head + body)
            status = (await reader.readline())[9:12].decode()
            while await reader.read(1 << 18):
                pass
            writer.close()
        except OSError as error:
            status = type(error).__name__
        self.answers[f"{kind} {status}"] += 1
        return status


async def _main(port: str, key: str, seconds: str) -> None:
    crowd = Crowd(int(port), key, float(seconds))
    await crowd.come()
    print(json.dumps(crowd.answers))


if __name__ == "__main__":
    # In a deployment the clients have processors of their own.
    os.nice(10)
    asyncio.run(_main(*sys.argv[1:]))
