"""One cell of a file of figures: an exact number where a number is due, else clean text.

Nothing is repaired: what is not plainly a number stays text, and the checks say why.
"""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from app.domain.checks.finding import shown
from app.errors import FileRefused
from app.formats.workbook.grid import Cell

COLUMNS = (
    "area",
    "period",
    "indicator",
    "value",
    "unit",
    "basis",
    "missing_reason",
    "explanation",
    "correction_reason",
    "note",
)
LONGEST_CELL = 4000


# No exponent: Excel writes one into a CSV file only after it has dropped digits.
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
# Our own exports write an apostrophe before these, so that no text runs as a formula.
_ESCAPED = tuple(f"'{sign}" for sign in "=+-@\t\r")
# Control characters, lone surrogates, and characters that hide text or turn its direction.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


class CellAt(NamedTuple):
    """Where a cell stands, for the sentence that refuses it."""

    sheet: str | None
    row: int


def read_cell(column: str, cell: str | Decimal, at: CellAt) -> Cell:
    """What the cell says: spaces around it do not count, and a cell without any text is None.

    Raises FileRefused for a text that is too long or holds unseen characters.
    """
    if isinstance(cell, Decimal):
        return cell if column == "value" else f"{cell:f}"
    text = cell.strip()
    if len(text) > LONGEST_CELL:
        raise FileRefused(
            why="long_cell", sheet=at.sheet, row=at.row, column=column, limit=LONGEST_CELL
        )
    if column == "value" and (number := parse_number(text)) is not None:
        return number
    if text.startswith(_ESCAPED):
        text = text[1:]
    if not (text.isascii() and text.isprintable()):
        text = _clean(column, text, at)
    return text or None


def parse_number(text: str) -> Decimal | None:
    """The exact number that a text plainly is; None for any other.

    >>> parse_number("812.40"), parse_number("1,234"), parse_number("1.23E+05")
    (Decimal('812.40'), None, None)
    """
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether none of the cells says anything."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def _clean(column: str, text: str, at: CellAt) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        for sign in text:
            if unicodedata.category(sign) in _UNSEEN and sign not in "\n\t":
                name = f"U+{ord(sign):04X}"
                raise FileRefused(
                    why="unseen_character",
                    sheet=at.sheet,
                    row=at.row,
                    column=column,
                    name=name,
                    value=shown(text),
                )
    return unicodedata.normalize("NFC", text)
