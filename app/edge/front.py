"""The front of the API: request ids, HEAD and OPTIONS, entity tags, and the last resort.

Pure ASGI: a wrapper around the application that sees every request and answer.
"""

import asyncio
import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import Self

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.answers.files import CHUNK, HELD_IN_MEMORY
from app.api.answers.problems import make_problem

_LOG = logging.getLogger("dabiao")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_IMMUTABLE = "max-age=31536000, immutable"
# A listener that takes nothing for so long is dropped: it comes back and resumes.
SLOW_READER_SECONDS = 20.0


class Front:
    """Wraps the application.

    ``allowed_methods`` names the methods of a path, or nothing; ``patience``: the seconds that a
    listener to events may take for one of them.
    """

    def __init__(
        self,
        app: ASGIApp,
        allowed_methods: Callable[[str], str],
        patience: float = SLOW_READER_SECONDS,
    ) -> None:
        self.app = app
        self.patience = patience
        self.allowed_methods = allowed_methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})
        headers = Headers(scope=scope)
        asked = headers.get("x-request-id", "")
        request_id = asked if _REQUEST_ID.fullmatch(asked) else secrets.token_hex(8)
        with _Answer(scope, headers, send, request_id, self.patience) as answer:
            await self._respond(scope, receive, answer, request_id)

    async def _respond(
        self, scope: Scope, receive: Receive, answer: "_Answer", request_id: str
    ) -> None:
        # Asked for only here: finding them out describes the whole API, which takes a second.
        if scope["method"] == "OPTIONS" and (allowed := self.allowed_methods(scope["path"])):
            await answer.send_empty(204, {"allow": allowed})
            return
        if "\0" in scope["path"]:
            # Nothing has such a name, and PostgreSQL fails when it is asked for one.
            await make_problem(Request(scope), 404, "no_such_path")(scope, receive, answer.send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        try:
            await self.app(scope, receive, answer.send)
        except ClientDisconnect:
            # Nobody is there to be answered, and nothing of this server has failed.
            _LOG.info("request %s: the client went away", request_id)
        except Exception:
            if answer.is_over:
                return
            # The server would drop the connection, and with it the client's next request.
            _LOG.exception("request %s failed", request_id)
            if answer.has_started:
                raise
            facts = {"request_id": request_id}
            problem = make_problem(Request(scope), 500, "internal_error", facts=facts)
            await problem(scope, receive, answer.send)


class _Answer:
    """One answer on its way out: a successful read is held until its tag is known."""

    def __init__(
        self, scope: Scope, headers: Headers, send: Send, request_id: str, patience: float
    ) -> None:
        self._patience = patience
        self._scope = scope
        self._headers = headers
        self._send = send
        self._request_id = request_id
        self._start: Message | None = None
        # A small answer is held in memory, a large one on disk.
        self._held = SpooledTemporaryFile(max_size=HELD_IN_MEMORY)  # noqa: SIM115 - see __exit__
        self._digest = hashlib.sha256()
        self._is_stream = False
        self.has_started = False
        # Set where a stream of events was ended from here: by raising, which its source notices.
        self.is_over = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    async def send_empty(self, status: int, headers: dict[str, str]) -> None:
        """An answer without a body."""
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._begin({"type": "http.response.start", "status": status, "headers": raw})
        await self._send({"type": "http.response.body", "body": b""})

    async def send(self, message: Message) -> None:
        """Pass one message of the application on."""
        if message["type"] == "http.response.start":
            await self._on_start(message)
        elif message["type"] == "http.response.body" and self._start is not None:
            await self._on_held_body(message)
        else:
            await self._pass_body(message)

    async def _on_start(self, message: Message) -> None:
        media_type = Headers(raw=message["headers"]).get("content-type", "")
        is_read = self._scope["method"] in {"GET", "HEAD"} and message["status"] == 200
        self._is_stream = media_type.startswith("text/event-stream")
        if is_read and not self._is_stream:
            self._start = message
        else:
            # What was held of an answer that broke off is not sent.
            self._start = None
            await self._begin(message)

    async def _on_held_body(self, message: Message) -> None:
        body = message.get("body", b"")
        self._held.write(body)
        self._digest.update(body)
        if message.get("more_body", False) or self._start is None:
            return
        start, size = self._start, self._held.tell()
        headers = MutableHeaders(raw=list(start["headers"]))
        tag = f'"{self._digest.hexdigest()[:32]}"'
        headers["etag"] = tag
        headers["vary"] = "Accept, Accept-Language, Authorization"
        headers.setdefault("cache-control", self._cache_control())
        if _matches(self._headers.get("if-none-match"), tag):
            for name in ("content-type", "content-length"):
                del headers[name]
            await self._begin({**start, "status": 304, "headers": headers.raw})
            await self._send({"type": "http.response.body", "body": b""})
            return
        headers["content-length"] = str(size)
        await self._begin({**start, "headers": headers.raw})
        await self._send_held(size)

    async def _send_held(self, size: int) -> None:
        """Send what is held, piece by piece."""
        is_wanted = self._scope["method"] != "HEAD"
        self._held.seek(0 if is_wanted else size)
        while len(body := self._held.read(CHUNK)) == CHUNK:
            await self._send({"type": "http.response.body", "body": body, "more_body": True})
        await self._send({"type": "http.response.body", "body": body})

    async def _pass_body(self, message: Message) -> None:
        if self._scope["method"] == "HEAD":
            message = {**message, "body": b"", "more_body": False}
        if not self._is_stream:
            await self._send(message)
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._send(message)
        except TimeoutError as error:
            _LOG.warning("request %s: a listener took nothing and was dropped", self._request_id)
            self.is_over = True
            raise ConnectionAbortedError from error
        if self._scope["method"] == "HEAD":
            self.is_over = True
            raise ConnectionAbortedError

    async def _begin(self, message: Message) -> None:
        headers = MutableHeaders(raw=list(message["headers"]))
        headers["x-request-id"] = self._request_id
        headers.setdefault("x-content-type-options", "nosniff")
        if message["status"] >= 400 or self._scope["method"] == "POST":
            headers.setdefault("cache-control", "no-store")
        self.has_started = True
        await self._send({**message, "headers": headers.raw})

    def _cache_control(self) -> str:
        reach = "private" if "authorization" in self._headers else "public"
        is_immutable = self._scope.get("state", {}).get("is_immutable", False)
        return f"{reach}, {_IMMUTABLE if is_immutable else 'no-cache'}"


def _matches(header: str | None, tag: str) -> bool:
    if header is None:
        return False
    given = [part.strip().removeprefix("W/") for part in header.split(",")]
    return "*" in given or tag in given
