"""What a text of a request looks like: said by the name of its parameter or field, once for all.

A pattern here says only what is refused in any case, by whatever looks the text up. What a text
means in a plan (a code that it does not have, a day in the future) no pattern can tell.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeAlias

from app.domain.accumulation import Basis
from app.domain.rating import Rating
from app.schemas.reports.inputs import STATUSES

Schema: TypeAlias = dict[str, Any]

_CODE = "[a-z][a-z0-9]*([-_][a-z0-9]+)*"
_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
_OFFSET = "([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_INSTANT = f"{_DAY}[Tt]{_CLOCK}{_OFFSET}"
# SDMX leaves the offset to the service.
_SDMX_INSTANT = f"{_DAY}T{_CLOCK}{_OFFSET}?"
_SDMX_PERIOD = f"([12][0-9]{{3}}(-Q[1-4])?(-A1)?|[0-9]{{4}}-(0[1-9]|1[0-2])|{_DAY}|{_SDMX_INSTANT})"
# Revision numbers, days and the names of publications have the same letters.
_NAME = "[a-z0-9]+([-_][a-z0-9]+)*"
_ID = "[0-9a-f]{12}"
_COLUMN = "[a-z][a-z0-9_]*"
_BASE64 = "[A-Za-z0-9+/]"
_HOST = r"([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])"


def _one_of(words: Iterable[str]) -> str:
    return f"({'|'.join(words)})"


def _list_of(part: str) -> str:
    return f"{part}(,{part})*"


# Whoever looks these up takes nothing longer.
_LONGEST = MappingProxyType({_CODE: 64, _NAME: 64})
_ANYWHERE = MappingProxyType(
    dict.fromkeys(("plan", "indicator", "area", "areas", "responsible_unit"), _CODE)
)
_PARAMETERS: Mapping[str, str] = MappingProxyType(
    {
        **_ANYWHERE,
        **dict.fromkeys(("area_level", "code", "goal"), _CODE),
        **dict.fromkeys(("hook", "key"), _ID),
        **dict.fromkeys(("as_of", "from", "targets_as_of", "to"), f"({_NAME}|{_INSTANT})"),
        "asOf": f"({_NAME}|{_SDMX_INSTANT})",
        **dict.fromkeys(("startPeriod", "endPeriod"), _SDMX_PERIOD),
        "fields": _list_of(_COLUMN),
        "name": _NAME,
        "rating": _one_of(Rating),
        "references": _list_of("[a-z]+"),
        "report": "r[0-9]{1,9}-[0-9]{1,9}",
        "sort": f"({_list_of(f'-?{_COLUMN}')})?",
        "status": _one_of(STATUSES),
        "updated_after": f"([0-9]+|{_INSTANT})",
        "updatedAfter": f"([0-9]+|{_SDMX_INSTANT})",
    }
)
# Where a parameter is more narrow than its name.
_OF_OPERATION: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("list_plans", "as_of"): f"({_DAY}|{_INSTANT})",
        **{
            (f"{name}_sdmx_{version}", "asOf"): f"({_DAY}|{_SDMX_INSTANT})"
            for name, version in (
                ("list_structures", "2_1"),
                ("get_structures", "2_1"),
                ("get_all_structures", "3"),
                ("get_structures", "3"),
            )
        },
    }
)
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        **_ANYWHERE,
        # By the codes of areas.
        "weights": _CODE,
        "basis": _one_of(Basis),
        "period": "[12][0-9]{3}-Q[1-4]",
        "report": _PARAMETERS["report"],
        "url": f'[Hh][Tt][Tt][Pp][Ss]?://{_HOST}(:[1-9][0-9]{{0,4}})?([/?][!"$-~]*)?',
        # 24 to 64 bytes in base64, which are written in groups of three.
        "secret": f"whsec_(({_BASE64}{{4}}){{8,20}}({_BASE64}{{3}}=|{_BASE64}{{2}}==)?"
        f"|({_BASE64}{{4}}){{21}}({_BASE64}{{2}}==)?)",
    }
)
_VISIBLE_IN_HEADER = "!-~¡-¬®-ÿ"
_HEADERS: Mapping[str, str] = MappingProxyType(
    {"idempotency-key": f"[{_VISIBLE_IN_HEADER}]([ {_VISIBLE_IN_HEADER}]*[{_VISIBLE_IN_HEADER}])?"}
)
_NO_CONTROL = r"[^\u0000-\u001f\u007f-\u009f]*"
_NO_CONTROL_IN_HEADER = r"[^\u0000-\u0008\u000a-\u001f\u007f]*"
# Those beyond are so rare that a pattern of them would only be hard to read; they are refused too.
_LAST_OF_PATTERN = 0xFFFF
# What SDMX calls the formats of structures; the others are of data.
_OF_STRUCTURES = frozenset({"structure", "jsonstructure"})
# A joiner is part of many emoji, and refused only elsewhere.
_JOINER = 0x200D


def shape_parameter(operation: str, parameter: Mapping[str, Any]) -> None:
    """Say what the text of a parameter looks like, where its schema does not."""
    name, place = parameter["name"], parameter["in"]
    if place == "header":
        found = _HEADERS.get(name.lower(), _NO_CONTROL_IN_HEADER)
    else:
        found = _OF_OPERATION.get((operation, name)) or _PARAMETERS.get(name, _NO_CONTROL)
    if name == "format" and "_sdmx_" in operation:
        is_data = operation.startswith("get_data_sdmx")
        known = parameter["schema"]["enum"]
        parameter["schema"]["enum"] = [e for e in known if (e in _OF_STRUCTURES) != is_data]
    _shape(parameter["schema"], found)


def shape_bodies(schemas: Iterable[Schema]) -> None:
    """Say what the texts of bodies look like, where their schemas do not."""
    for schema in schemas:
        for name, field in schema.get("properties", {}).items():
            _shape(field, _FIELDS.get(name) or _seen_text())
            for each in (field, *field.get("anyOf", ())):
                if "additionalProperties" in each:
                    names = each.setdefault("propertyNames", {})
                    names["pattern"] = f"^{_FIELDS.get(name) or _seen_text()}$"


def _shape(schema: Schema, pattern: str) -> None:
    """Add the pattern to a text, or to the texts of a list, an object or a choice."""
    for each in (schema, *schema.get("anyOf", ())):
        if each.get("type") == "array":
            _shape(each["items"], pattern)
        elif isinstance(each.get("additionalProperties"), dict):
            _shape(each["additionalProperties"], pattern)
        elif each.get("type") == "string" and not each.keys() & {"pattern", "enum", "const"}:
            if "format" in each:
                continue
            each["pattern"] = f"^{pattern}$"
            if pattern in _LONGEST:
                each.setdefault("maxLength", _LONGEST[pattern])


@cache
def _seen_text() -> str:
    """A text without the characters that nobody sees, but for line breaks, tabs and joiners."""
    codes = [
        code
        for code in range(_LAST_OF_PATTERN + 1)
        if unicodedata.category(chr(code)) in {"Cc", "Cf"}
        and chr(code) not in "\n\t"
        and code != _JOINER
    ]
    spans: list[tuple[int, int]] = []
    for code in codes:
        if spans and spans[-1][1] == code - 1:
            spans[-1] = (spans[-1][0], code)
        else:
            spans.append((code, code))
    inside = "".join(
        rf"\u{first:04x}" + (rf"-\u{last:04x}" if last > first else "") for first, last in spans
    )
    return f"[^{inside}]*"
