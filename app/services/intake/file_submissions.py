"""From the rows of a file to submissions: one for each area and quarter, area by area."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from app.domain.checks.figure import RawFigure
from app.domain.checks.finding import Finding, FindingCode
from app.formats.intake.file import COLUMNS, FileRow, IntakeTable
from app.formats.workbook.grid import Cell
from app.services.intake.submission import SentFigure, Submission
from app.words.book import find_code

_PLACE = {name: place for place, name in enumerate(COLUMNS)}


class PlacedRow(NamedTuple):
    """A row with the area and quarter that it is about, by itself or by the form's header."""

    area: str
    period: str
    number: int
    sheet: str | None
    cells: tuple[Cell, ...]
    # What the header says where the row says something else.
    header_area: str | None
    header_period: str | None


def read_submissions(tables: Iterable[IntakeTable]) -> Iterator[Submission]:
    """Every row in exactly one submission, ordered by area, then quarter, then place.

    All rows are read before the first submission is given, since the same quarter may be in
    several places of a file; nothing of the file is needed afterwards.
    """
    # The same few codes stand in every row: each is kept once.
    shared: dict[Cell, Cell] = {}
    rows = [_place(table, row, shared) for table in tables for row in table.rows]
    rows.sort(key=lambda row: (row.area, row.period, row.sheet or "", row.number))
    return (
        _submission(area, period, list(group))
        for (area, period), group in groupby(rows, key=lambda row: (row.area, row.period))
    )


def _place(table: IntakeTable, row: FileRow, shared: dict[Cell, Cell]) -> PlacedRow:
    cells = tuple(
        shared.setdefault(cell, cell) if isinstance(cell, str) else cell for cell in row.cells
    )
    area, period = _text(cells, "area"), _text(cells, "period")
    header_area, header_period = table.header_area, table.header_period
    return PlacedRow(
        area=area or header_area or "",
        period=period or header_period or "",
        number=row.number,
        sheet=table.sheet,
        cells=cells,
        header_area=header_area if area and header_area and area != header_area else None,
        header_period=header_period
        if period and header_period and period != header_period
        else None,
    )


def _submission(area: str, period: str, rows: list[PlacedRow]) -> Submission:
    first = rows[0]
    return Submission(
        area=area,
        period=period,
        figures=tuple(_figure(row) for row in rows),
        pointer=_pointer(first),
        row=first.number,
        sheet=first.sheet,
    )


def _figure(row: PlacedRow) -> SentFigure:
    cells = row.cells
    return SentFigure(
        raw=RawFigure(
            pointer=_pointer(row),
            row=row.number,
            sheet=row.sheet,
            indicator=_text(cells, "indicator"),
            value=cells[_PLACE["value"]],
            unit=_text(cells, "unit"),
            basis=_code(cells, "basis"),
            missing_reason=_code(cells, "missing_reason"),
        ),
        note=_text(cells, "note"),
        explanation=_text(cells, "explanation"),
        correction_reason=_text(cells, "correction_reason"),
        faults=tuple(_mismatches(row)),
    )


def _mismatches(row: PlacedRow) -> Iterator[Finding]:
    """The header of a form and its rows must be about the same area and quarter."""
    said = {"area": (row.area, row.header_area), "period": (row.period, row.header_period)}
    for column, (value, header) in said.items():
        if header is not None:
            yield Finding(
                code=FindingCode.HEADER_MISMATCH,
                pointer=f"{_pointer(row)}/{column}",
                row=row.number,
                sheet=row.sheet,
                column=column,
                facts={"value": value, "allowed": header},
            )


def _text(cells: tuple[Cell, ...], column: str) -> str | None:
    cell = cells[_PLACE[column]]
    return None if cell is None else str(cell)


def _code(cells: tuple[Cell, ...], column: str) -> str | None:
    """What a person wrote in a column of codes: the code, or its name in either language."""
    said = _text(cells, column)
    return None if said is None else find_code(column, said)


def _pointer(row: PlacedRow) -> str:
    return f"/rows/{row.number}" if row.sheet is None else f"/{row.sheet}/rows/{row.number}"
