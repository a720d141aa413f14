"""A briefing as a workbook: a sheet for each of its sections, numbers as numbers."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from itertools import zip_longest

from app.briefing.cells import Cell, Page, Section, Table
from app.formats.forms.style import (
    ONE_LINE,
    Sheet,
    StyledWorkbook,
    height_of,
    is_shown_exactly,
    set_up_page,
    written_to,
)
from app.formats.workbook.grid import Cell as Written

_TITLE_HEIGHT = 24


def write_workbook(page: Page, *, recorded_at: datetime) -> bytes:
    """The workbook; the same page gives the same bytes, since it bears the date of its data."""
    target = BytesIO()
    with written_to(target) as workbook:
        created = recorded_at.replace(tzinfo=None)
        workbook.book.set_properties({"title": f"{page.title} {page.subtitle}", "created": created})
        for section in page.sections:
            _add_section(workbook, page, section)
    return target.getvalue()


def _add_section(workbook: StyledWorkbook, page: Page, section: Section) -> None:
    is_first = section is page.sections[0]
    sheet = workbook.add_sheet(section.title)
    sheet.hide_gridlines(2)
    set_up_page(sheet)
    # Tables that share a sheet share its columns.
    widths: list[int] = []
    for table in section.tables:
        widths = [max(pair) for pair in zip_longest(table.widths, widths, fillvalue=0)]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    workbook.write(sheet, (0, 0), page.title, "title")
    sheet.set_row(0, _TITLE_HEIGHT)
    lines = [page.subtitle, *page.remarks] if is_first else [page.subtitle]
    row = _add_lines(workbook, sheet, 1, lines, "hint")
    row = _add_lines(workbook, sheet, row, page.warnings, "warning")
    row = _add_lines(workbook, sheet, row, section.sentences, "line") + 1
    for table in section.tables:
        if len(section.tables) == 1 and not is_first:
            sheet.freeze_panes(row + 2, 1)
            sheet.repeat_rows(row + 1)
        row = _add_table(workbook, sheet, row, table, widths) + 1
    if is_first:
        _add_lines(workbook, sheet, row, page.notes, "hint")


def _add_lines(
    workbook: StyledWorkbook, sheet: Sheet, row: int, lines: Sequence[str], style: str
) -> int:
    for place, line in enumerate(lines, row):
        workbook.write(sheet, (place, 0), line, style)
    return row + len(lines)


def _add_table(
    workbook: StyledWorkbook, sheet: Sheet, row: int, table: Table, widths: Sequence[int]
) -> int:
    """Write a table below a row; the row after it."""
    if not table.rows:
        workbook.write(sheet, (row, 0), table.empty, "line")
        return row + 1
    workbook.write(sheet, (row, 0), table.caption, "caption")
    _add_row(workbook, sheet, row + 1, [(name, "heading") for name in table.columns], widths)
    for place, cells in enumerate(table.rows, row + 2):
        _add_row(workbook, sheet, place, [_written(cell) for cell in cells], widths)
    return row + 2 + len(table.rows)


def _add_row(
    workbook: StyledWorkbook,
    sheet: Sheet,
    row: int,
    cells: Sequence[tuple[Written, str]],
    widths: Sequence[int],
) -> None:
    height = ONE_LINE
    for place, (cell, style) in enumerate(cells):
        workbook.write(sheet, (row, place), cell, style)
        if isinstance(cell, str):
            height = max(height, height_of(cell, widths[place]))
    sheet.set_row(row, height)


def _written(cell: Cell) -> tuple[Written, str]:
    """What a sheet holds of a cell. A note stands in the cell: a comment would not be printed."""
    text = cell.text if cell.note is None else f"{cell.text} {cell.note}"
    if cell.number is None or cell.note is not None or not is_shown_exactly(cell.number):
        return text, cell.look
    return cell.number, "decimal" if "." in cell.text else "integer"
