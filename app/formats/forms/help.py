"""The sheet of a form that says how to fill it in, in Chinese and English."""

from app.domain.accumulation import Basis, MissingReason
from app.domain.quantity import ObsStatus, PriceBasis
from app.formats.forms.style import Sheet, StyledWorkbook, set_up_page
from app.formats.intake.heading import HELP_SHEET, LABELS
from app.words.book import name_code, texts

# The columns whose codes the sheet explains.
_CODED = {
    "basis": tuple(Basis),
    "missing_reason": tuple(MissingReason),
    "price_basis": tuple(PriceBasis),
    "obs_status": tuple(ObsStatus),
}
_HEIGHT = 30


def add_help_sheet(workbook: StyledWorkbook) -> None:
    """Add the sheet to a form or an answer."""
    sheet = workbook.add_sheet(HELP_SHEET)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 2, 62)
    row = _write_sections(workbook, sheet)
    _write_codes(workbook, sheet, row)
    set_up_page(sheet)


def _write_sections(workbook: StyledWorkbook, sheet: Sheet) -> int:
    row = 0
    for zh, en in zip(texts("forms", "zh")["help"], texts("forms", "en")["help"], strict=True):
        workbook.write(sheet, (row, 0), f"{zh['title']}  {en['title']}", "title")
        sentences = zip(zh["sentences"], en["sentences"], strict=True)
        for number, said in enumerate(sentences, start=1):
            row += 1
            sheet.set_row(row, _HEIGHT)
            workbook.write(sheet, (row, 0), f"{number}", "label")
            workbook.write(sheet, (row, 1), said[0], "cell")
            workbook.write(sheet, (row, 2), said[1], "cell")
        row += 2
    return row


def _write_codes(workbook: StyledWorkbook, sheet: Sheet, row: int) -> None:
    meaning = [texts("forms", language)["meaning"] for language in ("zh", "en")]
    for column, codes in _CODED.items():
        for place, title in enumerate([LABELS[column], *meaning]):
            workbook.write(sheet, (row, place), title, "heading")
        for code in codes:
            row += 1
            workbook.write(sheet, (row, 0), code, "label")
            workbook.write(sheet, (row, 1), name_code(column, code, "zh"), "cell")
            workbook.write(sheet, (row, 2), name_code(column, code, "en"), "cell")
        row += 2
