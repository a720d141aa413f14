"""A file of figures from a district, CSV or XLSX, as tables of rows.

What it is shows in its first bytes, whatever its name says. Memory does not grow with the file:
rows are read as they are asked for, and what is wrong with one shows when it is reached.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.errors import FileRefused
from app.formats.forms.help import HELP_SHEET
from app.formats.intake.cells import COLUMNS
from app.formats.intake.csv import read_csv_grid
from app.formats.intake.heading import REQUIRED, Grid, Heading, find_heading
from app.formats.intake.table import FileRow, read_rows
from app.formats.workbook.book import read_workbook_grids
from app.formats.workbook.guard import OLE_MAGIC, ZIP_MAGIC, refuse_old_workbook

__all__ = ["COLUMNS", "FileRow", "IntakeTable", "open_grids", "read_intake_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeTable:
    """The table of one sheet, or of a CSV file (``sheet`` None).

    ``header_area``, ``header_period``: what the form says above its table, None if nothing.
    """

    sheet: str | None
    header_area: str | None
    header_period: str | None
    rows: Iterator[FileRow]


def read_intake_file(source: BinaryIO, *, size: int) -> Iterator[IntakeTable]:
    """The tables of a seekable file of ``size`` bytes, in its order, their rows read lazily.

    Raises FileRefused, here or at the row concerned, if anything in it is unclear or unsafe.
    """
    if size == 0:
        raise FileRefused(why="empty")
    found = [
        (grid, heading)
        for grid in open_grids(source)
        if grid.sheet != HELP_SHEET and (heading := _find_table(grid)) is not None
    ]
    if not found:
        raise FileRefused(why="no_heading", columns=", ".join(REQUIRED))
    return (
        IntakeTable(
            sheet=grid.sheet,
            header_area=heading.area,
            header_period=heading.period,
            rows=read_rows(grid, heading),
        )
        for grid, heading in found
    )


def open_grids(source: BinaryIO) -> list[Grid]:
    """The cells of the file, sheet by sheet, without looking for tables in them."""
    source.seek(0)
    magic = source.read(len(OLE_MAGIC))
    if magic == OLE_MAGIC:
        refuse_old_workbook(source)
    if magic.startswith(ZIP_MAGIC):
        return read_workbook_grids(source)
    return [read_csv_grid(source)]


def _find_table(grid: Grid) -> Heading | None:
    """Where the table of the grid begins; None for an empty sheet."""
    heading = find_heading(grid)
    if heading is not None and grid.is_hidden:
        raise FileRefused(why="hidden_sheet", sheet=grid.sheet)
    return heading
