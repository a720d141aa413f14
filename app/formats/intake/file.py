"""A file of figures from a district, CSV or XLSX, as tables of rows.

What it is shows in its first bytes, whatever its name says. Memory does not grow with the file:
rows are read as they are asked for, and what is wrong with one shows when it is reached.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app.domain.checks.finding import FindingCode
from app.errors.bodies import FileRefused
from app.formats.intake.cells import (
    COLUMNS,
    NUMBERS,
    CellFault,
    find_faults,
    is_blank,
    read_cell,
)
from app.formats.intake.csv import read_csv_grid
from app.formats.intake.heading import HELP_SHEET, REQUIRED, Heading, find_heading
from app.formats.workbook.book import read_workbook_grids
from app.formats.workbook.grid import MAX_COLUMNS, Cell, Grid, Line
from app.formats.workbook.guard import OLE_MAGIC, ZIP_MAGIC, refuse_old_workbook

__all__ = ["COLUMNS", "FileRow", "IntakeFile", "IntakeTable", "open_grids", "read_intake_file"]

MAX_ROWS = 200_000
_NOTHING: tuple[Cell, ...] = (None,) * len(COLUMNS)
# Of the words of a file so many are known again, none longer than this.
_MOST_WORDS, _LONGEST_WORD = 10_000, 60
_START_BYTES = 1024
# What other programs save under the name of a workbook, by what is in its beginning.
_OTHER_KINDS = {
    "xml_spreadsheet": (b"urn:schemas-microsoft-com:office:spreadsheet",),
    "web_page": (b"<html", b"<!doctype html", b"<table", b"mime-version:"),
    "pdf": (b"%pdf-",),
}


@dataclass(slots=True)
class FileRow:
    """One figure of a file. ``number`` is its row in the file or sheet, counted from 1."""

    number: int
    # Aligned to COLUMNS; only a value that is a number is a Decimal.
    cells: tuple[Cell, ...]
    faults: tuple[CellFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeTable:
    """The table of one sheet, or of a CSV file (``sheet`` None).

    ``header_area``, ``header_period``: what the form says above its table, None if nothing.
    ``positions``: where COLUMNS stand, from 0, None for one left out.
    """

    sheet: str | None
    header_area: str | None
    header_period: str | None
    positions: tuple[int | None, ...]
    rows: Iterator[FileRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFile:
    """The tables of a file, in its order, and the sheets that have none."""

    tables: tuple[IntakeTable, ...]
    passed_over: tuple[str, ...]


def read_intake_file(source: BinaryIO, *, size: int) -> IntakeFile:
    """The tables of a seekable file of ``size`` bytes; their rows are read lazily.

    Raises FileRefused, here or at the row concerned, if anything in it is unclear or unsafe.
    """
    if size == 0:
        raise FileRefused(why="empty")
    grids = [grid for grid in open_grids(source) if grid.sheet != HELP_SHEET]
    found = [(grid, heading) for grid in grids if (heading := _find_table(grid)) is not None]
    if not found:
        raise FileRefused(why="no_heading", columns=", ".join(REQUIRED))
    read = {grid.sheet for grid, _ in found}
    return IntakeFile(
        tables=tuple(_make_table(grid, heading) for grid, heading in found),
        passed_over=tuple(str(grid.sheet) for grid in grids if grid.sheet not in read),
    )


def open_grids(source: BinaryIO) -> list[Grid]:
    """The cells of the file, sheet by sheet, without looking for tables in them."""
    source.seek(0)
    start = source.read(_START_BYTES)
    if start.startswith(OLE_MAGIC):
        refuse_old_workbook(source)
    if start.startswith(ZIP_MAGIC):
        return read_workbook_grids(source)
    beginning = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for why, signs in _OTHER_KINDS.items():
        is_markup = beginning.startswith(b"<") and any(sign in beginning for sign in signs)
        if is_markup or beginning.startswith(signs):
            raise FileRefused(why=why)
    return [read_csv_grid(source)]


def _find_table(grid: Grid) -> Heading | None:
    """Where the table of the grid begins; None for a sheet without the names of our columns."""
    heading = find_heading(grid)
    if heading is not None and grid.is_hidden:
        raise FileRefused(why="hidden_sheet", sheet=grid.sheet)
    return heading


def _make_table(grid: Grid, heading: Heading) -> IntakeTable:
    return IntakeTable(
        sheet=grid.sheet,
        header_area=heading.area,
        header_period=heading.period,
        positions=heading.positions,
        rows=_read_rows(grid, heading),
    )


def _read_rows(grid: Grid, heading: Heading) -> Iterator[FileRow]:
    """The rows below the heading that hold anything; FileRefused at the first that is unclear."""
    # A column that was left out stands beyond every row.
    positions = (MAX_COLUMNS if place is None else place for place in heading.positions)
    places = tuple(zip(COLUMNS, positions, strict=True))
    read = _RowReader(heading)
    needed = _needed(heading)
    width = 1 + max(heading.named)
    has_gaps = len(heading.named) < width
    for count, line in enumerate(grid.lines, start=1):
        sent, number = line.cells, line.number
        if count > MAX_ROWS:
            grid.refuse("too_many_rows", limit=MAX_ROWS)
        if line.is_cut:
            grid.refuse("too_many_columns", row=number, limit=MAX_COLUMNS)
        has = len(sent)
        if has_gaps or has > width or (grid.is_counted and has < needed):
            _refuse_ragged(grid, line, heading)
        cells = read.cells_of(sent)
        if cells != _NOTHING:
            is_plain = read.is_plain and not line.is_hidden and line.oddities is None
            faults = () if is_plain else find_faults(line, places, cells)
            if faults:
                cells = _without_bad_texts(cells, faults)
            yield FileRow(number, cells, faults)


class _RowReader:
    """Reads the columns that are there. The same few words stand in every row: each is kept once,
    so that rows which are kept share them.
    """

    def __init__(self, heading: Heading) -> None:
        self._columns = [
            (at, name, place)
            for at, (name, place) in enumerate(zip(COLUMNS, heading.positions, strict=True))
            if place is not None
        ]
        # With whether all of it can be seen.
        self._words: dict[str, tuple[Cell, bool]] = {}
        # Whether the row that was read last has no texts but words that are known and can be seen.
        self.is_plain = True

    def cells_of(self, sent: Sequence[Cell]) -> tuple[Cell, ...]:
        """The cells of a row, aligned to COLUMNS."""
        cells, words, has = [*_NOTHING], self._words, len(sent)
        self.is_plain = True
        for at, name, place in self._columns:
            cell = sent[place] if place < has else None
            if cell is None:
                continue
            if not isinstance(cell, str):
                cells[at] = read_cell(name, cell)
            elif name in NUMBERS:
                cells[at] = read = read_cell(name, cell)
                self.is_plain &= not isinstance(read, str)
            elif cell in words:
                cells[at], is_seen = words[cell]
                self.is_plain &= is_seen
            else:
                cells[at] = text = read_cell(name, cell)
                self.is_plain = False
                if len(cell) <= _LONGEST_WORD and len(words) < _MOST_WORDS:
                    words[cell] = text, str(text).isprintable()
        return tuple(cells)


def _without_bad_texts(cells: tuple[Cell, ...], faults: tuple[CellFault, ...]) -> tuple[Cell, ...]:
    """A text that is refused goes no further."""
    bad = {fault.column for fault in faults if fault.code is FindingCode.TEXT_INVALID}
    named = zip(COLUMNS, cells, strict=True)
    return tuple(None if name in bad else cell for name, cell in named)


def _refuse_ragged(grid: Grid, line: Line, heading: Heading) -> None:
    """No cell is ignored: one outside the named columns may belong to a figure that slipped.

    Excel leaves off empty cells at the end of a CSV row: they may be missing where optional.
    """
    if is_blank(line.cells):
        return
    has = len(line.cells)
    is_cut = grid.is_counted and has < _needed(heading)
    strays = [cell for place, cell in enumerate(line.cells) if place not in heading.named]
    if is_cut or not is_blank(strays):
        grid.refuse("ragged_row", row=line.number, got=has, expected=len(heading.named))


def _needed(heading: Heading) -> int:
    """How many cells a row of counted cells must have to reach all required columns."""
    return 1 + max(place or 0 for place in heading.positions[: len(REQUIRED)])
