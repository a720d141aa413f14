"""What a spreadsheet says on the screen is what is stored, or the cell is named."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.words.book import LANGUAGES
from tests.conftest import Deployment
from tests.workbooks.made import (
    CASE,
    CELL,
    COLUMN,
    GOOD,
    HEADING,
    ROW,
    by_openpyxl,
    by_xlsxwriter,
    with_format,
    with_value,
    with_words,
)
from tests.workbooks.raw import Book, sheet_xml
from tests.writing import CITY, deployed_once, nothing_stored

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = {"en": "industrial space", "zh": "新增产业空间"}
# What no clerk should have to read.
NOT_FOR_CLERKS = re.compile(
    r"JSON|quotation|引号|missing_reason|industrial_space|value_type|None|Decimal|\{"
)

Send = Callable[..., Any]


@pytest.fixture(scope="module")
def send(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Try a file on a deployment that nothing is ever stored in."""
    with deployed_once(sqlite_template, tmp_path_factory.mktemp("workbooks")) as deployment:
        key = deployment.key("reviewer") | {"content-type": XLSX}

        def post(content: bytes, **headers: str) -> Any:
            path = f"{CITY}/reports/batch?mode=partial&dry_run=true"
            return deployment.client.post(path, content=content, headers=key | headers)

        with nothing_stored(deployment):
            yield post


def findings(answer: Any) -> list[dict[str, Any]]:
    body = answer.json()
    found: list[dict[str, Any]] = body.get("errors") or body["findings"]
    return found


def only(send: Send, content: bytes, *, code: str, said: dict[str, str]) -> dict[str, Any]:
    """The one finding, whose message is checked in both languages."""
    found = None
    for language in LANGUAGES:
        answer = send(content, **{"accept-language": language})
        assert answer.status_code == 207, answer.text
        [found] = findings(answer)
        assert found["code"] == code, found
        assert said[language] in found["message"]
        assert found["cell"] in found["message"]
        assert not NOT_FOR_CLERKS.search(found["message"]), found["message"]
    assert found is not None
    return found


def test_the_case_itself_is_taken(send: Send) -> None:
    for content in (by_openpyxl(lambda _: None), by_xlsxwriter(lambda *_: None)):
        answer = send(content)
        assert (answer.status_code, answer.json()["summary"]["created"]) == (200, 2)


SEE = {"en": "holds 81240", "zh": "实际存有 81240"}


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("0!.0,", "8.1"),
        ('0!.0,"万"', "8.1万"),
        ('0\\.0,"万平方米"', "8.1万平方米"),
        ("#,##0.00,", "81.24"),
        ("0.0,,", "0.1"),
        ('[>=10000]0!.0,"万";0', "8.1万"),
        ("000-000", "081-240"),
    ],
)
def test_a_number_that_is_shown_scaled_is_named_with_both(
    send: Send, code: str, shown: str
) -> None:
    found = only(send, with_format(code), code="not_as_shown", said=SEE)
    assert (found["cell"], found["row"], found["column"]) == (CELL, 3, "value")
    assert found["facts"] == {"why": "shows_otherwise", "value": "81240", "shown": shown}


@pytest.mark.parametrize("code", [";;;", "0;0;;@", '"";"";""', "#,###"])
def test_a_number_that_is_not_shown_is_named(send: Send, code: str) -> None:
    value = 0 if code in {"0;0;;@", "#,###"} else 81240
    holds = {"en": f"holds {value}", "zh": f"实际存有 {value}"}
    found = only(send, with_format(code, value), code="not_as_shown", said=holds)
    assert found["facts"]["why"] == "shows_nothing"


@pytest.mark.parametrize(("code", "value", "shown"), [('"已报"', 5, "已报"), ('0;0;"-"', 0, "-")])
def test_a_number_that_is_shown_as_words_is_named(
    send: Send, code: str, value: int, shown: str
) -> None:
    said = {"en": f"shows '{shown}'", "zh": f"显示为“{shown}”"}
    only(send, with_format(code, value), code="not_as_shown", said=said)


def test_a_unit_in_the_format_must_be_that_of_the_row(send: Send) -> None:
    assert send(with_format('0"平方米"')).status_code == 200
    assert send(with_format('#,##0.00" 平方米 "')).status_code == 200
    said = {"en": "81240公顷", "zh": "81240公顷"}
    found = only(send, with_format('0"公顷"'), code="not_as_shown", said=said)
    assert found["facts"]["why"] == "shows_unit"


