"""A read that starts after a write was answered shows it, whichever process answers."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.services.access.keys import KeyOrder, Role, create_key
from tests.conftest import IS_SOAK, NOW
from tests.serving import Served
from tests.writing import CITY

# For each kind of database and number of processes.
PAIRS = 60 if IS_SOAK else 24
INDICATORS = ("value_added", "industrial_space", "rd_institutions")
pytestmark = [
    pytest.mark.soak,
    pytest.mark.parametrize(
        "served",
        [(kind, n) for kind in ("sqlite", "postgres") for n in ((2, 4) if IS_SOAK else (2,))],
        indirect=True,
        ids=lambda each: f"{each[0]}-{each[1]}",
    ),
]


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
    served: Served,
) -> None:
    database = served.database
    with served.client() as client:
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
