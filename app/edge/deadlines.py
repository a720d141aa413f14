"""Connections: what is sent slowly, or stops halfway, is given up; what came before is repeated.

Uvicorn itself waits for ever for the rest of a request. And it starts a task for each: where the
same bytes were answered before (``repeats``), the answer needs none.
"""

import asyncio
from functools import partial
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.utils import is_ssl

from app.edge.repeats import SENT, Repeated, Repeats, write_lines
from app.errors.failure import Failure

# From the opening of a connection, or the first byte of a further request, to the end of its head.
HEADER_SECONDS = 10.0
# A body goes on arriving, and is there in the end: 32 MiB in 300 s is 900 kbit/s.
PROGRESS_SECONDS, WHOLE_SECONDS = 10.0, 300.0
# What a head may have in all: the parser has no limit of its own.
MOST_HEAD_BYTES = 64 * 1024
_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
_END = b"content-length: 0\r\nconnection: close\r\n\r\n"


class PatientProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, with deadlines for what a client sends, and ready answers."""

    header_seconds = HEADER_SECONDS
    progress_seconds = PROGRESS_SECONDS
    whole_seconds = WHOLE_SECONDS
    _deadline: asyncio.TimerHandle | None = None
    _has_head = _has_whole = False
    _head_bytes = _begun = 0
    _began = 0.0
    # What is answered as before; not where the server itself is to log each request.
    _repeats: Repeats | None = None
    # What arrives while the answer to a request is awaited that came before.
    _following: bytes | None = None
    _is_stopping = False

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as its base has it
        """Begin to wait for the head of a request.

        As its base does, except that the addresses are not asked of a copy of the socket: while
        that is made and closed, every thread that calculates goes before a new connection.
        """
        self.connections.add(self)
        self.transport = transport
        self.flow = FlowControl(transport)
        self.server = _address(transport, "sockname")
        self.client = _address(transport, "peername")
        self.scheme = "https" if is_ssl(transport) else "http"
        self._repeats = None if self.access_log else getattr(self.app, "repeats", None)
        self._wait(self.header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived: answer what came before, wait for more of what is not whole."""
        if self._following is not None:
            self._following += data
            self.flow.pause_reading()
        elif self._repeats is None or not data.startswith(b"GET ") or not self._is_idle:
            self._receive(data)
        elif repeat := self._repeats.find((self.client[0] if self.client else "", data)):
            self._stop()
            self._unset_keepalive_if_required()
            self._following = b""
            self._repeats.answer(repeat, partial(self._repeat, data))
        else:
            self._receive_first(data)

    @property
    def _is_idle(self) -> bool:
        """Whether all that was asked for is answered, and that can be sent."""
        is_begun = self._begun > 0 and not self._has_whole
        is_answered = self.cycle is None or self.cycle.response_complete
        return is_answered and not is_begun and not self.flow.write_paused

    def _repeat(self, data: bytes, answer: Repeated | Failure | None) -> None:
        """Answer a request as it was answered before; without an answer, as any other."""
        following, self._following = self._following, None
        if self.transport.is_closing():
            return
        if isinstance(answer, tuple):
            status, lines, body = answer
            common = write_lines(self.server_state.default_headers)
            last = b"connection: close\r\n\r\n" if self._is_stopping else b"\r\n"
            head = b"".join((STATUS_LINE[status], common, lines, last))
            # Not both at once: from Python 3.12 on, asyncio is never done with an empty part.
            self.transport.write(head)
            if body:
                self.transport.write(body)
            self._has_head = self._has_whole = True
            self.on_response_complete()
        else:
            self._receive_first(data, answer)
        if self._is_stopping:
            super().shutdown()
        elif following:
            self.flow.resume_reading()
            self.data_received(following)

    def _receive_first(self, data: bytes, failure: Failure | None = None) -> None:
        """Take what may be a whole request: then the application is told so."""
        begun = self._begun
        self._receive(data)
        cycle = self.cycle
        if self._has_whole and self._begun == begun + 1 and cycle is not None and cycle.keep_alive:
            cycle.scope["extensions"] = {SENT: {"bytes": data, "failure": failure}}

    def shutdown(self) -> None:
        """Close when what was asked for is answered."""
        self._is_stopping = True
        if self._following is None:
            super().shutdown()

    def _receive(self, data: bytes) -> None:
        if self._is_idle and not data.strip(b"\r\n"):
            # Empty lines begin no request (RFC 9112, 2.2): the timer of an idle connection goes on.
            return
        if not self._has_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            self._stop()
        elif self._has_whole:
            # Most requests are there at once, and need no deadline.
            return
        elif self._has_head:
            left = self._began + self.whole_seconds - self.loop.time()
            self._wait(min(self.progress_seconds, max(left, 0)))
        elif self._head_bytes > MOST_HEAD_BYTES:
            self._refuse(_TOO_LARGE)
        elif self._deadline is None:
            self._wait(self.header_seconds)

    def on_message_begin(self) -> None:
        """A further request on the connection has a head of its own."""
        super().on_message_begin()
        self._has_head = self._has_whole = False
        self._begun += 1
        self._began = self.loop.time()

    def on_headers_complete(self) -> None:
        """The head is there; what follows is the body."""
        self._stop()
        self._has_head, self._head_bytes = True, 0
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is there; the answer may take its time."""
        self._stop()
        self._has_whole = True
        super().on_message_complete()

    def _wait(self, seconds: float) -> None:
        self._stop()
        self._deadline = self.loop.call_later(seconds, self._give_up)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if self._has_head and self.flow.read_paused:
            # It is this server that takes its time.
            self._wait(self.progress_seconds)
            return
        self._refuse(_TOO_LATE)

    def _refuse(self, status: bytes) -> None:
        self._stop()
        if self.transport.is_closing():
            return
        has_begun = self._has_head and self.cycle is not None and self.cycle.response_started
        # An idle connection that has sent nothing is closed without a word.
        if not has_begun and (self._head_bytes or self._has_head):
            self.transport.write(status + _END)
        self.transport.close()


def _address(transport: asyncio.BaseTransport, end: str) -> tuple[str, int] | None:
    """The host and port of one end of a connection; None where it is no address of a network."""
    found = transport.get_extra_info(end)
    return (str(found[0]), int(found[1])) if isinstance(found, tuple) else None
