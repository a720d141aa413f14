"""What no request may bring: control characters, in its path, its parameters or its headers.

No name or value here has any; PostgreSQL fails at NUL, and a log or a terminal obeys the others.
"""

import re
from urllib.parse import parse_qsl

from starlette.types import Scope

from app.domain.checks.finding import shown
from app.errors import Fault, ParametersInvalid, invalid_parameter

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# The same, written with percent signs as an address has them.
_ENCODED = re.compile(rb"%(?:[01][0-9a-f]|7f|c2%[89][0-9a-f])", re.IGNORECASE)
# A tab is a blank between the words of a header, whose bytes above 127 are of no encoding.
_IN_HEADER = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# Where it is none, another takes its place.
_REPLACED = b"x-request-id"


def refuse_controls(scope: Scope) -> None:
    """ParametersInvalid for each control character that a request brings outside its body."""
    faults = [*_in_path(scope["path"]), *_in_query(scope.get("query_string", b""))]
    faults += [
        _fault(name.decode("latin-1"), value.decode("latin-1"))
        for name, value in scope["headers"]
        if _IN_HEADER.search(value) and name != _REPLACED
    ]
    if faults:
        raise ParametersInvalid(faults)


def _in_path(path: str) -> list[Fault]:
    return [_fault("path", path)] if _CONTROL.search(path) else []


def _in_query(query: bytes) -> list[Fault]:
    if not _ENCODED.search(query):
        return []
    given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return [_fault(name, value) for name, value in given if _CONTROL.search(name + value)]


def _fault(name: str, value: str) -> Fault:
    return invalid_parameter(shown(name), value, "no_control")
