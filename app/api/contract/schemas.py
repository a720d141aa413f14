"""Schemas as validators and generators of clients understand them."""

import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

_REFERENCE = "#/components/schemas/"
# How the validation library names a limit that it checks in a separate step.
_LIMITS = MappingProxyType(
    {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
)
_PAGE = re.compile(r"Page_(\w+)_")
_NULL = {"type": "null"}


def add_model(schemas: dict[str, Any], model: type[BaseModel]) -> None:
    """Add a model that no route declares, and all that it is made of."""
    found = model.model_json_schema(ref_template=f"{_REFERENCE}{{model}}")
    for name, schema in {**found.pop("$defs", {}), model.__name__: found}.items():
        schemas.setdefault(name, schema)


def tidy_parameter(parameter: dict[str, Any]) -> None:
    """A parameter is described once, and is left out rather than null."""
    schema = parameter["schema"]
    schema.pop("description", None)
    choices = [each for each in schema.get("anyOf", []) if each != _NULL]
    if len(choices) == 1 and len(schema["anyOf"]) == 2:
        del schema["anyOf"]
        schema |= choices[0]
        parameter["schema"] = schema


def tidy_schema(part: Any) -> None:  # noqa: ANN401 - a document nests as deep as it likes
    """Name limits as JSON Schema does, and drop what misleads generators."""
    if isinstance(part, dict):
        # In the order that they have here: another one in each process would be another document.
        for name in [each for each in _LIMITS if each in part]:
            part[_LIMITS[name]] = part.pop(name)
        fields = [*part.get("properties", {}).values(), part.get("schema", {})]
        for field in fields:
            field.pop("title", None)
        for field in part.get("properties", {}).values():
            # Generators take a field with a default for one that is always there.
            field.pop("default", None)
        part = [each for name, each in part.items() if name != "example"]
    if isinstance(part, list):
        for each in part:
            tidy_schema(each)


def name_pages(document: dict[str, Any]) -> None:
    """Call the page of a list ``GapRowPage``, not ``Page_GapRow_``."""
    schemas = document["components"]["schemas"]
    for name in [each for each in schemas if _PAGE.fullmatch(each)]:
        schemas[_page_of(name)] = schemas.pop(name) | {"title": _page_of(name)}
    for item in document["paths"].values():
        for operation in item.values():
            for answer in operation["responses"].values():
                schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
                if "$ref" in schema:
                    schema["$ref"] = _page_of(schema["$ref"])


def _page_of(name: str) -> str:
    return _PAGE.sub(r"\1Page", name)


def open_answers(schemas: Mapping[str, Any], sent: Collection[str]) -> None:
    """Leave room in answers: a field that is added later breaks no client.

    What is sent stays closed, as it is judged.
    """
    for name, schema in schemas.items():
        if name not in sent and schema.get("additionalProperties") is False:
            del schema["additionalProperties"]


def list_sent(document: dict[str, Any]) -> set[str]:
    """The names of the schemas that bodies of requests are made of."""
    bodies = [
        each.get("requestBody", {}) for i in document["paths"].values() for each in i.values()
    ]
    return set(_reached(bodies, document["components"]["schemas"]))


def _reached(
    part: Any,  # noqa: ANN401 - a document nests as deep as it likes
    schemas: Mapping[str, Any],
    seen: frozenset[str] = frozenset(),
) -> Iterator[str]:
    """The names of the schemas that a part refers to, directly or through others."""
    if isinstance(part, list):
        for each in part:
            yield from _reached(each, schemas, seen)
    elif isinstance(part, dict):
        name = str(part.get("$ref", "")).removeprefix(_REFERENCE)
        if name and name not in seen:
            yield name
            yield from _reached(schemas[name], schemas, seen | {name})
        for each in part.values():
            yield from _reached(each, schemas, seen)
