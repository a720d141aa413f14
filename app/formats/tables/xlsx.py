"""A table as a workbook to read, sort and filter in Excel; a second sheet says what it is.

Numbers, days and truths are those, not texts; a text can never become a formula.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import IO, Any

from pydantic import BaseModel

from app.formats.forms.style import (
    BASE,
    NO_TIME,
    ONE_LINE,
    Look,
    Sheet,
    StyledWorkbook,
    set_up_page,
    width_of,
    write_text,
    written_to,
)
from app.formats.tables.csv import FORMULA_STARTS
from app.formats.tables.definitions import add_definitions_sheet
from app.formats.tables.table import Column, ColumnKind, Table, to_text

# What a sheet of Excel holds, less its heading; a longer table goes on on the next.
ROWS_A_SHEET = 1_048_575
# Excel has no days before this.
_FIRST_YEAR = 1900
_MOST_PLACES = 8
_PLACES_OF_ENDLESS = 4
_HEADING_HEIGHT = 24
_LOOKED_AT = 200
_NARROWEST, _WIDEST = 8, 46
_PAGE_WIDTH = 180
# The room that the button of the filter takes.
_BUTTON = 4

Spot = tuple[int, int]
CellWrite = Callable[[Sheet, Spot, Any], object]


def write_xlsx(table: Table, target: IO[bytes]) -> None:
    """The table row by row; the same rows at the same revision give the same bytes."""
    origin = table.origin
    title = table.name if origin is None else f"{origin.document.plan.title_en}: {table.name}"
    created = NO_TIME if origin is None else origin.recorded_at
    with written_to(target, is_streamed=True) as workbook:
        workbook.book.set_properties({"title": title, "created": created})
        writers = [(column, _writer(workbook, column)) for column in table.columns]
        for start in range(0, len(table.rows) or 1, ROWS_A_SHEET):
            rows = table.rows[start : start + ROWS_A_SHEET]
            number = start // ROWS_A_SHEET + 1
            sheet = workbook.add_sheet(f"{table.name} {number}" if start else table.name)
            _set_up(workbook, sheet, table.columns, rows)
            _write_rows(sheet, writers, rows)
        add_definitions_sheet(workbook, table)


def _write_rows(
    sheet: Sheet, writers: Sequence[tuple[Column, CellWrite]], rows: Sequence[BaseModel]
) -> None:
    for number, row in enumerate(rows, start=1):
        for place, (column, write) in enumerate(writers):
            value = column.cell(row)
            if value is not None:
                write(sheet, (number, place), value)


def _set_up(
    workbook: StyledWorkbook, sheet: Sheet, columns: Sequence[Column], rows: Sequence[BaseModel]
) -> None:
    """The heading, and how the sheet looks on screen and paper."""
    sheet.set_default_row(ONE_LINE)
    sheet.set_row(0, _HEADING_HEIGHT)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    first = [*rows[:_LOOKED_AT]]
    widths = [_width(column, first) for column in columns]
    for place, (column, width) in enumerate(zip(columns, widths, strict=True)):
        sheet.set_column(place, place, width)
        workbook.write(sheet, (0, place), column.name, "heading")
    set_up_page(sheet)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1 + sum(widths) // _PAGE_WIDTH, 0)


def _width(column: Column, rows: Sequence[BaseModel]) -> int:
    """Room for the name and for what the first rows hold."""
    values = [value for row in rows if (value := column.cell(row)) is not None]
    shown = max((width_of(_shown(column, value)) + 3 for value in values), default=0)
    return min(max(len(column.name) + _BUTTON, shown, _NARROWEST), _WIDEST)


def _shown(column: Column, value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:,.{_places(value, is_percent=column.is_percent)}f}"
    return to_text(value)


def _writer(workbook: StyledWorkbook, column: Column) -> CellWrite:
    """How the cells of a column are written."""

    def look(**more: object) -> Look:
        return workbook.book.add_format({**BASE, **more})

    match column.kind:
        case ColumnKind.NUMBER:
            formats = ["#,##0", *(f"#,##0.{'0' * places}" for places in range(1, _MOST_PLACES + 1))]
            looks = [look(num_format=each) for each in formats]
            return partial(_write_number, looks, is_percent=column.is_percent)
        case ColumnKind.COUNT:
            return partial(_write_count, look(num_format="0"))
        case ColumnKind.TRUTH:
            # Without a format LibreOffice shows some of them as 0 and 1.
            return partial(_write_truth, look(num_format='"TRUE";"TRUE";"FALSE"', align="center"))
        case ColumnKind.DAY:
            return partial(_write_time, look(num_format="yyyy-mm-dd", align="center"))
        case ColumnKind.INSTANT:
            return partial(_write_time, look(num_format="yyyy-mm-dd hh:mm:ss", align="center"))
        case _:
            return partial(_write_words, look(indent=1), look(indent=1, quote_prefix=True))


def _write_number(
    looks: Sequence[Look], sheet: Sheet, place: Spot, value: Decimal, *, is_percent: bool
) -> None:
    look = looks[_places(value, is_percent=is_percent)]
    sheet.write_number(*place, float(value), look)


def _write_count(look: Look, sheet: Sheet, place: Spot, value: int) -> None:
    sheet.write_number(*place, value, look)


def _write_truth(look: Look, sheet: Sheet, place: Spot, value: bool) -> None:  # noqa: FBT001
    sheet.write_boolean(*place, value, look)


def _write_time(look: Look, sheet: Sheet, place: Spot, value: date) -> None:
    if value.year < _FIRST_YEAR:
        write_text(sheet, place, to_text(value), look)
        return
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None)
    sheet.write_datetime(*place, value, look)


def _write_words(look: Look, quoted: Look, sheet: Sheet, place: Spot, value: object) -> None:
    """A text that begins like a formula stays a text also when the cell is edited."""
    text = to_text(value)
    write_text(sheet, place, text, quoted if text.startswith(FORMULA_STARTS) else look)


def _places(value: Decimal, *, is_percent: bool) -> int:
    """How many places show: all of a figure, two of a percentage, four of what has no end.

    More where it would read as 0 or 100 and is not: short of a target is never 100.00.
    """
    exponent = value.normalize().as_tuple().exponent
    places = 2 if is_percent else -min(int(exponent), 0)
    places = places if places <= _MOST_PLACES else _PLACES_OF_ENDLESS
    number = float(value)
    while places < _MOST_PLACES and any(
        0 < abs(number - whole) < 0.51 * 10**-places for whole in (0, 100)
    ):
        places += 1
    return places
