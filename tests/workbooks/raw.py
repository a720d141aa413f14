"""Workbooks made by hand, so that a test can have in them what no program writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from app.formats.intake.file import COLUMNS, FileRow, IntakeTable, read_intake_file

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEADING = list(COLUMNS)
GOOD = [
    "nanshan",
    "2024-Q3",
    "value_added",
    Decimal("812.4"),
    "亿元",
    "ytd",
    None,
    None,
    None,
    "ok",
    None,
    None,
    None,
]


@dataclass(frozen=True, slots=True)
class Raw:
    """A cell as XML: ``<c r="{}" ...>`` with its reference left open."""

    xml: str


@dataclass(slots=True)
class Book:
    """A workbook in the making; every part can be replaced."""

    # Rows of cells, or the XML of the sheet.
    sheets: Mapping[str, Any]
    states: Mapping[str, str] = field(default_factory=dict)
    strings: str | None = None
    styles: str | None = None
    extra: Mapping[str, bytes | str] = field(default_factory=dict)
    date_1904: bool = False

    def parts(self) -> dict[str, bytes | str]:
        """The parts by name."""
        listed, relations, parts = [], [], {}
        for number, (name, content) in enumerate(self.sheets.items(), start=1):
            state = self.states.get(name, "visible")
            known_by = f'sheetId="{number}" r:id="r{number}"'
            listed.append(f'<sheet name="{escape(name)}" {known_by} state="{state}"/>')
            relations.append(_relation(f"r{number}", "worksheet", f"worksheets/sheet{number}.xml"))
            xml = content if isinstance(content, str) else sheet_xml(content)
            parts[f"xl/worksheets/sheet{number}.xml"] = xml
        for kind, part in {"sharedStrings": self.strings, "styles": self.styles}.items():
            if part is not None:
                relations.append(_relation(kind, kind, f"{kind}.xml"))
                parts[f"xl/{kind}.xml"] = part
        system = '<workbookPr date1904="1"/>' if self.date_1904 else ""
        return {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": relations_xml(_relation("r1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{system}'
            f"<sheets>{''.join(listed)}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relations_xml(*relations),
            **parts,
            **self.extra,
        }

    def build(self) -> bytes:
        """The file."""
        return zipped(self.parts())


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """An archive of these parts."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def relations_xml(*relations: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}">{"".join(relations)}</Relationships>'


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'


def sheet_xml(rows: Sequence[Sequence[object]]) -> str:
    """A sheet with these rows, the first in row 1."""
    written = (
        f'<row r="{number}">{"".join(_cell(cell, number, place) for place, cell in enumerate(row))}'
        "</row>"
        for number, row in enumerate(rows, start=1)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(written)}</sheetData></worksheet>'


def _cell(cell: object, row: int, place: int) -> str:
    at = f"{letters(place)}{row}"
    if cell is None:
        return ""
    if isinstance(cell, Raw):
        return cell.xml.replace("{}", at)
    if isinstance(cell, str):
        return f'<c r="{at}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
    return f'<c r="{at}"><v>{cell}</v></c>'


def letters(place: int) -> str:
    """The name of the column at a place from 0."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def read(content: bytes) -> list[tuple[IntakeTable, list[FileRow]]]:
    """Every table of a file with its rows."""
    file = read_intake_file(BytesIO(content), size=len(content))
    return [(table, list(table.rows)) for table in file.tables]


def read_rows(content: bytes) -> list[FileRow]:
    """The rows of a file with one table."""
    [(_, rows)] = read(content)
    return rows
