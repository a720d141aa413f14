"""Ready answers: made once for all who ask together, bounded in bytes, compressed once."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable

import pytest

from app.edge.answers.shelf import ReadyAnswer, Shelf

ROOM = 100_000


def _answer(size: int = 5000) -> ReadyAnswer:
    headers = [(b"content-type", b"application/json")]
    return ReadyAnswer(headers=headers, body=b"x" * size, tag=b'"t"', is_immutable=False)


def _making(
    answer: ReadyAnswer | None, made: list[str]
) -> Callable[[], Awaitable[ReadyAnswer | None]]:
    async def make() -> ReadyAnswer | None:
        made.append("made")
        await asyncio.sleep(0.01)
        return answer

    return make


async def _yes(_answer: ReadyAnswer) -> bool:
    return True


async def _no(_answer: ReadyAnswer) -> bool:
    return False


def test_who_asks_for_the_same_shares_one_computation() -> None:
    shelf, made, answer = Shelf(ROOM), list[str](), _answer()

    async def run() -> list[ReadyAnswer | None]:
        asking = [shelf.get("key", _making(answer, made), _yes) for _ in range(50)]
        return list(await asyncio.gather(*asking))

    assert asyncio.run(run()) == [answer] * 50
    assert made == ["made"]
    assert asyncio.run(shelf.get("key", _making(None, made), _yes)) is answer
    assert made == ["made"]


def test_what_is_no_longer_current_is_shared_but_not_kept() -> None:
    shelf, made = Shelf(ROOM), list[str]()
    for _ in range(2):
        asyncio.run(shelf.get("key", _making(_answer(), made), _no))
    assert made == ["made", "made"]


def test_what_is_not_for_others_is_made_by_each() -> None:
    shelf, made = Shelf(ROOM), list[str]()

    async def run() -> list[ReadyAnswer | None]:
        asking = [shelf.get("key", _making(None, made), _yes) for _ in range(3)]
        return list(await asyncio.gather(*asking))

    assert asyncio.run(run()) == [None] * 3
    assert made == ["made"] * 3


def test_a_failure_is_its_own_and_the_others_try_themselves() -> None:
    shelf, made, answer = Shelf(ROOM), list[str](), _answer()

    async def fail() -> ReadyAnswer | None:
        await asyncio.sleep(0.01)
        raise OSError(5, "the disk")

    async def run() -> list[ReadyAnswer | BaseException | None]:
        first = shelf.get("key", fail, _yes)
        second = shelf.get("key", _making(answer, made), _yes)
        return list(await asyncio.gather(first, second, return_exceptions=True))

    failed, found = asyncio.run(run())
    assert isinstance(failed, OSError)
    assert found is answer


def test_a_client_that_goes_away_takes_the_answer_from_nobody() -> None:
    shelf, made, answer = Shelf(ROOM), list[str](), _answer()

    async def run() -> ReadyAnswer | None:
        first = asyncio.create_task(shelf.get("key", _making(answer, made), _yes))
        await asyncio.sleep(0)
        gone = asyncio.create_task(shelf.get("key", _making(None, made), _yes))
        stays = asyncio.create_task(shelf.get("key", _making(None, made), _yes))
        await asyncio.sleep(0)
        gone.cancel()
        await first
        return await stays

    assert asyncio.run(run()) is answer


@pytest.mark.parametrize(("size", "is_kept"), [(5000, True), (ROOM // 8, False)])
def test_an_answer_takes_an_eighth_of_the_room_at_most(size: int, *, is_kept: bool) -> None:
    shelf, made = Shelf(ROOM), list[str]()
    for _ in range(2):
        asyncio.run(shelf.get("key", _making(_answer(size), made), _yes))
    assert (made == ["made"]) is is_kept


def test_the_answers_that_nobody_asked_for_go_first() -> None:
    shelf, made = Shelf(ROOM), list[str]()

    def ask(key: int) -> bool:
        """Whether the answer had to be made."""
        before = len(made)
        asyncio.run(shelf.get(key, _making(_answer(9000), made), _yes))
        return len(made) > before

    # Ten of 9,000 bytes, and what each takes beside its body, fill the room.
    assert all(ask(key) for key in range(10))
    assert not ask(0)
    assert ask(10)
    assert not ask(0)
    assert ask(1)


def test_a_body_is_compressed_once_and_weighs_more_then() -> None:
    shelf, answer = Shelf(ROOM), _answer()
    shelf.keep("key", answer)
    before = answer.size
    first = asyncio.run(answer.packed("gzip"))
    assert gzip.decompress(first) == answer.body
    assert asyncio.run(answer.packed("gzip")) is first
    assert answer.size == before + len(first)
    shelf.weigh("key", answer)
    assert asyncio.run(shelf.get("key", _making(None, []), _yes)) is answer


def test_small_bodies_and_files_are_not_compressed() -> None:
    assert _answer(1000).is_compressible
    assert not _answer(999).is_compressible
    book = [(b"content-type", b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    assert not ReadyAnswer(
        headers=book, body=b"x" * 5000, tag=b'"t"', is_immutable=False
    ).is_compressible
