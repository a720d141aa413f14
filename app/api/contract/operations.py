"""What an operation is called, what a request may carry, and which answers may come."""

import re
from copy import deepcopy
from types import MappingProxyType
from typing import Any

from fastapi.routing import APIRoute
from pydantic import Field

from app.api.answers.files import FORMATS, JSON
from app.api.answers.problems import MEDIA_TYPE
from app.api.contract.patterns import shape_parameter
from app.api.contract.schemas import add_model, tidy_parameter
from app.api.requests.idempotency import LONGEST_KEY
from app.formats.tables.jsonstat import KEYS
from app.schemas.base import Answer, ProblemError
from app.schemas.reports.views import Summary

Operation = dict[str, Any]

SECURITY = MappingProxyType(
    {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key, sent as `Authorization: Bearer <key>`.",
        },
        "basic": {
            "type": "http",
            "scheme": "basic",
            "description": "A key, sent as the password of HTTP Basic with any user name, for "
            "programs that can send nothing else.",
        },
    }
)
# POSTs that store nothing and need no key; GETs of what is never public.
_STATELESS = frozenset({"evaluate_target", "run_scenario", "split_target"})
_CLOSED = frozenset({"list_reports", "get_report", "get_caller", "list_keys", "list_hooks"})
# What they give is never stored, so that a retry gives another.
_UNREPEATED = frozenset({"create_ticket", "create_key"})
# The service itself says how it is, to anyone.
_UNLOCKED_TAG = "health"
# Some clients send what is named last.
_KEYS: tuple[dict[str, list[str]], ...] = ({"basic": []}, {"bearer": []})
_ARTICLES = frozenset({"a", "an", "the"})
# Where the name of a thing ends and its description begins.
_PREPOSITION = re.compile(r" (?:for|in|of|that|with) ")
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your choice that makes retries safe: the same key with the same body "
    "repeats the stored answer, with another body it is refused.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}

_IF_MATCH = "if-match"

# Status, name in the document, and what it means.
_PROBLEMS = MappingProxyType(
    {
        "400": ("Malformed", "The request could not be read."),
        "401": (
            "KeyRefused",
            "A key or token is needed, or the one that was sent is not valid.",
        ),
        "403": ("NotAllowed", "The key or token does not allow this."),
        "404": ("NotFound", "The plan, or what was asked for in it, does not exist."),
        "406": ("NotAcceptable", "The answer is not available in the format asked for."),
        "409": ("Conflict", "The request conflicts with the state of the plan."),
        "412": ("Changed", "The report has changed since it was read."),
        "413": ("TooLarge", "The body is too large."),
        "415": ("UnsupportedMediaType", "The body has a media type that is not accepted."),
        "422": ("Invalid", "A parameter or the body is not valid."),
        "429": ("TooManyRequests", "The key or the address has sent too many requests."),
        "500": ("ServerError", "The request failed because of an error in the server."),
        "503": (
            "Unavailable",
            "The database or identity provider is unavailable, or too many requests wait.",
        ),
    }
)
HEADERS = MappingProxyType(
    {
        "ETag": {
            "description": "Tag of the answer. Sent as `If-None-Match`, it is answered with 304 "
            "and no body as long as nothing has changed.",
            "schema": {"type": "string"},
        },
        "Link": {
            "description": "Path and query of the next page (`rel=next`). Absent on the last page.",
            "schema": {"type": "string"},
        },
        "Location": {
            "description": "Path under which the report can be read.",
            "schema": {"type": "string"},
        },
        "Retry-After": {
            "description": "Number of seconds after which to try again.",
            "schema": {"type": "integer", "minimum": 0},
        },
    }
)
# What FastAPI says of an answer that its route does not describe.
_UNDESCRIBED = "Successful Response"
# The parameter ``format``, once it is tidy.
_CHOICES = list(FORMATS)
_DATASET = {
    "type": "object",
    "description": "A dataset in JSON-stat 2.0: a cube of numbers. Columns that are no numbers "
    "are in `extension`, described in `columns`, with their values by place in `rows`.",
    "required": [
        *("version", "class", "id", "size", "role", "dimension", "value", "status", "extension")
    ],
    "properties": {"class": {"const": "dataset", "description": "The class, always `dataset`."}},
}


class Problem(Answer):
    """A problem (RFC 9457), in the language that `Accept-Language` asks for."""

    type: str = Field(
        description="Path that identifies the kind, for example `/problems/key_required`."
    )
    title: str = Field(description="Short name of the kind of problem.")
    status: int = Field(description="HTTP status code of the answer.")
    detail: str = Field(
        description="What is wrong with this request, the value received and what to do."
    )
    instance: str = Field(description="Path of the request that failed.")
    code: str = Field(description="Stable code of the problem, for example `key_required`.")
    errors: list[ProblemError] = Field(
        description="Every error found, each with its location, code and message. Empty if "
        "no part of the request is named."
    )
    summary: Summary | None = Field(
        default=None, description="Number of figures by outcome, where a report was refused."
    )


def name_operation(route: APIRoute) -> str:
    """The name of a route's operation: its summary in short, so ``Submit a report`` is
    ``submit_report``. A route whose summary says it badly names itself (``operation_id``).
    """
    short = _PREPOSITION.split((route.summary or route.name).lower())[0]
    return "_".join(w for w in re.findall(r"[a-z0-9]+", short) if w not in _ARTICLES)


