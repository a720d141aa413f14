"""Many writers at once, through a real server: nothing that was acknowledged is lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from app.database import Database
from app.services.access.keys import Role
from app.services.ledger.entries import digest_of
from app.tables import Figure, LedgerEntry, Plan
from tests.conftest import IS_SOAK
from tests.serving import Served
from tests.writing import CITY, figure, report

PLAN = "shenzhen-software-2025"
# Each thread counts in an area of its own, and now and then in one that all share.
THREADS, ROUNDS, SHARED_ROUNDS = (8, 45, 5) if IS_SOAK else (8, 10, 2)
SHARED = "luohu"
# What is counted from, where nothing is reported.
START = 1000
OWN = ["futian", "nanshan", "baoan", "longgang", "yantian", "longhua", "pingshan", "guangming"]

# One or several processes on each kind of database.
pytestmark = [
    pytest.mark.soak,
    pytest.mark.parametrize(
        "served",
        [(kind, n) for kind in ("sqlite", "postgres") for n in (1, 4 if IS_SOAK else 2)],
        indirect=True,
        ids=lambda each: f"{each[0]}-{each[1]}",
    ),
]


@dataclass(frozen=True)
class Acknowledged:
    """A write that was answered with 201."""

    area: str
    value: int
    report: str
    revision: int


def _read(client: httpx.Client, area: str) -> int:
    query = {"indicator": "industrial_space", "area": area, "view": "provisional"}
    answer = client.get(f"{CITY}/observations", params=query)
    assert answer.status_code == 200, answer.text
    values = [each["value"] for each in answer.json()["items"]]
    assert len(values) <= 1
    return int(values[0]) if values else START


def _increment(client: httpx.Client, area: str, *, must_see: int | None = None) -> Acknowledged:
    """Read the live value and write the next one, again and again until it is acknowledged."""
    for _ in range(1000):
        seen = _read(client, area)
        assert must_see is None or seen == must_see
        sent = figure("industrial_space", seen + 1)
        body = report(sent, area=area, correction_reason="one more")
        answer = client.post(f"{CITY}/reports", json=body)
        if answer.status_code == 201:
            stored = answer.json()["report"]
            return Acknowledged(area, seen + 1, stored["id"], stored["revision"])
        # Another writer came first with the same value, or held the lock for too long.
        assert answer.status_code in {200, 409, 503}, answer.text
    raise AssertionError("a writer starved")


def _write_many(served: Served, own: str) -> list[Acknowledged]:
    found, seen = [], START
    with served.client() as client:
        for turn in range(ROUNDS):
            found.append(_increment(client, own, must_see=seen))
            seen += 1
            if turn < SHARED_ROUNDS:
                found.append(_increment(client, SHARED))
    return found


# A machine with much else to do needs longer than most tests may take.
@pytest.mark.timeout(400)
def test_of_many_concurrent_read_modify_writes_none_is_lost(served: Served) -> None:
    served, before = served.as_role(Role.REVIEWER), _head(served.database)
    with ThreadPoolExecutor(THREADS) as pool:
        runs = [pool.submit(_write_many, served, own) for own in OWN]
    acknowledged = [each for run in runs for each in run.result()]
    assert len(acknowledged) == THREADS * (ROUNDS + SHARED_ROUNDS)
    with served.client() as client:
        # What no other writer touched counts exactly; what all touched is what came last.
        assert [_read(client, area) for area in OWN] == [START + ROUNDS] * THREADS
        last = max((each for each in acknowledged if each.area == SHARED), key=_revision)
        assert _read(client, SHARED) == last.value
    _check_ledger(served.database, acknowledged, since=before)


def _revision(each: Acknowledged) -> int:
    return each.revision


def _head(database: Database) -> int:
    with database.read_session() as session:
        return session.get_one(Plan, PLAN).revision


def _check_ledger(database: Database, acknowledged: list[Acknowledged], *, since: int) -> None:
    with database.read_session() as session:
        entries = session.exec(
            select(LedgerEntry).where(LedgerEntry.plan == PLAN).order_by(col(LedgerEntry.revision))
        ).all()
        head = session.get_one(Plan, PLAN)
        figures: dict[int, Any] = {
            each.revision: each for each in session.exec(select(Figure)).all()
        }
    assert [entry.revision for entry in entries] == list(range(1, len(entries) + 1))
    submitted = [e.revision for e in entries if e.action == "submit" and e.revision > since]
    assert sorted(each.revision for each in acknowledged) == submitted
    for each in acknowledged:
        stored = figures[each.revision]
        assert (stored.area, stored.value, stored.report_id) == (each.area, each.value, each.report)
    digest = "0" * 64
    for entry in entries:
        digest = digest_of(digest, entry)
        assert entry.digest == digest
    assert (head.revision, head.digest) == (entries[-1].revision, digest)


def test_one_of_many_simultaneous_approvals_is_made(served: Served) -> None:
    served, other = served.as_role(Role.REVIEWER), served.as_role(Role.REVIEWER).headers
    with served.client() as client:
        sent = client.post(f"{CITY}/reports", json=report(figure()))
    place = sent.headers["location"] + "/approve"

    def approve(_: int) -> int:
        with served.client() as client:
            return client.post(place, headers=other).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        statuses = list(pool.map(approve, range(THREADS)))
    assert sorted(statuses) == [200] + [409] * (THREADS - 1)
