"""The one writer of a process: groups with a savepoint each, a bound, a deadline, and turns."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.database import Database
from app.errors.failure import Busy, NothingThere, StorageUnavailable
from app.settings import Settings
from app.tables import ApiKey
from app.writer import Writer
from tests.conftest import NOW

PLAN = "shenzhen-software-2025"


def _add(name: str) -> Callable[[Session], str]:
    """A write that adds a key of this name."""

    def work(session: Session) -> str:
        session.add(
            ApiKey(
                id=name,
                secret_digest=name,
                owner=name,
                role="reader",
                areas="",
                created_at=NOW,
            )
        )
        session.flush()
        return name

    return work


def _refuse(session: Session) -> str:
    _add("refused")(session)
    raise NothingThere(kind="report", code="r1-1")


def _names(database: Database) -> list[str]:
    with database.read_session() as session:
        return list(session.exec(select(ApiKey.id).order_by(col(ApiKey.id))))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with Database(Settings(database_url=database_url)) as found:
        yield found


@pytest.fixture
def writer(database: Database) -> Iterator[Writer]:
    found = Writer(database, limit=50, patience=30)
    yield found
    found.close()


class Gate:
    """A write that lasts until it is let through: what comes meanwhile waits."""

    def __init__(self) -> None:
        self.is_entered = threading.Event()
        self.is_open = threading.Event()

    def __call__(self, session: Session) -> str:
        self.is_entered.set()
        assert self.is_open.wait(20)
        return _add("gate")(session)


async def _behind_a_gate(writer: Writer, *works: Callable[[Session], str]) -> list[object]:
    """What writes get that are all waiting before the first of them begins."""
    gate = Gate()
    first = asyncio.create_task(writer.write(gate, plan=PLAN))
    await asyncio.to_thread(gate.is_entered.wait, 20)
    rest = [asyncio.create_task(writer.write(work, plan=PLAN)) for work in works]
    await asyncio.sleep(0)
    gate.is_open.set()
    return await asyncio.gather(first, *rest, return_exceptions=True)


def test_a_refused_write_is_undone_alone(database: Database, writer: Writer) -> None:
    told = asyncio.run(_behind_a_gate(writer, _add("a"), _refuse, _add("b")))
    assert told[:2] == ["gate", "a"]
    assert isinstance(told[2], NothingThere)
    assert told[3] == "b"
    assert _names(database) == ["a", "b", "gate"]


def test_one_that_is_refused_before_it_asks_anything_is_refused_alone(
    database: Database, writer: Writer
) -> None:
    def refuse(_: Session) -> str:
        raise NothingThere(kind="report", code="r1-1")

    async def run() -> list[object]:
        works = (refuse, refuse, _add("a"))
        tasks = [writer.write(work, plan=PLAN) for work in works]
        return await asyncio.gather(*tasks, return_exceptions=True)

    told = asyncio.run(run())
    assert [type(each) for each in told] == [NothingThere, NothingThere, str]
    assert _names(database) == ["a"]


def test_an_error_of_the_database_is_undone_alone(database: Database, writer: Writer) -> None:
    told = asyncio.run(_behind_a_gate(writer, _add("a"), _add("a"), _add("b")))
    assert [type(each) for each in told] == [str, str, sa.exc.IntegrityError, str]
    assert _names(database) == ["a", "b", "gate"]


def test_a_dry_run_gets_its_answer_and_leaves_nothing(database: Database, writer: Writer) -> None:
    async def run() -> list[str]:
        dry = writer.write(_add("dry"), plan=PLAN, is_kept=False)
        return list(await asyncio.gather(dry, writer.write(_add("kept"), plan=PLAN)))

    assert asyncio.run(run()) == ["dry", "kept"]
    assert _names(database) == ["kept"]


def test_who_no_longer_waits_is_passed_over(database: Database, writer: Writer) -> None:
    gate = Gate()

    async def leave() -> None:
        asked = asyncio.create_task(writer.write(gate, plan=PLAN))
        await asyncio.to_thread(gate.is_entered.wait, 20)
        asked.cancel()

    asyncio.run(leave())
    gate.is_open.set()
    assert asyncio.run(writer.write(_add("later"), plan=PLAN)) == "later"
    assert _names(database) == ["gate", "later"]


def test_waiting_writes_share_one_commit(database: Database, writer: Writer) -> None:
    commits: list[object] = []
    sa.event.listen(database.engine, "commit", commits.append)
    asyncio.run(_behind_a_gate(writer, *(_add(f"w{number}") for number in range(10))))
    # The gate may have held its group for longer than a group takes others in. No more than one
    # in four begins a group on a machine that is busy.
    assert len(commits) <= 4
    assert len(_names(database)) == 11


def test_where_the_commit_fails_everybody_is_told(database: Database, writer: Writer) -> None:
    def fail(_connection: object) -> None:
        raise OSError(28, "no space left")

    sa.event.listen(database.engine, "commit", fail)
    told = asyncio.run(_behind_a_gate(writer, _add("a"), _refuse))
    sa.event.remove(database.engine, "commit", fail)
    assert all(isinstance(each, StorageUnavailable) for each in told)
    assert _names(database) == []
    assert asyncio.run(writer.write(_add("later"), plan=PLAN)) == "later"


def test_a_full_queue_is_told_at_once_and_a_hopeless_one_in_time(database: Database) -> None:
    writer = Writer(database, limit=2, patience=0.5)
    gate = Gate()

    async def run() -> tuple[list[object], float]:
        first = asyncio.create_task(writer.write(gate, plan=PLAN))
        await asyncio.to_thread(gate.is_entered.wait, 20)
        waiting = [asyncio.create_task(writer.write(_add(name), plan=PLAN)) for name in ("a", "b")]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await writer.write(_add("c"), plan=PLAN)
        started = time.monotonic()
        told = await asyncio.gather(*waiting, return_exceptions=True)
        took = time.monotonic() - started
        gate.is_open.set()
        # What was begun is told of, however long it took.
        assert await first == "gate"
        return list(told), took

    told, took = asyncio.run(run())
    assert [type(each) for each in told] == [Busy, Busy]
    assert took < 5
    writer.close()
    assert _names(database) == ["gate"]


def test_a_lock_that_is_held_elsewhere_is_told_in_time(sqlite_url: str) -> None:
    patience = 0.3
    settings = Settings(database_url=sqlite_url, busy_timeout_seconds=patience)
    with Database(settings) as database, Database(settings) as other:
        writer = Writer(database, limit=9, patience=patience)
        started = time.monotonic()
        with other.write_group(), pytest.raises(Busy):
            asyncio.run(writer.write(_add("a"), plan=PLAN))
        assert time.monotonic() - started < 5
        assert asyncio.run(writer.write(_add("b"), plan=PLAN)) == "b"
        writer.close()


def test_processes_take_turns(sqlite_url: str) -> None:
    """Two writers that never pause: while one writes much, the other gets its turn in between."""
    settings = Settings(database_url=sqlite_url, busy_timeout_seconds=20)
    order: list[str] = []

    async def keep_writing(writer: Writer, name: str, count: int) -> None:
        async def one(number: int) -> None:
            order.append((await writer.write(_add(f"{name}{number}"), plan=PLAN))[0])

        for start in range(0, count, 10):
            await asyncio.gather(*(one(start + number) for number in range(10)))

    def run(name: str, count: int) -> None:
        with Database(settings) as database:
            writer = Writer(database, limit=100, patience=20)
            asyncio.run(keep_writing(writer, name, count))
            writer.close()

    threads = [threading.Thread(target=run, args=(name, 200)) for name in ("x", "y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(order) == ["x"] * 200 + ["y"] * 200
    halves = {name: order[:200].count(name) for name in ("x", "y")}
    assert min(halves.values()) > 20