def finish_request(place: str, operation: Operation) -> None:
    """Say what a request may carry: parameters, a key, and the name of a retry."""
    for parameter in operation.get("parameters", []):
        tidy_parameter(parameter)
    if _UNLOCKED_TAG in operation["tags"]:
        operation["security"] = []
    elif _needs_key(place, operation):
        operation["security"] = list(_KEYS)
    else:
        operation["security"] = [{}, *_KEYS]
    if _is_write(place, operation) and operation["operationId"] not in _UNREPEATED:
        operation.setdefault("parameters", []).append(deepcopy(_IDEMPOTENCY_KEY))
    for parameter in operation.get("parameters", []):
        shape_parameter(operation["operationId"], parameter)


def _needs_key(place: str, operation: Operation) -> bool:
    """Whether the operation is refused without a key, however the deployment is set up."""
    return _is_write(place, operation) or operation["operationId"] in _CLOSED


def _is_write(place: str, operation: Operation) -> bool:
    """Whether the operation stores something."""
    return not place.startswith("get ") and operation["operationId"] not in _STATELESS


def describe_problems(schemas: dict[str, Any]) -> dict[str, Any]:
    """The answers that many operations share, by their names."""
    add_model(schemas, Problem)
    schemas["JsonStat"] = _DATASET
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found: dict[str, Any] = {
        name: {"description": description, "content": content}
        for name, description in _PROBLEMS.values()
    }
    for name in ("TooManyRequests", "Unavailable"):
        found[name]["headers"] = _headers("Retry-After")
    return found


def finish_answers(place: str, operation: Operation, schemas: dict[str, Any]) -> None:
    """Say which answers may come, and as what."""
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    for formats in _formats_of(operation):
        _add_files(answers["200"]["content"], schemas)
        formats["enum"] = [n for n, each in FORMATS.items() if each in answers["200"]["content"]]
    for answer in answers.values():
        for content in answer.get("content", {}).values():
            # A word of OpenAPI 3.2, for what a stream is made of.
            content.pop("itemSchema", None)
        _describe(answer, schemas)
    _add_headers(place, operation)
    for status in _problems_of(place, operation):
        name = _PROBLEMS[status][0]
        answers.setdefault(status, {"$ref": f"#/components/responses/{name}"})
    operation["responses"] = dict(sorted(answers.items()))


def _add_headers(place: str, operation: Operation) -> None:
    """Say which headers an answer has that a client acts on."""
    answers = operation["responses"]
    is_stream = "text/event-stream" in answers.get("200", {}).get("content", {})
    if place.startswith("get ") and _UNLOCKED_TAG not in operation["tags"] and not is_stream:
        pages = any(each["name"] == "offset" for each in operation.get("parameters", []))
        answers["200"]["headers"] = _headers("ETag", *(["Link"] if pages else []))
    if operation["operationId"] == "submit_report":
        answers["201"]["headers"] = _headers("Location")


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problems_of(place: str, operation: Operation) -> set[str]:
    """The statuses of the problems that an operation can be refused with."""
    if _UNLOCKED_TAG in operation["tags"]:
        return {"500"}
    verb, _, path = place.partition(" ")
    found = {"422", "429", "500"}
    if verb != "get":
        found |= {"400", "413", "415"}
    if operation["operationId"] != "evaluate_target":
        found |= {"401", "503"}
    if _is_write(place, operation):
        found |= _conflicts_of(operation)
    # A path of SDMX names a dataflow, and so a plan.
    if "{plan}" in path or "{path}" in path or _needs_key(place, operation):
        found |= {"403"}
    if "{" in path:
        found |= {"404"}
    is_read = not _is_write(place, operation)
    if is_read and len(operation["responses"]["200"].get("content", {})) > 1:
        found |= {"406"}
    return found


def _conflicts_of(operation: Operation) -> set[str]:
    parameters = operation.get("parameters", [])
    return {"409", "412"} if any(p["name"] == _IF_MATCH for p in parameters) else {"409"}


def _formats_of(operation: Operation) -> list[dict[str, Any]]:
    """The schema of the parameter that names the format of a table, where there is one."""
    schemas = [each["schema"] for each in operation.get("parameters", [])]
    return [each for each in schemas if each.get("enum") == _CHOICES]


def _add_files(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add the media types that a list comes in as a file."""
    name = content[FORMATS[JSON]]["schema"]["$ref"].rpartition("/")[2]
    for form, media_type in FORMATS.items():
        if form == "jsonstat" and _has_cube(schemas, name):
            content[media_type] = {"schema": {"$ref": "#/components/schemas/JsonStat"}}
        elif form not in {JSON, "jsonstat"}:
            schema = {"type": "string"} if form == "csv" else {"type": "string", "format": "binary"}
            content.setdefault(media_type, {"schema": schema})


def _has_cube(schemas: dict[str, Any], name: str) -> bool:
    """Whether a list of the answer has rows of an indicator, an area and a period."""
    fields = schemas[name]["properties"].values()
    rows = [each["items"]["$ref"].rpartition("/")[2] for each in fields if "items" in each]
    return any(schemas[row]["properties"].keys() >= set(KEYS) for row in rows)


def _describe(answer: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Say of an answer what its model is, where its route says no more."""
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
    model = schemas.get(schema.get("$ref", "").rpartition("/")[2], {})
    if answer["description"] == _UNDESCRIBED and "description" in model:
        answer["description"] = model["description"]
