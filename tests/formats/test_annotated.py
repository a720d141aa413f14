"""The answer workbook: what was sent, with results and findings beside it, ready to go again."""

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from app.domain.checks.finding import Severity
from app.errors.bodies import FileRefused
from app.formats.forms.annotated import CSV_SHEET, MAX_COMMENTS, CellNote, RowAt, annotate
from app.formats.forms.template import FORM_SHEET, write_template
from app.formats.intake.heading import HELP_SHEET
from tests.formats.forms import make_form
from tests.workbooks.raw import GOOD, HEADING, Book, Raw, read

HEAD = "area,period,indicator,value,unit,basis,note"
LINE = "nanshan,2024-Q3,value_added,812.4,亿元,ytd,'=1+1"
Notes = dict[RowAt, list[CellNote]]
Results = dict[RowAt, str]
RED, AMBER = "FFC7CE", "FFEB9C"


def note(message: str, column: str | None = "value", *, severity: str = "error") -> CellNote:
    return CellNote(column=column, severity=Severity(severity), message=message)


def answered(
    content: bytes,
    notes: Mapping[RowAt, Sequence[CellNote]] | None = None,
    results: Mapping[RowAt, str] | None = None,
    language: str = "en",
) -> bytes:
    with annotate(BytesIO(content), notes or {}, results=results or {}, language=language) as file:
        return file.read()


