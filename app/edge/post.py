"""One POST to the receiver of a hook: signed, to the very address that was checked, and bounded.

The name is looked up once and the connection made to what was found, so that it cannot mean
another address a moment later. No redirect is followed and no proxy used.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from socket import SOCK_STREAM, gaierror, getaddrinfo
from urllib.parse import SplitResult, urlsplit

import h11

from app import __version__
from app.schemas.hooks.inputs import SECRET_PREFIX, HookFormat
from app.services.hooks.addresses import is_public

# For the name, the connection, the request and the answer together.
SECONDS = 10.0
# Of an answer that a robot gives; programs answer by status alone.
_MOST_BYTES = 16 * 1024
# Whatever a receiver asks for: after a day a message is given up.
_LONGEST_WAIT, _MOST_DIGITS = timedelta(days=1), 9
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is posted where, and how it is signed."""

    url: str
    message_id: str
    timestamp: int
    body: bytes
    secret: str
    format: HookFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a letter was not delivered, in a code; ``wait``: for how long the receiver wants none."""

    code: str
    wait: timedelta = timedelta()


class _Refused(Exception):
    """The same, on its way out of a post."""

    def __init__(self, code: str, wait: timedelta = timedelta()) -> None:
        super().__init__(code)
        self.refusal = Refusal(code=code, wait=wait)


async def post(letter: Letter, *, reaches_any: bool, seconds: float = SECONDS) -> Refusal | None:
    """Post a letter; None where it was taken, else why not."""
    code = "not_http"
    try:
        async with asyncio.timeout(seconds):
            await _post(letter, reaches_any=reaches_any)
    except _Refused as refused:
        return refused.refusal
    except TimeoutError:
        code = "timed_out"
    except ssl.SSLError:
        code = "tls_failed"
    except OSError:
        code = "not_connected"
    except h11.ProtocolError:
        pass
    else:
        return None
    return Refusal(code=code)


def sign(letter: Letter) -> str:
    """The signature of Standard Webhooks: HMAC-SHA-256 over id, time and body."""
    key = base64.b64decode(letter.secret.removeprefix(SECRET_PREFIX))
    signed = f"{letter.message_id}.{letter.timestamp}.".encode() + letter.body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


async def _post(letter: Letter, *, reaches_any: bool) -> None:
    parts = urlsplit(letter.url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if parts.scheme != "https" and not reaches_any:
        raise _Refused("address_not_allowed")
    found = await _look_up(host, port)
    allowed = [each for each in found if reaches_any or is_public(each)]
    if not allowed:
        raise _Refused("address_not_allowed")
    is_secure = parts.scheme == "https"
    reader, writer = await asyncio.open_connection(
        allowed[0],
        port,
        ssl=_context() if is_secure else None,
        server_hostname=host if is_secure else None,
    )
    try:
        answer, body = await _exchange(reader, writer, _headers(letter, parts), letter.body, parts)
    finally:
        # Nothing is waited for: not even a farewell.
        writer.transport.abort()
    if not 200 <= answer.status_code < 300:
        wait = _wait(answer, now=datetime.fromtimestamp(letter.timestamp, UTC))
        raise _Refused(f"http_{answer.status_code}", wait)
    if letter.format is not HookFormat.STANDARD and (code := _robot_code(body)) != 0:
        raise _Refused(f"robot_{code}")


async def _exchange(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    headers: list[tuple[str, str]],
    body: bytes,
    parts: SplitResult,
) -> tuple[h11.Response, bytes]:
    """The head of the answer, and its body up to a bound."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_BYTES)
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    asked = h11.Request(method="POST", target=target, headers=headers)
    for event in (asked, h11.Data(data=body), h11.EndOfMessage()):
        writer.write(connection.send(event) or b"")
    await writer.drain()
    head, found = None, b""
    while True:
        answer = connection.next_event()
        if answer is h11.NEED_DATA:
            connection.receive_data(await reader.read(4096))
        elif isinstance(answer, h11.Response):
            head = answer
        elif isinstance(answer, h11.Data):
            found += answer.data
        if head is not None and (
            len(found) > _MOST_BYTES or isinstance(answer, h11.EndOfMessage | h11.ConnectionClosed)
        ):
            return head, found


def _wait(answer: h11.Response, *, now: datetime) -> timedelta:
    """How long a receiver wants to be left alone: its Retry-After, in seconds or as a date."""
    said = next(
        (
            value.decode("ascii", "replace")
            for name, value in answer.headers
            if name == b"retry-after"
        ),
        "",
    )
    if said.isdecimal():
        return min(timedelta(seconds=int(said[:_MOST_DIGITS])), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return timedelta()
    if until.tzinfo is None:
        return timedelta()
    return min(max(until - now, timedelta()), _LONGEST_WAIT)


def _headers(letter: Letter, parts: SplitResult) -> list[tuple[str, str]]:
    return [
        ("Host", parts.netloc),
        ("Connection", "close"),
        ("User-Agent", f"dabiao/{__version__}"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(letter.body))),
        ("webhook-id", letter.message_id),
        ("webhook-timestamp", str(letter.timestamp)),
        ("webhook-signature", sign(letter)),
    ]


def _robot_code(body: bytes) -> object:
    """The code that a robot answers with under status 200: 0 where it took the message."""
    try:
        answer = json.loads(body)
    except ValueError:
        return "unreadable"
    found = answer.get("errcode", answer.get("code")) if isinstance(answer, dict) else None
    return found if isinstance(found, int) else "unreadable"


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _look_up(host: str, port: int) -> list[str]:
    """The addresses of a host. The thread is nobody's to wait for: a name server may be silent."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[list[str]] = loop.create_future()

    def settle(addresses: list[str]) -> None:
        if not found.done():
            found.set_result(addresses)

    def look_up() -> None:
        try:
            addresses = [str(each[4][0]) for each in getaddrinfo(host, port, type=SOCK_STREAM)]
        except (gaierror, UnicodeError):
            addresses = []
        # The loop may have been closed meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, addresses)

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    addresses = await found
    if not addresses:
        raise _Refused("not_found")
    return addresses
