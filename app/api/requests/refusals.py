"""What no request may bring, whatever it asks for: control characters, and one value twice.

No name or value here has control characters; PostgreSQL fails at NUL, and a log or a terminal
obeys the others. Of a value that comes twice, any other reader in between may take the other one.
"""

import re
from collections import Counter
from functools import cache
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel
from starlette.types import Scope

from app.domain.checks.finding import shown
from app.errors.failure import Failure, ParametersInvalid
from app.errors.fault import Fault, invalid_parameter

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# The same, written with percent signs as an address has them.
_ENCODED = re.compile(rb"%(?:[01][0-9a-f]|7f|c2%[89][0-9a-f])", re.IGNORECASE)
# A tab is a blank between the words of a header, whose bytes above 127 are of no encoding.
_IN_HEADER = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# Where it is none, another takes its place.
_REPLACED = b"x-request-id"


class RangeInvalid(Failure):
    """A part of a file was asked for that the file does not have; ``size``: that of the file."""

    code = "range_not_satisfiable"


def refuse_controls(scope: Scope) -> None:
    """ParametersInvalid for each control character that a request brings outside its body."""
    faults = [*_in_path(scope["path"]), *_in_query(scope.get("query_string", b""))]
    # All at once, as every request goes through here.
    if _IN_HEADER.search(b"".join([value for _, value in scope["headers"]])):
        faults += [
            _fault(name.decode("latin-1"), value.decode("latin-1"))
            for name, value in scope["headers"]
            if _IN_HEADER.search(value) and name != _REPLACED
        ]
    if faults:
        raise ParametersInvalid(faults)


async def refuse_repeated(request: Request) -> None:
    """ParametersInvalid for each parameter that takes one value and comes more than once."""
    if not request.scope["query_string"]:
        return
    counts = Counter(name for name, _ in request.query_params.multi_items())
    repeated = [name for name, count in counts.items() if count > 1]
    if not repeated:
        return
    # The parameters of a route are one model.
    models = [each.field_info.annotation for each in request.scope["route"].dependant.query_params]
    lists = frozenset[str]().union(*map(_lists_of, models))
    faults = [
        invalid_parameter(shown(name), request.query_params[name], "given_once")
        for name in repeated
        if name not in lists
    ]
    if faults:
        raise ParametersInvalid(faults)


@cache
def _lists_of(model: type[BaseModel]) -> frozenset[str]:
    """The parameters of a model that may be repeated."""
    fields = model.model_json_schema()["properties"]
    return frozenset(
        name
        for name, field in fields.items()
        if any(each.get("type") == "array" for each in (field, *field.get("anyOf", ())))
    )


def _in_path(path: str) -> list[Fault]:
    return [_fault("path", path)] if _CONTROL.search(path) else []


def _in_query(query: bytes) -> list[Fault]:
    if not _ENCODED.search(query):
        return []
    given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return [_fault(name, value) for name, value in given if _CONTROL.search(name + value)]


def _fault(name: str, value: str) -> Fault:
    return invalid_parameter(shown(name), value, "no_control")
