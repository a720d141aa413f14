"""What a body says that it is: its media type, read as strictly as the body itself."""

import re
from collections.abc import Sequence

from fastapi import Request

from app.errors.bodies import MediaTypeUnsupported

JSON = "application/json"
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
# RFC 9110, 8.3.1: between two semicolons there may be nothing.
_PARAMETER = rf'\s*;\s*(?:({_WORD})=({_WORD}|"[^"\\]*"))?'
_MEDIA_TYPE = re.compile(rf"({_WORD}/{_WORD})((?:{_PARAMETER})*)\s*", re.ASCII)
_NEXT_PARAMETER = re.compile(_PARAMETER, re.ASCII)
# JSON is UTF-8 (RFC 8259, 8.1); a text file is one of these, which its content decides.
_OF_JSON = frozenset({"utf-8", "utf8"})
_OF_TEXT = _OF_JSON | {"us-ascii", "gb2312", "gbk", "gb18030"}


def require_media_type(
    request: Request, allowed: Sequence[str], *, told: Sequence[str] | None = None
) -> str:
    """The media type of the body; MediaTypeUnsupported for another one, or one that is unclear.

    ``told``: which of the allowed ones the client is told of, where those are not all.
    """
    received = request.headers.get("content-type", "")
    encoding = request.headers.get("content-encoding", "identity")
    name = _read(received)
    if name is None or name not in allowed or encoding != "identity":
        shown = received if encoding == "identity" else f"{received} ({encoding})"
        raise MediaTypeUnsupported(received=shown[:80], allowed=", ".join(told or allowed))
    return name


def _read(received: str) -> str | None:
    """The media type in lower case; None where it cannot be read, or its charset is no such."""
    found = _MEDIA_TYPE.fullmatch(received.strip())
    if found is None:
        return None
    name = found[1].lower()
    named = [(key.lower(), text.strip('"')) for key, text in _NEXT_PARAMETER.findall(found[2])]
    charsets = {text.lower() for key, text in named if key == "charset"}
    return name if charsets <= (_OF_JSON if name == JSON else _OF_TEXT) else None
