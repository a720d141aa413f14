"""What a cell is: what it holds, what the screen makes of it, and the grid that it lies in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NoReturn

from app.errors.bodies import FileRefused

Cell = str | Decimal | None

# The widest sheet that is read.
MAX_COLUMNS = 64


class Why(StrEnum):
    """Why what a cell holds is not what a person sees there."""

    NOT_CALCULATED = "not_calculated"
    SHOWS_NOTHING = "shows_nothing"
    SHOWS_WORDS = "shows_words"
    SHOWS_OTHERWISE = "shows_otherwise"
    SHOWS_UNIT = "shows_unit"
    HIDDEN_ROW = "hidden_row"
    HIDDEN_COLUMN = "hidden_column"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Oddity:
    """What the screen makes of a cell, where that is not simply what the cell holds.

    ``shown``: what is seen there, or the range of the merged cells. ``unit``: the words that
    its format puts beside the number.
    """

    why: Why
    shown: str = ""
    unit: str = ""


@dataclass(slots=True)
class Line:
    """One row of a grid, as found. ``number`` counts from 1, blank rows and heading included.

    ``oddities``: of its cells, by their places from 0; a merged cell need not hold anything.
    """

    number: int
    cells: Sequence[Cell]
    oddities: Mapping[int, Oddity] | None = None
    is_hidden: bool = False
    # Whether there are cells beyond the columns that are read.
    is_cut: bool = False


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


def name_place(place: int) -> str:
    """The letters of the column at a place from 0.

    >>> name_place(4), name_place(27)
    ('E', 'AB')
    """
    name, rest = "", place + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        name = chr(ord("A") + letter) + name
    return name
