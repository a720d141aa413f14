"""Compressed bodies: the encodings that there are, and the best of those that a client takes.

Gzip is always there; the others need the extra ``compression``. Every body is compressed once for
all who ask, so that the levels may cost a few milliseconds.
"""

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from app.api.requests.accept import read_wishes

try:
    import brotli
    import zstandard
except ImportError:
    IS_INSTALLED = False
else:
    IS_INSTALLED = True
    # Its first call takes 0.1 s: it unfolds a dictionary, and requests would wait for that.
    brotli.compress(b"")

_GZIP_LEVEL, _BROTLI_QUALITY, _ZSTD_LEVEL = 6, 5, 9


def _gzip(body: bytes) -> bytes:
    # Without the time of compression, the same body gives the same bytes.
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
    return packed


def _zstd(body: bytes) -> bytes:
    packed: bytes = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body)
    return packed


# The first of those that a client likes equally well is taken.
PACKERS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    ({"zstd": _zstd, "br": _brotli} if IS_INSTALLED else {}) | {"gzip": _gzip}
)


@lru_cache(maxsize=1024)
def choose_encoding(header: bytes) -> str | None:
    """The encoding for an Accept-Encoding header; None where the body goes as it is."""
    qualities = {wish.name: wish.quality for wish in read_wishes(header.decode("latin-1"))}
    liked = {name: qualities.get(name, qualities.get("*", 0)) for name in PACKERS}
    best = max(liked, key=lambda name: liked[name])
    return best if liked[best] > 0 else None
