"""CSV files of figures read as Excel, WPS and programs write them, or are refused with a reason."""

import csv
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from pydantic import BaseModel, create_model

from app.domain.checks.finding import FindingCode
from app.errors.bodies import FileRefused
from app.formats.intake.cells import LONGEST_CELL
from app.formats.intake.csv import MAX_LINES
from app.formats.intake.file import COLUMNS, MAX_ROWS, read_intake_file
from app.formats.intake.heading import LABELS
from app.formats.tables.csv import write_csv
from tests.formats.tables import make_table, written
from tests.workbooks.raw import read, read_rows

HEAD = "area,period,indicator,value,unit,basis"
LINE = "nanshan,2024-Q3,value_added,812.4,亿元,ytd"
CELLS = ("nanshan", "2024-Q3", "value_added", Decimal("812.4"), "亿元", "ytd", *[None] * 7)
CHINESE_HEAD = ",".join(LABELS.values())


def text(*lines: str, end: str = "\r\n") -> str:
    return end.join([*lines, ""])


def refused(content: bytes | str) -> dict[str, object]:
    with pytest.raises(FileRefused) as caught:
        read(content.encode() if isinstance(content, str) else content)
    return dict(caught.value.facts)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("head", [HEAD, CHINESE_HEAD])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_every_usual_encoding_and_line_end_reads_the_same(encoding, head, end):
    [row] = read_rows(text(head, LINE, end=end).encode(encoding))
    assert row.number == 2
    assert row.cells == CELLS


def test_a_heading_that_can_only_be_utf_8_decides_even_if_a_later_byte_is_wrong():
    content = text(CHINESE_HEAD, LINE).encode() + b"nanshan,\xff"
    assert refused(content) == {"why": "encoding", "sheet": None, "row": 3}


def test_under_an_english_heading_the_whole_file_decides():
    far_below = text(HEAD, *[LINE.replace("亿元", "%")] * 5000, LINE).encode("gb18030")
    rows = read_rows(far_below)
    assert len(rows) == 5001
    assert rows[-1].cells == CELLS


@pytest.mark.parametrize(
    "content",
    [text(HEAD, LINE).encode("utf-16"), text(HEAD, LINE).encode() + b"\xff\xff\n"],
)
def test_other_encodings_are_refused(content):
    assert refused(content)["why"] == "encoding"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_heading_says_what_separates_cells(delimiter):
    content = text(HEAD, LINE).replace(",", delimiter)
    assert read_rows(content.encode())[0].cells == CELLS


def test_columns_stand_in_any_order_and_the_last_seven_may_be_left_out():
    content = text("Basis,NOTE,unit,value,indicator,period,area", "ytd,n,家,3,x,2024-Q1,futian")
    assert read_rows(content.encode())[0].cells == (
        *("futian", "2024-Q1", "x", Decimal(3), "家", "ytd"),
        *(None, None, None, "n", None, None, None),
    )


def test_rows_are_numbered_as_excel_numbers_them():
    content = text(HEAD, "", LINE, ",,,,,", '"nan\nshan",,,,,', LINE)
    assert [row.number for row in read_rows(content.encode())] == [3, 5, 6]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("812.40", Decimal("812.40")),
        (" 812.4 ", Decimal("812.4")),
        ("-3", Decimal(-3)),
        ("+3.", Decimal(3)),
        (".5", Decimal("0.5")),
        ("0", Decimal(0)),
        ("123456789.123456789", Decimal("123456789.123456789")),
        ('"1,234"', "1,234"),
        ("１２", "１２"),  # noqa: RUF001
        ("1.23E+05", "1.23E+05"),
        ("12%", "12%"),
        ("1_000", "1_000"),
        ("٣", "٣"),
        ("nan", "nan"),
        ("TRUE", "TRUE"),
        ("'=1+1", "=1+1"),
        ("'-5", "-5"),
        ("'5", "'5"),
        ("", None),
        ("   ", None),
    ],
)
def test_a_value_is_an_exact_number_or_the_text_that_stands_there(written, value):
    content = text(HEAD, f"a,p,i,{written},u,b")
    read_value = read_rows(content.encode())[0].cells[3]
    assert read_value == value
    assert str(read_value) == str(value)


def test_numbers_in_other_columns_are_text():
    assert read_rows(text(HEAD, "440305,2024,7,1,2,3").encode())[0].cells[:6] == (
        *("440305", "2024", "7", Decimal(1)),
        *("2", "3"),
    )


def test_what_our_own_export_escaped_comes_back_as_it_was():
    said = '=HYPERLINK("x")'
    cells = dict.fromkeys(COLUMNS, "x") | {"value": "1.5", "note": said}
    fields: dict[str, Any] = dict.fromkeys(COLUMNS, str)
    row: BaseModel = create_model("Row", **fields)(**cells)
    content = written(write_csv, make_table(row))
    assert read_rows(content)[0].cells[3::6] == (Decimal("1.5"), said)


def test_text_is_in_normal_form_and_keeps_its_lines():
    content = text(f"{HEAD},note", 'a,p,i,1,u,b,"e\u0301\r\n2, ""x"""')
    assert read_rows(content.encode())[0].cells[9] == '\u00e9\n2, "x"'


def test_a_form_saved_as_csv_has_its_header_block():
    block = text("某市数据填报表", "地区 Area,nanshan,南山区", "时期 Period：,2024-Q3,")
    names = "地区名称 Area name,上次正式值 Last official value,结果 Result,核查结果 Findings"
    content = block + text(f"{HEAD},{names}", f"{LINE},南山区,811,created,fine")
    [(table, [row])] = read(content.encode())
    assert (table.sheet, table.header_area, table.header_period) == (None, "nanshan", "2024-Q3")
    assert (row.number, row.cells) == (5, CELLS)


