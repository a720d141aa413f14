"""The check of what answers rest on: on PostgreSQL one in flight, for those who came before it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.database import Database
from app.edge.state import State, Watch
from tests.conftest import Deployment

PLAN = "shenzhen-software-2025"
READERS = 20


@contextmanager
def _checks(database: Database) -> Iterator[list[str]]:
    """The checks that have begun."""
    begun: list[str] = []
    ask = database.data_version

    def note(connection: sa.Connection, question: str) -> object:
        begun.append(question)
        return ask(connection, question)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "data_version", note)
        yield begun


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_who_comes_while_a_check_is_in_flight_waits_for_the_next_one(
    deployment: Deployment,
) -> None:
    database = deployment.database
    watch = Watch(database)

    async def ask() -> tuple[State, list[State]]:
        with database.engine.connect() as writer, _checks(database) as begun:
            # The check waits for this table, so that it is in flight while others come.
            writer.execute(sa.text("LOCK TABLE plan IN ACCESS EXCLUSIVE MODE"))
            first = asyncio.create_task(watch.read())
            await _until(lambda: len(begun) == 1)
            later = [asyncio.create_task(watch.read()) for _ in range(READERS)]
            await asyncio.sleep(0)
            written = sa.text("UPDATE plan SET revision = revision + 1 WHERE code = :code")
            writer.execute(written, {"code": PLAN})
            writer.commit()
            found = await first, await asyncio.gather(*later)
            # One for the first reader, and one for all who came while it was in flight.
            assert len(begun) == 2
            return found

    with database.engine.connect() as connection:
        revision = sa.text("SELECT revision FROM plan WHERE code = :code")
        before = connection.execute(revision, {"code": PLAN}).scalar_one()
    try:
        _, later = asyncio.run(ask())
    finally:
        watch.close()
    assert {state.heads[PLAN].revision for state in later} == {before + 1}
    assert len({id(state) for state in later}) == 1
