"""One sheet of a workbook, row by row: what each cell holds, and what the screen makes of it.

A number is what Excel shows of it, 15 significant digits, exactly; what looks like a day, a
percentage, TRUE or #REF! is that text. Of a formula the result counts that was saved with it,
if it was calculated.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from app.errors.bodies import FileRefused
from app.formats.workbook.grid import MAX_COLUMNS, Cell, Line, Oddity, Why, name_place
from app.formats.workbook.number_format import Look, NumberFormat
from app.formats.workbook.ranges import Ranges, find_merged, read_range
from app.formats.workbook.strings import SharedStrings
from app.formats.workbook.styles import show_date, show_percent
from app.formats.workbook.text import RichText, unescape
from app.formats.workbook.xml import Attributes, XmlPart

_NUMBER = re.compile(r"-?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][-+]?\d{1,4})?", re.ASCII)
_COLUMN = re.compile(r"[A-Z]{1,3}")
_PLACES = {name_place(place): place for place in range(MAX_COLUMNS)}
_LAST_ROW = 1_048_576
_TRUTHS = {"0": "FALSE", "1": "TRUE"}
_YES = frozenset({"1", "true"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the cells of all sheets refer to."""

    strings: SharedStrings
    styles: list[NumberFormat | None]
    is_1904: bool
    # Whether the results of its formulas are those that a calculation gave.
    is_calculated: bool = True


def read_lines(open_part: Callable[[], IO[bytes]], book: Book, sheet: str) -> Iterator[Line]:
    """The rows that hold anything. Raises FileRefused where they cannot be read safely."""
    try:
        with open_part() as part:
            reader = _SheetPart(book, find_merged(part))
        for _ in reader.read(open_part()):
            yield from reader.lines
            reader.lines.clear()
    except FileRefused as refused:
        refused.say_of(sheet)
        raise


