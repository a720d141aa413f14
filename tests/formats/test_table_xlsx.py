"""A table as a workbook: values as what they are, safe to open, the same bytes each time."""

import io
import re
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import pytest

from app.formats.tables import xlsx
from app.formats.tables.xlsx import write_xlsx
from app.schemas.gaps.row import GapRow
from app.schemas.observations import ObservationRow
from tests.formats.tables import (
    FULL,
    ROOT,
    Row,
    Sample,
    make_origin,
    make_table,
    read_sheet,
    written,
    xlsx_of,
)
from tests.formats.test_table_csv import FORMULAS


def part(content: bytes, name: str) -> str:
    return ZipFile(io.BytesIO(content)).read(f"xl/{name}.xml").decode()


def shown(number: str, *, name: str = "number") -> str:
    """The number format that a cell has."""
    content = written(write_xlsx, make_table(Sample.model_validate({name: Decimal(number)})))
    [style] = re.findall(r'<row r="2".*? s="(\d+)"', part(content, "worksheets/sheet1"))
    styles = part(content, "styles")
    formats = dict(re.findall(r'numFmtId="(\d+)" formatCode="([^"]+)"', styles))
    cells = re.search(r"<cellXfs.*?</cellXfs>", styles, re.DOTALL)
    assert cells is not None
    number_format = re.findall(r'<xf numFmtId="(\d+)"', cells[0])[int(style)]
    return str({"3": "#,##0", "4": "#,##0.00", **formats}[number_format])


def test_each_kind_of_value_is_a_cell_of_its_kind():
    [cells] = xlsx_of(FULL)
    moment = cells.pop("moment")
    assert cells == {
        "text": '产业 "a", b\nc',
        "texts": "甲; b",
        "number": 812.4,
        "share_percent": 66.66666666666667,
        "many": 2025,
        "truth": False,
        "day": date(2025, 12, 31),
        "parts": "a: 1, null; 名: x",
    }
    assert isinstance(cells["truth"], bool)
    assert abs((moment - datetime(2025, 1, 2, 3, 4, 5, 678901)).total_seconds()) < 0.001  # noqa: DTZ001 - Excel has no zones


def test_null_is_an_empty_cell():
    [cells] = xlsx_of(Sample(many=1))
    assert [value for name, value in cells.items() if name != "many"] == [""] * 8


@pytest.mark.parametrize("text", [*FORMULAS, "{=1}", "https://example.org", "0012", "TRUE"])
def test_a_text_stays_that_text(text: str):
    content = written(write_xlsx, make_table(Sample(text=text, texts=[text])))
    sheet = part(content, "worksheets/sheet1")
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert [row[:2] for row in read_sheet(content)[1:]] == [[text, text]]


def test_a_text_that_begins_like_a_formula_stays_one_when_it_is_edited():
    safe, risky = (
        part(written(write_xlsx, make_table(Sample(text=text))), "styles") for text in ("1", "=1")
    )
    assert 'quotePrefix="1"' not in safe.split("<cellXfs")[0]
    assert 'quotePrefix="1"' in risky


@pytest.mark.parametrize("text", ["<r>&</r>", "<r><t>x</t></r>", "<r></r>", "&amp;", "_x0041_"])
def test_a_text_is_no_markup(text: str):
    [cells] = xlsx_of(Sample(text=text))
    assert cells["text"] == text


def test_what_no_workbook_can_hold_is_replaced():
    [cells] = xlsx_of(Sample(text="a\uffffb\ufffe"))
    assert cells["text"] == "a\ufffdb\ufffd"


def test_a_text_too_long_for_a_cell_says_that_it_goes_on():
    [cells] = xlsx_of(Sample(text="长" * 40_000))
    assert len(cells["text"]) == 32_767
    assert cells["text"].endswith("长…")


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("31000", "#,##0"),
        ("-735.00", "#,##0"),
        ("1E+9", "#,##0"),
        ("812.4", "#,##0.0"),
        ("0.12345678", "#,##0.00000000"),
        ("2933.3333333333333333", "#,##0.0000"),
        ("0.0000333333333333", "#,##0.00000"),
        ("99.9999999999999", "#,##0.00000000"),
    ],
)
def test_a_figure_shows_all_of_its_digits(number: str, expected: str):
    assert shown(number) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("98.0542857142857142857", "#,##0.00"),
        ("100", "#,##0.00"),
        ("0", "#,##0.00"),
        ("99.995", "#,##0.000"),
        ("99.99951", "#,##0.0000"),
        ("-0.004", "#,##0.000"),
        ("100.0001", "#,##0.0000"),
    ],
)
def test_a_percentage_shows_two_places_unless_it_would_read_as_none_or_all(
    number: str, expected: str
):
    assert shown(number, name="share_percent") == expected


def test_days_before_excels_first_are_texts():
    [cells] = xlsx_of(Sample(day=date(1842, 8, 29)))
    assert cells["day"] == "1842-08-29"


