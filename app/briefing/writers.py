"""A briefing, written: as one page to read and print, and as a workbook with a sheet a section.

The page has no scripts and takes nothing from elsewhere; in the workbook numbers are numbers.
"""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from io import BytesIO
from itertools import zip_longest
from pathlib import Path

from app.briefing.cells import BriefingCell, BriefingPage, BriefingSection, BriefingTable
from app.briefing.cover import draw
from app.formats.forms.style import (
    ONE_LINE,
    Sheet,
    StyledWorkbook,
    height_of,
    set_up_page,
    width_of,
    written_to,
)

_STYLE = Path(__file__).with_name("briefing.css").read_text("utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# The page's own style, and nothing else.
SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
)
# Chinese breaks anywhere: a short text stays in one piece, and so does a short heading.
_SHORT, _SHORT_HEADING = 16, 8
# A long one has room to be read, however narrow the screen.
_LONG = 48
_TITLE_HEIGHT = 24


def write_html(page: BriefingPage) -> bytes:
    """The page in UTF-8. Every text of it is escaped here."""
    title = f"{page.title} {page.subtitle}"
    head = (
        '<meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style>"
    )
    body = [
        f"<header><h1>{escape(page.title)}</h1>",
        _element("p", page.subtitle, look="subtitle"),
        *(_element("p", remark, look="remark") for remark in page.remarks),
        *(_element("p", warning, look="warning") for warning in page.warnings),
        "</header>\n<main>",
        *(_section(section) for section in page.sections),
        f"</main>\n<footer>{_list(page.notes)}</footer>",
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(page.language)}"><head>{head}</head>\n'
        f"<body>\n{''.join(body)}\n</body></html>\n"
    ).encode()


def write_workbook(page: BriefingPage, *, recorded_at: datetime) -> bytes:
    """The workbook; the same page gives the same bytes, since it bears the date of its data."""
    target = BytesIO()
    with written_to(target) as workbook:
        created = recorded_at.replace(tzinfo=None)
        workbook.book.set_properties({"title": f"{page.title} {page.subtitle}", "created": created})
        for section in page.sections:
            _add_section(workbook, page, section)
    return target.getvalue()


def _section(section: BriefingSection) -> str:
    if section.charts:
        return _front(section)
    tables = "".join(_table(table) for table in section.tables)
    return (
        f"\n<section>{_element('h2', section.title)}{_list(section.sentences)}{tables}"
        f"{_list(section.closing)}</section>"
    )


def _front(section: BriefingSection) -> str:
    """A page of its own: what is drawn, beside the tables."""
    tables = "".join(_table(table) for table in section.tables)
    leads = "".join(_element("p", sentence, look="lead") for sentence in section.sentences)
    charts = "".join(draw(chart) for chart in section.charts)
    beside = f"<div>{tables}</div>" if tables else ""
    return (
        f'\n<section class="front"><h2>{escape(section.title)}</h2>{leads}'
        f'<div class="columns"><div>{charts}</div>{beside}</div>{_list(section.closing)}</section>'
    )


def _table(table: BriefingTable) -> str:
    if not table.rows:
        return _element("p", table.empty)
    headings = "".join(_heading(name) for name in table.columns)
    whole = sum(table.widths)
    widths = "".join(f'<col width="{100 * width // whole}%">' for width in table.widths)
    rows = "\n".join(f"<tr>{''.join(_row(row))}</tr>" for row in table.rows)
    return (
        f'<div class="scroll"><table><caption>{escape(table.caption)}</caption>'
        f"<colgroup>{widths}</colgroup><thead><tr>{headings}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _heading(name: str) -> str:
    look = ' class="short"' if width_of(name) <= _SHORT_HEADING else ""
    return f'<th scope="col"{look}>{escape(name)}</th>'


def _row(cells: Iterable[BriefingCell]) -> Iterable[str]:
    for place, cell in enumerate(cells):
        looks = [cell.look] if cell.look != "cell" else []
        looks += ["number"] if cell.number is not None else []
        looks += ["short"] if width_of(cell.text) <= _SHORT and cell.number is None else []
        looks += ["long"] if width_of(cell.text) > _LONG else []
        look = f' class="{" ".join(looks)}"' if looks else ""
        note = "" if cell.note is None else _element("small", cell.note)
        tag, scope = ("td", "") if place else ("th", ' scope="row"')
        yield f"<{tag}{scope}{look}>{escape(cell.text)}{note}</{tag}>"


def _list(sentences: Iterable[str]) -> str:
    items = "".join(_element("li", sentence) for sentence in sentences)
    return f"<ul>{items}</ul>" if items else ""


def _element(tag: str, text: str, *, look: str | None = None) -> str:
    opened = tag if look is None else f'{tag} class="{look}"'
    return f"<{opened}>{escape(text)}</{tag}>"


def _add_section(workbook: StyledWorkbook, page: BriefingPage, section: BriefingSection) -> None:
    is_first = section is page.sections[0]
    sheet = workbook.add_sheet(section.title)
    sheet.hide_gridlines(2)
    set_up_page(sheet)
    # Tables that share a sheet share its columns.
    widths: list[int] = []
    for table in section.tables:
        widths = [max(pair) for pair in zip_longest(table.widths, widths, fillvalue=0)]
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    workbook.write(sheet, (0, 0), page.title, "title")
    sheet.set_row(0, _TITLE_HEIGHT)
    lines = [page.subtitle, *page.remarks] if is_first else [page.subtitle]
    row = _add_lines(workbook, sheet, 1, lines, "hint")
    row = _add_lines(workbook, sheet, row, page.warnings, "warning")
    row = _add_lines(workbook, sheet, row, section.sentences, "line") + 1
    for table in section.tables:
        if len(section.tables) == 1 and not is_first:
            sheet.freeze_panes(row + 2, 1)
            sheet.repeat_rows(row + 1)
        row = _add_table(workbook, sheet, row, table, widths) + 1
    row = _add_lines(workbook, sheet, row, section.closing, "line") + 1
    if is_first:
        _add_lines(workbook, sheet, row, page.notes, "hint")


def _add_lines(
    workbook: StyledWorkbook, sheet: Sheet, row: int, lines: Sequence[str], style: str
) -> int:
    for place, line in enumerate(lines, row):
        workbook.write(sheet, (place, 0), line, style)
    return row + len(lines)


def _add_table(
    workbook: StyledWorkbook, sheet: Sheet, row: int, table: BriefingTable, widths: Sequence[int]
) -> int:
    """Write a table below a row; the row after it."""
    if not table.rows:
        workbook.write(sheet, (row, 0), table.empty, "line")
        return row + 1
    workbook.write(sheet, (row, 0), table.caption, "caption")
    headings = [BriefingCell(text=name, look="heading") for name in table.columns]
    for place, cells in enumerate([headings, *table.rows], row + 1):
        _add_row(workbook, sheet, place, cells, widths)
    return row + 2 + len(table.rows)


def _add_row(
    workbook: StyledWorkbook,
    sheet: Sheet,
    row: int,
    cells: Sequence[BriefingCell],
    widths: Sequence[int],
) -> None:
    """A row of cells. A note stands in its cell: a comment would not be printed."""
    height = ONE_LINE
    for place, cell in enumerate(cells):
        if cell.number is not None and cell.note is None:
            workbook.write_number(sheet, (row, place), cell.number, places=cell.places)
            continue
        text = cell.text if cell.note is None else f"{cell.text} {cell.note}"
        workbook.write(sheet, (row, place), text, cell.look)
        height = max(height, height_of(text, widths[place]))
    sheet.set_row(row, height)
