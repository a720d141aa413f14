"""An answer as the application makes it: held until its tag is known, a large one on disk."""

import hashlib
from collections.abc import Awaitable, Callable
from tempfile import SpooledTemporaryFile
from typing import Self

from starlette.types import Message, Scope

from app.api.answers.files import CHUNK, HELD_IN_MEMORY
from app.api.answers.tags import make_tag
from app.api.requests.refusals import RangeInvalid
from app.edge.answers.outlet import Outlet
from app.edge.answers.shelf import RawHeaders, ReadyAnswer

_STREAM = b"text/event-stream"


class Recorder:
    """Takes what the application sends for one request.

    ``answer`` is a successful read that is small enough to be shared. Whatever else it is, it has
    gone out: a failure as it came, a stream piece by piece, a large answer from disk.
    ``on_made`` is called when the whole of an answer is held.
    """

    def __init__(
        self, scope: Scope, outlet: Outlet, on_made: Callable[[], Awaitable[None]]
    ) -> None:
        self._on_made = on_made
        self._scope = scope
        self._outlet = outlet
        self._headers: RawHeaders | None = None
        self._held = SpooledTemporaryFile(max_size=HELD_IN_MEMORY)  # noqa: SIM115 - see __exit__
        self._digest = hashlib.sha256()
        self._is_stream = False
        self.answer: ReadyAnswer | None = None
        self.failure: RangeInvalid | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    async def send(self, message: Message) -> None:
        """Take one message of the application."""
        if message["type"] == "http.response.start":
            await self._on_start(message)
        elif message["type"] == "http.response.body" and self._headers is not None:
            await self._on_held(message, self._headers)
        elif self._is_stream:
            await self._outlet.send_event(message)
        else:
            await self._outlet.send(message)

    async def _on_start(self, message: Message) -> None:
        headers: RawHeaders = list(message["headers"])
        kind = next((value for name, value in headers if name == b"content-type"), b"")
        self._is_stream = kind.startswith(_STREAM)
        if self._scope["method"] == "GET" and message["status"] == 200 and not self._is_stream:
            self._headers = [each for each in headers if each[0] != b"content-length"]
        else:
            # What was held of an answer that broke off is not sent.
            self._headers = None
            await self._outlet.send(message)

    async def _on_held(self, message: Message, headers: RawHeaders) -> None:
        body = message.get("body", b"")
        self._held.write(body)
        self._digest.update(body)
        if message.get("more_body", False):
            return
        await self._on_made()
        size = self._held.tell()
        self._held.seek(0)
        answer = ReadyAnswer(
            headers=headers,
            body=self._held.read() if size <= HELD_IN_MEMORY else b"",
            tag=make_tag(self._digest.hexdigest()).encode(),
            is_immutable=self._scope.get("state", {}).get("is_immutable", False),
        )
        if size <= HELD_IN_MEMORY:
            self.answer = answer
        elif not await self._outlet.is_known(answer):
            try:
                part = self._outlet.find_part(answer, size)
            except RangeInvalid as invalid:
                # The application is not done yet: it is told afterwards.
                self.failure = invalid
                return
            await self._send_held(answer, part, size)

    async def _send_held(self, answer: ReadyAnswer, part: range | None, size: int) -> None:
        """Send what is held on disk, or a part of it, piece by piece."""
        if part is not None:
            await self._outlet.begin_part(answer, part, size)
        else:
            length = (b"content-length", str(size).encode())
            await self._outlet.begin(200, [*self._outlet.tagged(answer), length])
        left = len(part or range(size)) if self._outlet.wants_body else 0
        self._held.seek(part.start if part else 0)
        while left > CHUNK:
            body = self._held.read(CHUNK)
            left -= CHUNK
            await self._outlet.send({"type": "http.response.body", "body": body, "more_body": True})
        await self._outlet.send({"type": "http.response.body", "body": self._held.read(left)})
