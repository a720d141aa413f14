"""A file of targets and tasks of years, CSV or XLSX, as rows of cells.

The table is known by the names of its columns, in either language, as a file of figures is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from app.errors.bodies import FileRefused
from app.formats.intake.cells import is_blank, read_cell
from app.formats.intake.file import open_grids
from app.formats.intake.heading import HEADING_WITHIN
from app.formats.workbook.grid import Cell, Grid, Line
from app.words.book import LANGUAGES, label_column, texts
from app.words.lexicon import fold

COLUMNS = ("indicator", "area", "year", "value", "unit", "comparator", "reason")
REQUIRED = ("indicator", "area", "value")
# What the form shows beside the cells to fill in.
BESIDE = ("indicator_name", "area_name", "last_year", "path_way", "task_now")
MOST_ROWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """A row with a value: its number in the file, its cells by column.

    ``is_odd``: whether the screen does not show the very number that the cell holds.
    """

    number: int
    cells: Mapping[str, Cell]
    is_odd: bool = False


def read_task_file(source: BinaryIO, *, size: int) -> list[TaskLine]:
    """The rows of the file that have a value; FileRefused where no table of these is in it."""
    if size == 0:
        raise FileRefused(why="empty")
    found: list[TaskLine] = []
    has_table = False
    for grid in open_grids(source):
        places = _find_places(grid)
        if places is None:
            continue
        if grid.is_hidden:
            grid.refuse("hidden_sheet")
        has_table = True
        for line in _read_lines(grid, places):
            found.append(line)
            if len(found) > MOST_ROWS:
                grid.refuse("too_many_rows", limit=MOST_ROWS)
    if not has_table:
        raise FileRefused(why="no_heading", columns=", ".join(REQUIRED))
    return found


def name_of(column: str) -> str:
    """What a column of the form is called, in both languages."""
    return " ".join(reversed(_labels(column)))


def _find_places(grid: Grid) -> Mapping[str, int] | None:
    """The places of the columns, from the first row that names those required; else None."""
    for line in islice(grid.lines, HEADING_WITHIN):
        named = {place: _NAMES.get(fold(str(cell or ""))) for place, cell in enumerate(line.cells)}
        places = {name: place for place, name in named.items() if name}
        if set(REQUIRED) <= places.keys():
            _refuse_strays(grid, line, named)
            return places
    return None


def _refuse_strays(grid: Grid, line: Line, named: Mapping[int, str | None]) -> None:
    """No column is passed over but those that the form has beside the others."""
    given = {place for place, cell in enumerate(line.cells) if not is_blank([cell])}
    unknown = [str(line.cells[place]) for place in sorted(given) if named[place] is None]
    known = [name for name in named.values() if name in COLUMNS]
    twice = sorted({name for name in known if known.count(name) > 1})
    for why, columns in {"unknown_columns": unknown, "duplicate_columns": twice}.items():
        if columns:
            told = {"columns": ", ".join(columns), "allowed": ", ".join(COLUMNS)}
            grid.refuse(why, row=line.number, **told)


def _read_lines(grid: Grid, places: Mapping[str, int]) -> Iterator[TaskLine]:
    for line in grid.lines:
        cells = {name: _cell(line.cells, name, places.get(name)) for name in COLUMNS}
        if cells["value"] is not None:
            odd = line.oddities or {}
            is_odd = line.is_hidden or places["value"] in odd
            yield TaskLine(number=line.number, cells=cells, is_odd=is_odd)


def _cell(cells: Sequence[Cell], name: str, place: int | None) -> Cell:
    found = None if place is None or place >= len(cells) else cells[place]
    return None if found is None else read_cell(name, found)


def _labels(column: str) -> list[str]:
    """What a column is called in each language: as in the tables, or as the form has it."""
    is_of_form = column in BESIDE or column == "reason"
    if is_of_form:
        return [str(texts("forms", language)["tasks"][column]) for language in LANGUAGES]
    return [label_column(column, language) for language in LANGUAGES]


_NAMES = {
    fold(label): column
    for column in (*COLUMNS, *BESIDE)
    for label in (column, *_labels(column), name_of(column))
}
