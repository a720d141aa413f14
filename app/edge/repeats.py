"""Requests that came before: a client that polls sends the same head again and again.

What depends on the head alone is kept with it: what is asked for, who asks, what was answered. As
long as nothing was written and the day is the same, a ready answer costs a look at the gate, at
the state and at the clock. This server's connections (``deadlines``) need nothing else to send it;
any other server gets it the way of every request.
"""

import re
import secrets
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from itertools import count
from typing import TypeAlias

from starlette.types import Scope

from app.domain.time.calendar import SHANGHAI, day_in_shanghai
from app.edge.answers.outlet import Outlet
from app.edge.answers.shelf import RawHeaders, Shelf
from app.edge.asked import Asked, Head
from app.edge.gate import Gate
from app.edge.metrics import Metrics
from app.edge.pace import Pace
from app.edge.state import State, Watch
from app.errors.failure import Failure
from app.services.access.keys import Principal

# Status, headers as they go over the line, and body.
Repeated: TypeAlias = tuple[int, bytes, bytes]

# So many are kept: beyond, all are forgotten and learned again. Long heads are not.
_MOST_KEPT, _LONGEST = 4096, 4096
# Under this name a server that repeats answers by itself tells all bytes of a request, and why the
# state was not known where it has asked.
SENT = "dabiao.sent"
# Another one for every request, it changes nothing else of an answer.
_ID = b"x-request-id"
_IDS = re.compile(rb"[A-Za-z0-9_.-]{1,64}")
# Of no two processes alike, and within one a number: random ones would take a tenth of an answer.
_PROCESS, _NUMBERS = secrets.token_hex(4), count(1)
_DAY = timedelta(days=1)
# A token is looked at again so soon: its issuer may have withdrawn the key that signed it.
_TOKEN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class RestsOn:
    """The parts of a deployment that a repeated answer rests on."""

    gate: Gate
    watch: Watch
    shelf: Shelf
    pace: Pace
    metrics: Metrics
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a request was answered by: the state that there was, and who asked when."""

    state: State
    caller: Principal | None
    address: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A request that was answered with an answer that is kept: what was sent to it."""

    rests_on: RestsOn
    asked: Asked
    seen: Seen
    until: datetime
    status: int
    headers: RawHeaders
    # The same as they go over the line.
    lines: bytes
    granted: RawHeaders
    encoding: str | None
    # Where the answer is kept, and which one it was.
    key: Hashable
    tag: bytes

    def recall(self) -> RawHeaders | None:
        """What its sender has left; None where one more would be too many."""
        return self.rests_on.gate.recall(self.seen.address, self.seen.caller)

    def find(self, state: State) -> bytes | None:
        """The body that was sent; None where it may be another one by now."""
        if state is not self.seen.state:
            return None
        if not self.seen.now <= self.rests_on.clock() < self.until:
            return None
        answer = self.rests_on.shelf.find(self.key)
        if answer is None or answer.tag is not self.tag:
            return None
        return b"" if self.status == 304 else answer.ready_in(self.encoding)


class Repeats:
    """The requests of a deployment that may come again, by their heads."""

    def __init__(self, rests_on: RestsOn) -> None:
        self._rests_on = rests_on
        self._known: dict[Head, Repeat] = {}
        self.find = self._known.get

    def answer(self, repeat: Repeat, send: Callable[[Repeated | Failure | None], None]) -> None:
        """Have a request answered as before, as soon as the state is known.

        ``send`` gets None where it may be another answer by now, or none at all.
        """
        began = time.perf_counter()
        told = repeat.recall()
        if told is None:
            send(None)
            return

        def on_state(state: State | Failure) -> None:
            if isinstance(state, Failure):
                send(state)
                return
            body = repeat.find(state)
            send(None if body is None else self._finish(repeat, told, body, began))

        rests_on = self._rests_on
        rests_on.watch.tell(on_state, is_busy=rests_on.pace.at_work > 0)

    def _finish(self, repeat: Repeat, told: RawHeaders, body: bytes, began: float) -> Repeated:
        request_id = _new_id()
        facts = {"request_id": request_id, "caller": repeat.seen.caller}
        seconds = time.perf_counter() - began
        self._rests_on.metrics.note(repeat.asked, repeat.status, seconds, facts)
        own = write_lines([*told, (_ID, request_id.encode())])
        return repeat.status, repeat.lines + own, body

    def keep(self, asked: Asked, outlet: Outlet, seen: Seen, key: Hashable, tag: bytes) -> None:
        """Remember a request that got all of an answer, or was told that it has it."""
        if outlet.status not in {200, 304} or asked.method != "GET":
            return
        if len(repr(asked.head)) > _LONGEST:
            return
        if len(self._known) >= _MOST_KEPT:
            self._known.clear()
        self._known[asked.head] = Repeat(
            rests_on=self._rests_on,
            asked=asked,
            seen=seen,
            until=_end_of(seen),
            status=outlet.status,
            headers=outlet.headers,
            lines=write_lines(outlet.headers),
            granted=outlet.granted,
            encoding=outlet.encoding,
            key=key,
            tag=tag,
        )


def _end_of(seen: Seen) -> datetime:
    """When the day is over, or the caller's key, or a token is to be looked at again."""
    midnight = datetime.combine(day_in_shanghai(seen.now) + _DAY, time_of_day(), SHANGHAI)
    ends = None if seen.caller is None else seen.caller.expires_at
    if ends is not None and seen.caller is not None and seen.caller.issuer is not None:
        ends = min(ends, seen.now + _TOKEN)
    return (midnight if ends is None else min(midnight, ends)).astimezone(UTC)


def read_head(scope: Scope) -> tuple[Head, str]:
    """The head of a request, and the id that it has or gets."""
    headers: RawHeaders = scope["headers"]
    sent = [value for name, value in headers if name == _ID]
    if sent:
        headers = [each for each in headers if each[0] != _ID]
    client = scope.get("client")
    whole = scope.get("extensions", {}).get(SENT)
    if whole is not None and not sent:
        return (client[0] if client else "", whole["bytes"]), _new_id()
    head = (
        scope["method"],
        scope["path"],
        scope.get("query_string", b""),
        scope.get("http_version", "1.0"),
        client[0] if client else "",
        *headers,
    )
    if sent and _IDS.fullmatch(sent[0]):
        return head, sent[0].decode()
    return head, _new_id()


def why_unknown(scope: Scope) -> Failure | None:
    """Why the state is not known to a server that has asked for it; None where it has not."""
    told = scope.get("extensions", {}).get(SENT)
    return told["failure"] if told else None


def write_lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Headers as they go over the line."""
    return b"".join([b"%b: %b\r\n" % each for each in headers])


def _new_id() -> str:
    return f"{_PROCESS}{next(_NUMBERS):08x}"
