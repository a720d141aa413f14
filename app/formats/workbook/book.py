"""A workbook of figures: each of its sheets as a grid of cells."""

from dataclasses import dataclass, field
from functools import partial
from typing import BinaryIO

from app.errors.bodies import FileRefused
from app.formats.workbook.grid import Grid
from app.formats.workbook.guard import Package, damage_refused, open_package
from app.formats.workbook.sheet import Book, read_lines
from app.formats.workbook.strings import SharedStrings
from app.formats.workbook.styles import read_styles
from app.formats.workbook.xml import Attributes, XmlPart

MAX_SHEETS = 64
_LONGEST_NAME = 31
_FORBIDDEN_IN_NAMES = frozenset("[]:*?/\\")
_WIDE_SPACES = str.maketrans("\u00a0\u3000", "  ")
_YES = frozenset({"1", "true"})
_RELATION_ID = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)


@dataclass(slots=True)
class _Contents:
    """What the workbook says that it holds, by relation where it names parts."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    is_1904: bool = False
    is_calculated: bool = True


def read_workbook_grids(source: BinaryIO) -> list[Grid]:
    """The sheets with cells, in their order. Raises FileRefused if they are not safe to read."""
    package = open_package(source)
    with damage_refused():
        workbook = package.find_workbook()
        contents = _read_contents(package, workbook)
        parts = package.relations(workbook)
        one_of = dict(reversed(parts.values()))
        styles, strings = one_of.get("styles"), one_of.get("sharedStrings")
        book = Book(
            strings=SharedStrings(package.open(strings) if strings else None),
            styles=read_styles(package.open(styles)) if styles else [],
            is_1904=contents.is_1904,
            is_calculated=contents.is_calculated,
        )
        grids = []
        for name, relation, is_hidden in contents.sheets:
            kind, part = parts[relation]
            if kind == "worksheet":
                package.open(part).close()
                lines = read_lines(partial(package.open, part), book, name)
                grids.append(Grid(sheet=name, lines=lines, is_hidden=is_hidden))
    return grids


def _read_contents(package: Package, workbook: str) -> _Contents:
    found = _Contents()

    def add_sheet(attributes: Attributes) -> None:
        relation = next((attributes[name] for name in _RELATION_ID if name in attributes), "")
        is_hidden = attributes.get("state", "visible") != "visible"
        found.sheets.append((attributes.get("name", ""), relation, is_hidden))
        if len(found.sheets) > MAX_SHEETS:
            raise FileRefused(why="too_many_sheets", limit=MAX_SHEETS)

    def set_system(attributes: Attributes) -> None:
        found.is_1904 = attributes.get("date1904", "0") in _YES

    def set_calculation(attributes: Attributes) -> None:
        """A program that cannot calculate leaves it to the next that opens the file."""
        is_left = attributes.get("fullCalcOnLoad", "0") in _YES
        is_done = attributes.get("calcCompleted", "1") in _YES
        found.is_calculated = is_done and not is_left

    XmlPart(
        opening={"sheet": add_sheet, "workbookPr": set_system, "calcPr": set_calculation},
        closing={},
    ).read_all(package.open(workbook))
    names = [name.lower() for name, *_ in found.sheets]
    if len(set(names)) < len(names) or not all(_is_sheet_name(name) for name in names):
        raise FileRefused(why="damaged")
    return found


def _is_sheet_name(name: str) -> bool:
    is_plain = name.translate(_WIDE_SPACES).isprintable()
    is_plain = is_plain and not _FORBIDDEN_IN_NAMES.intersection(name)
    return is_plain and 0 < len(name) <= _LONGEST_NAME and name.strip("'") == name
