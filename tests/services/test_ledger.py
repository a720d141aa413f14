"""The ledger accounts for every table: chained by digest, and replayed to the same state."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.database import Database
from app.errors.failure import PlanUnknown
from app.migration import migrate
from app.services.ledger.entries import GENESIS, canonical_json, digest_of, lock_plan
from app.services.ledger.replaying import read_ledger, replay
from app.tables import LedgerEntry, LedgerPart, Plan
from tests.conftest import NOW, Deployment
from tests.writing import (
    CITY,
    decide,
    empty_database,
    figure,
    head,
    missing,
    read_tables,
    report,
    submit,
)

NOT_REPLAYED = frozenset({"api_key", "idempotency"})


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated database without any plan, of each kind."""
    with empty_database(request, tmp_path) as database:
        migrate(database)
        yield database


def _live_through(deployment: Deployment) -> None:
    """Every kind of write once, with text and numbers of every sort."""
    nanshan, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    first = submit(
        deployment,
        nanshan,
        figure(value=1234567.89012345, note="初步数据 \N{RIGHT DOUBLE QUOTATION MARK}"),
        missing("rd_institutions", "withheld"),
    )
    decide(deployment, reviewer, first, "approve", note="核对无误")
    deployment.clock.now += timedelta(microseconds=123456)
    second = submit(
        deployment, nanshan, figure(value=8124000, unit="万元"), correction_reason="更正"
    )
    submit(deployment, nanshan, figure(value=0.00000001), correction_reason="更正")
    decide(deployment, reviewer, second, "approve")
    third = submit(deployment, nanshan, figure(value=7), period="2024-Q2")
    decide(deployment, reviewer, third, "return")
    fourth = submit(deployment, nanshan, figure(value=8), period="2024-Q2")
    decide(deployment, nanshan, fourth, "withdraw")
    target = {"indicator": "value_added", "value": 4500.5, "reason": "中期调整"}
    headers = deployment.key("administrator")
    revised = deployment.client.post(f"{CITY}/targets", json=target, headers=headers)
    assert revised.status_code == 201


def _entries(session: Session) -> list[LedgerEntry]:
    query = select(LedgerEntry).order_by(col(LedgerEntry.plan), col(LedgerEntry.revision))
    return list(session.exec(query).all())


def _replay(source: Database, destination: Database) -> None:
    with source.read_session() as reading, destination.write_transaction() as writing:
        for known in reading.exec(select(Plan)).all():
            assert replay(writing, known.code, read_ledger(reading, known.code)) is None


def test_replaying_the_ledger_elsewhere_gives_the_same_tables_and_digests(
    deployment: Deployment, empty: Database
) -> None:
    _live_through(deployment)
    _replay(deployment.database, empty)
    before = read_tables(deployment.database, without=NOT_REPLAYED)
    assert read_tables(empty, without=NOT_REPLAYED) == before
    assert {row[0] for row in before["plan"]} == {"shenzhen-software-2025", "china-software-2025"}


def test_each_digest_covers_the_entry_and_all_before_it(deployment: Deployment) -> None:
    _live_through(deployment)
    with deployment.database.read_session() as session:
        for plan in session.exec(select(Plan)).all():
            digest, revision = GENESIS, 0
            for entry in _entries(session):
                if entry.plan != plan.code:
                    continue
                revision += 1
                digest = digest_of(digest, entry)
                assert (entry.revision, entry.digest) == (revision, digest)
            assert (plan.revision, plan.digest) == (revision, digest)
    assert head(deployment)["revision"] > 1


