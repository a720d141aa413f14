"""Workbooks of figures: every cell as the screen shows it, every sheet known or refused."""

from decimal import Decimal
from io import BytesIO

import pytest

from app.errors.bodies import FileRefused
from app.formats.intake.file import COLUMNS, read_intake_file
from app.formats.intake.heading import LABELS
from tests.workbooks.raw import (
    GOOD,
    HEADING,
    MAIN,
    Book,
    Raw,
    letters,
    read,
    read_rows,
    sheet_xml,
)

# Styles 0 to 8: general, day, percent, elapsed time, Chinese day, 万, red, text, time of day.
STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts>
<numFmt numFmtId="164" formatCode="[h]:mm"/>
<numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>
<numFmt numFmtId="166" formatCode="0.0&quot;万 dy&quot;;[Red]\\-0.0"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>
<xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="38"/>
<xf numFmtId="49"/><xf numFmtId="21"/></cellXfs><dxfs><dxf/></dxfs></styleSheet>"""


def one(cell, *, column="value", **book):
    """What the cell says in a column of an otherwise good row."""
    row: list[object] = [*GOOD]
    row[COLUMNS.index(column)] = cell
    [read_row] = read_rows(Book({"Figures": [HEADING, row]}, **book).build())
    return read_row.cells[COLUMNS.index(column)]


def refused(book: Book) -> dict[str, object]:
    with pytest.raises(FileRefused) as caught:
        read(book.build())
    return dict(caught.value.facts)


def test_a_sheet_reads_like_a_csv_file():
    [(table, [row])] = read(Book({"2024 三季度": [[], HEADING, [], GOOD]}).build())
    assert (table.sheet, table.header_area, table.header_period) == ("2024 三季度", None, None)
    assert (row.number, row.cells) == (4, tuple(GOOD))


def test_headings_may_be_in_chinese_in_english_or_in_both():
    for heading in (list(LABELS.values()), [f"{LABELS[n]}\n{n.title()}" for n in COLUMNS]):
        assert read_rows(Book({"S": [heading, GOOD]}).build())[0].cells == tuple(GOOD)


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ("<v>812.40000000000009</v>", "812.4"),
        ("<v>0.1</v>", "0.1"),
        ("<v>1.2345678901234567E2</v>", "123.456789012346"),
        ("<v>9999999999.99999</v>", "9999999999.99999"),
        ("<v>-3</v>", "-3"),
        ("<f>A1+B1</f><v>42</v>", "42"),
        ("<f>A1+B1</f>", "=A1+B1"),
        ("<v>1E+999</v>", "#NUM!"),
    ],
)
def test_a_number_is_what_excel_shows_of_it(xml, value):
    read_value = one(Raw(f'<c r="{{}}">{xml}</c>'))
    assert str(read_value) == value
    assert isinstance(read_value, Decimal) == value.lstrip("-")[0].isdigit()


@pytest.mark.parametrize(
    ("style", "number", "value"),
    [
        (0, "12", Decimal(12)),
        (1, "45474", "2024-07-01"),
        (1, "45474.5", "2024-07-01 12:00:00"),
        (1, "-1", "#####"),
        (1, "99999999", "#####"),
        (2, "0.125", "12.5%"),
        (3, "1.5", "1899-12-31 12:00:00"),
        (4, "45474", "2024-07-01"),
        (5, "12.5", Decimal("12.5")),
        (6, "12.5", Decimal("12.5")),
        (7, "12", Decimal(12)),
        (8, "0.75", "18:00:00"),
        (99, "12", Decimal(12)),
    ],
)
def test_days_times_and_percentages_are_the_text_that_is_seen(style, number, value):
    cell = Raw(f'<c r="{{}}" s="{style}"><v>{number}</v></c>')
    assert one(cell, styles=STYLES) == value


def test_days_count_from_1904_where_the_workbook_says_so():
    cell = Raw('<c r="{}" s="1"><v>44012</v></c>')
    assert one(cell, styles=STYLES, date_1904=True) == "2024-07-01"


@pytest.mark.parametrize(
    ("kind", "inner", "value"),
    [
        ("b", "<v>1</v>", "TRUE"),
        ("b", "<v>0</v>", "FALSE"),
        ("e", "<v>#REF!</v>", "#REF!"),
        ("d", "<v>2024-07-01T00:00:00</v>", "2024-07-01T00:00:00"),
        ("str", "<f>T(1)</f><v>ytd</v>", "ytd"),
        ("inlineStr", "<is><r><t>1,2</t></r><r><t>34</t></r></is>", "1,234"),
        ("inlineStr", "<is><t>812.4</t></is>", Decimal("812.4")),
        ("inlineStr", "<is><t>  </t></is>", None),
        ("s", "<v>1</v>", "１２"),  # noqa: RUF001
        ("s", "", None),
        ("n", "", None),
    ],
)
def test_what_is_no_number_is_its_text(kind, inner, value):
    strings = f'<sst xmlns="{MAIN}"><si><t>a</t></si><si><t>１２</t></si></sst>'  # noqa: RUF001
    assert one(Raw(f'<c r="{{}}" t="{kind}">{inner}</c>'), strings=strings) == value


def test_shared_texts_are_whole_without_their_pronunciation_and_with_their_escapes():
    items = (
        "<t>亿</t><rPh sb='0' eb='1'><t>yi</t></rPh>",
        "<r><t>two_x000D_\n</t></r><r><t>x</t></r>",
    )
    strings = f'<sst xmlns="{MAIN}">{"".join(f"<si>{each}</si>" for each in items)}</sst>'
    cells = [
        one(Raw(f'<c r="{{}}" t="s"><v>{n}</v></c>'), column="note", strings=strings)
        for n in (0, 1)
    ]
    assert cells == ["亿", "two\nx"]


def test_many_shared_texts_are_found_outside_memory():
    count = 30_000
    strings = "".join(f"<si><t>note {n} {'长' * 60}</t></si>" for n in range(count))
    rows = [[*GOOD[:9], Raw(f'<c r="{{}}" t="s"><v>{n}</v></c>')] for n in range(count)]
    book = Book({"S": [HEADING, *rows]}, strings=f'<sst xmlns="{MAIN}">{strings}</sst>')
    notes = [row.cells[9] for row in read_rows(book.build())]
    assert notes == [f"note {n} {'长' * 60}" for n in range(count)]


def test_strict_workbooks_and_those_without_references_read_the_same():
    xml = sheet_xml([HEADING, GOOD])
    strict = xml.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    bare = xml
    for row in (1, 2):
        bare = bare.replace(f'<row r="{row}">', "<row>")
        for place in range(10):
            bare = bare.replace(f' r="{letters(place)}{row}"', "")
    prefixed = xml.replace("<worksheet xmlns=", "<worksheet xmlns:x=").replace("</", "</x:")
    prefixed = prefixed.replace("<", "<x:").replace("<x:/x:", "</x:")
    shortened = [strict, prefixed, f"\ufeff{xml}"]
    for sheet in shortened:
        assert read_rows(Book({"S": sheet}).build())[0].cells == tuple(GOOD)
    # Without references an empty cell is not to be seen, so the last one has moved up.
    assert read_rows(Book({"S": bare}).build())[0].cells[:6] == tuple(GOOD[:6])


def test_the_header_block_of_a_form_says_area_and_period():
    block: list[list[object]] = [["Form"], ["地区 Area", "nanshan", "南山"], ["时期：", "2024-Q3"]]
    [(table, rows)] = read(Book({"S": [*block, HEADING, GOOD]}).build())
    assert (table.header_area, table.header_period, len(rows)) == ("nanshan", "2024-Q3", 1)


def test_sheets_without_our_headings_are_passed_over_and_named():
    sheets = {
        "封面": [["2024年三季度报表"], ["南山区"]],
        "数据": [HEADING, GOOD],
        "测算": [[1, 2, *[None] * 80, 3]],
        "清单": [["指标", "单位"], ["增加值", "亿元"]],
    }
    content = Book(sheets, states={"清单": "hidden"}).build()
    file = read_intake_file(BytesIO(content), size=len(content))
    assert [table.sheet for table in file.tables] == ["数据"]
    assert file.passed_over == ("封面", "测算", "清单")


def test_each_sheet_with_a_table_is_read_and_empty_ones_are_passed_over():
    sheets = {
        "A": [HEADING, GOOD],
        "Sheet2": [],
        "B": [HEADING, GOOD, GOOD],
        "填报说明 Help": [["x"]],
    }
    found = read(Book(sheets, states={"Sheet2": "hidden"}).build())
    assert [(table.sheet, len(rows)) for table, rows in found] == [("A", 1), ("B", 2)]


@pytest.mark.parametrize(
    ("book", "facts"),
    [
        (Book({"A": []}), {"why": "no_heading", "sheet": None}),
        (
            Book({"A": [HEADING, GOOD], "B": [HEADING, GOOD]}, states={"B": "veryHidden"}),
            {"why": "hidden_sheet", "sheet": "B"},
        ),
        (
            Book({"A": [[*HEADING[:5], *HEADING[6:]]]}),
            {"why": "missing_columns", "columns": "basis"},
        ),
        (Book({"A": [[*HEADING, "合计"]]}), {"why": "unknown_columns", "columns": "合计"}),
        (Book({"A": [HEADING, [*GOOD, 5]]}), {"why": "ragged_row", "row": 2, "sheet": "A"}),
        (
            Book({"A": [HEADING, [*[None] * 64, 5]]}),
            {"why": "too_many_columns", "row": 2, "limit": 64, "sheet": "A"},
        ),
        (Book({f"S{n}": [] for n in range(65)}), {"why": "too_many_sheets", "limit": 64}),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(book, facts):
    assert facts.items() <= refused(book).items()


def test_far_cells_that_are_only_formatted_do_not_matter():
    row = [*GOOD, Raw('<c r="XFD2" s="3"/>')]
    assert read_rows(Book({"A": [HEADING, row]}).build())[0].cells == tuple(GOOD)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B7"><v>1</v></c>',
        '<c r="A2"><v>1</v></c>',
        '<c r="2"><v>1</v></c>',
        '<c r="ABCD2"><v>1</v></c>',
        '<c r="K2" t="s"><v>7</v></c>',
        '<c r="K2" t="s"><v>-1</v></c>',
        '<c r="K2" t="b"><v>2</v></c>',
        '<c r="K2" t="x"><v>2</v></c>',
        '<c r="K2"><v>1_0</v></c>',
        '<c r="K2"><v>１</v></c>',  # noqa: RUF001
        '<c r="K2"><v>nan</v></c>',
        '</row><row r="2"><c r="A2"/>',
        '</row><row r="x">',
        '</row><row r="1048577">',
    ],
)
def test_a_sheet_that_contradicts_itself_is_damaged(cell):
    facts = refused(Book({"A": [HEADING, [*GOOD, Raw(cell)]]}))
    assert (facts["why"], facts["sheet"]) == ("damaged", "A")
