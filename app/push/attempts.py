"""Requests to a server that may be away for a moment: what may pass by itself is waited for.

The key goes to the address that was given and nowhere else: redirects are not followed, and
certificates are checked.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from app.push.outcome import ExitCode
from app.push.screen import Screen

# The server checks a large file for a while before it answers.
TIMEOUT = httpx.Timeout(30, read=300)
LONGEST_BACKOFF = 30.0
# A server that asks for more patience than this is not waited for.
LONGEST_WAIT = 300.0

_PASSING = frozenset({408, 429, 502, 503, 504})
_NEARBY = frozenset({"localhost", "127.0.0.1", "::1"})


class Stop(Exception):
    """There is nothing more to do. ``word`` says why, unless that is said already."""

    def __init__(self, code: ExitCode, word: str | None = None, **facts: object) -> None:
        super().__init__(word)
        self.code, self.word, self.facts = code, word, facts


def connect(
    screen: Screen, *, url: str, key_file: Path, transport: httpx.BaseTransport | None
) -> httpx.Client:
    """A client for the server at the address, with the key; Stop when either is unusable."""
    try:
        base = httpx.URL(url.strip().rstrip("/").removesuffix("/api/v1"))
    except httpx.InvalidURL:
        base = httpx.URL()
    is_plain = not (base.userinfo or base.query or base.fragment)
    if base.scheme not in {"http", "https"} or not base.host or not is_plain:
        raise Stop(ExitCode.UNUSABLE, "url_unusable")
    headers = {
        "Authorization": f"Bearer {_read_key(key_file)}",
        "Accept-Language": screen.language,
        "User-Agent": "dabiao-push",
    }
    if base.scheme == "http" and base.host not in _NEARBY:
        screen.warn("clear_text", url=base)
    return httpx.Client(
        base_url=f"{str(base).rstrip('/')}/api/v1/",
        headers=headers,
        timeout=TIMEOUT,
        transport=transport,
        follow_redirects=False,
    )


def ask(
    client: httpx.Client,
    screen: Screen,
    build: Callable[[], httpx.Request],
    *,
    retries: int,
    wait: Callable[[float], None],
) -> httpx.Response:
    """The answer to a request, built anew for each attempt; Stop when there is none in the end.

    Pauses double from one second on, and are never shorter than the server asks for.
    """
    for attempt in count(1):
        asked, is_last = 0.0, attempt > retries
        try:
            answer = client.send(build())
        except httpx.TransportError as error:
            word = _name_trouble(error)
            why, is_last = screen.word(word), is_last or word == "not_trusted"
        else:
            if not _is_passing(answer):
                return answer
            why, asked = screen.word("busy", status=answer.status_code), _retry_after(answer)
        pause = max(asked, min(2.0 ** (attempt - 1), LONGEST_BACKOFF))
        if is_last or pause > LONGEST_WAIT:
            raise Stop(ExitCode.NO_SERVER, "gave_up", why=why, attempts=attempt)
        screen.warn("again", why=why, seconds=round(pause))
        wait(pause)
    raise AssertionError("attempts are counted without an end")


def content_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object in an answer; empty when it holds something else."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _name_trouble(error: httpx.TransportError) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "not_trusted"
    return "timed_out" if isinstance(error, httpx.TimeoutException) else "unreachable"


def _is_passing(answer: httpx.Response) -> bool:
    """Whether the same request may do better in a moment."""
    if answer.status_code == httpx.codes.CONFLICT:
        return content_of(answer).get("code") == "idempotency_in_progress"
    return answer.status_code in _PASSING


def _retry_after(answer: httpx.Response) -> float:
    """The seconds that the server asks for: it names them, or an instant; 0 when neither."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal() and text.isascii():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())


def _read_key(file: Path) -> str:
    try:
        words = file.read_text("utf-8-sig").split()
    except UnicodeDecodeError:
        words = []
    if len(words) != 1 or not (words[0].isascii() and words[0].isprintable()):
        raise Stop(ExitCode.UNUSABLE, "key_unusable", file=file)
    return words[0]