@pytest.mark.parametrize(
    "code",
    ["General", "0", "0.00", "#,##0.00", "@", "0.00E+00", "¥#,##0.00", "# ?/?", "0_ ", "[Red]0"],
)
def test_formats_that_show_the_number_are_no_matter(send: Send, code: str) -> None:
    assert send(with_format(code)).status_code == 200, code


def test_the_accounting_format_shows_a_number_and_hides_a_zero(send: Send) -> None:
    accounting = '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '
    assert send(with_format(accounting)).status_code == 200
    zero = with_format(accounting, 0)
    only(send, zero, code="not_as_shown", said={"en": "shows '¥-'", "zh": "显示为“¥-”"})


def test_a_sheet_that_hides_its_zeros_hides_the_figure(send: Send) -> None:
    def change(sheet: Any) -> None:
        sheet[CELL] = 0
        sheet.sheet_view.showZeros = False

    only(send, by_openpyxl(change), code="not_as_shown", said={"en": "holds 0", "zh": "存有 0"})


# The sheet with its rows, and the row of the case, in ways that only programs or people have.
UNSEEN = {
    "hidden": ('<row r="3">', '<row r="3" hidden="1">'),
    "of no height": ('<row r="3">', '<row r="3" ht="0" customHeight="1">'),
    "of no height by default": (
        "<sheetData>",
        '<sheetFormatPr defaultRowHeight="0"/><sheetData>',
    ),
}


@pytest.mark.parametrize("change", UNSEEN.values(), ids=list(UNSEEN))
def test_a_row_that_is_not_seen_is_named(send: Send, change: tuple[str, str]) -> None:
    xml = sheet_xml([HEADING, GOOD, CASE]).replace(*change)
    # Where all rows are flat, the first has a height of its own.
    xml = xml.replace('<row r="2">', '<row r="2" ht="15">')
    said = {"en": "the row is hidden", "zh": "所在行已隐藏"}
    found = only(send, Book({"数据": xml}).build(), code="not_as_shown", said=said)
    assert (found["row"], found["facts"]["why"]) == (3, "hidden_row")


def test_rows_that_are_filtered_away_are_named(send: Send) -> None:
    def change(_: Any, sheet: Any) -> None:
        sheet.autofilter(0, 0, ROW, len(HEADING) - 1)
        sheet.filter_column("C", "x == value_added")
        sheet.set_row(ROW, options={"hidden": True})

    said = {"en": "filtered out", "zh": "被筛选掉"}
    only(send, by_xlsxwriter(change), code="not_as_shown", said=said)


def test_a_hidden_column_of_values_is_named_and_one_of_codes_is_not(send: Send) -> None:
    codes = by_openpyxl(lambda sheet: setattr(sheet.column_dimensions["C"], "hidden", True))
    assert send(codes).status_code == 200
    values = by_openpyxl(lambda sheet: setattr(sheet.column_dimensions["D"], "hidden", True))
    answer = send(values)
    assert answer.status_code == 422
    assert [each["cell"] for each in findings(answer)] == ["D2", "D3"]
    assert {each["facts"]["why"] for each in findings(answer)} == {"hidden_column"}


@pytest.mark.parametrize(
    ("merged", "cells"),
    [("D2:D3", ["D2", "D3"]), ("D3:E3", ["D3", "E3"]), ("A2:A3", ["A2", "A3"])],
)
def test_merged_cells_are_named(send: Send, merged: str, cells: list[str]) -> None:
    found = findings(send(by_openpyxl(lambda sheet: sheet.merge_cells(merged))))
    named = [each["cell"] for each in found if each["code"] == "not_as_shown"]
    assert named == cells
    assert all(merged in each["message"] for each in found if each["code"] == "not_as_shown")
    assert {each["code"] for each in found} == {"not_as_shown"}


def test_cells_merged_beside_or_above_the_table_are_no_matter(send: Send) -> None:
    assert send(by_openpyxl(lambda sheet: sheet.merge_cells("H3:K3"))).status_code == 200


FORMULA = {"en": "Open the file in Excel or WPS", "zh": "请用 Excel 或 WPS 打开文件"}


def test_a_formula_that_was_never_calculated_is_refused(send: Send) -> None:
    found = only(send, with_value("=1+1"), code="not_calculated", said=FORMULA)
    assert found["cell"] == CELL
    zero = by_xlsxwriter(lambda _, sheet: sheet.write_formula(ROW, COLUMN, "=1+1"))
    only(send, zero, code="not_calculated", said=FORMULA)


