"""The pace at which requests are begun."""

import asyncio
import contextlib
from itertools import pairwise

from app.edge.pace import Pace


async def _begin(pace: Pace, name: str, begun: list[str]) -> None:
    await pace.turn()
    begun.append(name)


def test_whoever_needs_no_turn_passes_between_those_who_came_before() -> None:
    begun: list[str] = []

    async def check_health() -> None:
        begun.append("health")

    async def come() -> None:
        pace = Pace()
        with pace.working():
            crowd = [_begin(pace, str(number), begun) for number in range(4)]
            await asyncio.gather(*crowd, check_health())

    asyncio.run(come())
    assert begun == ["0", "health", "1", "2", "3"]


def test_where_nothing_is_worked_out_nobody_waits() -> None:
    begun: list[str] = []

    async def check_health() -> None:
        begun.append("health")

    async def come() -> None:
        pace = Pace()
        with pace.working():
            pass
        crowd = [_begin(pace, str(number), begun) for number in range(3)]
        await asyncio.gather(*crowd, check_health())

    asyncio.run(come())
    assert begun == ["0", "1", "2", "health"]


def test_one_begins_in_each_round_of_the_loop() -> None:
    begun: list[str] = []
    counts: list[int] = []

    async def come() -> None:
        pace = Pace()
        with pace.working():
            crowd = [asyncio.create_task(_begin(pace, str(number), begun)) for number in range(3)]
            while not all(each.done() for each in crowd):
                await asyncio.sleep(0)
                counts.append(len(begun))

    asyncio.run(come())
    assert begun == ["0", "1", "2"]
    assert {later - sooner for sooner, later in pairwise(counts)} <= {0, 1}


def test_one_who_went_away_holds_nobody_up() -> None:
    begun: list[str] = []

    async def come() -> None:
        pace = Pace()
        with pace.working():
            crowd = [asyncio.create_task(_begin(pace, str(number), begun)) for number in range(4)]
            await asyncio.sleep(0)
            crowd[1].cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await crowd[1]
            await asyncio.gather(crowd[0], *crowd[2:])
            # And the next one waits for nobody.
            await _begin(pace, "next", begun)

    asyncio.run(come())
    assert begun == ["0", "2", "3", "next"]


def test_each_loop_has_a_line_of_its_own() -> None:
    pace, begun = Pace(), list[str]()
    with pace.working():
        for name in ("first", "second"):
            # The loop ends at once, with its turn taken.
            asyncio.run(_begin(pace, name, begun))
    assert begun == ["first", "second"]


def test_what_fails_is_no_longer_at_work() -> None:
    pace = Pace()
    with contextlib.suppress(ValueError), pace.working():
        assert pace.at_work == 1
        raise ValueError
    assert pace.at_work == 0
