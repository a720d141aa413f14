"""A table as a JSON-stat 2.0 dataset: a cube of indicator, area, period and measure.

Every other column of a row is a measure, texts too; what has no value is left out, with the
reason in ``status``. https://json-stat.org/full/
"""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import IO

from pydantic import BaseModel, JsonValue

from app.domain.time.period import Period
from app.formats.tables.jsonstat_labels import NO_PERIOD, describe_dimension, label_table
from app.formats.tables.table import Column, Table, to_text
from app.vocabulary import to_instant, to_number

KEYS = ("indicator", "area", "period")
# What labels say already.
_NAMES = ("plan", "indicator_name_zh", "indicator_name_en", "area_name_zh", "area_name_en")
# A figure may stand in a table more than once: superseded, current, and awaiting approval.
_OF_VERSIONS = "valid_to_revision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """The codes of each dimension, and where in the cube each row of the table begins."""

    codes: dict[str, list[str]]
    measures: Sequence[Column]
    places: Sequence[int]


def is_cube(columns: Iterable[Column]) -> bool:
    """Whether each row belongs to an indicator, an area and a period."""
    return {column.name for column in columns} >= set(KEYS)


def write_jsonstat(table: Table, target: IO[bytes]) -> None:
    """The dataset; values and their status are written row by row."""
    cube = _arrange(table)
    out = io.TextIOWrapper(target, "utf-8", newline="")
    out.write(json.dumps(_describe(table, cube), ensure_ascii=False)[:-1])
    for name, members in (("value", _values(table, cube)), ("status", _reasons(table, cube))):
        out.write(f', "{name}": {{')
        for number, member in enumerate(members):
            out.write(f",{member}" if number else member)
        out.write("}")
    out.write("}")
    out.detach()


def _arrange(table: Table) -> Cube:
    codes = {name: list(dict.fromkeys(_code(row, name) for row in table.rows)) for name in KEYS}
    codes["period"].sort(key=_time)
    positions = [(name, {c: n for n, c in enumerate(codes[name])}) for name in KEYS]
    keys, versions, seen = [], [], dict[int, Iterator[int]]()
    for row in table.rows:
        key = 0
        for name, position in positions:
            key = key * len(position) + position[_code(row, name)]
        keys.append(key)
        versions.append(next(seen.setdefault(key, count())))
    measures = [each for each in table.columns if each.name not in {*KEYS, *_NAMES}]
    most = 1 + max(versions, default=0)
    if most > 1 or any(each.name == _OF_VERSIONS for each in measures):
        codes["version"] = [str(number) for number in range(1, most + 1)]
    codes["measure"] = [each.name for each in measures]
    places = [
        (key * most + version) * len(measures) for key, version in zip(keys, versions, strict=True)
    ]
    return Cube(codes=codes, measures=measures, places=places)


def _describe(table: Table, cube: Cube) -> dict[str, JsonValue]:
    """Everything but values and status."""
    ids = list(cube.codes)
    known: dict[str, JsonValue] = {"version": "2.0", "class": "dataset"}
    known["label"] = label_table(table)
    if table.origin is not None:
        known["source"] = table.origin.document.plan.publisher_en
        known["updated"] = to_instant(table.origin.recorded_at)
    return known | {
        "id": list(ids),
        "size": [len(codes) for codes in cube.codes.values()],
        "role": {"time": ["period"], "geo": ["area"], "metric": ["measure", "indicator"]},
        "dimension": {name: describe_dimension(table, name, cube.codes[name]) for name in ids},
        "extension": table.facts() | {"language": table.language},
    }


def _values(table: Table, cube: Cube) -> Iterator[str]:
    """The members of the object ``value``."""
    names = [(number, column.name) for number, column in enumerate(cube.measures)]
    for row, place in zip(table.rows, cube.places, strict=True):
        for number, name in names:
            value = getattr(row, name)
            if value is not None:
                yield f'"{place + number}":{_json(value)}'


def _reasons(table: Table, cube: Cube) -> Iterator[str]:
    """The members of the object ``status``: why there is no value."""
    numbers = {column.name: number for number, column in enumerate(cube.measures)}
    for row, place in zip(table.rows, cube.places, strict=True):
        for name, reason in getattr(row, "reasons", {}).items():
            if name in numbers:
                yield f'"{place + numbers[name]}":{json.dumps(reason)}'


def _json(value: object) -> str:
    """A number, or a text: JSON-stat has no truths, days or parts."""
    if isinstance(value, Decimal):
        return json.dumps(to_number(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return json.dumps(to_text(value), ensure_ascii=False)


def _code(row: BaseModel, name: str) -> str:
    found = getattr(row, name)
    return NO_PERIOD if found is None else str(found)


def _time(code: str) -> tuple[bool, int]:
    """Ascending, what has no period last."""
    return (True, 0) if code == NO_PERIOD else (False, Period.parse(code).as_quarter.index)
