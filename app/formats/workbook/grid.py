"""What a cell is: the cells of a file of figures, its lines, and the grid that they lie in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

from app.errors import FileRefused

Cell = str | Decimal | None

# The widest sheet that is read.
MAX_COLUMNS = 64


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a grid, as found. ``number`` counts from 1, blank rows and heading included."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A CSV file (``sheet`` None) or one sheet of a workbook; its lines are read once.

    In a sheet every cell knows its column; in a CSV file (``is_counted``) cells are told
    apart by counting, so that a row that is too short may have lost one in its middle.
    """

    sheet: str | None
    lines: Iterator[Line]
    is_hidden: bool = False
    is_counted: bool = False

    def refuse(self, why: str, **facts: str | int) -> NoReturn:
        """Refuse the file for what stands in this grid."""
        raise FileRefused(why=why, sheet=self.sheet, **facts)
