"""A workbook of figures: each of its sheets as a grid of cells."""

import posixpath
from dataclasses import dataclass, field
from typing import BinaryIO
from zipfile import ZipFile

from app.errors import FileRefused
from app.formats.workbook.grid import Grid
from app.formats.workbook.guard import damage_refused, open_package
from app.formats.workbook.sheet import Book, read_lines
from app.formats.workbook.strings import SharedStrings
from app.formats.workbook.styles import read_styles
from app.formats.workbook.xml import Attributes, XmlPart

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
MAX_SHEETS = 64
_LONGEST_NAME = 31
_FORBIDDEN_IN_NAMES = frozenset("[]:*?/\\")
_RELATION_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)


@dataclass(slots=True)
class _Contents:
    """What the workbook says that it holds, by relation where it names parts."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    is_1904: bool = False
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def find(self, kind: str) -> str | None:
        """The part of a kind that there is one of."""
        return next((part for of, part in self.parts.values() if of == kind), None)


def read_workbook_grids(source: BinaryIO) -> list[Grid]:
    """The sheets with cells, in their order. Raises FileRefused if they are not safe to read."""
    package = open_package(source)
    with damage_refused():
        contents = _read_contents(package)
        styles, strings = contents.find("styles"), contents.find("sharedStrings")
        book = Book(
            strings=SharedStrings(package.open(strings) if strings else None),
            styles=read_styles(package.open(styles)) if styles else [],
            is_1904=contents.is_1904,
        )
        grids = []
        for name, relation, is_hidden in contents.sheets:
            kind, part = contents.parts[relation]
            if kind == "worksheet":
                lines = read_lines(package.open(part), book, name)
                grids.append(Grid(sheet=name, lines=lines, is_hidden=is_hidden))
    return grids


def _read_contents(package: ZipFile) -> _Contents:
    found = _Contents()

    def add_sheet(attributes: Attributes) -> None:
        relation = next((attributes[name] for name in _RELATION_ID if name in attributes), "")
        is_hidden = attributes.get("state", "visible") != "visible"
        found.sheets.append((attributes.get("name", ""), relation, is_hidden))
        if len(found.sheets) > MAX_SHEETS:
            raise FileRefused(why="too_many_sheets", limit=MAX_SHEETS)

    def set_system(attributes: Attributes) -> None:
        found.is_1904 = attributes.get("date1904", "0") in {"1", "true"}

    def add_part(attributes: Attributes) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
        found.parts[attributes.get("Id", "")] = (kind, target.lstrip("/"))

    XmlPart(opening={"sheet": add_sheet, "workbookPr": set_system}, closing={}).read_all(
        package.open(_WORKBOOK)
    )
    XmlPart(opening={"Relationship": add_part}, closing={}).read_all(package.open(_RELATIONS))
    names = [name.casefold() for name, *_ in found.sheets]
    if len(set(names)) < len(names) or not all(_is_sheet_name(name) for name in names):
        raise FileRefused(why="damaged")
    return found


def _is_sheet_name(name: str) -> bool:
    is_plain = name.isprintable() and not _FORBIDDEN_IN_NAMES.intersection(name)
    return is_plain and 0 < len(name) <= _LONGEST_NAME and name.strip("'") == name
