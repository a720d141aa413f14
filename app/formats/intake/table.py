"""The rows of a table of figures, read one by one as they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.formats.intake.cells import COLUMNS, Cell, CellAt, is_blank, read_cell
from app.formats.intake.heading import MAX_COLUMNS, REQUIRED, Grid, Heading, Line

MAX_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class FileRow:
    """One figure of a file. ``number`` is its row in the file or sheet, counted from 1."""

    number: int
    # Aligned to COLUMNS; only a value that is a number is a Decimal.
    cells: tuple[Cell, ...]


def read_rows(grid: Grid, heading: Heading) -> Iterator[FileRow]:
    """The rows below the heading that hold anything; FileRefused at the first that is unclear."""
    # A column that was left out stands beyond every row.
    positions = (MAX_COLUMNS if place is None else place for place in heading.positions)
    places = tuple(zip(COLUMNS, positions, strict=True))
    needed = _needed(heading)
    width = 1 + max(heading.named)
    has_gaps = len(heading.named) < width
    for count, line in enumerate(grid.lines, start=1):
        sent, number = line.cells, line.number
        if count > MAX_ROWS:
            grid.refuse("too_many_rows", limit=MAX_ROWS)
        has = len(sent)
        if has_gaps or has > width or (grid.is_counted and has < needed):
            _refuse_ragged(grid, line, heading)
        at = CellAt(grid.sheet, number)
        cells = tuple(
            [
                None if place >= has or (cell := sent[place]) is None else read_cell(name, cell, at)
                for name, place in places
            ]
        )
        if cells != _NOTHING:
            yield FileRow(number, cells)


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


_NOTHING = (None,) * len(COLUMNS)
