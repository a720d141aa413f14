"""One sheet of a workbook, row by row, each cell as the screen shows it.

A number is what Excel shows of it, 15 significant digits, exactly; what looks like a day, a
percentage, TRUE or #REF! is that text. Of a formula the result counts that was saved with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from app.errors import FileRefused
from app.formats.workbook.grid import MAX_COLUMNS, Cell, Line
from app.formats.workbook.strings import SharedStrings
from app.formats.workbook.styles import Shown, show_date, show_percent
from app.formats.workbook.text import RichText, unescape
from app.formats.workbook.xml import Attributes, XmlPart

_NUMBER = re.compile(r"-?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][-+]?\d{1,4})?", re.ASCII)
_COLUMN = re.compile(r"[A-Z]{1,3}")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NAMES = [*_LETTERS, *(first + second for first in _LETTERS for second in _LETTERS)]
_PLACES = {name: place for place, name in enumerate(_NAMES[:MAX_COLUMNS])}
_LAST_ROW = 1_048_576
_TRUTHS = {"0": "FALSE", "1": "TRUE"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the cells of all sheets refer to."""

    strings: SharedStrings
    styles: list[Shown]
    is_1904: bool


def read_lines(part: IO[bytes], book: Book, sheet: str) -> Iterator[Line]:
    """The rows that hold anything. Raises FileRefused where they cannot be read safely."""
    reader = _SheetPart(book)
    try:
        for _ in reader.read(part):
            yield from reader.lines
            reader.lines.clear()
    except FileRefused as refused:
        refused.say_of(sheet)
        raise


class _SheetPart(XmlPart):
    def __init__(self, book: Book) -> None:
        self.lines: list[Line] = []
        self._book = book
        self._row = 0
        self._row_name = "0"
        self._cells: list[Cell] = []
        self._column = -1
        self._style = ""
        self._kind = ""
        self._value: str | None = None
        self._formula: str | None = None
        self._text = RichText()
        super().__init__(
            opening={"row": self._open_row, "c": self._open_cell, "rPh": self._text.enter_aid},
            closing={
                "row": self._close_row,
                "c": self._close_cell,
                "v": self._set_value,
                "f": self._set_formula,
                "t": self._text.add,
                "rPh": self._text.leave_aid,
                "sheetData": self._end,
            },
            texts=frozenset({"v", "f", "t"}),
        )

    def _open_row(self, attributes: Attributes) -> None:
        name = attributes.get("r") or str(self._row + 1)
        row = int(name) if name.isascii() and name.isdigit() and len(name) < len("10000000") else 0
        if not self._row < row <= _LAST_ROW:
            raise FileRefused(why="damaged")
        self._row, self._row_name, self._column = row, str(row), -1

    def _close_row(self, _: str) -> None:
        if self._cells:
            self.lines.append(Line(self._row, self._cells))
            self._cells = []

    def _open_cell(self, attributes: Attributes) -> None:
        name = attributes.get("r")
        if name is None:
            column = self._column + 1
        elif not name.endswith(self._row_name):
            raise FileRefused(why="damaged")
        else:
            letters = name[: -len(self._row_name)]
            column = _PLACES[letters] if letters in _PLACES else self._place_beyond(letters)
        if column <= self._column < MAX_COLUMNS:
            raise FileRefused(why="damaged")
        self._column = column
        self._style = attributes.get("s", "0")
        self._kind = attributes.get("t", "n")
        self._value = self._formula = None
        if self._kind == "inlineStr":
            self._text.begin()

    @staticmethod
    def _place_beyond(name: str) -> int:
        """All columns beyond those that are read share one place."""
        if not _COLUMN.fullmatch(name):
            raise FileRefused(why="damaged")
        return MAX_COLUMNS

    def _set_value(self, text: str) -> None:
        self._value = text

    def _set_formula(self, text: str) -> None:
        self._formula = text

    def _close_cell(self, _: str) -> None:
        cell = self._read_cell()
        if cell is None or cell == "":
            return
        if self._column >= MAX_COLUMNS:
            raise FileRefused(why="too_many_columns", row=self._row, limit=MAX_COLUMNS)
        cells = self._cells
        cells.extend([None] * (self._column - len(cells)))
        cells.append(cell)

    def _read_cell(self) -> Cell:
        kind, value = self._kind, self._value
        if kind == "inlineStr":
            return self._text.whole()
        if value is None or value == "":
            # A formula that was never calculated: its text will be refused as no number.
            return None if self._formula is None else f"={unescape(self._formula)}"
        if kind == "s":
            return self._book.strings.get(value)
        if kind == "n":
            return self._read_number(value)
        if kind == "b" and value in _TRUTHS:
            return _TRUTHS[value]
        if kind in {"str", "e", "d"}:
            return unescape(value)
        raise FileRefused(why="damaged")

    def _read_number(self, text: str) -> Cell:
        if not _NUMBER.fullmatch(text):
            raise FileRefused(why="damaged")
        binary = float(text)
        number = Decimal(format(binary, ".15g"))
        if not number.is_finite():
            return "#NUM!"
        styles, style = self._book.styles, self._style
        place = (
            int(style) if style.isascii() and style.isdigit() and len(style) < len("100000") else 0
        )
        shown = styles[place] if place < len(styles) else Shown.NUMBER
        if shown is Shown.DATE:
            return show_date(number, is_1904=self._book.is_1904)
        return show_percent(number) if shown is Shown.PERCENT else number

    def _end(self, _: str) -> None:
        self.done = True
