"""The JSON Schema of a plan file: with it an editor completes a plan and underlines mistakes.

It is made of the models that read the file, and is never stricter than they are: what the loader
takes is valid. What only a plan as a whole can show, such as a code that nothing declares, a
schema cannot say; ``dabiao plan check`` does.
"""

import json
from functools import cache
from typing import Any

from app.formats.plans.yaml_tree import Loc
from app.schemas.document.plan import PlanDocument

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_Schema = dict[str, Any]


@cache
def write_plan_schema() -> str:
    """The schema as a file holds it, in UTF-8."""
    schema = {"$schema": _DIALECT, **PlanDocument.model_json_schema()}
    _tidy(schema)
    schema["title"] = "Dabiao plan file"
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def list_fields(loc: Loc) -> list[str]:
    """The fields that a plan file may have at a place; none where it may have any, or no fields.

    >>> list_fields(("targets", 0, "baseline"))
    ['value', 'period']
    """
    schema = json.loads(write_plan_schema())
    part = schema
    for step in loc:
        found = _resolve(part, schema)
        below = found.get("properties", {}).get(step)
        part = below or found.get("items" if isinstance(step, int) else "additionalProperties", {})
    return list(_resolve(part, schema).get("properties", {}))


def _resolve(part: Any, schema: _Schema) -> _Schema:  # noqa: ANN401 - a schema may be true
    """What a part says, wherever it is written; of alternatives the one that has fields or rows."""
    if not isinstance(part, dict):
        return {}
    if "$ref" in part:
        found: _Schema = schema["$defs"][part["$ref"].rpartition("/")[2]]
        return found
    for each in part.get("anyOf", ()):
        found = _resolve(each, schema)
        if found.keys() & {"properties", "items", "additionalProperties"}:
            return found
    return part


def _tidy(part: Any) -> None:  # noqa: ANN401 - a schema nests as deep as it likes
    """Drop titles that repeat the name of a field, and forms of numbers that are texts."""
    if isinstance(part, list):
        for each in part:
            _tidy(each)
    if not isinstance(part, dict):
        return
    if isinstance(part.get("title"), str):
        del part["title"]
    shapes = part.get("anyOf", [])
    if {"type": "number"}.items() <= next(iter(shapes), {}).items():
        for each in shapes:
            # A number in quotation marks is read as well, in more forms than the pattern has.
            each.pop("pattern", None)
    for each in part.values():
        _tidy(each)