def test_every_cell_that_such_a_formula_fills_is_refused(send: Send) -> None:
    array = by_xlsxwriter(lambda _, sheet: sheet.write_array_formula("D2:D3", "{=A1:A2}"))
    answer = send(array)
    assert answer.status_code == 422
    assert [(e["cell"], e["code"]) for e in findings(answer)] == [
        ("D2", "not_calculated"),
        ("D3", "not_calculated"),
    ]


def test_a_formula_in_a_column_of_words_is_refused_too(send: Send) -> None:
    unit = by_xlsxwriter(lambda _, sheet: sheet.write_formula(ROW, 4, '="平方米"'))
    found = only(send, unit, code="not_calculated", said=FORMULA)
    assert found["cell"] == "E3"


@pytest.mark.parametrize(
    ("value", "hint", "said"),
    [
        ("-", "missing_mark", {"en": "missing reason", "zh": "缺报原因"}),
        ("/", "missing_mark", {"en": "missing reason", "zh": "缺报原因"}),
        ("…", "missing_mark", {"en": "missing reason", "zh": "缺报原因"}),
        ("无", "missing_mark", {"en": "missing reason", "zh": "缺报原因"}),
        ("N/A", "missing_mark", {"en": "missing reason", "zh": "缺报原因"}),
        ("暂无", "missing_mark", {"en": "missing reason", "zh": "缺报原因"}),
        ("81,240", "thousands_separators", {"en": "enter 81240", "zh": "应填 81240"}),
        ("81 240", "spaces", {"en": "enter 81240", "zh": "应填 81240"}),
        ("8,12", "commas", {"en": "decimal point", "zh": "小数点"}),
        ("812.4平方米", "unit_inside", {"en": "Enter 812.4 alone", "zh": "请只填 812.4"}),
        ("812.4（平方米）", "unit_inside", {"en": "Enter 812.4 alone", "zh": "请只填 812.4"}),
        ("12.5%", "percentage", {"en": "percentage", "zh": "百分数"}),
        ("2024年7月1日", "day", {"en": "a day", "zh": "日期"}),
        ("约八百", "number", {"en": "the number alone", "zh": "只填数字"}),
        ("#REF!", "cell_error", {"en": "error", "zh": "公式出错"}),
    ],
)
def test_what_is_no_number_says_what_to_type(
    send: Send, value: str, hint: str, said: dict[str, str]
) -> None:
    found = only(send, with_value(value), code="value_type", said=said)
    assert (found["cell"], found["facts"]["hint"]) == (CELL, hint)
    message = send(with_value(value), **{"accept-language": "zh"}).json()["findings"][0]["message"]
    assert message.startswith(f"{CELL} 单元格，{NAMES['zh']}：")


@pytest.mark.parametrize(
    ("code", "hint"), [("0.0%", "percentage"), ("yyyy-mm-dd", "day"), ('m"月"d"日"', "day")]
)
def test_what_a_format_makes_of_a_number_says_what_to_type(
    send: Send, code: str, hint: str
) -> None:
    [found] = findings(send(with_format(code)))
    assert (found["code"], found["facts"]["hint"]) == ("value_type", hint)


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        (0.112, "0.0%", {"en": "Enter 11.2 alone", "zh": "请只填 11.2"}),
        (0.1, "0%", {"en": "Enter 10 alone", "zh": "请只填 10"}),
        ("11.2%", "General", {"en": "Enter 11.2 alone", "zh": "请只填 11.2"}),
        ("-", "General", {"en": "leave the cell blank", "zh": "请留空"}),
        ("一成", "General", {"en": "11.2 for 11.2 %", "zh": "如 11.2% 填 11.2"}),
    ],
)
def test_a_growth_that_is_no_number_says_what_to_type(
    send: Send, value: object, code: str, said: dict[str, str]
) -> None:
    def change(sheet: Any) -> None:
        sheet["I1"] = "公布增速（%）"
        sheet["I3"] = value
        sheet["I3"].number_format = code

    found = only(send, by_openpyxl(change), code="growth_invalid", said=said)
    assert (found["cell"], found["column"]) == ("I3", "growth_percent")


