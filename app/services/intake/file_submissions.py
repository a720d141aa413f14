"""From the rows of a file to submissions: one for each area and quarter, area by area."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from app.domain.checks.figure import RawFigure
from app.domain.checks.finding import Finding, FindingCode
from app.domain.checks.written import says_something
from app.formats.intake.cells import CellFault
from app.formats.intake.file import COLUMNS, FileRow, IntakeFile, IntakeTable
from app.formats.workbook.grid import name_place
from app.services.intake.file_words import FileWords, RowWords
from app.services.intake.submission import SentFigure, Submission
from app.services.state.definitions import PlanDefinition

_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_WORDS = tuple(_PLACE[name] for name in RowWords._fields[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table whose rows are read: where it is, and what its header says."""

    part: int
    sheet: str | None
    letters: dict[str, str]
    area: str | None
    period: str | None


class _PlacedRow(NamedTuple):
    """A row with the area and quarter that it is about, by itself or by the form's header."""

    area: str
    period: str
    table: _Table
    row: FileRow
    # Why its area is not clear, where it is not.
    fault: CellFault | None

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands in the file."""
        return self.table.part, self.row.number


@dataclass(frozen=True, slots=True)
class SentFile:
    """The rows of a file, read to its end and not understood yet."""

    _rows: list[tuple[_Table, FileRow]]
    passed_over: tuple[str, ...]

    def submissions(self, definition: PlanDefinition) -> Iterator[Submission]:
        """Every row in exactly one submission, ordered by area, then quarter, then place.

        The same quarter may stand in several places of a file.
        """
        words = FileWords(definition)
        rows = [_place(words, table, row) for table, row in self._rows]
        rows.sort(key=lambda row: (row.area, row.period, row.place))
        for (area, period), group in groupby(rows, key=lambda row: (row.area, row.period)):
            yield _submission(words, area, period, list(group))


def read_rows(file: IntakeFile) -> SentFile:
    """Read a file of figures to its end. Raises FileRefused at a row that cannot be read."""
    rows = [
        (known, row)
        for part, table in enumerate(file.tables)
        for known in [_know(table, part)]
        for row in table.rows
    ]
    return SentFile(rows, file.passed_over)


def _know(table: IntakeTable, part: int) -> _Table:
    places = zip(COLUMNS, table.positions, strict=True)
    is_workbook = table.sheet is not None
    letters = {name: name_place(place) for name, place in places if place is not None}
    return _Table(
        part=part,
        sheet=table.sheet,
        letters=letters if is_workbook else {},
        area=table.header_area,
        period=table.header_period,
    )


def _place(words: FileWords, table: _Table, row: FileRow) -> _PlacedRow:
    area = words.understand("area", _text(row, "area") or table.area)
    period = words.understand_period(_text(row, "period") or table.period)
    return _PlacedRow(area.code or "", period.code if period else "", table, row, area.fault)


def _submission(words: FileWords, area: str, period: str, rows: list[_PlacedRow]) -> Submission:
    figures = tuple(_read_figure(words, placed) for placed in rows)
    first = figures[0].raw
    return Submission(
        area=area,
        period=period,
        figures=figures,
        pointer=first.pointer,
        row=first.row,
        sheet=first.sheet,
        letters=first.letters,
        part=first.part,
    )


def _read_figure(words: FileWords, placed: _PlacedRow) -> SentFigure:
    table, row = placed.table, placed.row
    cells = [None if (cell := row.cells[at]) is None else str(cell) for at in _WORDS]
    meaning = words.understand_row(RowWords(_text(row, "period") or table.period, *cells))
    codes = meaning.codes
    raw = RawFigure(
        pointer=_pointer(placed),
        row=row.number,
        sheet=table.sheet,
        letters=table.letters,
        part=table.part,
        indicator=codes.indicator,
        value=row.cells[_PLACE["value"]],
        unit=codes.unit,
        basis=codes.basis,
        missing_reason=codes.missing_reason,
        growth_percent=row.cells[_PLACE["growth_percent"]],
        price_basis=codes.price_basis,
        obs_status=codes.obs_status,
    )
    faults = (*row.faults, *meaning.faults, *_find_misplaced(words, placed))
    return SentFigure(
        raw=raw,
        note=_said(row, "note"),
        explanation=_said(row, "explanation"),
        correction_reason=_said(row, "correction_reason"),
        faults=tuple(_make_finding(raw, fault) for fault in faults),
    )


def _find_misplaced(words: FileWords, placed: _PlacedRow) -> Iterator[CellFault]:
    """The header of a form and its rows must be about the same area and quarter."""
    table = placed.table
    if placed.fault:
        yield placed.fault
    if table.area is None and table.period is None:
        return
    period = words.understand_period(table.period)
    header = {
        "area": words.understand("area", table.area).code,
        "period": period.code if period else None,
    }
    for column, said in header.items():
        value = placed.area if column == "area" else placed.period
        if said and value != said:
            yield CellFault(column, FindingCode.HEADER_MISMATCH, {"value": value, "allowed": said})


def _make_finding(raw: RawFigure, fault: CellFault) -> Finding:
    return Finding(
        code=fault.code,
        pointer=f"{raw.pointer}/{fault.column}",
        row=raw.row,
        sheet=raw.sheet,
        column=fault.column,
        indicator=raw.indicator if isinstance(raw.indicator, str) else None,
        facts=fault.facts,
    )


def _text(row: FileRow, column: str) -> str | None:
    cell = row.cells[_PLACE[column]]
    return None if cell is None else str(cell)


def _said(row: FileRow, column: str) -> str | None:
    """What a person wrote to be read; a dash or a dot is a cell left blank."""
    text = _text(row, column)
    return text if text is not None and says_something(text) else None


def _pointer(placed: _PlacedRow) -> str:
    sheet, number = placed.table.sheet, placed.row.number
    return f"/rows/{number}" if sheet is None else f"/{sheet}/rows/{number}"
