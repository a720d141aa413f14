"""A table on its way into the answer: which cell of a row a finding is about."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.formats.forms.style import ONE_LINE, Sheet, height_of
from app.formats.intake.cells import COLUMNS, parse_number
from app.formats.intake.heading import Heading, name_column
from app.formats.workbook.grid import Cell, Grid, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredTable:
    """A table and the sheet that it is copied to; ``beside`` is the first column right of it."""

    sheet: Sheet
    grid: Grid
    heading: Heading
    beside: int
    # Of the columns, by their places.
    widths: Mapping[int, int]

    @property
    def row(self) -> int:
        """The row of the heading."""
        return self.heading.lines[-1].number

    def place_of(self, column: str | None, line: Line) -> int | None:
        """Where a row has this column; in the header block, right of its label."""
        if column not in COLUMNS:
            return None
        if line.number < self.row:
            names = [name_column(cell) for cell in line.cells]
            return names.index(column) + 1 if column in names else None
        return self.heading.positions[COLUMNS.index(column)]

    def cells_of(self, line: Line) -> list[Cell]:
        """The cells up to the answer's own columns, a number of a CSV file as a number."""
        cells = list(line.cells[: self.beside])
        place = self.heading.positions[COLUMNS.index("value")] or 0
        if self.grid.is_counted and line.number > self.row and place < len(cells):
            text = str(cells[place] or "").strip()
            cells[place] = parse_number(text) or cells[place]
        return cells

    def height_of(self, cells: Mapping[int, Cell]) -> int | None:
        """How high a row must be for all of its texts to be seen; None for one line."""
        highest = max(
            height_of(cell, self.widths.get(place, 1)) if isinstance(cell, str) else ONE_LINE
            for place, cell in cells.items()
        )
        return highest if highest > ONE_LINE else None
