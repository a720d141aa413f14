"""Whatever bytes come, only rows come out, or a refusal that can be said in words."""

import random
import time
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors.bodies import FileRefused
from app.formats.forms.annotated import annotate
from app.formats.forms.template import write_template
from app.formats.intake.cells import NUMBERS
from app.formats.intake.file import COLUMNS, read_intake_file
from app.words.messages import say_failure
from tests.formats.forms import make_form
from tests.workbooks.raw import GOOD, HEADING, Book, zipped

HEAD = ",".join(COLUMNS)
SLOWEST_SECONDS = 10

calmly = settings(
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def take(content: bytes) -> int:
    """Read a file to its end; how many rows came."""
    began = time.perf_counter()
    count = 0
    try:
        for table in read_intake_file(BytesIO(content), size=len(content)).tables:
            for row in table.rows:
                count += 1
                check_cells(row.cells)
    except FileRefused as refused:
        check_words(refused)
    assert time.perf_counter() - began < SLOWEST_SECONDS
    return count


def check_words(refused: FileRefused) -> None:
    for language in ("en", "zh"):
        said = say_failure(refused.code, refused.facts, language).detail
        quoted = [str(fact) for fact in refused.facts.values()]
        for each in quoted:
            said = said.replace(each, "")
        assert "{" not in said


def check_cells(cells: tuple[str | Decimal | None, ...]) -> None:
    assert len(cells) == len(COLUMNS)
    for name, cell in zip(COLUMNS, cells, strict=True):
        if isinstance(cell, Decimal):
            assert name in NUMBERS
            assert cell.is_finite()
        elif cell is not None:
            assert 0 < len(cell) <= 4000
            cell.encode()
            assert not set(cell) & {"\0", "\r", "\u200b", "\u202e"}


@calmly
@given(st.binary(max_size=300))
def test_any_bytes(content):
    take(content)


@calmly
@given(st.binary(max_size=300), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_any_bytes_below_a_heading(content, encoding):
    take(f"{HEAD}\r\n".encode(encoding) + content)


cells = st.one_of(
    st.sampled_from(["", '"', "'=1", "1e5", "１２", "亿元", "a,b", "\r", "\n", "\0", "\ufeff"]),  # noqa: RUF001
    st.text(max_size=8),
    st.decimals().map(str),
)


@calmly
@given(
    st.lists(st.lists(cells, max_size=12), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
)
def test_any_cells_below_a_heading(rows, delimiter, end, encoding):
    lines = [HEAD.replace(",", delimiter), *(delimiter.join(row) for row in rows)]
    take(end.join(lines).encode(encoding, "replace"))


@calmly
@given(st.lists(st.lists(cells, max_size=8), max_size=8))
def test_any_cells_anywhere(rows):
    take("\n".join(",".join(row) for row in [*rows, COLUMNS, *rows]).encode("utf-8", "replace"))


SEEDS = [
    Book({"A": [HEADING, GOOD], "B": [HEADING, GOOD]}).build(),
    write_template(make_form()),
]


@pytest.mark.parametrize("seed", SEEDS, ids=["by hand", "template"])
def test_bytes_of_a_workbook_changed_at_random(seed):
    chance = random.Random(20241001)  # noqa: S311 - a reproducible choice, not a secret
    for _ in range(600):
        content = bytearray(seed)
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(content))
            match chance.randrange(4):
                case 0:
                    content[at] = chance.randrange(256)
                case 1:
                    del content[at : at + chance.randint(1, 40)]
                case 2:
                    content[at:at] = chance.randbytes(chance.randint(1, 8))
                case _:
                    content[at:at] = content[: chance.randint(1, 60)]
        take(bytes(content))


PIECES = [
    *('"', "<", ">", "/>", "<row>", "</row>", "<c>", "</c>", "<v>", "</sheetData>", "&#0;", "&lt;"),
    *(
        'r="0"',
        'r="A0"',
        'r="XFD1"',
        't="s"',
        't="b"',
        's="-1"',
        's="99999"',
        "1E400",
        "-",
        "_xD800_",
    ),
    *("<is>", "<t>", "<rPh>", "<f/>", "&amp;", "]]>", "<![CDATA[x]]>", "<?x?>", "\ufeff", "é", " "),
    *("<!DOCTYPE a>", 'xmlns="x"', '<sheet name="x"/>', '<xf numFmtId="x"/>', "<si/>", "\0"),
]


def test_parts_of_a_workbook_changed_at_random():
    """The zip is sound, so that what is changed reaches the readers of its parts."""
    chance = random.Random(20241002)  # noqa: S311 - likewise
    rows = 0
    for _ in range(1500):
        book = Book({"A": [HEADING, GOOD, GOOD], "B": [HEADING]}, strings="<sst/>", styles="<x/>")
        parts = book.parts()
        name = chance.choice([name for name in parts if name.endswith((".xml", ".rels"))])
        part = str(parts[name])
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(part) + 1)
            kept = part[at + chance.choice([0, 0, 1, 3, 20]) :]
            part = part[:at] + chance.choice(PIECES) + kept
        rows += take(zipped(parts | {name: part}))
    assert rows > 100


def test_an_answer_to_any_changed_workbook_is_a_workbook_or_a_refusal():
    chance = random.Random(20241003)  # noqa: S311 - likewise
    answered = 0
    for _ in range(100):
        parts = Book({"A": [HEADING, GOOD, GOOD]}).parts()
        name = "xl/worksheets/sheet1.xml"
        part = str(parts[name])
        at = chance.randrange(len(part) + 1)
        content = zipped(parts | {name: part[:at] + chance.choice(PIECES) + part[at:]})
        try:
            with annotate(BytesIO(content), {}, results={}, language="en") as answer:
                again = answer.read()
        except FileRefused:
            continue
        assert take(again) == take(content)
        answered += 1
    assert answered > 10
