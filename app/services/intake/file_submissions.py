"""From the rows of a file to submissions: one for each area and quarter, area by area."""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from app.domain.checks.figure import RawFigure
from app.domain.checks.finding import Finding, FindingCode
from app.domain.checks.written import says_something
from app.formats.intake.cells import CellFault
from app.formats.intake.file import COLUMNS, FileRow, IntakeFile, IntakeTable
from app.formats.workbook.grid import Cell, name_place
from app.services.intake.file_words import FileWords, RowWords
from app.services.intake.submission import SentFigure, Submission
from app.services.state.definitions import PlanDefinition

_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_AREA, _PERIOD, _VALUE = (_PLACE[name] for name in ("area", "period", "value"))
_GROWTH, _NOTE = _PLACE["growth_percent"], _PLACE["note"]
_EXPLANATION, _CORRECTION = _PLACE["explanation"], _PLACE["correction_reason"]
# In the order of RowWords; none of these cells holds a number.
_words_of = itemgetter(*(_PLACE[name] for name in RowWords._fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table whose rows are read: where it is, and what its header says."""

    part: int
    sheet: str | None
    letters: dict[str, str]
    area: str | None
    period: str | None


@dataclass(slots=True)
class _Place:
    """The area and quarter that rows are about, by themselves or by the form's header.

    ``faults``: why they are not clear, where they are not.
    """

    table: _Table
    area: str
    period: str
    faults: tuple[CellFault, ...]
    # All rows about the area and quarter, each with its own place.
    rows: "list[tuple[_Place, FileRow]]"


@dataclass(frozen=True, slots=True)
class SentFile:
    """The rows of a file, read to its end and not understood yet."""

    _rows: list[tuple[_Table, list[FileRow]]]
    passed_over: tuple[str, ...]

    def submissions(self, definition: PlanDefinition) -> Iterator[Submission]:
        """Every row in exactly one submission, ordered by area, then quarter, then place.

        The same quarter may stand in several places of a file.
        """
        words = FileWords(definition)
        places: dict[tuple[int, Cell, Cell], _Place] = {}
        found: dict[tuple[str, str], list[tuple[_Place, FileRow]]] = {}
        for table, row in ((table, row) for table, rows in self._rows for row in rows):
            written = (table.part, row.cells[_AREA], row.cells[_PERIOD])
            if (place := places.get(written)) is None:
                place = places[written] = _place(words, table, row)
                place.rows = found.setdefault((place.area, place.period), place.rows)
            place.rows.append((place, row))
        for about in sorted(found):
            yield _submission(words, found[about])


def read_rows(file: IntakeFile) -> SentFile:
    """Read a file of figures to its end. Raises FileRefused at a row that cannot be read."""
    rows = [(_know(table, part), list(table.rows)) for part, table in enumerate(file.tables)]
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


def _place(words: FileWords, table: _Table, row: FileRow) -> _Place:
    area = words.understand("area", _text(row, _AREA) or table.area)
    period = words.understand_period(_text(row, _PERIOD) or table.period)
    place = _Place(table, area.code or "", period.code if period else "", (), [])
    unclear = () if area.fault is None else (area.fault,)
    place.faults = (*unclear, *_find_misplaced(words, place))
    return place


def _submission(words: FileWords, rows: list[tuple[_Place, FileRow]]) -> Submission:
    figures = tuple([_read_figure(words, place, row) for place, row in rows])
    place, first = rows[0][0], figures[0].raw
    return Submission(
        area=place.area,
        period=place.period,
        figures=figures,
        pointer=first.pointer,
        row=first.row,
        sheet=first.sheet,
        letters=first.letters,
        part=first.part,
    )


def _read_figure(words: FileWords, place: _Place, row: FileRow) -> SentFigure:
    table, cells, sheet = place.table, row.cells, place.table.sheet
    said = _words_of(cells)
    if said[0] is None:
        said = (table.period, *said[1:])
    meaning = words.understand_row(said)
    codes = meaning.codes
    raw = RawFigure(
        pointer=f"/rows/{row.number}" if sheet is None else f"/{sheet}/rows/{row.number}",
        row=row.number,
        sheet=sheet,
        letters=table.letters,
        part=table.part,
        indicator=codes.indicator,
        value=cells[_VALUE],
        unit=codes.unit,
        basis=codes.basis,
        missing_reason=codes.missing_reason,
        growth_percent=cells[_GROWTH],
        price_basis=codes.price_basis,
        obs_status=codes.obs_status,
    )
    faults = (*row.faults, *meaning.faults, *place.faults)
    return SentFigure(
        raw=raw,
        note=_said(cells[_NOTE]),
        explanation=_said(cells[_EXPLANATION]),
        correction_reason=_said(cells[_CORRECTION]),
        faults=tuple([_make_finding(raw, fault) for fault in faults]),
    )


def _find_misplaced(words: FileWords, place: _Place) -> Iterator[CellFault]:
    """The header of a form and its rows must be about the same area and quarter."""
    table = place.table
    if table.area is None and table.period is None:
        return
    period = words.understand_period(table.period)
    header = {
        "area": words.understand("area", table.area).code,
        "period": period.code if period else None,
    }
    for column, said in header.items():
        value = place.area if column == "area" else place.period
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


def _text(row: FileRow, at: int) -> str | None:
    cell = row.cells[at]
    return None if cell is None else str(cell)


def _said(cell: Cell) -> str | None:
    """What a person wrote to be read; a dash or a dot is a cell left blank."""
    return None if cell is None or not says_something(str(cell)) else str(cell)
