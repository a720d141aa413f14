"""A read that starts after a write was answered shows it, whichever process answers."""

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.database import Database
from app.services.access.keys import KeyOrder, Role, create_key
from app.settings import Settings
from tests.conftest import NOW
from tests.serving import PATIENT, Served, serve_on
from tests.writing import CITY

# For each kind of database and number of processes.
PAIRS = 60
INDICATORS = ("value_added", "industrial_space", "rd_institutions")


@pytest.fixture(params=[2, 4])
def served(request: pytest.FixtureRequest, database_url: str) -> Iterator[Served]:
    with serve_on(
        database_url, Role.ADMINISTRATOR, workers=request.param, environment=PATIENT
    ) as found:
        yield found


def _write_and_read(served: Served, indicator: str) -> int:
    """Revise a target again and again, and read it each time; how often."""
    pairs, tag = 0, ""
    with served.client() as client:
        for value in itertools.islice(itertools.count(100_000), PAIRS // len(INDICATORS)):
            target = {"indicator": indicator, "value": value, "reason": "the next one"}
            written = client.post(f"{CITY}/targets", json=target)
            assert written.status_code == 201, written.text
            read = client.get(f"{CITY}/targets/{indicator}", headers={"If-None-Match": tag})
            # The tag of the value before is not good any more.
            assert read.status_code == 200
            assert read.json()["target"] == value
            tag = read.headers["etag"]
            pairs += 1
    return pairs


def test_a_read_after_a_write_shows_it_in_every_process(served: Served) -> None:
    with ThreadPoolExecutor(len(INDICATORS)) as pool:
        done = list(pool.map(_write_and_read, itertools.repeat(served), INDICATORS))
    assert sum(done) == PAIRS


def test_a_key_is_good_and_revoked_at_once_in_every_process(
    served: Served, database_url: str
) -> None:
    with Database(Settings(database_url=database_url)) as database, served.client() as client:
        for _ in range(8):
            with database.write_transaction() as session:
                key, text = create_key(session, KeyOrder(role=Role.READER), now=NOW)
            headers = {"Authorization": f"Bearer {text}"}
            statuses = {client.get(f"{CITY}/areas", headers=headers).status_code for _ in range(4)}
            assert statuses == {200}
            with database.write_transaction() as session:
                session.merge(key).revoked_at = NOW
            statuses = {client.get(f"{CITY}/areas", headers=headers).status_code for _ in range(4)}
            assert statuses == {401}
