"""An answer on its way out: what every answer has, whole or not at all."""

import asyncio
import logging
import re

from starlette.types import Message, Send

from app.api.requests.refusals import RangeInvalid
from app.edge.answers.shelf import RawHeaders, ReadyAnswer
from app.edge.asked import Asked
from app.edge.packing import PACKERS

_IMMUTABLE = "max-age=31536000, immutable"
_VARY = (b"vary", b"Accept, Accept-Language, Accept-Encoding, Authorization")
_OF_A_BODY = frozenset({b"content-type", b"content-length"})
# One range of bytes: from, to, or the last so many.
_RANGE = re.compile(rb"bytes=(?:(?=[0-9]+-|-[0-9]))([0-9]{0,18})-([0-9]{0,18})", re.ASCII)
_LOG = logging.getLogger("dabiao")


class Outlet:
    """Sends one answer. ``patience``: the seconds that a listener may take for an event."""

    __slots__ = (
        *("_asked", "_patience", "_request_id", "_send"),
        *("encoding", "granted", "headers", "is_over", "status", "told"),
    )

    def __init__(self, asked: Asked, request_id: str, send: Send, patience: float) -> None:
        self._asked = asked
        self._request_id = request_id
        self._send = send
        self._patience = patience
        # The headers for the page that asks, and what the gate tells once it is passed.
        self.granted: RawHeaders = []
        self.told: RawHeaders = []
        # What has gone out: the status, the headers that a repetition has too, the encoding.
        self.status: int | None = None
        self.headers: RawHeaders = []
        self.encoding: str | None = None
        # Set where a stream of events was ended from here: by raising, which its source notices.
        self.is_over = False

    @property
    def has_started(self) -> bool:
        """Whether the status has gone out."""
        return self.status is not None

    @property
    def wants_body(self) -> bool:
        """Whether the client asked for more than the headers."""
        return self._asked.method != "HEAD"

    async def send(self, message: Message) -> None:
        """Pass a message on, with what every answer has."""
        if message["type"] == "http.response.start":
            await self.begin(message["status"], message["headers"])
        elif self.wants_body:
            await self._send(message)
        else:
            await self._send({**message, "body": b"", "more_body": False})

    async def send_event(self, message: Message) -> None:
        """Pass a part of a stream on, to a listener who takes it."""
        try:
            async with asyncio.timeout(self._patience):
                await self.send(message)
        except TimeoutError as error:
            _LOG.warning("request %s: a listener took nothing and was dropped", self._request_id)
            self.is_over = True
            raise ConnectionAbortedError from error
        if not self.wants_body:
            self.is_over = True
            raise ConnectionAbortedError

    async def begin(self, status: int, headers: RawHeaders) -> None:
        """Send status and headers."""
        known = {name for name, _ in headers}
        sent = [*headers, *self.granted]
        if b"x-content-type-options" not in known:
            sent.append((b"x-content-type-options", b"nosniff"))
        if b"cache-control" not in known and (status >= 400 or self._asked.method == "POST"):
            sent.append((b"cache-control", b"no-store"))
        await self._send(self._start(status, sent))

    async def repeat(self, status: int, headers: RawHeaders, body: bytes) -> None:
        """Send what was sent to the same request before."""
        await self._send(self._start(status, headers))
        await self._send({"type": "http.response.body", "body": body})

    def _start(self, status: int, headers: RawHeaders) -> Message:
        self.status, self.headers = status, headers
        sent = [*headers, *self.told, (b"x-request-id", self._request_id.encode())]
        return {"type": "http.response.start", "status": status, "headers": sent}

    async def send_empty(self, status: int, headers: RawHeaders) -> None:
        """An answer without a body."""
        await self.begin(status, headers)
        await self._send({"type": "http.response.body", "body": b""})

    async def send_answer(self, answer: ReadyAnswer, *, age: float | None = None) -> None:
        """A finished answer: compressed where that is asked for, or that the client has it.

        ``age``: how many seconds ago it was current, where that is not known to be now.
        """
        if age is not None:
            told = f"dabiao; hit; ttl=-{round(age)}; detail=database-unavailable"
            self.told = [
                *self.told,
                (b"age", str(round(age)).encode()),
                (b"cache-status", told.encode()),
            ]
        encoding = self._asked.encoding if answer.is_compressible else None
        if await self.is_known(answer, encoding):
            return
        if (part := self.find_part(answer, len(answer.body))) is not None:
            await self.begin_part(answer, part, len(answer.body))
            await self._send(
                {"type": "http.response.body", "body": answer.body[part.start : part.stop]}
            )
            return
        headers = self.tagged(answer, encoding)
        self.encoding = encoding
        body = await answer.packed(encoding) if encoding else answer.body
        headers.append((b"content-length", str(len(body)).encode()))
        await self.begin(200, headers)
        shown = body if self.wants_body else b""
        await self._send({"type": "http.response.body", "body": shown})

    def find_part(self, answer: ReadyAnswer, size: int) -> range | None:
        """The bytes that are asked for, of ``size``; None for all of them; RangeInvalid.

        Several ranges at once, and a part of what has changed since, are answered with all.
        """
        asked = _RANGE.fullmatch(self._asked.wanted_bytes or b"")
        is_current = self._asked.if_range in {None, answer.tag}
        if asked is None or not answer.is_file or not is_current:
            return None
        first, last = (int(each) if each else None for each in asked.groups())
        if first is None:
            # The last so many bytes.
            part = range(max(size - (last or 0), 0), size)
        elif last is not None and last < first:
            return None
        else:
            part = range(first, size if last is None else min(last + 1, size))
        if not part:
            raise RangeInvalid(size=size)
        return part

    async def begin_part(self, answer: ReadyAnswer, part: range, size: int) -> None:
        """Send status and headers of a part of a file."""
        told = f"bytes {part.start}-{part.stop - 1}/{size}".encode()
        length = (b"content-length", str(len(part)).encode())
        await self.begin(206, [*self.tagged(answer), (b"content-range", told), length])

    async def is_known(self, answer: ReadyAnswer, encoding: str | None = None) -> bool:
        """Whether the client has the answer; then it is told so."""
        if not self._has(answer):
            return False
        headers = self.tagged(answer, encoding)
        await self.send_empty(304, [each for each in headers if each[0] not in _OF_A_BODY])
        return True

    def tagged(self, answer: ReadyAnswer, encoding: str | None = None) -> RawHeaders:
        """The headers of an answer with its tag, and how long it may be kept by whom."""
        headers = [
            *answer.headers,
            (b"etag", answer.tag_in(encoding)),
            _VARY,
        ]
        if encoding is not None:
            headers.append((b"content-encoding", encoding.encode()))
        if answer.is_file:
            headers.append((b"accept-ranges", b"bytes"))
        if all(name != b"cache-control" for name, _ in answer.headers):
            reach = "public" if self._asked.authorization is None else "private"
            control = f"{reach}, {_IMMUTABLE if answer.is_immutable else 'no-cache'}"
            headers.append((b"cache-control", control.encode()))
        return headers

    def _has(self, answer: ReadyAnswer) -> bool:
        if self._asked.known_tags is None:
            return False
        given = [part.strip().removeprefix(b"W/") for part in self._asked.known_tags.split(b",")]
        tags = {answer.tag_in(encoding) for encoding in (None, *PACKERS)}
        return b"*" in given or not tags.isdisjoint(given)