class _SheetPart(XmlPart):
    def __init__(self, book: Book, merged: Ranges) -> None:
        self.lines: list[Line] = []
        self._book = book
        self._formats: dict[str, NumberFormat | None] = {}
        self._may_hide_text = any(each and each.hides_text for each in book.styles)
        self._merged, self._filled = merged, Ranges()
        self._is_row_hidden = self._is_flat = self._is_cut = False
        self._shows_zeros = True
        self._hidden_columns: set[int] = set()
        self._row = 0
        self._row_name = "0"
        self._cells: list[Cell] = []
        self._oddities: dict[int, Oddity] = {}
        self._column = -1
        self._style = ""
        self._kind = ""
        self._value: str | None = None
        self._formula: str | None = None
        self._text = RichText()
        super().__init__(
            opening={
                "sheetView": self._see_view,
                "sheetFormatPr": self._see_heights,
                "col": self._see_column,
                "row": self._open_row,
                "c": self._open_cell,
                "f": self._open_formula,
                "rPh": self._text.enter_aid,
            },
            closing={
                "row": self._close_row,
                "c": self._close_cell,
                "v": self._set_value,
                "f": self._set_formula,
                "t": self._text.add,
                "rPh": self._text.leave_aid,
                "sheetData": self._end,
            },
            texts=frozenset({"v", "t"}),
        )

    def _see_view(self, attributes: Attributes) -> None:
        self._shows_zeros = attributes.get("showZeros", "1") in _YES

    def _see_heights(self, attributes: Attributes) -> None:
        self._is_flat = _is_nought(attributes.get("defaultRowHeight"))

    def _see_column(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in _YES or _is_nought(attributes.get("width")):
            first, last = (attributes.get(name, "0") for name in ("min", "max"))
            if first.isdecimal() and last.isdecimal():
                self._hidden_columns.update(range(int(first) - 1, min(int(last), MAX_COLUMNS)))

    def _open_row(self, attributes: Attributes) -> None:
        name = attributes.get("r") or str(self._row + 1)
        row = int(name) if name.isascii() and name.isdigit() and len(name) < len("10000000") else 0
        if not self._row < row <= _LAST_ROW:
            raise FileRefused(why="damaged")
        self._row, self._row_name, self._column = row, str(row), -1
        height = attributes.get("ht")
        is_flat = self._is_flat if height is None else _is_nought(height)
        self._is_row_hidden = attributes.get("hidden") in _YES or is_flat

    def _close_row(self, _: str) -> None:
        oddities = self._oddities
        if self._cells:
            for merged in self._merged.at(self._row):
                for place in merged.columns:
                    oddities.setdefault(place, Oddity(Why.MERGED, merged.name))
            is_hidden, is_cut = self._is_row_hidden, self._is_cut
            self.lines.append(Line(self._row, self._cells, oddities or None, is_hidden, is_cut))
            self._cells, self._is_cut = [], False
            if oddities:
                self._oddities = {}

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

    def _open_formula(self, attributes: Attributes) -> None:
        self._begin_text(attributes)
        # The other cells that such a formula fills hold results, and no formula.
        filled = read_range(attributes.get("ref", "")) if attributes.get("t") == "array" else None
        if filled is not None and not self._book.is_calculated:
            self._filled.add(filled)

    def _set_value(self, text: str) -> None:
        self._value = text

    def _set_formula(self, text: str) -> None:
        self._formula = text

    def _close_cell(self, _: str) -> None:
        cell = self._read_cell()
        if cell is None or cell == "":
            return
        cells = self._cells
        if self._column >= MAX_COLUMNS:
            self._is_cut = True
            self._oddities.pop(self._column, None)
            # The row is seen, though nothing of it is read.
            cells.extend([None] * (not cells))
            return
        cells.extend([None] * (self._column - len(cells)))
        cells.append(cell)
        if not self._book.is_calculated and self._is_formula():
            self._oddities[self._column] = Oddity(Why.NOT_CALCULATED)
        elif self._column in self._hidden_columns:
            self._oddities.setdefault(self._column, Oddity(Why.HIDDEN_COLUMN))

    def _is_formula(self) -> bool:
        """Whether the cell has a formula, or is filled by that of another one."""
        filled = self._filled.at(self._row)
        return self._formula is not None or any(self._column in each.columns for each in filled)

    def _read_cell(self) -> Cell:
        kind, value = self._kind, self._value
        if kind == "inlineStr":
            return self._seen(self._text.whole())
        if value is None or value == "":
            if self._formula is None or kind == "str":
                return None
            self._oddities[self._column] = Oddity(Why.NOT_CALCULATED)
            return f"={unescape(self._formula)}"
        if kind == "s":
            return self._seen(self._book.strings.get(value))
        if kind == "n":
            return self._read_number(value)
        if kind == "b" and value in _TRUTHS:
            return _TRUTHS[value]
        if kind in {"str", "e", "d"}:
            return self._seen(unescape(value))
        raise FileRefused(why="damaged")

    def _read_number(self, text: str) -> Cell:
        if not _NUMBER.fullmatch(text):
            raise FileRefused(why="damaged")
        binary = float(text)
        number = Decimal(format(binary, ".15g"))
        if not number.is_finite():
            return "#NUM!"
        if not (number or self._shows_zeros):
            self._oddities[self._column] = Oddity(Why.SHOWS_NOTHING)
        shown = self._find_format()
        if shown is None:
            return number
        look = shown.look_of(number)
        if look is Look.DATE:
            return show_date(number, is_1904=self._book.is_1904)
        if look is Look.PERCENT:
            return show_percent(number)
        oddity = shown.find_oddity(number)
        if oddity is not None:
            self._oddities[self._column] = oddity
        return number

    def _seen(self, text: str) -> str:
        """A text, which its format may hide."""
        if not self._may_hide_text:
            return text
        shown = self._find_format()
        if shown is not None and shown.hides_text and text:
            self._oddities[self._column] = Oddity(Why.SHOWS_NOTHING)
        return text

    def _find_format(self) -> NumberFormat | None:
        style = self._style
        if style not in self._formats:
            is_number = style.isascii() and style.isdigit() and len(style) < len("100000")
            place, styles = int(style) if is_number else 0, self._book.styles
            self._formats[style] = styles[place] if place < len(styles) else None
        return self._formats[style]

    def _end(self, _: str) -> None:
        self.done = True


def _is_nought(length: str | None) -> bool:
    """Whether a height or width is nothing to be seen."""
    try:
        return length is not None and float(length) <= 0
    except ValueError:
        return False
