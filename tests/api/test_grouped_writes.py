"""Writes that share a transaction: what one of them leaves to the next, and what is undone."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from app import writer as writers
from app.database import Database
from app.migration import migrate
from app.services.access.keys import revoke_key
from app.services.ledger.verification import verify_plan
from app.settings import Settings
from app.tables import Delivery
from tests.conftest import Deployment
from tests.writing import CITY, Json, figure, head, report, submit

PLAN = "shenzhen-software-2025"


class Group:
    """Requests that wait behind a write, in the order in which they were made."""

    def __init__(self, deployment: Deployment, pool: ThreadPoolExecutor) -> None:
        app: Any = deployment.client.app
        self.writer: writers.Writer = app.state.writer
        self._pool, self._is_open = pool, threading.Event()

    def close(self) -> None:
        """Keep what is added now waiting."""
        self._gate = self.writer.begin(self._hold, plan=PLAN)
        self._await_queue(0)

    def add(self, make: Callable[[], Any]) -> "Future[Any]":
        """One more request."""
        waiting = self.writer.waiting
        told = self._pool.submit(make)
        self._await_queue(waiting + 1)
        return told

    def add_work(self, work: Callable[[Session], Any]) -> "Future[Any]":
        """One more write that is no request."""
        return self.writer.begin(work, plan=PLAN)

    def go(self) -> None:
        """Let all of them through."""
        self._is_open.set()
        wait([self._gate], timeout=20)

    def _hold(self, _: Session) -> None:
        assert self._is_open.wait(20)

    def _await_queue(self, length: int) -> None:
        deadline = time.monotonic() + 20
        while self.writer.waiting != length:
            assert time.monotonic() < deadline
            time.sleep(0.002)


@pytest.fixture
def group(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Iterator[Group]:
    # However slow the machine: all that waits is one group.
    monkeypatch.setattr(writers, "GROUP_SECONDS", 60)
    with ThreadPoolExecutor(8) as pool:
        yield Group(deployment, pool)


def _deliveries(deployment: Deployment) -> list[tuple[str, str]]:
    with deployment.database.read_session() as session:
        return [(each.event, each.subject) for each in session.exec(select(Delivery))]


def test_each_write_of_a_group_builds_on_the_one_before(
    deployment: Deployment, group: Group
) -> None:
    nanshan, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    administrator = deployment.key("administrator")
    before = head(deployment)["revision"]
    group.close()
    hook = {"url": "https://example.org/hook", "events": ["approved"], "format": "standard"}
    corrected = {"correction_reason": "counted again"}
    dry = report(figure(value=3), **corrected)
    post = deployment.client.post
    made = [
        group.add(lambda: submit(deployment, nanshan, figure(value=1))),
        group.add(lambda: submit(deployment, nanshan, figure(value=2))),
        group.add(lambda: submit(deployment, nanshan, figure(value=2), **corrected)),
        group.add(lambda: post(f"{CITY}/reports?dry_run=true", json=dry, headers=nanshan)),
        group.add(lambda: post(f"{CITY}/hooks", json=hook, headers=administrator)),
        group.add(lambda: _approve(deployment, reviewer, f"r{before + 2}-1")),
        group.add(lambda: submit(deployment, nanshan, figure(value=3), **corrected)),
    ]
    group.go()
    told = [each.result(60) for each in made]
    assert [each.status_code for each in told] == [201, 409, 201, 200, 201, 200, 201]
    revisions = [told[place].json()["report"]["revision"] for place in (0, 2, 6)]
    assert revisions == [before + 1, before + 2, before + 4]
    # The second was held against the first, the last against the third, the dry run left nothing.
    assert told[1].json()["errors"][0]["facts"]["live"] == "1"
    (last,) = told[6].json()["report"]["figures"]
    assert last["previous_value"] == 2
    # The hook that was created in between hears of the approval after it.
    assert _deliveries(deployment) == [("approved", f"r{before + 2}-1")]
    assert head(deployment)["revision"] == before + 4


def test_a_key_that_is_revoked_in_a_group_is_no_good_after_it(
    deployment: Deployment, group: Group
) -> None:
    nanshan, luohu = deployment.key("reporter", "nanshan"), deployment.key("reporter", "luohu")
    code = nanshan["Authorization"].split("_")[1]
    group.close()
    first = group.add(lambda: submit(deployment, nanshan, figure(value=1)))
    second = group.add(lambda: submit(deployment, nanshan, figure("rd_institutions", 3)))
    other = group.add(lambda: submit(deployment, luohu, figure(value=1), area="luohu"))
    group.add_work(partial(revoke_key, key_id=code, now=deployment.clock.now))
    late = group.add(lambda: submit(deployment, nanshan, figure("industrial_space", 9)))
    group.go()
    told = [each.result(60).status_code for each in (first, second, other, late)]
    assert told == [201, 201, 201, 401]


def test_a_retry_in_the_same_group_gets_the_answer_that_was_left(
    deployment: Deployment, group: Group
) -> None:
    nanshan = deployment.key("reporter", "nanshan")
    for period in ("2024-Q2", "2024-Q3"):
        submit(deployment, nanshan, figure(value=5), period=period)
    before = head(deployment)
    group.close()
    keyed, corrected = nanshan | {"Idempotency-Key": "once"}, {"correction_reason": "recount"}
    first, again = (
        group.add(lambda: submit(deployment, keyed, figure(value=6), **corrected)) for _ in "ab"
    )
    other = group.add(lambda: submit(deployment, keyed, figure(value=7), **corrected))
    with Statements(deployment.database) as asked:
        group.go()
        told = [each.result(60) for each in (first, again, other)]
    assert [each.status_code for each in told] == [201, 201, 422]
    assert told[1].json() == told[0].json()
    assert told[1].headers["Idempotent-Replayed"] == "true"
    assert told[2].json()["code"] == "idempotency_key_reused"
    assert (asked.entries, asked.savepoints) == ([1], 0)
    assert head(deployment)["revision"] == before["revision"] + 1


class Statements:
    """The entries that a database is told to store, how many each time; and the savepoints."""

    def __init__(self, database: Database) -> None:
        self.entries: list[int] = []
        self.savepoints = 0
        self.failure: Exception | None = None
        self._engine = database.engine

    def __enter__(self) -> Self:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _1: Any, _2: Any, text: str, given: Any, _3: Any, is_many: bool) -> None:  # noqa: FBT001
        self.savepoints += text.startswith("SAVEPOINT")
        if text.startswith("INSERT INTO ledger "):
            if is_many and self.failure:
                raise self.failure
            self.entries.append(len(given) if is_many else 1)


def _four(deployment: Deployment, group: Group) -> "tuple[list[Future[Any]], Json]":
    """Four reports that wait, and where the plan is before them."""
    # Not first figures: those are held against other areas, which are read.
    codes, reason = ("value_added", "industrial_space"), "counted again"
    keys = {area: deployment.key("reporter", area) for area in ("nanshan", "luohu")}
    for area, key in keys.items():
        for period in ("2024-Q2", "2024-Q3"):
            figures = [figure(each, 5) for each in codes]
            assert submit(deployment, key, *figures, area=area, period=period).status_code == 201
    before = head(deployment)
    group.close()
    made = [
        group.add(
            partial(submit, deployment, key, figure(each, 6), area=area, correction_reason=reason)
        )
        for area, key in keys.items()
        for each in codes
    ]
    return made, before


def test_what_reports_of_a_group_leave_is_stored_at_once(
    deployment: Deployment, group: Group, tmp_path: Path
) -> None:
    reviewer = deployment.key("reviewer")
    made, _ = _four(deployment, group)
    with Statements(deployment.database) as asked:
        group.go()
        reports = [each.result(60).json()["report"] for each in made]
    assert (asked.entries, asked.savepoints) == ([4], 0)
    for each in reports:
        read = deployment.client.get(f"{CITY}/reports/{each['id']}", headers=reviewer)
        assert read.json()["figures"] == each["figures"]
    with (
        Database(Settings(database_url=f"sqlite:///{tmp_path}/blank.db")) as blank,
        deployment.database.read_session() as session,
    ):
        migrate(blank)
        assert verify_plan(session, PLAN, blank) == []


def test_where_what_was_left_cannot_be_stored_everybody_is_told(
    deployment: Deployment, group: Group
) -> None:
    made, before = _four(deployment, group)
    with Statements(deployment.database) as asked:
        asked.failure = OSError(28, "no space left")
        group.go()
        told = [each.result(60) for each in made]
    assert {(each.status_code, each.json()["code"]) for each in told} == {
        (503, "storage_unavailable")
    }
    assert head(deployment) == before
    nanshan = deployment.key("reporter", "nanshan")
    again = submit(deployment, nanshan, figure(value=7), correction_reason="counted again")
    assert again.json()["report"]["revision"] == before["revision"] + 1


def test_a_write_that_needs_the_database_finds_what_was_left(
    deployment: Deployment, group: Group
) -> None:
    nanshan, reviewer = deployment.key("reporter", "nanshan"), deployment.key("reviewer")
    submit(deployment, nanshan, figure("rd_institutions", 1))
    last = head(deployment)["revision"]
    group.close()
    corrected = {"correction_reason": "counted again"}
    made = [
        group.add(lambda: submit(deployment, nanshan, figure(value=1))),
        group.add(lambda: submit(deployment, nanshan, figure(value=2), **corrected)),
        group.add(lambda: submit(deployment, nanshan, figure("industrial_space", 4))),
        group.add(lambda: _approve(deployment, reviewer, f"r{last + 3}-1")),
        group.add(lambda: _approve(deployment, reviewer, f"r{last + 1}-1")),
        group.add(lambda: submit(deployment, nanshan, figure(value=3), **corrected)),
    ]
    group.go()
    told = [each.result(60) for each in made]
    # The first report was replaced by the second: nothing of it can be approved.
    assert [each.status_code for each in told] == [201, 201, 201, 200, 409, 201]
    assert told[5].json()["report"]["revision"] == last + 5


def _approve(deployment: Deployment, reviewer: dict[str, str], code: str) -> Any:
    return deployment.client.post(f"{CITY}/reports/{code}/approve", json={}, headers=reviewer)
