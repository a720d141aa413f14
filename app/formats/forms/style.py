"""How our workbooks look: the form that goes out and the answer that comes back."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from tempfile import TemporaryDirectory
from typing import IO, Any, TypeAlias

from app.formats.intake.heading import (
    AREA_NAME,
    FINDINGS,
    INDICATOR_NAME,
    LABELS,
    LAST_PERIOD,
    LAST_VALUE,
    RESULT,
)
from app.formats.workbook.grid import Cell
from app.starting import late
from app.words.book import label_column, say_both

# XlsxWriter comes without types: its worksheets and formats are known under these names.
Sheet: TypeAlias = Any
Look: TypeAlias = Any
_make_workbook = late("xlsxwriter", "Workbook")

FONT = "Microsoft YaHei"
# What a cell of Excel takes at most.
LONGEST_TEXT = 32_767
# The same content is the same bytes: a workbook that has no time of its own is of this one.
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
_LONGEST_MESSAGE = 255
_LINE_HEIGHT = 14
ONE_LINE = 17
_HIGHEST_ROW = 409
_PAPER_A4 = 9
WIDTHS = {
    AREA_NAME: 20,
    INDICATOR_NAME: 42,
    LAST_VALUE: 15,
    LAST_PERIOD: 10,
    "value": 14,
    "unit": 10,
    "basis": 26,
    "missing_reason": 22,
    "explanation": 28,
    "correction_reason": 20,
    "note": 20,
    "growth_percent": 12,
    "price_basis": 12,
    "obs_status": 12,
    "area": 12,
    "period": 10,
    "indicator": 34,
    RESULT: 10,
    FINDINGS: 70,
}
BASE = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
_BOX = {**BASE, "border": 1, "border_color": "#A6A6A6"}
_STYLES = {
    "title": {**BASE, "font_size": 14, "bold": True},
    "caption": {**BASE, "bold": True},
    "line": BASE,
    "warning": {**BASE, "bold": True, "font_color": "#9C0006"},
    "hint": {**BASE, "font_color": "#595959"},
    "label": {**_BOX, "bold": True, "bg_color": "#DDEBF7"},
    "said": {**_BOX, "bg_color": "#F2F2F2"},
    "heading": {
        **_BOX,
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": "#1F4E78",
        "text_wrap": True,
        "align": "center",
    },
    "reference": {**_BOX, "bg_color": "#F2F2F2", "font_color": "#595959", "text_wrap": True},
    "fill_in": {**_BOX, "locked": False, "text_wrap": True},
    "cell": {**_BOX, "text_wrap": True},
    "error": {**_BOX, "text_wrap": True, "bg_color": "#FFC7CE", "font_color": "#9C0006"},
    "query": {**_BOX, "text_wrap": True, "bg_color": "#FFEB9C", "font_color": "#7F6000"},
    "good": {**_BOX, "font_color": "#375623", "bg_color": "#E2EFDA"},
}


class StyledWorkbook:
    """A workbook that is being written, with its styles."""

    def __init__(self, target: IO[bytes], folder: str, *, is_streamed: bool) -> None:
        self.book = _make_workbook(
            target,
            {
                "constant_memory": is_streamed,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self._numbers: dict[int, Look] = {}
        self._formats = {name: self.book.add_format(style) for name, style in _STYLES.items()}

    def add_sheet(self, name: str) -> Sheet:
        """A further sheet."""
        return self.book.add_worksheet(name)

    def write(self, sheet: Sheet, place: tuple[int, int], cell: Cell, style: str) -> None:
        """Write a cell as what it is: a text never becomes a formula, a link or a number."""
        row, column = place
        look = self._formats[style]
        if cell is None or cell == "":
            sheet.write_blank(row, column, None, look)
        elif isinstance(cell, Decimal) and is_shown_exactly(cell):
            sheet.write_number(row, column, float(cell), look)
        else:
            write_text(sheet, place, str(cell), look)

    def write_number(
        self, sheet: Sheet, place: tuple[int, int], number: Decimal, *, places: int
    ) -> None:
        """Write a number with every digit that a workbook keeps, shown to so many decimals."""
        if places not in self._numbers:
            shown = f"#,##0.{'0' * places}_ " if places else "#,##0_ "
            self._numbers[places] = self.book.add_format({**_BOX, "num_format": shown})
        sheet.write_number(*place, float(number), self._numbers[places])

    @staticmethod
    def offer(sheet: Sheet, place: tuple[int, int], choices: Sequence[str], said: str) -> None:
        """Let a cell be filled from a list; ``said`` shows beside it."""
        row, column = place
        allowed = say_both("forms", "allowed")
        sheet.data_validation(
            row,
            column,
            row,
            column,
            {
                "validate": "list",
                "source": list(choices),
                "input_message": said[:_LONGEST_MESSAGE],
                "error_title": say_both("forms", "choose"),
                "error_message": f"{allowed}: {' '.join(choices)}"[:_LONGEST_MESSAGE],
            },
        )


@contextmanager
def written_to(target: IO[bytes], *, is_streamed: bool = False) -> Iterator[StyledWorkbook]:
    """A workbook that is in ``target`` afterwards.

    Streamed, its sheets are written row by row in ascending order, and take no memory.
    """
    # The folder keeps nothing behind where the writing breaks off.
    with TemporaryDirectory(prefix="dabiao-xlsx-") as folder:
        workbook = StyledWorkbook(target, folder, is_streamed=is_streamed)
        try:
            yield workbook
            workbook.book.close()
        finally:
            for sheet in workbook.book.worksheets():
                # The rows so far, which XlsxWriter itself closes only at the end.
                if sheet.row_data_fh is not None:
                    sheet.row_data_fh.close()


def write_text(sheet: Sheet, place: tuple[int, int], text: str, look: Look) -> None:
    """Write a text as it is; one that is longer than a cell ends with an ellipsis."""
    row, column = place
    shown = _NO_CHARACTER.sub("\ufffd", text)
    if len(shown) > LONGEST_TEXT:
        shown = f"{shown[: LONGEST_TEXT - 1]}…"
    if shown.startswith("<r>") and shown.endswith("</r>"):
        # A streamed workbook would take the text for markup, and could not be opened.
        sheet.write_rich_string(row, column, look, shown[:3], look, shown[3:], look)
    else:
        sheet.write_string(row, column, shown, look)


def is_shown_exactly(number: Decimal) -> bool:
    """Whether Excel, which keeps 15 significant digits, shows just this number."""
    return number.is_finite() and Decimal(format(float(number), ".15g")) == number


def height_of(text: str, width: int) -> int:
    """How high a row must be for a wrapped text in a column of this width.

    Excel measures this itself only for cells that it edits.
    """
    if 2 * len(text) <= width and "\n" not in text:
        return ONE_LINE
    lines = sum(1 + width_of(line) // width for line in text.split("\n"))
    return min(_LINE_HEIGHT * lines + ONE_LINE - _LINE_HEIGHT, _HIGHEST_ROW)


def width_of(line: str) -> int:
    """How wide a line is; a Chinese character is as wide as two Latin ones."""
    return sum(1 + (sign > "\u2e80") for sign in line)


def set_up_page(sheet: Sheet) -> None:
    """A4, sideways, as wide as the page."""
    sheet.set_landscape()
    sheet.set_paper(_PAPER_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&C&P / &N")


def heading_of(name: str) -> str:
    """A column's name in both languages, one above the other."""
    if name in LABELS:
        return f"{LABELS[name]}\n{label_column(name, 'en')}"
    return name.replace(" ", "\n", 1)
