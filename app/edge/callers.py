"""Who is behind a key or a token: looked up once, and known until any key is made or revoked, or
the issuer of tokens has other keys.
"""

import hashlib
from base64 import b64decode
from datetime import datetime
from typing import TypeAlias

from starlette.concurrency import run_in_threadpool

from app.database import Database
from app.edge.state import State
from app.edge.tokens.issuer import Issuer
from app.errors.access import KeyInvalid
from app.services.access.keys import Principal, find_principal
from app.services.access.tokens import is_token

# Those that are kept: beyond, all are forgotten and looked up again.
MOST_KEPT = 4096

# A caller without a key, one with a good key, one with a bad one.
Caller: TypeAlias = Principal | KeyInvalid | None


class Callers:
    """The callers of a deployment, by the digest of their keys and tokens."""

    def __init__(self, database: Database, issuer: Issuer | None = None) -> None:
        self._database = database
        self._issuer = issuer
        # Under the mark of the keys that were there: a look-up that ends late is not found later.
        self._known: dict[tuple[str, str], Principal | KeyInvalid] = {}

    async def find(self, header: str | None, state: State, now: datetime) -> Caller:
        """The caller that an Authorization header names; IssuerUnavailable."""
        if header is None:
            return None
        text = _read_key(header)
        if not text:
            return KeyInvalid(why="unknown")
        try:
            if self._issuer is not None and is_token(text):
                return await self._find_by_token(text, self._issuer, now)
            found = await self._find_by_key(text, state, now)
            if isinstance(found, Principal):
                found.require_current(now)
        except KeyInvalid as invalid:
            return invalid
        return found

    async def _find_by_key(self, text: str, state: State, now: datetime) -> Principal | KeyInvalid:
        place = (_digest(text), state.keys)
        found = self._known.get(place)
        if found is None:
            found = await run_in_threadpool(self._look_up, text, now)
            self._keep(place, found)
        return found

    async def _find_by_token(self, text: str, issuer: Issuer, now: datetime) -> Principal:
        """Only who is known is kept: a token that is not good today may be good with a new key."""
        await issuer.keep_current()
        place = (_digest(text), f"issuer {issuer.version}")
        found = self._known.get(place)
        if not isinstance(found, Principal):
            found = await issuer.find_caller(text, now)
            self._keep(place, found)
        found.require_current(now)
        return found

    def _keep(self, place: tuple[str, str], found: Principal | KeyInvalid) -> None:
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[place] = found

    def _look_up(self, text: str, now: datetime) -> Principal | KeyInvalid:
        with self._database.read_session() as session:
            try:
                return find_principal(session, text, now=now)
            except KeyInvalid as invalid:
                return invalid


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read_key(header: str) -> str:
    """The key in an Authorization header; empty where there is none.

    Programs that know no Bearer send it as the password of HTTP Basic, under any user name.
    """
    scheme, _, sent = header.partition(" ")
    if scheme.lower() == "bearer":
        return sent.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(sent.strip(), validate=True).decode().partition(":")[2].strip()
    except ValueError:
        return ""
