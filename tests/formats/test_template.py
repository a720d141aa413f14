"""The form: what it holds, that it comes back as it was filled in, and that it guides the hand."""

import re
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from app.domain.accumulation import Basis, MissingReason
from app.formats.forms.template import FORM_SHEET, write_template
from app.formats.intake.file import COLUMNS
from app.formats.intake.heading import HELP_SHEET
from app.words.book import label_column
from tests.formats.forms import make_form
from tests.workbooks.raw import letters, read, zipped

SHEET = "xl/worksheets/sheet1.xml"
YTD = "年初至本季末累计数 running total since 1 January"
LEVEL = "期末数 level at the end of the period"
FIRST_ROW = 7


def parts_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def xml_of(content: bytes) -> str:
    return parts_of(content)[SHEET].decode()


def cells_of(content: bytes) -> list[list[object]]:
    """What another reader sees in the form."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return [list(row) for row in book.get_sheet_by_name(FORM_SHEET).to_python()]


def fill_in(content: bytes, cells: dict[str, str]) -> bytes:
    """The file with cells filled in as Excel does it: only the cell's own element changes."""
    parts = parts_of(content)
    xml = parts[SHEET].decode()
    for at, inner in cells.items():
        kind = "" if inner.startswith("<v>") else ' t="inlineStr"'
        xml, count = re.subn(
            rf'<c r="{at}" s="(\d+)"[^>]*?(/>|>.*?</c>)',
            rf'<c r="{at}" s="\1"{kind}>{inner}</c>',
            xml,
            count=1,
        )
        assert count == 1
    return zipped(parts | {SHEET: xml})


def place(name: str) -> str:
    """The letters of a column, by its heading."""
    heading = cells_of(write_template(make_form()))[FIRST_ROW - 2]
    return next(
        letters(at)
        for at, text in enumerate(heading)
        if str(text).split("\n")[1] == label_column(name, "en")
    )


def test_an_empty_form_gives_its_rows_with_what_is_known():
    [(table, rows)] = read(write_template(make_form()))
    assert (table.sheet, table.header_area, table.header_period) == (FORM_SHEET, "east", "2024-Q3")
    nothing = (None,) * 7
    assert [(row.number, row.cells) for row in rows] == [
        (7, ("east", "2024-Q3", "output", Decimal("12.5"), "亿元", YTD, *nothing)),
        (8, ("east", "2024-Q3", "growers", None, "人", LEVEL, *nothing)),
    ]


def test_a_form_for_all_areas_names_none_above_its_rows():
    [(table, rows)] = read(write_template(make_form(area=None)))
    assert (table.header_area, table.header_period) == (None, "2024-Q3")
    assert [row.cells[0] for row in rows] == ["east", "east", "west", "west"]


def test_a_form_filled_in_comes_back_as_it_was_filled_in():
    text = "<is><t>{}</t></is>"
    filled = fill_in(
        write_template(make_form()),
        {
            f"{place('value')}7": "<v>813.60000000000002</v>",
            f"{place('unit')}7": text.format("万元"),
            f"{place('basis')}7": text.format("quarter"),
            f"{place('explanation')}7": text.format("两家总部迁入"),
            f"{place('missing_reason')}8": text.format("not_yet_available"),
            f"{place('note')}8": text.format("=1+1"),
            f"{place('growth_percent')}8": "<v>11.2</v>",
            f"{place('price_basis')}8": text.format("current"),
            f"{place('obs_status')}8": text.format("P"),
        },
    )
    [(_, rows)] = read(filled)
    assert [row.cells[3:] for row in rows] == [
        (Decimal("813.6"), "万元", "quarter", None, "两家总部迁入", *[None] * 5),
        (
            None,
            "人",
            LEVEL,
            "not_yet_available",
            None,
            None,
            "=1+1",
            Decimal("11.2"),
            "current",
            "P",
        ),
    ]


