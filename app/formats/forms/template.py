"""The form for one area and period, or for all areas, as a workbook to fill in.

What is known is filled in: codes, units, the usual basis, the last official figures to compare
with. The reader of files knows the form again by its headings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from app.domain.accumulation import MissingReason
from app.domain.checks.figure import MAGNITUDE_LIMIT
from app.domain.quantity import ObsStatus, PriceBasis
from app.formats.forms.help import add_help_sheet
from app.formats.forms.style import (
    NO_TIME,
    WIDTHS,
    Sheet,
    StyledWorkbook,
    heading_of,
    height_of,
    set_up_page,
    written_to,
)
from app.formats.intake.heading import (
    AREA_NAME,
    HELP_SHEET,
    INDICATOR_NAME,
    LAST_PERIOD,
    LAST_VALUE,
)
from app.formats.workbook.grid import Cell
from app.words.book import fill, say_both
from app.words.lexicon import name_both

FORM_SHEET = say_both("forms", "sheets", "form")
_HEADING_ROW = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRow:
    """One figure to fill in. ``last_value`` is in ``unit``; ``value``, too, where it is known."""

    area: str
    area_name_zh: str
    area_name_en: str
    indicator: str
    indicator_name_zh: str
    indicator_name_en: str
    unit: str
    allowed_units: Sequence[str]
    allowed_bases: Sequence[str]
    suggested_basis: str | None
    is_integer: bool
    value: Decimal | None = None
    last_value: Decimal | None = None
    last_period: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateForm:
    """A form; ``area`` None for one of all areas. ``due_on`` as it is to be read."""

    title_zh: str
    title_en: str
    period: str
    area: str | None
    area_name_zh: str
    area_name_en: str
    rows: Sequence[TemplateRow]
    due_on: str | None = None


def write_template(form: TemplateForm) -> bytes:
    """The form as an XLSX file."""
    target = BytesIO()
    with written_to(target) as workbook:
        workbook.book.set_properties({"title": form.title_en, "created": NO_TIME})
        sheet = workbook.add_sheet(FORM_SHEET)
        _write_block(workbook, sheet, form)
        for column, name in enumerate(_COLUMNS):
            sheet.set_column(column, column, WIDTHS[name])
            workbook.write(sheet, (_HEADING_ROW, column), heading_of(name), "heading")
        for number, row in enumerate(form.rows, start=_HEADING_ROW + 1):
            _write_row(workbook, sheet, form, number, row)
        _set_up(sheet, last_row=_HEADING_ROW + len(form.rows))
        add_help_sheet(workbook)
    return target.getvalue()


def _write_block(workbook: StyledWorkbook, sheet: Sheet, form: TemplateForm) -> None:
    hint = fill(say_both("forms", "hint"), {"help": HELP_SHEET})
    area_name = f"{form.area_name_zh} {form.area_name_en}"
    sheet.set_row(0, 26)
    workbook.write(sheet, (0, 0), f"{form.title_zh}  {form.title_en}", "title")
    workbook.write(sheet, (1, 0), hint, "hint")
    workbook.write(sheet, (2, 0), say_both("columns", "area", "name"), "label")
    workbook.write(sheet, (2, 1), form.area, "said")
    workbook.write(sheet, (2, 2), area_name, "hint")
    workbook.write(sheet, (3, 0), say_both("columns", "period", "name"), "label")
    workbook.write(sheet, (3, 1), form.period, "said")
    if form.due_on is not None:
        workbook.write(sheet, (3, 2), f"{say_both('forms', 'due')} {form.due_on}", "hint")
    sheet.set_row(_HEADING_ROW, 34)


def _write_row(
    workbook: StyledWorkbook, sheet: Sheet, form: TemplateForm, number: int, row: TemplateRow
) -> None:
    sheet.set_row(number, height_of(_named(row), WIDTHS[INDICATOR_NAME]))
    for column, (label, cell) in enumerate(_COLUMNS.items()):
        style = "fill_in" if label in _FILLED_IN else "reference"
        workbook.write(sheet, (number, column), cell(form, row), style)
    said = say_both("forms", "unit")
    workbook.offer(sheet, (number, _PLACE["unit"]), row.allowed_units, said)
    offered: dict[str, list[str]] = {
        "basis": [*row.allowed_bases],
        "missing_reason": [*MissingReason],
        "price_basis": [*PriceBasis],
        "obs_status": [*ObsStatus],
    }
    for kind, codes in offered.items():
        words = [name_both(kind, code) for code in codes]
        workbook.offer(sheet, (number, _PLACE[kind]), words, say_both("forms", kind))
    _require_number(sheet, number, is_integer=row.is_integer and len(row.allowed_units) == 1)


def _require_number(sheet: Sheet, row: int, *, is_integer: bool) -> None:
    limit = float(MAGNITUDE_LIMIT)
    sheet.data_validation(
        row,
        _PLACE["value"],
        row,
        _PLACE["value"],
        {
            "validate": "integer" if is_integer else "decimal",
            "criteria": "between",
            "minimum": -limit,
            "maximum": limit,
            "error_title": say_both("forms", "not_a_number"),
            "error_message": say_both("forms", "whole_number" if is_integer else "number_alone"),
        },
    )


def _set_up(sheet: Sheet, *, last_row: int) -> None:
    """Protection against slips, and how it looks on screen and paper."""
    sheet.freeze_panes(_HEADING_ROW + 1, 2)
    sheet.hide_gridlines(2)
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True})
    set_up_page(sheet)
    sheet.repeat_rows(_HEADING_ROW)
    # On paper the names are enough.
    sheet.print_area(0, 0, last_row, _PLACE["note"])


def _named(row: TemplateRow) -> str:
    chinese = f"{row.indicator_name_zh}（{row.unit}）"
    return f"{chinese}\n{row.indicator_name_en} ({row.unit})"


_FILLED_IN = frozenset(
    {
        *("value", "unit", "basis", "missing_reason", "explanation", "correction_reason", "note"),
        *("growth_percent", "price_basis", "obs_status"),
    }
)
# What people read and fill in comes first, the codes that say the same to the reader last.
_COLUMNS: dict[str, Callable[[TemplateForm, TemplateRow], Cell]] = {
    AREA_NAME: lambda _, row: f"{row.area_name_zh} {row.area_name_en}",
    INDICATOR_NAME: lambda _, row: _named(row),
    LAST_VALUE: lambda _, row: row.last_value,
    LAST_PERIOD: lambda _, row: row.last_period,
    "value": lambda _, row: row.value,
    "unit": lambda _, row: row.unit,
    "basis": lambda _, row: row.suggested_basis and name_both("basis", row.suggested_basis),
    "missing_reason": lambda *_: None,
    "explanation": lambda *_: None,
    "correction_reason": lambda *_: None,
    "growth_percent": lambda *_: None,
    "price_basis": lambda *_: None,
    "obs_status": lambda *_: None,
    "note": lambda *_: None,
    "area": lambda _, row: row.area,
    "period": lambda form, _: form.period,
    "indicator": lambda _, row: row.indicator,
}
_PLACE = {name: place for place, name in enumerate(_COLUMNS)}
