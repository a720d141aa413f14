"""Counter-cases: what other readers make of the same workbooks, and workbooks of LibreOffice.

Calamine is a good reader that knows nothing of the screen. Where it gives the number that a person
sees, ours gives the same number. Where it gives another one, or none, ours names the cell.
"""

import shutil
import subprocess
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from app.formats.intake.cells import COLUMNS
from tests.workbooks.made import (
    CELL,
    COLUMN,
    ROW,
    by_openpyxl,
    by_xlsxwriter,
    with_format,
    with_value,
)
from tests.workbooks.raw import read

VALUE = COLUMNS.index("value")
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def by_calamine(content: bytes) -> object:
    """What calamine says that the case holds."""
    return (
        CalamineWorkbook.from_filelike(BytesIO(content))
        .get_sheet_by_index(0)
        .to_python()[ROW][COLUMN]
    )


def by_us(content: bytes) -> tuple[object, set[str]]:
    """What our reader says that the case holds, and what is wrong with the cell."""
    [(_, rows)] = read(content)
    [row] = [row for row in rows if row.number == ROW + 1]
    return row.cells[VALUE], {str(fault.facts.get("why", fault.code)) for fault in row.faults}


NUMBERS = [0, 5, -5, 81240, 812.4, 0.1, 1e-8, 123456789012345, 999999999.99999, "81240", "0.10"]


@pytest.mark.parametrize("value", NUMBERS)
def test_a_plain_number_is_the_same_number_for_both(value: Any) -> None:
    for content in (
        with_value(value),
        by_xlsxwriter(lambda _, sheet: sheet.write(ROW, COLUMN, value)),
    ):
        found, faults = by_us(content)
        assert (found, faults) == (Decimal(str(value)), set())
        assert Decimal(str(by_calamine(content))) == Decimal(str(value))


@pytest.mark.parametrize("code", ["General", "0.00", "#,##0", "@", "¥#,##0.00", "[Red]0"])
def test_formats_that_show_the_number_change_it_for_neither(code: str) -> None:
    content = with_format(code, 81240)
    assert by_us(content) == (Decimal(81240), set())
    assert by_calamine(content) == 81240


# Calamine takes these for the number; a person sees something else, or may see nothing.
COUNTER_CASES: dict[str, tuple[Callable[[], bytes], object, str]] = {
    "never calculated, as openpyxl writes it": (lambda: with_value("=1+1"), "", "not_calculated"),
    "never calculated, with a 0 from XlsxWriter": (
        lambda: by_xlsxwriter(lambda _, sheet: sheet.write_formula(ROW, COLUMN, "=1+1")),
        0,
        "not_calculated",
    ),
    "shown in tens of thousands": (lambda: with_format('0!.0,"万"'), 81240, "shows_otherwise"),
    "shown in thousands": (lambda: with_format("#,##0,"), 81240, "shows_otherwise"),
    "shown with another unit": (lambda: with_format('0"公顷"'), 81240, "shows_unit"),
    "not shown at all": (lambda: with_format(";;;"), 81240, "shows_nothing"),
    "shown as a word": (lambda: with_format('"已报"'), 81240, "shows_words"),
    "without its sign": (lambda: with_format("0;0", -81240), -81240, "shows_otherwise"),
    "in a hidden row": (
        lambda: by_openpyxl(lambda s: setattr(s.row_dimensions[ROW + 1], "hidden", True)),
        81240,
        "hidden_row",
    ),
    "in a hidden column": (
        lambda: by_openpyxl(lambda s: setattr(s.column_dimensions["D"], "hidden", True)),
        81240,
        "hidden_column",
    ),
    "merged with the row above": (
        lambda: by_openpyxl(lambda s: s.merge_cells(f"D2:{CELL}")), "", "merged"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", COUNTER_CASES)
def test_where_calamine_gives_a_number_that_nobody_sees_the_cell_is_named(case: str) -> None:
    make, number, why = COUNTER_CASES[case]
    content = make()
    assert by_calamine(content) == number
    assert by_us(content)[1] == {why}


@pytest.mark.parametrize(("code", "shown"), [("0.0%", "8124000%"), ("yyyy-mm-dd", "2122-06-04")])
def test_a_percentage_and_a_day_are_texts_that_no_check_takes_for_numbers(
    code: str, shown: str
) -> None:
    content = with_format(code)
    assert by_us(content) == (shown, set())
    assert by_calamine(content) != shown


def test_an_error_is_named_where_calamine_gives_an_empty_cell_or_a_text() -> None:
    content = by_xlsxwriter(lambda _, s: s.write_formula(ROW, COLUMN, "=1/0", None, "#DIV/0!"))
    assert by_us(content)[1] == {"not_calculated"}
    assert by_calamine(content) in {"", "#DIV/0!"}


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not on this machine")
def test_what_libreoffice_calculates_and_saves_is_taken(tmp_path: Path) -> None:
    """A formula that openpyxl left uncalculated has its result once LibreOffice has saved it."""
    made = tmp_path / "made.xlsx"
    made.write_bytes(with_value("=80000+1240"))
    assert by_us(made.read_bytes())[1] == {"not_calculated"}
    out = tmp_path / "out"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out)]
    subprocess.run([*command, str(made)], check=True, timeout=120, capture_output=True)
    saved = (out / "made.xlsx").read_bytes()
    assert load_workbook(BytesIO(saved), data_only=True).worksheets[0][CELL].value == 81240
    assert by_us(saved) == (Decimal(81240), set())
    assert by_calamine(saved) == 81240