@pytest.mark.parametrize("code", ["General", "0.0", '0.0"%"'])
def test_a_growth_in_percent_is_taken_as_it_is_seen(send: Send, code: str) -> None:
    def change(sheet: Any) -> None:
        sheet["I1"], sheet["J1"], sheet["K1"] = "公布增速（%）", "价格口径", "数据状态"
        sheet["I3"], sheet["J3"], sheet["K3"] = 11.2, "可比价", "初步数"
        sheet["I3"].number_format = code

    answer = send(by_openpyxl(change))
    assert (answer.status_code, answer.json()["summary"]["created"]) == (200, 2), answer.text


def test_findings_are_in_the_order_of_the_rows_whatever_area_they_are_of(send: Send) -> None:
    def change(sheet: Any) -> None:
        for area in ("yantian", "baoan", "futian"):
            sheet.append([area, "2024-Q1", "value_added", "x", "亿元", "ytd"])

    assert [each["row"] for each in findings(send(by_openpyxl(change)))] == [4, 5, 6]


def test_sheets_that_hold_no_figures_are_named_whether_or_not_the_file_is_taken(
    send: Send, api: Deployment
) -> None:
    def change(sheet: Any) -> None:
        sheet.title = "数据"
        sheet.parent.create_sheet("封面", 0).append(["2024年报表", "南山区"])
        sheet.parent.create_sheet("测算").append([None] * 99 + [5])

    content = by_openpyxl(change)
    assert send(content).json()["passed_over"] == ["封面", "测算"]
    key = api.key("reviewer") | {"content-type": XLSX}

    def spoil(sheet: Any) -> None:
        change(sheet)
        sheet[CELL] = "x"

    spoiled = by_openpyxl(spoil)
    refused = api.client.post(f"{CITY}/reports/batch", content=spoiled, headers=key)
    assert (refused.status_code, refused.json()["passed_over"]) == (422, ["封面", "测算"])


def test_a_duplicate_names_both_sheets(send: Send) -> None:
    def change(sheet: Any) -> None:
        sheet.title = "一"
        other = sheet.parent.create_sheet("二")
        for row in (HEADING, CASE):
            other.append(row)

    [found] = findings(send(by_openpyxl(change), **{"accept-language": "zh"}))
    assert found["code"] == "duplicate_figure"
    assert "工作表“一”第 3 行和“二”第 2 行" in found["message"]


def test_names_and_words_are_taken_as_people_write_them(send: Send) -> None:
    words = {
        "area": "南 山 区",
        "period": "2024年一季度",
        "indicator": "新增产业空间（平方米）",
        "basis": "当季",
        "unit": " 平方米 ",
    }
    answer = send(with_words(**words))
    assert (answer.status_code, answer.json()["summary"]["created"]) == (200, 2)


def test_one_bad_sign_costs_its_row_and_the_annotated_workbook_comes(send: Send) -> None:
    content = with_words(note="a\u200bb")
    [found] = findings(send(content))
    assert (found["code"], found["cell"], found["facts"]["name"]) == (
        "text_invalid",
        "H3",
        "U+200B",
    )
    assert send(content).json()["summary"]["created"] == 1
    assert send(content, accept=XLSX).status_code == 207


def test_the_annotated_workbook_comes_even_when_the_file_is_refused_at_a_row(send: Send) -> None:
    stray = by_openpyxl(lambda sheet: sheet.cell(3, 12, 5))
    assert send(stray).json()["code"] == "file_refused"
    answer = send(stray, accept=XLSX)
    assert (answer.status_code, answer.headers["content-type"]) == (422, XLSX)


def test_a_quarter_beside_its_running_total_is_a_check_of_it(send: Send) -> None:
    def change(quarter: float) -> bytes:
        row = [*GOOD[:3], quarter, "亿元", "quarter"]
        return by_openpyxl(lambda sheet: sheet.append(row))

    good = send(change(120.5)).json()
    assert (good["summary"]["created"], good["summary"]["unchanged"], good["findings"]) == (
        2,
        1,
        [],
    )
    for language, both in (("en", "120.5, but the quarter alone is 100"), ("zh", "120.5")):
        answer = send(change(100), **{"accept-language": language})
        [found] = findings(answer)
        assert (found["code"], found["cell"]) == ("does_not_add_up", "D2")
        assert both in found["message"]
        assert answer.json()["summary"] == {
            "created": 1, "updated": 0, "unchanged": 0, "rejected": 2
        }  # fmt: skip
