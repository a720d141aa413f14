"""A table as CSV that Excel opens rightly: UTF-8 with a byte order mark, no formulas."""

import csv
import io
from decimal import Decimal
from typing import IO

from app.formats.tables.table import Table, to_text

# A text cell that begins like this would be run as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(table: Table, target: IO[bytes]) -> None:
    """The table with one header row; null is empty, true and false are words."""
    out = io.TextIOWrapper(target, "utf-8-sig", newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(column.cell(row)) for column in table.columns])
    out.detach()


def _cell(value: object) -> str:
    """One cell: numbers stay numbers, texts cannot become formulas."""
    if value is None:
        return ""
    text = to_text(value)
    is_number = isinstance(value, int | Decimal)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not is_number else text
