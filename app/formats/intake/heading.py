"""Where a table of figures stands in a grid of cells: below the row that names its columns.

A form has its area and period in a header block above that row.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from app.domain.checks.finding import shown
from app.formats.intake.cells import COLUMNS, find_text_fault, read_cell
from app.formats.workbook.grid import MAX_COLUMNS, Cell, Grid, Line, Why
from app.words.book import label_column, say_both

REQUIRED = COLUMNS[:6]
# What the columns are called in a form and in its answer.
LABELS = {name: label_column(name, "zh") for name in COLUMNS}
AREA_NAME = say_both("forms", "beside", "area_name")
INDICATOR_NAME = say_both("forms", "beside", "indicator_name")
LAST_VALUE = say_both("forms", "beside", "last_value")
LAST_PERIOD = say_both("forms", "beside", "last_period")
RESULT = say_both("forms", "beside", "result")
FINDINGS = say_both("columns", "findings", "name")
# The sheet of a form that holds no figures.
HELP_SHEET = say_both("forms", "sheets", "help")

# How far down the heading may stand, blank rows not counted.
HEADING_WITHIN = 20
# A row with this many names of columns is meant to be the heading.
_NAMES_OF_A_HEADING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """Where the table stands: positions of its columns from 0, None for one left out."""

    positions: tuple[int | None, ...]
    # All columns with a name, those that are passed over on reading included.
    named: frozenset[int]
    area: str | None
    period: str | None
    # The rows above, and the heading itself, last.
    lines: tuple[Line, ...]


def find_heading(grid: Grid) -> Heading | None:
    """The heading among the first lines of the grid, which are used up; None where none has one.

    Raises FileRefused when columns are missing, unknown or there twice.
    """
    above: list[Line] = []
    for line in islice(grid.lines, HEADING_WITHIN):
        above.append(line)
        if is_heading(line.cells):
            return _read_heading(grid, above)
    return None


def is_heading(cells: Sequence[Cell]) -> bool:
    """Whether a row is meant to name the columns."""
    return len({name_column(cell) for cell in cells}.intersection(COLUMNS)) >= _NAMES_OF_A_HEADING


def name_column(label: Cell) -> str | None:
    """The column of this name; for one that is passed over its label, None for any other."""
    return _COLUMN_OF.get(_folded(label))


def _read_heading(grid: Grid, lines: list[Line]) -> Heading:
    heading = lines[-1]
    if heading.is_cut:
        grid.refuse("too_many_columns", row=heading.number, limit=MAX_COLUMNS)
    labels = {place: cell for place, cell in enumerate(heading.cells) if _folded(cell)}
    places: dict[str, int] = {}
    unknown, twice = [], []
    for place, label in labels.items():
        name = name_column(label)
        if name is None:
            unknown.append(shown(str(label).strip()))
        elif name in places and name in COLUMNS:
            twice.append(name)
        else:
            places[name] = place
    missing = [name for name in REQUIRED if name not in places]
    for why, columns in {
        "unknown_columns": unknown,
        "duplicate_columns": twice,
        "missing_columns": missing,
    }.items():
        if columns:
            grid.refuse(why, row=heading.number, columns=_list(columns), allowed=_list(COLUMNS))
    return Heading(
        positions=tuple(places.get(name) for name in COLUMNS),
        named=frozenset(labels),
        area=_find_beside(grid, lines[:-1], "area"),
        period=_find_beside(grid, lines[:-1], "period"),
        lines=tuple(lines),
    )


def _find_beside(grid: Grid, lines: list[Line], name: str) -> str | None:
    """What the header block says right of a label; None where it says nothing."""
    for line in lines:
        for label, said in zip(line.cells, line.cells[1:], strict=False):
            if said is not None and name_column(label) == name:
                return _read_beside(grid, line, name, said)
    return None


def _read_beside(grid: Grid, line: Line, name: str, said: str | Decimal) -> str | None:
    read = str(read_cell(name, said) or "")
    fault = find_text_fault(name, read)
    if fault is not None:
        grid.refuse("unclear_header", row=line.number, column=name)
    odd = (line.oddities or {}).get(line.cells.index(said))
    if odd is not None and odd.why is Why.NOT_CALCULATED:
        grid.refuse("header_not_calculated", row=line.number, column=name)
    return read or None


def _list(columns: Sequence[str]) -> str:
    """Names of columns for a sentence; of very many, the first."""
    listed = ", ".join(columns[: len(COLUMNS)])
    return listed if len(columns) <= len(COLUMNS) else f"{listed}, ..."


def _folded(label: Cell) -> str:
    """A label without what typing and spreadsheets do to it: width, case, breaks, colon."""
    if label is None:
        return ""
    folded = unicodedata.normalize("NFKC", str(label)).casefold().replace("_", " ")
    return " ".join(folded.split()).rstrip(": ")


_PASSED_OVER = (AREA_NAME, INDICATOR_NAME, LAST_VALUE, LAST_PERIOD, RESULT, FINDINGS)
_COLUMN_OF = {_folded(label): label for label in _PASSED_OVER} | {
    _folded(label): name
    for name, chinese in LABELS.items()
    for english in (name, label_column(name, "en"))
    for label in (chinese, english, f"{chinese} {english}")
}
