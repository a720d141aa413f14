"""The answer to a file of figures as a workbook: the same sheets, what was found beside the cells.

A clerk corrects it where the findings stand and sends it again: the columns that were added are
passed over on reading. For a CSV file the answer is a workbook, too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, dropwhile, islice
from tempfile import TemporaryFile
from typing import BinaryIO

from app.domain.checks.finding import Severity
from app.formats.forms.help import add_help_sheet
from app.formats.forms.style import (
    ONE_LINE,
    WIDTHS,
    Sheet,
    StyledWorkbook,
    heading_of,
    height_of,
    set_up_page,
    written_to,
)
from app.formats.intake.cells import COLUMNS, NUMBERS, parse_number
from app.formats.intake.file import open_grids
from app.formats.intake.heading import (
    FINDINGS,
    HEADING_WITHIN,
    HELP_SHEET,
    RESULT,
    Heading,
    find_heading,
    name_column,
)
from app.formats.workbook.grid import Cell, Grid, Line
from app.words.book import fill, label_column, name_code, say_both, texts

# Excel opens slowly with more; all findings stand in their column anyway.
MAX_COMMENTS = 1000
# A height of its own takes memory for each row, here and in Excel.
MAX_HEIGHTS = 10_000
CSV_SHEET = say_both("forms", "sheets", "figures")
_LOOKS = {"created": "good", "updated": "good", "unchanged": "reference", "rejected": "error"}

# The sheet (None for CSV) and the row in it, counted from 1.
RowAt = tuple[str | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CellNote:
    """What was found in one cell of a row, or in the row (``column`` None), in words."""

    column: str | None
    severity: Severity
    message: str


def annotate(
    source: BinaryIO,
    notes: Mapping[RowAt, Sequence[CellNote]],
    *,
    results: Mapping[RowAt, str],
    language: str,
) -> BinaryIO:
    """The workbook, at its start, for the caller to close. Texts stay texts.

    ``results``: what became of a row: created, updated, unchanged or rejected.
    Raises FileRefused where reading the file does.
    """
    target = TemporaryFile()  # noqa: SIM115 - it is the caller's to close
    try:
        with written_to(target, is_streamed=True) as workbook:
            answer = _Answer(workbook, notes, results, language)
            for grid in open_grids(source):
                answer.add(grid)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


@dataclass(frozen=True, slots=True, kw_only=True)
class _AnsweredTable:
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
        if self.grid.is_counted and line.number > self.row:
            for name in NUMBERS:
                place = self.heading.positions[COLUMNS.index(name)]
                if place is not None and place < len(cells):
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


class _Answer:
    """The sheets of the answer, written one after the other."""

    def __init__(
        self,
        workbook: StyledWorkbook,
        notes: Mapping[RowAt, Sequence[CellNote]],
        results: Mapping[RowAt, str],
        language: str,
    ) -> None:
        self._workbook = workbook
        self._notes = notes
        self._results = results
        self._language = language
        self._comments = 0

    def add(self, grid: Grid) -> None:
        """Copy a sheet; our own help is written anew."""
        if grid.sheet == HELP_SHEET:
            add_help_sheet(self._workbook)
            return
        sheet = self._workbook.add_sheet(grid.sheet or CSV_SHEET)
        start = list(islice(grid.lines, HEADING_WITHIN))
        heading = find_heading(replace(grid, lines=iter(start)))
        rest = replace(grid, lines=chain(start, grid.lines))
        if heading is not None:
            self._add_table(sheet, _after(rest, heading), heading)
        else:
            self._copy(sheet, rest)

    def _copy(self, sheet: Sheet, grid: Grid) -> None:
        """A sheet without figures, as it is."""
        for line in grid.lines:
            for place, cell in enumerate(line.cells):
                if cell is not None:
                    self._workbook.write(sheet, (line.number - 1, place), cell, "line")
        if grid.is_hidden:
            sheet.hide()

    def _add_table(self, sheet: Sheet, grid: Grid, heading: Heading) -> None:
        names = {place: name_column(cell) for place, cell in enumerate(heading.lines[-1].cells)}
        kept = {p: name for p, name in names.items() if name and name not in {RESULT, FINDINGS}}
        beside = 1 + max(kept)
        named = kept | {beside: RESULT, beside + 1: FINDINGS}
        widths = {place: WIDTHS[name] for place, name in named.items()}
        table = _AnsweredTable(
            sheet=sheet, grid=grid, heading=heading, beside=beside, widths=widths
        )
        for place, width in widths.items():
            sheet.set_column(place, place, width)
        sheet.freeze_panes(table.row, 0)
        sheet.repeat_rows(table.row - 1)
        set_up_page(sheet)
        *above, titles = heading.lines
        for line in above:
            self._add_line(table, line, "hint")
        self._add_line(table, titles, "heading")
        for line in grid.lines:
            self._add_line(table, line, "cell")

    def _add_line(self, table: _AnsweredTable, line: Line, look: str) -> None:
        marked: dict[int, list[CellNote]] = defaultdict(list)
        for note in self._notes.get((table.grid.sheet, line.number), ()):
            place = table.place_of(note.column, line)
            if place is not None:
                marked[place].append(note)
        cells = dict(enumerate(table.cells_of(line)))
        looks = {place: _worst(found) for place, found in marked.items()}
        self._say(table, line, cells, looks)
        if table.row <= line.number <= MAX_HEIGHTS and (height := table.height_of(cells)):
            table.sheet.set_row(line.number - 1, height)
        for place in cells.keys() | looks.keys():
            spot, cell = (line.number - 1, place), cells.get(place)
            self._workbook.write(table.sheet, spot, cell, looks.get(place, look))
        for place, found in marked.items():
            self._comment(table.sheet, (line.number - 1, place), found)

    def _say(
        self, table: _AnsweredTable, line: Line, cells: dict[int, Cell], looks: dict[int, str]
    ) -> None:
        """Fill the two columns right of the table."""
        at, beside = (table.grid.sheet, line.number), table.beside
        if line.number == table.row:
            cells |= {beside: heading_of(RESULT), beside + 1: heading_of(FINDINGS)}
        elif (result := self._results.get(at)) is not None:
            cells[beside] = name_code("change", result, self._language)
            looks[beside] = _LOOKS.get(result, "cell")
        if notes := self._notes.get(at):
            cells[beside + 1] = "\n".join(self._sentence(note) for note in notes)
            looks[beside + 1] = _worst(notes)

    def _comment(self, sheet: Sheet, place: tuple[int, int], notes: Sequence[CellNote]) -> None:
        if self._comments < MAX_COMMENTS:
            self._comments += 1
            text = "\n".join(self._sentence(note) for note in notes)
            sheet.write_comment(*place, text, {"x_scale": 2.5, "y_scale": 1.5})

    def _sentence(self, note: CellNote) -> str:
        """Where and what: the column as the form calls it, in the reader's language."""
        words = texts("forms", self._language)
        known = {"severity": name_code("severity", note.severity, self._language)}
        if note.column not in COLUMNS:
            return fill(words["finding"], {**known, "message": note.message})
        column = label_column(note.column, self._language)
        facts = {**known, "column": column, "message": note.message}
        return fill(words["finding_in_column"], facts)


def _after(grid: Grid, heading: Heading) -> Grid:
    """The grid below its heading."""
    last = heading.lines[-1].number
    return replace(grid, lines=dropwhile(lambda line: line.number <= last, grid.lines))


def _worst(notes: Sequence[CellNote]) -> str:
    """The look of a cell with these findings."""
    return "error" if any(note.severity is Severity.ERROR for note in notes) else "query"
