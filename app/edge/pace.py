"""The pace of a busy process: in each round of its loop of events one request is begun.

Where hundreds come at once and all are begun at once, whoever comes after them waits for all of
their first steps. Begun one by one, they are answered as soon, and what needs no turn, such as a
health check, passes between them.
"""

import asyncio
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from weakref import WeakKeyDictionary


class Pace:
    """The turns of requests, in the order in which they came.

    ``at_work``: how many are being worked out. Where none is, nobody waits.
    """

    def __init__(self) -> None:
        self.at_work = 0
        self._lines: WeakKeyDictionary[asyncio.AbstractEventLoop, _Line] = WeakKeyDictionary()

    @contextmanager
    def working(self) -> Generator[None]:
        """Count a request as being worked out, for as long as the block takes."""
        self.at_work += 1
        try:
            yield
        finally:
            self.at_work -= 1

    async def turn(self) -> None:
        """Wait for a turn; there is one at once where none was given in this round."""
        if not self.at_work:
            return
        loop = asyncio.get_running_loop()
        line = self._lines.get(loop)
        if line is None:
            line = self._lines[loop] = _Line()
        if line.is_taken:
            mine = loop.create_future()
            line.waiting.append(mine)
            await mine
            return
        line.is_taken = True
        loop.call_soon(_give_next, loop, line)


class _Line:
    """Who waits in a loop."""

    def __init__(self) -> None:
        self.waiting: deque[asyncio.Future[None]] = deque()
        self.is_taken = False


def _give_next(loop: asyncio.AbstractEventLoop, line: _Line) -> None:
    while line.waiting:
        following = line.waiting.popleft()
        # Whoever went away has no use for it.
        if not following.done():
            following.set_result(None)
            loop.call_soon(_give_next, loop, line)
            return
    line.is_taken = False
