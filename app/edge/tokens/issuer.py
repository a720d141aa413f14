"""The issuer of tokens: its public keys, read over the network, kept, and read again in time.

A key that is not known makes the keys be read again, since providers change theirs. But not each
time: whoever sends made-up tokens would have this server ask as often as they like.
"""

import asyncio
import json
import logging
import ssl
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from app import __version__
from app.errors.access import TokenInvalid
from app.errors.failure import IssuerUnavailable
from app.services.access.keys import Principal, Role
from app.services.access.tokens import (
    SigningKey,
    TokenRules,
    find_key_id,
    read_key_set,
    read_token,
)
from app.settings import Settings, is_safe_address

# For a name, a connection, a request and an answer; nobody waits longer for keys.
SECONDS = 3.0
# How old the keys may be: one that the provider has withdrawn is good for no longer.
OLDEST_SECONDS = 300.0
# How soon they are read again at the earliest, where they were read and where they were not.
REST_SECONDS, REST_AFTER_FAILURE_SECONDS = 30.0, 5.0
_MOST_BYTES, _PIECE = 512 * 1024, 64 * 1024
_DISCOVERY = "/.well-known/openid-configuration"
# What goes wrong where keys are fetched.
UNREADABLE = (OSError, ValueError, RecursionError, HTTPException)
_LOG = logging.getLogger("dabiao")


class Issuer:
    """Tells whose token it is. ``version`` changes with the keys."""

    def __init__(self, settings: Settings) -> None:
        self._rules = TokenRules(
            issuer=settings.oidc_issuer,
            audience=settings.oidc_audience,
            owner_claim=settings.oidc_owner_claim,
            role_claim=settings.oidc_role_claim,
            area_claim=settings.oidc_area_claim,
            roles={value: Role(role) for value, role in settings.roles_of_claims.items()},
        )
        self._keys_url = settings.oidc_keys_url if settings.has_keys_url else None
        self._keys: dict[str, SigningKey] = {}
        self.version = 0
        self._has_failed = False
        self._read_at: float | None = None
        self._began_at: float | None = None
        self._lock = threading.Lock()
        self._reading: Future[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="issuer")

    async def find_caller(self, text: str, now: datetime) -> Principal:
        """The caller whose token it is; TokenInvalid, TokenWithoutRole, IssuerUnavailable."""
        return read_token(text, await self._find_key(find_key_id(text)), self._rules, now=now)

    async def keep_current(self) -> None:
        """Read the keys again where they are old. Where that failed lately, nobody waits for it:
        the keys that are known go on.
        """
        if self._read_at is None or time.monotonic() - self._read_at < OLDEST_SECONDS:
            return
        reading = self._read_again()
        if not self._has_failed:
            await _wait_for(reading)

    def close(self) -> None:
        """Ask the provider no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _find_key(self, key_id: str) -> SigningKey:
        found = self._known(key_id)
        if found is None:
            await _wait_for(self._read_again())
            found = self._known(key_id)
        if found is None and (self._has_failed or not self._keys):
            # It may be a good token, signed with a key that is not known yet.
            raise IssuerUnavailable(why="keys")
        if found is None:
            raise TokenInvalid(why="key")
        return found

    def _known(self, key_id: str) -> SigningKey | None:
        # A provider with a single key need not name it.
        if not key_id and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    def _read_again(self) -> "Future[None] | None":
        """The reading that is under way, or a new one; None where it is too soon for one."""
        with self._lock:
            if self._reading is not None and not self._reading.done():
                return self._reading
            rest = REST_AFTER_FAILURE_SECONDS if self._has_failed else REST_SECONDS
            now = time.monotonic()
            if self._began_at is not None and now - self._began_at < rest:
                return None
            self._began_at = now
            self._reading = self._thread.submit(self._read)
            return self._reading

    def _read(self) -> None:
        try:
            found = self.fetch_keys()
        except UNREADABLE as error:
            self._has_failed = True
            facts = {"event": "issuer_unavailable", "issuer": self._rules.issuer}
            _LOG.warning("the keys of the issuer were not read: %s", error, extra={"facts": facts})
            return
        if found != self._keys:
            self._keys = found
            self.version += 1
        self._has_failed = False
        self._read_at = time.monotonic()

    def fetch_keys(self) -> dict[str, SigningKey]:
        """The provider's keys by their ids, as it answers now; one of UNREADABLE."""
        return read_key_set(_get(self._keys_url or self._discover()))

    def _discover(self) -> str:
        """Where the keys are, as the provider says (OpenID Connect Discovery)."""
        found = json.loads(_get(self._rules.issuer.rstrip("/") + _DISCOVERY))
        if not isinstance(found, dict) or found.get("issuer") != self._rules.issuer:
            raise ValueError("the document names another issuer")
        address = found.get("jwks_uri")
        if not isinstance(address, str) or not is_safe_address(address):
            raise ValueError("the document names no https address of keys")
        return address


async def _wait_for(reading: "Future[None] | None") -> None:
    if reading is not None:
        await asyncio.wait({asyncio.wrap_future(reading)}, timeout=SECONDS)


def _get(address: str) -> bytes:
    """What a provider answers: without a proxy, and from no address that it points to."""
    parts, until = urlsplit(address), time.monotonic() + SECONDS
    host, target = parts.hostname or "", f"{parts.path or '/'}{parts.query and f'?{parts.query}'}"
    connection = (
        HTTPSConnection(host, parts.port, timeout=SECONDS, context=ssl.create_default_context())
        if parts.scheme == "https"
        else HTTPConnection(host, parts.port, timeout=SECONDS)
    )
    with closing(connection):
        headers = {"Accept": "application/json", "User-Agent": f"dabiao/{__version__}"}
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        if answer.status != 200:
            raise ValueError(f"{address} answers {answer.status}")
        body = b""
        while piece := answer.read1(_PIECE):
            body += piece
            if len(body) > _MOST_BYTES or time.monotonic() > until:
                raise ValueError(f"{address} answers too much, or too slowly")
    return body
