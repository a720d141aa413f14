"""Marks every answer of a demonstration: a simulated figure is never taken for a real one."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders, State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.database import Database

HEADER = "x-dabiao-demo"


class DemoMark:
    """Adds ``demo: true`` to JSON objects, and a header to every answer, of a demonstration.

    Routes that write files mark these themselves.
    ``is_demo`` asks the database until it answers: a database stays what it is.
    """

    def __init__(self, app: ASGIApp, is_demo: Callable[[Database], bool | None]) -> None:
        self.app = app
        self.is_demo = is_demo

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not await self._is_demo(scope["app"].state):
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _Marker(send).send)

    async def _is_demo(self, state: State) -> bool:
        if state.is_demo is None:
            state.is_demo = await run_in_threadpool(self.is_demo, state.database)
        return bool(state.is_demo)


class _Marker:
    """Marks one answer: JSON is held until it is whole; a file marks itself, and passes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self._held: list[bytes] = []

    async def send(self, message: Message) -> None:
        """Pass one message on, marked."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=list(message["headers"]))
            headers[HEADER] = "true"
            message = {**message, "headers": headers.raw}
            is_file = "content-disposition" in headers
            if "json" in headers.get("content-type", "") and not is_file:
                self._start = message
            else:
                await self._send(message)
        elif self._start is None:
            await self._send(message)
        else:
            self._held.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send_marked(self._start, b"".join(self._held))

    async def _send_marked(self, start: Message, body: bytes) -> None:
        if body.startswith(b"{"):
            rest = body[1:].lstrip()
            body = b'{"demo":true' + (b"" if rest.startswith(b"}") else b",") + rest
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["content-length"] = str(len(body))
        await self._send({**start, "headers": headers.raw})
        await self._send({"type": "http.response.body", "body": body})
