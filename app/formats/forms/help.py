"""The sheet of a form that says how to fill it in, in Chinese and English.

The sentences are data, in ``template_help.yaml``.
"""

from pathlib import Path
from typing import Any

import yaml

from app.formats.forms.style import Sheet, StyledWorkbook, set_up_page
from app.formats.intake.heading import HELP_SHEET

_HEIGHT = 30
_TEXTS: Any = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))


def add_help_sheet(workbook: StyledWorkbook) -> None:
    """Add the sheet to a form or an answer."""
    sheet = workbook.add_sheet(HELP_SHEET)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 2, 62)
    row = _write_sections(workbook, sheet)
    _write_codes(workbook, sheet, row)
    set_up_page(sheet)


def explain_codes(column: str) -> dict[str, str]:
    """What each code of a column means, in both languages."""
    for codes in _TEXTS["codes"]:
        if codes["column"] == column:
            return {each["code"]: f"{each['zh']} {each['en']}" for each in codes["meanings"]}
    return {}


def _write_sections(workbook: StyledWorkbook, sheet: Sheet) -> int:
    row = 0
    for section in _TEXTS["sections"]:
        workbook.write(sheet, (row, 0), f"{section['zh']}  {section['en']}", "title")
        for number, sentence in enumerate(section["sentences"], start=1):
            row += 1
            sheet.set_row(row, _HEIGHT)
            workbook.write(sheet, (row, 0), f"{number}", "label")
            workbook.write(sheet, (row, 1), sentence["zh"], "cell")
            workbook.write(sheet, (row, 2), sentence["en"], "cell")
        row += 2
    return row


def _write_codes(workbook: StyledWorkbook, sheet: Sheet, row: int) -> None:
    for codes in _TEXTS["codes"]:
        for column, title in enumerate((f"{codes['zh']} {codes['en']}", "含义", "Meaning")):
            workbook.write(sheet, (row, column), title, "heading")
        for meaning in codes["meanings"]:
            row += 1
            workbook.write(sheet, (row, 0), meaning["code"], "label")
            workbook.write(sheet, (row, 1), meaning["zh"], "cell")
            workbook.write(sheet, (row, 2), meaning["en"], "cell")
        row += 2