@pytest.mark.parametrize(
    ("head", "why", "columns"),
    [
        ("area,period,indicator,value", "missing_columns", "unit, basis"),
        (f"{HEAD},remark,Budget", "unknown_columns", "remark, Budget"),
        (f"{HEAD},地区,unit", "duplicate_columns", "area, unit"),
    ],
)
def test_a_heading_that_does_not_fit_is_refused_with_the_columns_named(head, why, columns):
    facts = refused(text("", head, LINE))
    assert facts == {
        "why": why,
        "sheet": None,
        "row": 2,
        "columns": columns,
        "allowed": ", ".join(COLUMNS),
    }


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        ("", {"why": "empty"}),
        ("\n\n", {"why": "no_heading", "columns": HEAD.replace(",", ", ")}),
        (text(LINE, LINE), {"why": "no_heading", "columns": HEAD.replace(",", ", ")}),
        (text(*["x"] * 20, HEAD), {"why": "no_heading", "columns": HEAD.replace(",", ", ")}),
        (text(HEAD, f"{LINE},1"), {"why": "ragged_row", "row": 2, "got": 7, "expected": 6}),
        (text(HEAD, LINE, "a,p,i,1"), {"why": "ragged_row", "row": 3, "got": 4, "expected": 6}),
        (text(HEAD, LINE, '"a,p'), {"why": "unclosed_quote", "row": 3}),
        (text(HEAD, '"a"b,p,i,1,u,b'), {"why": "stray_quote", "row": 2}),
        (text(HEAD, '"' + "x\n" * 200_000), {"why": "long_row", "row": 2}),
        (text(HEAD, "x" * 300_000), {"why": "long_row", "row": 2}),
    ],
)
def test_what_cannot_be_read_without_guessing_is_refused_with_its_row(content, facts):
    assert refused(content) == {"sheet": None} | facts


@pytest.mark.parametrize("sign", ["\0", "\x07", "\u200b", "\u202e", "\ufeff", "\u200d", "\u00ad"])
def test_a_sign_that_nobody_sees_costs_its_row_and_not_the_file(sign):
    good, bad = read_rows(text(f"{HEAD},note", f"{LINE},", f"{LINE},a{sign}b").encode())
    assert good.faults == ()
    [fault] = bad.faults
    assert (fault.column, fault.code) == ("note", FindingCode.TEXT_INVALID)
    assert fault.facts == {"value": "a�b", "why": "unseen", "name": f"U+{ord(sign):04X}"}
    assert bad.cells[-1] is None


def test_a_text_with_a_sign_that_nobody_sees_is_refused_in_every_row_that_has_it():
    lines = [f"{LINE},a\u200bb", f"{LINE},ab"]
    rows = read_rows(text(f"{HEAD},note", *lines, *lines).encode())
    assert [len(row.faults) for row in rows] == [1, 0, 1, 0]
    assert [row.cells[COLUMNS.index("note")] for row in rows] == [None, "ab", None, "ab"]


@pytest.mark.parametrize(
    "said",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f469\U0001f3fd\u200d\U0001f4bb",
        "\u2764\ufe0f\u200d\U0001f525",
        "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        "two\nlines\tand a tab",
    ],
)
def test_the_joiners_inside_emoji_are_text(said):
    [row] = read_rows(text(f"{HEAD},note", f'{LINE},"{said}"').encode())
    assert (row.cells[9], row.faults) == (said, ())


def test_a_cell_has_at_most_4000_characters():
    longest = "长" * LONGEST_CELL
    first, second = read_rows(
        text(f"{HEAD},note", f"{LINE},{longest}", f"{LINE},{longest}长").encode()
    )
    assert (first.cells[9], first.faults) == (longest, ())
    [fault] = second.faults
    assert (fault.column, fault.facts["why"], fault.facts["limit"]) == ("note", "long", 4000)


def test_empty_cells_that_excel_adds_or_leaves_off_at_the_end_do_not_matter():
    content = text(f"{HEAD},missing_reason,note,,", f"{LINE},,,,", LINE, f"{LINE},,n")
    assert [row.cells[9] for row in read_rows(content.encode())] == [None, None, "n"]


def test_a_file_has_at_most_200_000_rows():
    content = text(HEAD, *["a,p,i,1,u,b"] * (MAX_ROWS + 1))
    assert refused(content) == {"why": "too_many_rows", "sheet": None, "limit": 200_000}


def test_blank_lines_are_not_read_without_end():
    content = text(HEAD, LINE) + "\n" * MAX_LINES
    assert refused(content) == {"why": "too_many_rows", "sheet": None, "limit": 400_000}


def test_rows_before_the_one_that_is_refused_come_first():
    content = text(HEAD, LINE, '"a').encode()
    [table] = read_intake_file(BytesIO(content), size=len(content)).tables
    assert next(table.rows).cells == CELLS
    with pytest.raises(FileRefused):
        next(table.rows)


def test_what_the_standard_writer_writes_is_read_again():
    said = ['a "quoted" word', "two\nlines", "a, b; c\td", "＝1+1"]  # noqa: RUF001
    target = StringIO()
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    writer.writerows([*CELLS[:6], None, None, None, note, None, None, None] for note in said)
    assert [row.cells[9] for row in read_rows(target.getvalue().encode())] == said
