"""Pages of other sites that a browser lets read the answers of this one (CORS).

Keys travel in a header and never in a cookie, so that nothing is sent on anybody's behalf: what is
granted is the reading, to the origins that the deployment names.
"""

from dataclasses import dataclass
from typing import Self

from starlette.types import Scope

from app.edge.answers.shelf import RawHeaders
from app.edge.asked import Asked

ANY = b"*"
# What a page may read of an answer besides its body.
_EXPOSED = (
    b"Content-Disposition, ETag, Link, Location, RateLimit, RateLimit-Policy, Retry-After, "
    b"X-Request-ID"
)
# What a page may send besides what every page may.
_SENT = (
    b"Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    b"If-Range, Last-Event-ID, Range, X-Request-ID"
)
# How long a browser need not ask again.
_SECONDS = b"600"
_VARY = (b"vary", b"Origin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """The origins that are named, each as a browser writes it; ``*`` stands for every origin."""

    named: frozenset[bytes]

    @classmethod
    def of(cls, names: frozenset[str]) -> Self:
        """The origins with these names."""
        return cls(named=frozenset(name.encode() for name in names))


def grant(scope: Scope, asked: Asked, allowed: str) -> RawHeaders:
    """The headers by which a browser hands the answer to the page that asked for it.

    ``allowed``: the methods of the path, for whoever asks in advance.
    """
    origins: Origins = scope["app"].state.origins
    if not origins.named:
        return []
    is_open = ANY in origins.named
    shared: RawHeaders = [] if is_open else [_VARY]
    if asked.origin is None or not (is_open or asked.origin.lower() in origins.named):
        return shared
    granted = [*shared, (b"access-control-allow-origin", ANY if is_open else asked.origin)]
    if asked.method == "OPTIONS" and asked.is_preflight:
        return [
            *granted,
            (b"access-control-allow-methods", allowed.encode()),
            (b"access-control-allow-headers", _SENT),
            (b"access-control-max-age", _SECONDS),
        ]
    return [*granted, (b"access-control-expose-headers", _EXPOSED)]
