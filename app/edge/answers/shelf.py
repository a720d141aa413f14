"""Finished answers, ready to be sent: bounded in bytes, the ones that were not asked for go first.

Who asks for what is being made waits for it and shares it.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field

from app.edge.packing import PACKERS

RawHeaders = list[tuple[bytes, bytes]]

# Smaller bodies gain nothing by being compressed; larger ones are compressed in a thread.
LEAST_COMPRESSED, MOST_COMPRESSED_AT_ONCE = 1000, 64 * 1024
# A single answer takes at most this part of the room.
_PART = 8
_COMPRESSIBLE = (b"application/json", b"application/vnd.sdmx", b"application/xml", b"text/")
_OVERHEAD = 1000


@dataclass(slots=True, eq=False)
class ReadyAnswer:
    """A body with its tag and the headers that every client gets with it."""

    headers: RawHeaders
    body: bytes
    tag: bytes
    is_immutable: bool
    _packed: dict[str, bytes] = field(default_factory=dict, init=False)

    def tag_in(self, encoding: str | None) -> bytes:
        """The tag of the body in an encoding: other bytes, another tag (RFC 9110, 8.8.3.3)."""
        return self.tag if encoding is None else self.tag[:-1] + f'-{encoding}"'.encode()

    @property
    def is_compressible(self) -> bool:
        """Whether a client that asks for it gets the body compressed."""
        kind = next((value for name, value in self.headers if name == b"content-type"), b"")
        return len(self.body) >= LEAST_COMPRESSED and kind.startswith(_COMPRESSIBLE)

    @property
    def is_file(self) -> bool:
        """Whether it is a file, of which a client may ask for a part."""
        return any(name == b"content-disposition" for name, _ in self.headers)

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return len(self.body) + sum(map(len, self._packed.values())) + _OVERHEAD

    def ready_in(self, encoding: str | None) -> bytes | None:
        """The body in an encoding; None where it has not been compressed in it."""
        return self.body if encoding is None else self._packed.get(encoding)

    async def packed(self, encoding: str) -> bytes:
        """The body in an encoding, compressed once for all who ask."""
        if encoding not in self._packed:
            pack = PACKERS[encoding]
            if len(self.body) > MOST_COMPRESSED_AT_ONCE:
                self._packed[encoding] = await asyncio.to_thread(pack, self.body)
            else:
                self._packed[encoding] = pack(self.body)
        return self._packed[encoding]


class Shelf:
    """The answers of a deployment by their keys. ``room``: how many bytes they may take."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._taken = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[ReadyAnswer, int]] = OrderedDict()
        self._being_made: dict[Hashable, Future[ReadyAnswer | None]] = {}
        self.hits = self.misses = 0

    async def get(
        self,
        key: Hashable,
        make: Callable[[], Awaitable[ReadyAnswer | None]],
        is_current: Callable[[ReadyAnswer], Awaitable[bool]],
    ) -> ReadyAnswer | None:
        """The answer under a key: ready, or made once for all who ask at the same time.

        ``is_current`` says whether what was made may be kept. None: what was made went to its
        client, and is not for others.
        """
        with self._lock:
            found = self._find(key)
            flight = None if found else self._being_made.get(key)
            is_first = found is None and flight is None
            self.hits += not is_first
            self.misses += is_first
            if is_first:
                flight = self._being_made[key] = Future()
                # A client that goes away takes it from nobody.
                flight.set_running_or_notify_cancel()
        if flight is None:
            return found
        if is_first:
            return await self._make(key, flight, make, is_current)
        return await asyncio.wrap_future(flight) or await make()

    async def _make(
        self,
        key: Hashable,
        flight: "Future[ReadyAnswer | None]",
        make: Callable[[], Awaitable[ReadyAnswer | None]],
        is_current: Callable[[ReadyAnswer], Awaitable[bool]],
    ) -> ReadyAnswer | None:
        answer = None
        try:
            answer = await make()
            if answer is not None and await is_current(answer):
                self.keep(key, answer)
        finally:
            with self._lock:
                del self._being_made[key]
            flight.set_result(answer)
        return answer

    def find(self, key: Hashable) -> ReadyAnswer | None:
        """The answer that is kept under a key."""
        with self._lock:
            found = self._find(key)
            self.hits += found is not None
            return found

    def _find(self, key: Hashable) -> ReadyAnswer | None:
        kept = self._kept.get(key)
        if kept is None:
            return None
        self._kept.move_to_end(key)
        return kept[0]

    def weigh(self, key: Hashable, answer: ReadyAnswer) -> None:
        """Notice that an answer that is kept has grown: it was compressed for a client."""
        with self._lock:
            is_kept = self._find(key) is answer
        if is_kept:
            self.keep(key, answer)

    def keep(self, key: Hashable, answer: ReadyAnswer) -> None:
        """Keep an answer, and let go of what there is no room for."""
        size = answer.size
        if size > self._room // _PART:
            return
        with self._lock:
            self._taken += size - self._kept.pop(key, (answer, 0))[1]
            self._kept[key] = (answer, size)
            while self._taken > self._room:
                _, (_, freed) = self._kept.popitem(last=False)
                self._taken -= freed
