"""The sheet of a workbook that says what the table is: its origin, its columns, its indicators."""

from collections.abc import Iterator

from app.formats.forms.style import Sheet, StyledWorkbook, height_of, set_up_page
from app.formats.tables.table import Origin, Table
from app.vocabulary import to_instant
from app.words.book import say_both, texts

DEFINITIONS_SHEET = say_both("tables", "sheet")
_WIDTHS = (30, 28, 64, 10, 56, 64)


def add_definitions_sheet(workbook: StyledWorkbook, table: Table) -> None:
    """Add the sheet, in both languages where the plan has both."""
    sheet = workbook.add_sheet(DEFINITIONS_SHEET)
    sheet.hide_gridlines(2)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    row = _write_origin(workbook, sheet, table)
    row = _write_columns(workbook, sheet, table, row + 1)
    if table.origin is not None and any(each.name == "indicator" for each in table.columns):
        _write_indicators(workbook, sheet, table, table.origin, row + 1)
    set_up_page(sheet)


def _write_origin(workbook: StyledWorkbook, sheet: Sheet, table: Table) -> int:
    origin = table.origin
    plan = None if origin is None else origin.document.plan
    title = table.name if plan is None else f"{plan.title_zh}  {plan.title_en}"
    sheet.set_row(0, 26)
    workbook.write(sheet, (0, 0), title, "title")
    workbook.write(sheet, (1, 0), say_both("tables", "empty"), "hint")
    row = 2
    for name, said in _facts(table):
        workbook.write(sheet, (row, 0), say_both("tables", "origin", name), "label")
        workbook.write(sheet, (row, 1), said, "hint")
        row += 1
    return row


def _facts(table: Table) -> Iterator[tuple[str, str]]:
    """What is known of the table's origin, each under the name that the book has for it."""
    if table.is_demo:
        yield "note", say_both("tables", "origin", "simulated")
    yield "table", table.name
    yield "rows", f"{len(table.rows)} / {table.total}"
    if table.origin is None:
        return
    origin, plan = table.origin, table.origin.document.plan
    yield "plan", plan.code
    yield "publisher", f"{plan.publisher_zh}  {plan.publisher_en}"
    if plan.document_no is not None:
        yield "document_no", plan.document_no
    if plan.published_on is not None:
        yield "published_on", plan.published_on.isoformat()
    if plan.url is not None:
        yield "url", plan.url
    yield "revision", f"{origin.revision}  ({to_instant(origin.recorded_at)})"
    yield "view", origin.view
    if origin.as_of is not None:
        yield "as_of", origin.as_of


def _write_columns(workbook: StyledWorkbook, sheet: Sheet, table: Table, row: int) -> int:
    zh, en = _headings("zh"), _headings("en")
    headings = (_both("column"), zh["name"], en["definition"], _both("unit"), zh["definition"])
    for place, heading in enumerate(headings):
        workbook.write(sheet, (row, place), heading, "heading")
    for column in table.columns:
        row += 1
        texts = (column.definition, column.definition_zh)
        sheet.set_row(row, max(map(height_of, texts, (_WIDTHS[2], _WIDTHS[4]))))
        unit = "%" if column.is_percent else ""
        cells = (column.name, column.name_zh, column.definition, unit, column.definition_zh)
        for place, cell in enumerate(cells):
            workbook.write(sheet, (row, place), cell, "cell" if place else "label")
    return row + 1


def _write_indicators(
    workbook: StyledWorkbook, sheet: Sheet, table: Table, origin: Origin, row: int
) -> None:
    """Those that the table has rows of."""
    zh, en = _headings("zh"), _headings("en")
    names, definitions = (zh["name"], en["name"]), (zh["definition"], en["definition"])
    headings = (_both("indicator"), *names, _both("unit"), *definitions)
    for place, heading in enumerate(headings):
        workbook.write(sheet, (row, place), heading, "heading")
    shown = {getattr(each, "indicator", None) for each in table.rows}
    for entry in origin.document.indicators:
        if entry.code not in shown:
            continue
        row += 1
        texts = (entry.code, entry.name_zh, entry.name_en, entry.unit)
        cells = (*texts, entry.definition_zh, entry.definition_en)
        heights = [height_of(cell or "", _WIDTHS[place]) for place, cell in enumerate(cells)]
        sheet.set_row(row, max(heights))
        for place, cell in enumerate(cells):
            workbook.write(sheet, (row, place), cell, "cell" if place else "label")


def _headings(language: str) -> dict[str, str]:
    return dict(texts("tables", language)["headings"])


def _both(heading: str) -> str:
    return say_both("tables", "headings", heading)