def test_an_empty_table_has_its_heading():
    content = written(write_xlsx, make_table(model=Sample))
    assert read_sheet(content) == [list(Sample.model_fields)]


def test_the_heading_is_frozen_and_filters():
    sheet = part(written(write_xlsx, make_table(FULL, FULL)), "worksheets/sheet1")
    assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
    assert '<autoFilter ref="A1:I3"/>' in sheet


def test_a_column_is_as_wide_as_its_name_and_cells_within_bounds():
    rows = [Sample(text="长" * 15, many=3), Sample(parts={"a": "b" * 100}), Sample(many=1)]
    sheet = part(written(write_xlsx, make_table(*rows)), "worksheets/sheet1")
    widths = [float(each) for each in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert widths[0] == pytest.approx(33, abs=1)
    assert widths[4] == pytest.approx(8, abs=1)
    assert widths[-1] == pytest.approx(46, abs=1)


def test_a_table_longer_than_a_sheet_goes_on_on_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(xlsx, "ROWS_A_SHEET", 2)
    content = written(write_xlsx, make_table(*(Sample(many=n) for n in range(5))))
    assert re.findall(r'sheet name="([^"]+)"', part(content, "workbook"))[:3] == [
        "samples",
        "samples 2",
        "samples 3",
    ]
    sheets = [read_sheet(content, number) for number in range(3)]
    assert [[row[4] for row in cells] for cells in sheets] == [
        ["many", 0, 1],
        ["many", 2, 3],
        ["many", 4],
    ]


def _definitions(table: Any) -> list[list[Any]]:
    return read_sheet(written(write_xlsx, table), 1)


def test_the_second_sheet_says_where_the_rows_are_from():
    cells = _definitions(make_table(model=GapRow, origin=make_origin()))
    said = {row[0]: row[1] for row in cells if row[0]}
    assert "深圳" in cells[0][0]
    assert said["规划 Plan"] == "shenzhen-software-2025"
    assert said["版本 Revision"] == "7  (2026-03-02T01:00:00Z)"
    assert said["视图 View"] == "official"
    assert said["截至 As of"] == "7"
    assert said["行数 Rows"] == "0 / 0"
    assert "深圳市" in said["发布机构 Publisher"]
    assert "注意 Note" not in said


def test_the_second_sheet_defines_every_column():
    cells = _definitions(make_table(model=GapRow, origin=make_origin()))
    defined = {row[0]: row[1:3] for row in cells}
    columns = [name for name in GapRow.model_fields if name not in {"reasons", "flags"}]
    for name in set(columns) - {"missing_areas", "explain"}:
        name_zh, definition = defined[name]
        assert definition == GapRow.model_fields[name].description
        assert re.search("[\u4e00-\u9fff]", name_zh), name


def test_the_second_sheet_defines_the_indicators_of_its_rows():
    cells: Row = dict.fromkeys(ObservationRow.model_fields) | {"indicator": "value_added"}
    row = ObservationRow.model_construct(**cells)
    origin = make_origin()
    sheet = _definitions(make_table(row, origin=origin))
    start = next(n for n, each in enumerate(sheet) if each[0] == "指标 Indicator")
    [shown] = sheet[start + 1 :]
    entry = next(each for each in origin.document.indicators if each.code == "value_added")
    assert shown[:4] == ["value_added", entry.name_zh, entry.name_en, "亿元"]
    assert shown[4:] == [entry.definition_zh or "", entry.definition_en or ""]


def test_a_demonstration_is_marked_in_the_workbook():
    cells = _definitions(make_table(FULL, is_demo=True))
    assert cells[2][0] == "注意 Note"
    assert "模拟" in cells[2][1]


PROGRAM = """
import sys
from tests.formats.tables import FULL, make_origin, make_table, written
from app.formats.tables.xlsx import write_xlsx
sys.stdout.buffer.write(written(write_xlsx, make_table(FULL, FULL, origin=make_origin())))
"""


@pytest.mark.parametrize(
    "environment", [{"TZ": "Asia/Shanghai", "PYTHONHASHSEED": "1"}, {"TZ": "America/New_York"}]
)
def test_the_same_rows_are_the_same_bytes_elsewhere_and_later(environment: dict[str, str]):
    here = written(write_xlsx, make_table(FULL, FULL, origin=make_origin()))
    elsewhere = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment | {"PATH": ""},
        check=True,
        capture_output=True,
        umask=0o077,
    )
    assert elsewhere.stdout == here


def test_nothing_in_the_workbook_tells_when_it_was_written():
    content = written(write_xlsx, make_table(FULL, origin=make_origin()))
    with ZipFile(io.BytesIO(content)) as book:
        assert {each.date_time[0] for each in book.infolist()} == {1980}
        core = book.read("docProps/core.xml").decode()
    assert re.findall(r">([\d-]+T[\d:]+Z)<", core) == ["2026-03-02T01:00:00Z"] * 2