@pytest.mark.parametrize(
    "changed",
    [
        {"plan": "another"},
        {"revision": 2},
        {"recorded_at": NOW + timedelta(microseconds=1)},
        {"actor": "another"},
        {"action": "observe"},
        {"subject": "another"},
        {"payload": '{"value":"2"}'},
    ],
)
def test_a_change_of_anything_in_an_entry_changes_its_digest(changed: dict[str, Any]) -> None:
    content: dict[str, Any] = {
        "plan": "a-plan",
        "revision": 1,
        "recorded_at": NOW,
        "actor": "nanshan",
        "action": "submit",
        "subject": "nanshan 2024-Q3",
        "payload": '{"value":"1"}',
        "digest": "",
    }
    digest = digest_of(GENESIS, LedgerEntry(**content))
    assert digest_of(GENESIS, LedgerEntry(**content | changed)) != digest
    assert digest_of("1" * 64, LedgerEntry(**content)) != digest


def test_recorded_at_never_decreases_though_the_clock_jumps_back(deployment: Deployment) -> None:
    nanshan, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    sent: list[Any] = []
    for jump in (0, -3600, 7200, -86400, 10):
        deployment.clock.now = NOW + timedelta(seconds=jump)
        value = 1000 + len(sent)
        sent.append(submit(deployment, nanshan, figure(value=value), correction_reason="recount"))
    decide(deployment, reviewer, sent[-1], "approve")
    assert [each.status_code for each in sent] == [201] * 5
    with deployment.database.read_session() as session:
        entries = [each for each in _entries(session) if each.plan.startswith("shenzhen")]
    assert all(one.recorded_at <= other.recorded_at for one, other in pairwise(entries))
    assert entries[-1].recorded_at == NOW + timedelta(hours=2)
    # What an instant shows is still all that came up to it.
    instant = (NOW + timedelta(hours=2)).isoformat().replace("+00:00", "Z")
    found = deployment.client.get(f"{CITY}/ledger/head", params={"as_of": instant})
    assert found.json()["revision"] == entries[-1].revision


def test_one_write_is_one_entry_by_its_owner(deployment: Deployment) -> None:
    nanshan = deployment.key("reporter", "nanshan", owner="nanshan bureau")
    before = head(deployment)
    answer = submit(deployment, nanshan, figure(), figure("rd_institutions", 2))
    assert answer.status_code == 201
    query = {"limit": 1000}
    headers = deployment.key("reader")
    rows = deployment.client.get(f"{CITY}/ledger", params=query, headers=headers).json()["items"]
    assert [row["revision"] for row in rows] == [*range(1, before["revision"] + 2)]
    assert (rows[-1]["actor"], rows[-1]["action"]) == ("nanshan bureau", "submit")
    assert rows[-1]["digest"] == head(deployment)["digest"] != before["digest"]


def test_plans_have_ledgers_of_their_own(deployment: Deployment) -> None:
    place = "/api/v1/plans/china-software-2025/ledger/head"
    before = deployment.client.get(place).json()
    submit(deployment, deployment.key("reporter", "nanshan"), figure())
    assert deployment.client.get(place).json() == before


def test_figures_in_a_payload_are_texts_and_never_binary_floats() -> None:
    assert canonical_json({"b": "812.4", "a": ["\N{GREEK SMALL LETTER PI}"]}) == (
        '{"a":["\N{GREEK SMALL LETTER PI}"],"b":"812.4"}'
    )


def test_a_plan_that_is_not_there_cannot_be_locked(api: Deployment) -> None:
    with api.database.write_transaction() as session, pytest.raises(PlanUnknown):
        lock_plan(session, "atlantis-2030")


def test_the_body_of_a_report_is_kept_exactly_as_sent(deployment: Deployment) -> None:
    headers = deployment.key("reporter", "nanshan") | {"Content-Type": "application/json"}
    body = json.dumps(report(figure(value="VALUE", unit="万元"))).replace('"VALUE"', "8124000.50")
    answer = deployment.client.post(f"{CITY}/reports", content=body, headers=headers)
    assert answer.status_code == 201
    with deployment.database.read_session() as session:
        stored = session.exec(select(LedgerPart)).one().payload
    sent = json.loads(stored)["figures"][0]
    assert (sent["reported_value"], sent["reported_unit"]) == ("8124000.5", "万元")
    assert sent["value"] == "812.40005"