def test_another_reader_sees_both_languages_and_the_last_figures():
    rows = cells_of(write_template(make_form()))
    assert rows[0][0] == "茶业计划  Tea plan"
    assert [row[:3] for row in rows[2:4]] == [
        ["地区 Area", "east", "东区 East"],
        ["时期 Period", "2024-Q3", "应报日 Due 2024-10-15"],
    ]
    assert rows[5][4:8] == ["数值\nValue", "单位\nUnit", "口径\nBasis", "缺报原因\nMissing reason"]
    assert rows[6][:6] == [
        "东区 East",
        "增加值（亿元）\nValue added (亿元)",
        811.25,
        "2024-Q2",
        12.5,
        "亿元",
    ]


def test_only_what_is_to_be_filled_in_can_be_changed_and_there_is_no_password():
    content = write_template(make_form())
    xml, styles = xml_of(content), parts_of(content)["xl/styles.xml"].decode()
    formats = styles.partition("<cellXfs")[2].split("<xf ")[1:]
    row = re.findall(r'<c r="([A-Z]+)7" s="(\d+)"', xml)
    open_columns = {column for column, style in row if 'locked="0"' in formats[int(style)]}
    assert open_columns == {place(name) for name in COLUMNS[3:]}
    [protection] = re.findall(r"<sheetProtection[^>]*>", xml)
    assert 'sheet="1"' in protection
    assert "password" not in protection


def test_lists_offer_what_is_allowed_and_values_must_be_numbers():
    xml = xml_of(write_template(make_form()))
    rules = dict(re.findall(r'<dataValidation [^>]*sqref="(\w+)"[^>]*>(.*?)</dataValidation>', xml))
    assert rules[f"{place('unit')}7"] == '<formula1>"元,万元,亿元"</formula1>'
    quarter = "当季数 figure of the quarter alone"
    assert rules[f"{place('basis')}7"] == f'<formula1>"{quarter},{YTD}"</formula1>'
    reasons = (
        "本期无需报送 not due in this period,应报未报 due but not reported,"
        "不适用 not applicable,不予提供 withheld,数据尚未产生 not yet available"
    )
    assert rules[f"{place('missing_reason')}8"] == f'<formula1>"{reasons}"</formula1>'
    kinds = re.findall(r'type="(\w+)"[^>]*sqref="' + place("value") + r'(\d)"', xml)
    assert kinds == [("decimal", "7"), ("whole", "8")]


def test_the_heading_stays_in_view_on_screen_and_paper():
    content = write_template(make_form())
    assert 'ySplit="6" topLeftCell="C7"' in xml_of(content)
    assert 'orientation="landscape"' in xml_of(content)
    assert "'填报表 Form'!$6:$6" in parts_of(content)["xl/workbook.xml"].decode()


def test_the_help_explains_every_code_in_both_languages():
    book = CalamineWorkbook.from_filelike(BytesIO(write_template(make_form())))
    assert book.sheet_names == [FORM_SHEET, HELP_SHEET]
    rows = book.get_sheet_by_name(HELP_SHEET).to_python()
    assert ["ytd", "年初至本季末累计数", "running total since 1 January"] in rows
    assert all(len(row) == 3 for row in rows)
    assert {row[0] for row in rows} >= {*Basis, *MissingReason}


def test_the_same_form_is_the_same_file():
    assert write_template(make_form()) == write_template(make_form())


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "@x", "https://example.com"])
def test_no_text_becomes_a_formula_or_a_link(name):
    form = make_form()
    row = form.rows[0]
    changed = type(row)(**{field: getattr(row, field) for field in row.__slots__} | {"unit": name})
    filled = type(form)(
        **{field: getattr(form, field) for field in form.__slots__} | {"rows": [changed]}
    )
    content = write_template(filled)
    assert "<f>" not in xml_of(content)
    assert "hyperlink" not in xml_of(content)
    assert read(content)[0][1][0].cells[4] == name
