"""What a request asks for, as far as the edge looks at it, and the key of its answer.

The key holds all that an answer depends on: the state of the ledgers, who may see what, the day,
path, query, language, and the formats that are accepted. Where a rule is not sure that an answer
is the same for all, the key is that of one caller at the newest revision.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Self, TypeAlias

from starlette.types import Scope

from app.api.requests.accept import choose_language
from app.domain.time.calendar import day_in_shanghai
from app.edge.packing import choose_encoding
from app.edge.state import State
from app.services.access.keys import Principal

_API = "/api/v1/"
_PLANS = "/api/v1/plans"
# It calculates with what it is sent, with or without a database.
_CALCULATOR = "/api/v1/evaluate"
_SDMX = "/sdmx/"
# Answers about a plan that are the same for all who may read it.
_OFFICIAL = frozenset(
    {
        *(
            "",
            "actions",
            "areas",
            "assessment",
            "briefing",
            "completeness",
            "diff",
            "gaps",
            "goals",
        ),
        *("indicators", "observations", "overview", "periods", "publications", "reconciliation"),
        *("targets", "tasks", "units"),
    }
)
# What is told as it is at the moment: streams, and what rests on no ledger.
_NOT_KEPT = frozenset({"events", "hooks"})
# Reads of a plan that are calculated from its figures, and POSTs that store nothing.
_HEAVY = re.compile(
    r"/api/v1/plans(?:$|/[^/]+/(?:assessment|briefing|completeness|diff|gaps|observations|overview"
    r"|reconciliation|targets|tasks)(?:/|$))"
)
_CALCULATING = ("/evaluate", "/scenarios", "/split")
_AS_OF_REVISION = re.compile(rb"(?:^|&)as_of=[0-9]{1,9}(?:&|$)")
# Most clients encode it, and lists of columns have many.
_COMMA = re.compile(rb"%2c", re.IGNORECASE)
# With any of these the answer may hold what waits for a decision, or rest on the newest entry.
_UNSURE = re.compile(rb"%|view|as_?of", re.IGNORECASE)


# All that an answer may depend on: two requests with equal heads ask for the same.
Head: TypeAlias = tuple[Hashable, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parts of a request that count, each header as it was sent first."""

    head: Head
    method: str
    path: str
    query: bytes
    authorization: str | None
    known_tags: bytes | None
    accept: bytes
    language: str
    encoding: str | None
    wanted_bytes: bytes | None
    if_range: bytes | None
    origin: bytes | None
    is_preflight: bool

    @classmethod
    def read(cls, scope: Scope, head: Head) -> Self:
        """What a request with this head asks for."""
        # As elsewhere, the first of several counts.
        headers: dict[bytes, bytes] = dict(reversed(scope["headers"]))
        authorization = headers.get(b"authorization")
        return cls(
            head=head,
            method=scope["method"],
            path=scope["path"],
            query=_COMMA.sub(b",", scope.get("query_string", b"")),
            authorization=None if authorization is None else authorization.decode("latin-1"),
            known_tags=headers.get(b"if-none-match"),
            accept=headers.get(b"accept", b""),
            language=_language(headers.get(b"accept-language", b"")),
            encoding=choose_encoding(headers.get(b"accept-encoding", b"")),
            # A range is of what GET gives (RFC 9110, 14.2).
            wanted_bytes=headers.get(b"range") if scope["method"] == "GET" else None,
            if_range=headers.get(b"if-range"),
            origin=headers.get(b"origin"),
            is_preflight=b"access-control-request-method" in headers,
        )

    @property
    def is_of_database(self) -> bool:
        """Whether what is asked for rests on the database."""
        return self.path.startswith((_API, _SDMX)) and self.path != _CALCULATOR

    @property
    def is_listening(self) -> bool:
        """Whether it is a stream of events that is asked for."""
        return self.path.startswith(_PLANS) and self.path.endswith("/events")

    @property
    def is_heavy(self) -> bool:
        """Whether the answer may take long to work out: it has turns of its own."""
        if self.method == "POST":
            return self.path.endswith(_CALCULATING)
        return self.path.startswith(_SDMX) or _HEAVY.match(self.path) is not None

    def key(self, state: State, caller: Principal | None, now: datetime) -> Hashable | None:
        """What the answer is kept under; None where none is kept."""
        is_sure = _UNSURE.search(self.query) is None
        if self.path == _PLANS or self.path.startswith(_SDMX):
            rests_on: Hashable = state.official if is_sure else state.newest
        elif (place := self._place) is None or place[0] not in state.heads:
            return None
        else:
            is_sure = is_sure and place[1] in _OFFICIAL
            head = state.heads[place[0]]
            rests_on = head.official if is_sure else head.newest
        day: date | None = day_in_shanghai(now)
        if self.is_of_revision:
            # An answer for ever: nothing that is written to these ledgers changes it.
            rests_on, day = state.ledgers, None
        who = _reach(caller) if is_sure else caller
        return (rests_on, day, who, self.path, self.query, self.language, self.accept)

    @property
    def is_of_revision(self) -> bool:
        """Whether the answer is as of a revision number, and so for ever."""
        is_clear = b"%" not in self.query and self.query.count(b"as_of") == 1
        return is_clear and _AS_OF_REVISION.search(self.query) is not None

    @property
    def _place(self) -> tuple[str, str] | None:
        """The plan that a path is about, and what of it; None where the answer is not kept."""
        if not self.path.startswith(f"{_PLANS}/"):
            return None
        plan, _, rest = self.path.removeprefix(f"{_PLANS}/").partition("/")
        kind = rest.partition("/")[0]
        return None if kind in _NOT_KEPT else (plan, kind)


def _reach(caller: Principal | None) -> tuple[str, bool] | None:
    """Which plans a caller reads, and whether all of them: small counts may be withheld.

    Else what is official is the same for all who read it.
    """
    return None if caller is None else (caller.plan or "*", caller.pending_areas is None)


@lru_cache(maxsize=1024)
def _language(header: bytes) -> str:
    return choose_language(header.decode("latin-1"))
