"""Many writers at once, through a real server: nobody waits for long, and reads do not notice."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from app.services.access.keys import Role
from tests.serving import NOBODY, Served, serve_on
from tests.writing import CITY, figure, report

POSTERS = 200
QUARTERS = [f"{year}-Q{quarter}" for year in (2022, 2023, 2024) for quarter in (1, 2, 3, 4)]
AREAS = ["luohu", "futian", "nanshan", "baoan", "longgang", "yantian", "longhua", "pingshan"]
# Generous: the machine that runs the tests does much else. A server that freezes takes 40 s, and
# each read 30 s.
PATIENCE = 25
READ_PATIENCE = 12
# A server that is traced for coverage is several times slower.
UNTRACED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}


@pytest.fixture
def served(database_url: str) -> Iterator[Served]:
    with serve_on(database_url, Role.REVIEWER, environment=UNTRACED) as found:
        yield found


@dataclass
class Seen:
    """What clients saw, and the longest that one of them waited, in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    longest_write: float = 0
    longest_read: float = 0
    reads: int = 0


def _body(number: int) -> dict[str, object]:
    """A first figure, each of another area, quarter or indicator."""
    indicator = ("value_added", "industrial_space", "new_software_workers")[number // 96 % 3]
    quarter = QUARTERS[number // 8 % 12]
    return report(figure(indicator, 900), area=AREAS[number % 8], period=quarter)


async def _watch(
    served: Served, post: Callable[[httpx.AsyncClient, int], Awaitable[httpx.Response]]
) -> Seen:
    """Let all posters go at once, and read all the while."""
    seen, is_over = Seen(), asyncio.Event()
    limits = httpx.Limits(max_connections=POSTERS + 5)
    async with httpx.AsyncClient(
        base_url=served.url, limits=limits, timeout=90, trust_env=False, verify=NOBODY
    ) as client:

        async def read() -> None:
            while not is_over.is_set():
                started = time.monotonic()
                answer = await client.get(f"{CITY}/areas")
                assert answer.status_code == 200
                seen.longest_read = max(seen.longest_read, time.monotonic() - started)
                seen.reads += 1
                await asyncio.sleep(0.02)

        async def write(number: int) -> None:
            started = time.monotonic()
            answer = await post(client, number)
            seen.longest_write = max(seen.longest_write, time.monotonic() - started)
            seen.statuses[answer.status_code] += 1
            if answer.status_code == 503:
                assert answer.json()["code"] == "busy"
                assert int(answer.headers["retry-after"]) > 0

        reader = asyncio.create_task(read())
        await asyncio.gather(*(write(number) for number in range(POSTERS)))
        is_over.set()
        await reader
    return seen


def test_200_parallel_reports_are_stored_or_refused_soon_and_reads_go_on(served: Served) -> None:
    async def post(client: httpx.AsyncClient, number: int) -> httpx.Response:
        return await client.post(f"{CITY}/reports", json=_body(number), headers=served.headers)

    seen = asyncio.run(_watch(served, post))
    assert seen.statuses.total() == POSTERS
    assert set(seen.statuses) <= {201, 503}
    assert seen.statuses[201] > 0
    assert seen.longest_write < PATIENCE
    assert seen.longest_read < READ_PATIENCE
    assert seen.reads > 1
    ledger, every = f"{served.url}{CITY}/ledger", {"limit": 1000}
    head = httpx.get(ledger, params=every, headers=served.headers, trust_env=False, verify=NOBODY)
    actions = Counter(row["action"] for row in head.json()["items"])
    assert actions["submit"] == seen.statuses[201]


def test_200_strangers_and_a_large_file_beside_them_are_not_noticed(served: Served) -> None:
    large = b"area,period,indicator,value,unit,basis\n" + b"\n" * 20_000_000

    async def post(client: httpx.AsyncClient, number: int) -> httpx.Response:
        if number == 0:
            headers = served.headers | {"content-type": "text/csv"}
            path = f"{CITY}/reports/batch?dry_run=true"
            return await client.post(path, content=large, headers=headers)
        body, content = json.dumps(_body(number)), {"content-type": "application/json"}
        if number == 1:
            headers = served.headers | content
        else:
            headers = content | {"Idempotency-Key": str(number)}
        return await client.post(f"{CITY}/reports", content=body, headers=headers)

    seen = asyncio.run(_watch(served, post))
    assert seen.statuses == {401: POSTERS - 2, 201: 1, 422: 1}
    assert seen.longest_read < READ_PATIENCE