def seen(content: bytes, sheet: str) -> list[list[object]]:
    """What another reader sees."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return [list(row) for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)]


def part(content: bytes, name: str) -> str:
    with ZipFile(BytesIO(content)) as archive:
        return archive.read(name).decode() if name in archive.namelist() else ""


def colour(content: bytes, at: str) -> str | None:
    """The background of a cell of the first sheet."""
    styles = part(content, "xl/styles.xml")
    fills = re.findall(r"<fill>(.*?)</fill>", styles)
    formats = re.findall(r'<xf [^>]*?fillId="(\d+)"', styles.partition("<cellXfs")[2])
    sheet = part(content, "xl/worksheets/sheet1.xml")
    [style] = re.findall(rf'<c r="{at}" s="(\d+)"', sheet)
    found = re.search(r'fgColor rgb="FF(\w+)"', fills[int(formats[int(style)])])
    return found[1] if found else None


def test_a_workbook_comes_back_with_results_and_findings_beside_its_cells():
    content = Book({"A": [HEADING, GOOD, GOOD, GOOD]}).build()
    notes: Notes = {
        ("A", 3): [note("too large"), note("which?", "unit", severity="query")],
        ("A", 4): [note("explain", severity="query"), note("of the row", None)],
    }
    results: Results = {("A", 2): "created", ("A", 3): "rejected", ("A", 4): "updated"}
    answer = answered(content, notes, results)
    rows = seen(answer, "A")
    assert rows[0][13:] == ["结果\nResult", "核查结果\nFindings"]
    assert [row[13:] for row in rows[1:]] == [
        ["New", ""],
        ["Rejected", "[Error] Value: too large\n[Query] Unit: which?"],
        ["Updated", "[Query] Value: explain\n[Error] of the row"],
    ]
    assert [row[:10] for row in rows[1:]] == [
        ["nanshan", "2024-Q3", "value_added", 812.4, "亿元", "ytd", "", "", "", "ok"]
    ] * 3
    assert [colour(answer, at) for at in ("D2", "D3", "E3", "D4")] == [None, RED, AMBER, AMBER]
    comments = part(answer, "xl/comments1.xml")
    assert re.findall(r'ref="(\w+)"', comments) == ["D3", "E3", "D4"]


def test_in_chinese_the_results_are_chinese():
    content = Book({"A": [HEADING, GOOD]}).build()
    answer = answered(content, {("A", 2): [note("太大")]}, {("A", 2): "rejected"}, language="zh")
    assert seen(answer, "A")[1][13:] == ["未接受", "[错误] 数值：太大"]


def test_a_csv_file_is_answered_with_a_workbook_that_reads_the_same():
    content = "\r\n".join(["", HEAD, LINE, "", LINE.replace("812.4", '"1,234"')]).encode("gb18030")
    notes: Notes = {(None, 5): [note("thousands"), note("none", "missing_reason")]}
    answer = answered(content, notes, {(None, 3): "created"})
    rows = seen(answer, CSV_SHEET)
    assert rows[2] == [
        "nanshan",
        "2024-Q3",
        "value_added",
        812.4,
        "亿元",
        "ytd",
        "'=1+1",
        "New",
        "",
    ]
    assert rows[4][3] == "1,234"
    assert rows[4][8].startswith("[Error] Value: thousands\n")  # type: ignore[attr-defined]
    assert colour(answer, "D5") == RED
    [(_, sent)], [(_, again)] = read(content), read(answer)
    assert again == sent


def test_an_answer_can_be_corrected_and_sent_again_and_again():
    content = write_template(make_form(area=None))
    notes: Notes = {
        (FORM_SHEET, 8): [note("no value")],
        (FORM_SHEET, 4): [note("not open", "period")],
    }
    first = answered(content, notes, {(FORM_SHEET, 7): "created"})
    second = answered(first, {}, {(FORM_SHEET, 7): "unchanged"})
    [(was, rows)], *others = read(content), read(first), read(second)
    for [(table, again)] in others:
        assert again == rows
        assert (table.header_area, table.header_period) == (was.header_area, was.header_period)
    assert colour(first, "B4") == RED
    assert seen(first, FORM_SHEET)[3][18] == "[Error] Period: not open"
    assert seen(second, FORM_SHEET)[5].count("结果\nResult") == 1
    assert seen(second, FORM_SHEET)[6][17:] == ["Unchanged", ""]
    assert seen(second, FORM_SHEET)[7][17:] == ["", ""]


def test_all_sheets_come_back_in_their_order_and_the_help_as_it_was():
    content = Book({"B": [HEADING, GOOD], HELP_SHEET: [["x"]], "Sheet3": []}).build()
    answer = answered(content)
    book = CalamineWorkbook.from_filelike(BytesIO(answer))
    assert book.sheet_names == ["B", HELP_SHEET, "Sheet3"]
    assert seen(answer, HELP_SHEET)[0][0] == "填报方法  How to fill in the form"


def test_no_text_becomes_a_formula_or_a_link():
    said = ["=1+1", "+1", "-1", "@SUM(A1)", "https://example.com", "_x000A_", "a\x07\u200b"]
    # A note may quote anything, and columns that are passed over are not cleaned.
    heading: list[object] = [*HEADING, "结果 Result"]
    rows = [[*GOOD[:7], text.rstrip("\x07\u200b"), None, None] for text in said]
    notes: Notes = {("A", 2 + n): [note(text)] for n, text in enumerate(said)}
    content = Book(
        {"A": [heading, *rows], "B": [HEADING, [*GOOD[:9], Raw("<c r='{}'><f>1+1</f></c>")]]}
    )
    answer = answered(content.build(), notes)
    for number in (1, 2):
        sheet = part(answer, f"xl/worksheets/sheet{number}.xml")
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet
    assert [row.cells[7] for row in read(answer)[0][1]][:5] == said[:5]
    assert read(answer)[1][1][0].cells[9] == "=1+1"


def test_numbers_that_excel_would_round_stay_whole_as_text():
    content = f"{HEAD}\n{LINE.replace('812.4', '0.1234567890123456789')}\n".encode()
    [(_, rows)] = read(answered(content))
    assert str(rows[0].cells[3]) == "0.1234567890123456789"


def test_only_the_first_thousand_findings_get_a_comment():
    content = Book({"A": [HEADING, *[GOOD] * (MAX_COMMENTS + 5)]}).build()
    notes: Notes = {("A", row): [note("bad")] for row in range(2, MAX_COMMENTS + 7)}
    answer = answered(content, notes)
    assert part(answer, "xl/comments1.xml").count("<comment ") == MAX_COMMENTS
    assert seen(answer, "A")[-1][14] == "[Error] Value: bad"


def test_a_long_finding_is_seen_whole():
    content = Book({"A": [HEADING, GOOD]}).build()
    answer = answered(content, {("A", 2): [note("长" * 100)]})
    [height] = re.findall(
        r'<row r="2"[^>]* ht="([0-9.]+)"', part(answer, "xl/worksheets/sheet1.xml")
    )
    assert float(height) > 3 * 14
    endless = answered(content, {("A", 2): [note("长" * 40_000)]})
    assert len(str(seen(endless, "A")[1][14])) == 32_767


def test_neither_an_answer_nor_a_refusal_leaves_files_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(FileRefused):
        answered(Book({"A": [HEADING, GOOD, [Raw('<c r="Z9"/>')]]}).build())
    assert not list(tmp_path.iterdir())
    answered(Book({"A": [HEADING, GOOD]}).build())
    assert not list(tmp_path.iterdir())
