"""One cell of a file of figures: an exact number where a number is due, else clean text.

Nothing is repaired: what is not plainly a number stays text, and the checks say why.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.checks.finding import Fact, FindingCode, shown
from app.domain.checks.written import find_unseen
from app.formats.workbook.grid import Cell, Line, Oddity, Why
from app.formats.workbook.ranges import read_range

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
    "growth_percent",
    "price_basis",
    "obs_status",
)
# The columns that hold numbers; in all others digits are text.
NUMBERS = frozenset({"value", "growth_percent"})
LONGEST_CELL = 4000
# Where these stand is for the reader of the file alone: people hide the columns of codes.
_SEEN_BY_PEOPLE = frozenset({"value", "unit", "basis"})
_UNSEEN = frozenset({Why.HIDDEN_COLUMN, Why.SHOWS_NOTHING})
_OF_NUMBERS = frozenset({Why.SHOWS_OTHERWISE, Why.SHOWS_UNIT})
_UNIT = COLUMNS.index("unit")

# The columns of a table, each with its place in a line.
Places = tuple[tuple[str, int], ...]


# No exponent: Excel writes one into a CSV file only after it has dropped digits.
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
# Our own exports write an apostrophe before these, so that no text runs as a formula.
_ESCAPED = tuple(f"'{sign}" for sign in "=+-@\t\r")


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell of a row, beyond what its content says."""

    column: str
    code: FindingCode
    facts: Mapping[str, Fact]


def read_cell(column: str, cell: str | Decimal) -> Cell:
    """What the cell says: spaces around it do not count, and a cell without any text is None."""
    if isinstance(cell, Decimal):
        return cell if column in NUMBERS else f"{cell:f}"
    text = cell.strip()
    if column in NUMBERS and (number := parse_number(text)) is not None:
        return number
    if text.startswith(_ESCAPED):
        text = text[1:]
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text or None


def find_text_fault(column: str, text: str) -> CellFault | None:
    """What no text of a figure may be: too long, or with signs that nobody sees."""
    if len(text) > LONGEST_CELL:
        facts: dict[str, Fact] = {"value": shown(text), "why": "long", "limit": LONGEST_CELL}
        return CellFault(column, FindingCode.TEXT_INVALID, facts)
    unseen = find_unseen(text)
    if unseen is None:
        return None
    facts = {"value": shown(text), "why": "unseen", "name": unseen}
    return CellFault(column, FindingCode.TEXT_INVALID, facts)


def parse_number(text: str) -> Decimal | None:
    """The exact number that a text plainly is; None for any other.

    >>> parse_number("812.40"), parse_number("1,234"), parse_number("1.23E+05")
    (Decimal('812.40'), None, None)
    """
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def is_blank(cells: Sequence[Cell]) -> bool:
    """Whether none of the cells says anything."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


def find_faults(line: Line, places: Places, cells: tuple[Cell, ...]) -> tuple[CellFault, ...]:
    """The faults of a row, at most one a column, in the order of the columns."""
    faults = {fault.column: fault for fault in _find_text_faults(cells)}
    if not (faults or line.is_hidden or line.oddities):
        return ()
    if line.is_hidden:
        faults.setdefault("value", _not_as_shown("value", Why.HIDDEN_ROW, cells, ""))
    if line.oddities:
        for fault in _find_odd(line.oddities, places, cells):
            faults.setdefault(fault.column, fault)
    if len(faults) > 1:
        return tuple(faults[column] for column in COLUMNS if column in faults)
    return tuple(faults.values())


def _find_text_faults(cells: tuple[Cell, ...]) -> list[CellFault]:
    texts = "".join([cell for cell in cells if type(cell) is str])
    if texts.isprintable() and len(texts) <= LONGEST_CELL:
        return []
    odd = [
        find_text_fault(column, cell)
        for column, cell in zip(COLUMNS, cells, strict=True)
        if isinstance(cell, str) and not (cell.isprintable() and len(cell) <= LONGEST_CELL)
    ]
    return [fault for fault in odd if fault is not None]


def _find_odd(
    oddities: Mapping[int, Oddity], places: Places, cells: tuple[Cell, ...]
) -> Iterator[CellFault]:
    for (column, place), cell in zip(places, cells, strict=True):
        odd = oddities.get(place)
        if odd is None or _is_harmless(odd, column, cells):
            continue
        if odd.why is Why.MERGED and not _is_shared(odd, oddities, places):
            continue
        if odd.why is Why.NOT_CALCULATED:
            facts: dict[str, Fact] = {"value": None if cell is None else shown(cell)}
            yield CellFault(column, FindingCode.NOT_CALCULATED, facts)
        else:
            yield _not_as_shown(column, odd.why, cells, odd.shown)


def _is_shared(odd: Oddity, oddities: Mapping[int, Oddity], places: Places) -> bool:
    """Whether merged cells go over several rows or columns that are read."""
    columns = sum(oddities.get(place) == odd for _, place in places)
    return columns > 1 or _is_of_several_rows(odd.shown)


def _is_harmless(odd: Oddity, column: str, cells: tuple[Cell, ...]) -> bool:
    """Whether what is seen leaves no doubt about the figure."""
    if odd.why in _UNSEEN:
        return column not in _SEEN_BY_PEOPLE
    if odd.why is Why.SHOWS_UNIT and column == "value":
        unit = cells[_UNIT]
        return unit is not None and _letters(str(unit)) == odd.unit
    return odd.why in _OF_NUMBERS and column != "value"


def _not_as_shown(column: str, why: Why, cells: tuple[Cell, ...], seen: str) -> CellFault:
    cell = cells[COLUMNS.index(column)]
    value = None if cell is None else shown(cell)
    facts: dict[str, Fact] = {"why": why.value, "value": value, "shown": seen}
    return CellFault(column, FindingCode.NOT_AS_SHOWN, facts)


def _is_of_several_rows(name: str) -> bool:
    found = read_range(name)
    return found is not None and found.first_row != found.last_row


def _letters(unit: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", unit) if each.isalnum())
