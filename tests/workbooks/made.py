"""The corpus: workbooks as people and programs make them, each made at test time.

Most are made by XlsxWriter or openpyxl, as other programs would make them; what those cannot
make, a raw writer makes. Every one is a table of one good row and the row that the case is about.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import xlsxwriter
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADING = ["area", "period", "indicator", "value", "unit", "basis", "missing_reason", "note"]
GOOD: list[Any] = ["nanshan", "2024-Q1", "value_added", 120.5, "亿元", "ytd"]
CASE: list[Any] = ["nanshan", "2024-Q1", "industrial_space", 81240, "平方米", "quarter"]
# Where the value of the case is, as people name it, and as the two libraries count.
CELL = "D3"
ROW, COLUMN = 2, 3


def by_openpyxl(change: Callable[[Worksheet], None]) -> bytes:
    """A workbook that openpyxl makes: it calculates nothing, and stores no results."""
    book, target = Workbook(), BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (HEADING, GOOD, CASE):
        sheet.append(row)
    change(sheet)
    book.save(target)
    return target.getvalue()


def by_xlsxwriter(change: Callable[[Any, Any], None]) -> bytes:
    """A workbook that XlsxWriter makes: it stores 0 as the result of every formula."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet("数据")
        for number, row in enumerate((HEADING, GOOD, CASE)):
            sheet.write_row(number, 0, row)
        change(book, sheet)
    return target.getvalue()


def with_value(value: object) -> bytes:
    """The case with another value in its cell."""
    return by_openpyxl(lambda sheet: _set(sheet, CELL, value))


def with_format(code: str, value: object = 81240) -> bytes:
    """The case in a number format."""

    def change(sheet: Worksheet) -> None:
        _set(sheet, CELL, value)
        sheet[CELL].number_format = code

    return by_openpyxl(change)


def with_words(**words: str) -> bytes:
    """The case with other words in its columns."""

    def change(sheet: Worksheet) -> None:
        for column, word in words.items():
            sheet.cell(ROW + 1, HEADING.index(column) + 1, word)

    return by_openpyxl(change)


def _set(sheet: Worksheet, at: str, value: object) -> None:
    sheet[at] = value
