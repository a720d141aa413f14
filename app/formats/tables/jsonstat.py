"""A table as a JSON-stat 2.0 dataset: a cube of indicator, area, period and measure, all numbers.

What has no value is left out, with the reason in ``status``. Columns that are no numbers, such as
ratings and flags, are in ``extension``: described in ``columns``, and for each row in ``rows``,
under its place in the cube without the measures. https://json-stat.org/full/
"""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from math import prod
from tempfile import SpooledTemporaryFile
from typing import IO

from pydantic import BaseModel, JsonValue
from pydantic_core import to_jsonable_python

from app.domain.time.period import Period
from app.formats.tables.beside import PERIOD_DAYS
from app.formats.tables.jsonstat_labels import (
    NO_PERIOD,
    describe_column,
    describe_dimension,
    label_table,
)
from app.formats.tables.table import Column, ColumnKind, Table
from app.vocabulary import to_instant, to_number

KEYS = ("indicator", "area", "period")
# What the dimensions say already.
_NAMES = (
    *("plan", "indicator_name_zh", "indicator_name_en", "area_name_zh", "area_name_en"),
    *PERIOD_DAYS,
)
# A figure may stand in a table more than once: superseded, current, and awaiting approval.
_OF_VERSIONS = "valid_to_revision"
# A cube of so many cells is an array with nulls, which jsonstat.py needs; a larger one an object.
_CELLS_OF_AN_ARRAY = 250_000
_NUMBERS = {ColumnKind.NUMBER, ColumnKind.COUNT}
# What waits until the values are written is on disk from this size.
_HELD_IN_MEMORY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Cube:
    """The codes of each dimension, and the place of each row of the table, measures aside.

    ``beside``: the columns that are no numbers.
    """

    codes: dict[str, list[str]]
    measures: Sequence[Column]
    beside: Sequence[Column]
    places: Sequence[int]


def is_cube(columns: Iterable[Column]) -> bool:
    """Whether each row belongs to an indicator, an area and a period."""
    return {column.name for column in columns} >= set(KEYS)


def write_jsonstat(table: Table, target: IO[bytes]) -> None:
    """The dataset; values are written row by row, and what belongs to them after that."""
    cube = _arrange(table)
    out = io.TextIOWrapper(target, "utf-8", newline="")
    out.write(json.dumps(_describe(table, cube), ensure_ascii=False)[:-1])
    with _members_aside() as status, _members_aside() as rows:
        values = _values(table, cube, status, rows)
        if (size := prod(map(len, cube.codes.values()))) <= _CELLS_OF_AN_ARRAY:
            cells = dict(values)
            array = ",".join(cells.get(place, "null") for place in range(size))
            out.write(f', "value": [{array}]')
        else:
            _write_members(out, "value", (f'"{place}":{cell}' for place, cell in values))
        _write_members(out, "status", _taken_from(status))
        facts = table.facts() | {"language": table.language, "columns": _columns(table, cube)}
        out.write(f', "extension": {json.dumps(facts, ensure_ascii=False)[:-1]}')
        _write_members(out, "rows", _taken_from(rows))
    out.write("}}")
    out.detach()


def _write_members(out: IO[str], name: str, members: Iterable[str]) -> None:
    out.write(f', "{name}": {{')
    for number, member in enumerate(members):
        out.write(f",{member}" if number else member)
    out.write("}")


def _members_aside() -> "SpooledTemporaryFile[str]":
    return SpooledTemporaryFile(max_size=_HELD_IN_MEMORY, mode="w+", encoding="utf-8", newline="")


def _taken_from(aside: IO[str]) -> Iterator[str]:
    aside.seek(0)
    return (line.rstrip("\n") for line in aside)


def _arrange(table: Table) -> Cube:
    measures = [e for e in table.columns if e.kind in _NUMBERS]
    beside = [e for e in table.columns if e.kind not in _NUMBERS and e.name not in {*KEYS, *_NAMES}]
    keys = [tuple(_code(row, name) for name in KEYS) for row in table.rows]
    codes = {name: list(dict.fromkeys(key[n] for key in keys)) for n, name in enumerate(KEYS)}
    codes["period"].sort(key=_time)
    positions = [{c: n for n, c in enumerate(codes[name])} for name in KEYS]
    numbers, versions, seen = [], [], dict[int, Iterator[int]]()
    for key in keys:
        number = 0
        for code, position in zip(key, positions, strict=True):
            number = number * len(position) + position[code]
        numbers.append(number)
        versions.append(next(seen.setdefault(number, count())))
    most = 1 + max(versions, default=0)
    if most > 1 or any(each.name == _OF_VERSIONS for each in measures):
        codes["version"] = [str(number) for number in range(1, most + 1)]
    codes["measure"] = [each.name for each in measures]
    places = [n * most + version for n, version in zip(numbers, versions, strict=True)]
    return Cube(codes=codes, measures=measures, beside=beside, places=places)


def _describe(table: Table, cube: Cube) -> dict[str, JsonValue]:
    """Everything but values, status and extension."""
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
    }


def _columns(table: Table, cube: Cube) -> dict[str, JsonValue]:
    return {each.name: describe_column(table, each) for each in cube.beside}


def _values(table: Table, cube: Cube, status: IO[str], rows: IO[str]) -> Iterator[tuple[int, str]]:
    """The cells by their place; members of ``status`` and ``rows`` are put aside, one a line."""
    numbers = {column.name: number for number, column in enumerate(cube.measures)}
    for row, place in zip(table.rows, cube.places, strict=True):
        start = place * len(numbers)
        for name, number in numbers.items():
            value = getattr(row, name)
            if value is not None:
                yield start + number, _number(value)
        for name, reason in getattr(row, "reasons", {}).items():
            if name in numbers:
                status.write(f'"{start + numbers[name]}":{json.dumps(reason)}\n')
        if found := _beside(row, cube.beside):
            rows.write(f'"{place}":{json.dumps(found, ensure_ascii=False)}\n')


def _beside(row: BaseModel, columns: Iterable[Column]) -> dict[str, JsonValue]:
    """What a row has in columns that are no numbers, and why it has nothing in some."""
    found = {e.name: value for e in columns if (value := e.cell(row)) not in (None, [])}
    known: dict[str, JsonValue] = to_jsonable_python(found)
    reasons = getattr(row, "reasons", {})
    missing = {each.name: reasons[each.name] for each in columns if each.name in reasons}
    return known | ({"reasons": missing} if missing else {})


def _number(value: Decimal | int) -> str:
    return json.dumps(to_number(value) if isinstance(value, Decimal) else value)


def _code(row: BaseModel, name: str) -> str:
    found = getattr(row, name)
    return NO_PERIOD if found is None else str(found)


def _time(code: str) -> tuple[bool, int]:
    """Ascending, what has no period last."""
    return (True, 0) if code == NO_PERIOD else (False, Period.parse(code).as_quarter.index)
