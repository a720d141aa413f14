"""Who is behind a key: looked up once, and known until any key is made or revoked."""

import hashlib
from base64 import b64decode
from datetime import datetime
from typing import TypeAlias

from starlette.concurrency import run_in_threadpool

from app.database import Database
from app.edge.state import State
from app.errors.access import KeyInvalid
from app.services.access.keys import Principal, find_principal

# Those that are kept: beyond, all are forgotten and looked up again.
MOST_KEPT = 4096

# A caller without a key, one with a good key, one with a bad one.
Caller: TypeAlias = Principal | KeyInvalid | None


class Callers:
    """The callers of a deployment, by the digest of their keys."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Under the mark of the keys that were there: a look-up that ends late is not found later.
        self._known: dict[tuple[str, str], Principal | KeyInvalid] = {}

    async def find(self, header: str | None, state: State, now: datetime) -> Caller:
        """The caller that an Authorization header names."""
        if header is None:
            return None
        text = _read_key(header)
        if not text:
            return KeyInvalid(why="unknown")
        place = (hashlib.sha256(text.encode()).hexdigest(), state.keys)
        found = self._known.get(place)
        if found is None:
            found = await run_in_threadpool(self._look_up, text, now)
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[place] = found
        try:
            if isinstance(found, Principal):
                found.require_current(now)
        except KeyInvalid as expired:
            return expired
        return found

    def _look_up(self, text: str, now: datetime) -> Principal | KeyInvalid:
        with self._database.read_session() as session:
            try:
                return find_principal(session, text, now=now)
            except KeyInvalid as invalid:
                return invalid


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
