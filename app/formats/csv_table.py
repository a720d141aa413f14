"""A table as CSV that Excel opens rightly: UTF-8 with a byte order mark, no formulas."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from app.vocabulary import to_instant, to_number

MEDIA_TYPE = "text/csv; charset=utf-8"
# A text cell that begins like this would be run as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """The table with one header row; null is empty, true and false are words."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def _cell(value: object) -> str:
    """One cell: numbers stay numbers, texts cannot become formulas."""
    if value is None:
        return ""
    if isinstance(value, bool | int | Decimal):
        return json.dumps(to_number(value) if isinstance(value, Decimal) else value)
    if isinstance(value, datetime):
        return to_instant(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _safe("; ".join(value))
    if isinstance(value, list | dict | BaseModel):
        return _safe(json.dumps(to_jsonable_python(value), ensure_ascii=False))
    return _safe(str(value.value if isinstance(value, Enum) else value))


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
