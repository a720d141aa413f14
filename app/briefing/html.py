"""A briefing as one page to read and print, without scripts or anything from elsewhere."""

import base64
import hashlib
from collections.abc import Iterable
from html import escape
from pathlib import Path

from app.briefing.cells import Cell, Page, Section, Table

_STYLE = Path(__file__).with_name("briefing.css").read_text("utf-8")
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# The page's own style, and nothing else.
SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'"
)
# Chinese breaks anywhere: a short text stays in one piece.
_SHORT = 8


def write_html(page: Page) -> bytes:
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


def _section(section: Section) -> str:
    tables = "".join(_table(table) for table in section.tables)
    return f"\n<section>{_element('h2', section.title)}{_list(section.sentences)}{tables}</section>"


def _table(table: Table) -> str:
    if not table.rows:
        return _element("p", table.empty)
    headings = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.columns)
    whole = sum(table.widths)
    widths = "".join(f'<col width="{100 * width // whole}%">' for width in table.widths)
    rows = "\n".join(f"<tr>{''.join(_row(row))}</tr>" for row in table.rows)
    return (
        f'<div class="scroll"><table><caption>{escape(table.caption)}</caption>'
        f"<colgroup>{widths}</colgroup><thead><tr>{headings}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _row(cells: Iterable[Cell]) -> Iterable[str]:
    for place, cell in enumerate(cells):
        looks = [cell.look] if cell.look != "cell" else []
        looks += ["number"] if cell.number is not None else []
        looks += ["short"] if len(cell.text) <= _SHORT and cell.number is None else []
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
