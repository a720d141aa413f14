"""The gate: how much an address, a key and all clients together may ask of this process.

Counters in memory, looked at before any work is done. Health checks pass it unseen, and an answer
that was ready is not counted.
"""

import asyncio
import hashlib
import ipaddress
import re
import time
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from starlette.types import Scope
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.edge.answers.shelf import RawHeaders
from app.edge.asked import Asked
from app.errors.access import HostNotAllowed, TooManyRequests
from app.errors.failure import TooManyReads
from app.services.access.keys import Principal
from app.settings import NO_PROXY, Settings

# Asked by machines that watch this one, by its address as well as by its name.
WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
_MINUTE = 60
# Keys that were good, by the digest of what was sent: beyond, all are forgotten and found again.
_MOST_KEPT = 4096
# So many addresses, or keys, are counted apart.
_MOST_COUNTED = 65_536
# So many wait for a turn at a heavy read, as a multiple of those that are made at once.
_WAITING_EACH = 64
# One address takes at most this part of the places for listeners.
_SHARE_OF_LISTENERS = 4
# An address of IPv6 is one of so many that a single client may use.
_NETWORK_BITS = 64
# A name or an address, and perhaps a port.
_PORT = re.compile(r":[0-9]+$")
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class Gate:
    """What may pass, by the settings of a deployment."""

    def __init__(self, settings: Settings) -> None:
        self._hosts = settings.hosts
        self._of_address = _Minutes("address", settings.requests_per_address)
        self._of_key = _Minutes("key", settings.requests_per_key)
        self._of_failures = _Minutes("failures", settings.failed_keys_per_address)
        self._holders: dict[bytes, str] = {}
        self._patience = settings.busy_timeout_seconds
        self._most_waiting = settings.heavy_reads * _WAITING_EACH
        # Strangers wait for each other, and never before those who have a key.
        self._turns = {is_known: _Lane(settings.heavy_reads) for is_known in (False, True)}
        self._most_listening = settings.listeners
        self._listening: Counter[str] = Counter()

    def admit(self, scope: Scope, asked: Asked) -> "Admission":
        """Count a request, and say what is left; HostNotAllowed, TooManyRequests."""
        self._require_host(scope, asked)
        if asked.path in WATCHED:
            return Admission()
        address = address_of(scope)
        holder = None
        if asked.authorization is not None:
            holder = self._holders.get(_digest(asked.authorization))
            if holder is None:
                self._of_failures.require_room(address)
        if holder is None:
            return self._of_address.count(address)
        return self._of_key.count(holder)

    def recall(self, address: str, caller: Principal | None) -> RawHeaders | None:
        """What a caller has left who passed before, and whose answer may be ready.

        It is not counted; None where one more would be too many.
        """
        if caller is None:
            return self._of_address.recall(address)
        return self._of_key.recall(caller.key_id)

    def note_caller(self, scope: Scope, asked: Asked, caller: object) -> None:
        """Remember whose key it was that was sent, or that it was none."""
        if asked.authorization is None:
            return
        digest = _digest(asked.authorization)
        if isinstance(caller, Principal):
            if len(self._holders) >= _MOST_KEPT:
                self._holders.clear()
            self._holders[digest] = caller.key_id
            return
        self._holders.pop(digest, None)
        self._of_failures.note(address_of(scope))

    @asynccontextmanager
    async def turn(self, *, is_known: bool) -> AsyncGenerator[None]:
        """A turn at a heavy read; TooManyReads where it does not come in time."""
        lane = self._turns[is_known]
        if lane.waiting >= self._most_waiting:
            raise TooManyReads
        lane.waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await lane.turns.acquire()
        except TimeoutError as error:
            raise TooManyReads from error
        finally:
            lane.waiting -= 1
        try:
            yield
        finally:
            lane.turns.release()

    @contextmanager
    def listening(self, scope: Scope) -> Generator[None]:
        """A place for a listener to events; TooManyReads where all are taken."""
        address = address_of(scope)
        share = max(self._most_listening // _SHARE_OF_LISTENERS, 1)
        is_full = self._listening.total() >= self._most_listening
        if is_full or self._listening[address] >= share:
            raise TooManyReads
        self._listening[address] += 1
        try:
            yield
        finally:
            self._listening[address] -= 1
            if not self._listening[address]:
                del self._listening[address]

    @property
    def refused(self) -> dict[str, int]:
        """How many requests each limit has refused."""
        return {
            "address": self._of_address.refused,
            "key": self._of_key.refused,
            "failures": self._of_failures.refused,
        }

    @property
    def listeners(self) -> int:
        """How many listen to events."""
        return self._listening.total()

    def _require_host(self, scope: Scope, asked: Asked) -> None:
        sent = [value for name, value in scope["headers"] if name == b"host"]
        if not sent and scope.get("http_version", "1.0") < "1.1":
            return
        # RFC 9112, 3.2: one, and of a form that nobody reads in two ways.
        if len(sent) != 1 or not _HOST.fullmatch(sent[0]):
            raise HostNotAllowed
        name = _PORT.sub("", sent[0].decode().lower())
        if self._hosts and name not in self._hosts and asked.path not in WATCHED:
            raise HostNotAllowed


@dataclass(frozen=True, slots=True)
class Admission:
    """That a request may pass: what its sender is told, and the count that it is in."""

    told: RawHeaders = field(default_factory=list)
    counts: "_Minutes | None" = None
    who: str = ""

    def take_back(self) -> None:
        """Count the request no longer: its answer was ready, and took no work."""
        if self.counts is not None:
            self.counts.take_back(self.who)


class _Minutes:
    """How often each of many came within a minute, which begins when they first come; 0: any.

    Made for every request: a library's counters take as long as a ready answer.
    """

    def __init__(self, kind: str, limit: int) -> None:
        self._kind, self._limit = kind, limit
        self._policy = (b"ratelimit-policy", f'"{kind}";q={limit};w={_MINUTE}'.encode())
        # When each one's minute ends, and how often it came.
        self._known: dict[str, tuple[float, int]] = {}
        # What was told last without counting, and of which count and second.
        self._told: RawHeaders = []
        self._recalled = (-1, 0)
        self.refused = 0

    def count(self, who: str) -> Admission:
        """Count once, and say what is left; TooManyRequests."""
        if not self._limit:
            return Admission()
        return Admission(self._tell(*self.note(who)), self, who)

    def recall(self, who: str) -> RawHeaders | None:
        """What would be left if this were counted; None where it would be refused."""
        if not self._limit:
            return []
        ends, count = self._known.get(who, (0.0, 0))
        now = time.time()
        if ends <= now:
            # A minute begins, in which nothing is counted yet.
            ends, count = self.note(who)[0], 0
            self.take_back(who)
        if count >= self._limit:
            return None
        place = count, int(ends - now)
        if place != self._recalled:
            self._told = self._tell(ends, count + 1)
            self._recalled = place
        return self._told

    def _tell(self, ends: float, count: int) -> RawHeaders:
        seconds = _seconds_to(ends)
        if count > self._limit:
            self.refused += 1
            raise TooManyRequests(limit=self._limit, seconds=seconds)
        left = f'"{self._kind}";r={self._limit - count};t={seconds}'
        return [self._policy, (b"ratelimit", left.encode())]

    def take_back(self, who: str) -> None:
        """Count once less."""
        ends, count = self._known.get(who, (0.0, 0))
        if count:
            self._known[who] = ends, count - 1

    def note(self, who: str) -> tuple[float, int]:
        """Count once: when the minute ends, and how often by now."""
        now = time.time()
        ends, count = self._known.get(who, (0.0, 0))
        if ends <= now:
            ends, count = now + _MINUTE, 0
            self._make_room(now)
        found = self._known[who] = ends, count + 1
        return found

    def require_room(self, who: str) -> None:
        """TooManyRequests where one more would be too many."""
        ends, count = self._known.get(who, (0.0, 0))
        if self._limit and count >= self._limit and ends > time.time():
            self.refused += 1
            raise TooManyRequests(limit=self._limit, seconds=_seconds_to(ends))

    def _make_room(self, now: float) -> None:
        """Forget those whose minute is over, once there are many; all, if all are of this one."""
        if len(self._known) >= _MOST_COUNTED:
            self._known = {who: each for who, each in self._known.items() if each[0] > now}
        if len(self._known) >= _MOST_COUNTED:
            self._known.clear()


class _Lane:
    """The turns at heavy reads that some share, and how many wait for one."""

    def __init__(self, turns: int) -> None:
        self.turns = asyncio.Semaphore(turns)
        self.waiting = 0


def address_of(scope: Scope) -> str:
    """The client's address, or the network that it can take addresses from."""
    client = scope.get("client")
    return _network_of(client[0]) if client else ""


@lru_cache(maxsize=4096)
def _network_of(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _NETWORK_BITS), strict=False))


def read_proxies(trusted: str) -> ProxyHeadersMiddleware:
    """What writes into a scope whom a proxy names as its client, where the proxy is trusted."""

    async def nothing(*_: object) -> None:
        pass

    return ProxyHeadersMiddleware(nothing, "" if trusted == NO_PROXY else trusted)


def _digest(sent: str) -> bytes:
    return hashlib.sha256(sent.encode()).digest()


def _seconds_to(until: float) -> int:
    return max(int(until - time.time()) + 1, 1)
