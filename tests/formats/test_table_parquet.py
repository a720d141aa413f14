"""A table as Parquet: types that analysts' tools expect, values that are those of JSON."""

import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from arro3.core import Table as ArrowTable
from arro3.io import read_parquet
from hypothesis import given
from hypothesis import strategies as st

from app.formats.tables import parquet
from app.formats.tables.parquet import BATCH, write_parquet
from app.formats.tables.table import Table
from app.vocabulary import to_number
from tests.formats.tables import FULL, ROOT, Sample, make_origin, make_table, written


def load(table: Table) -> ArrowTable:
    return read_parquet(io.BytesIO(written(write_parquet, table))).read_all()


def cells(table: Table, name: str) -> list[Any]:
    return [each for chunk in load(table)[name].chunks for each in chunk.to_pylist()]


def test_each_kind_of_value_has_its_type():
    schema = load(make_table(model=Sample)).schema
    assert {name: str(schema.field(name).type).split("<", 1)[1][:-2] for name in schema.names} == {
        "text": "Utf8",
        "texts": "List(Utf8)",
        "number": "Float64",
        "share_percent": "Float64",
        "many": "Int64",
        "truth": "Boolean",
        "day": "Date32",
        "moment": 'Timestamp(µs, "UTC")',
        "parts": "Utf8",
    }
    assert all(schema.field(name).nullable for name in schema.names)


def test_values_come_back_as_they_were():
    table = make_table(FULL, Sample(), FULL)
    expected = {
        "text": FULL.text,
        "texts": ["甲", "b"],
        "number": 812.4,
        "share_percent": 66.66666666666667,
        "many": 2025,
        "truth": False,
        "day": date(2025, 12, 31),
        "moment": datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
        "parts": "a: 1, null; 名: x",
    }
    for name, value in expected.items():
        assert cells(table, name) == [value, None, value], name


def test_an_empty_list_is_no_null():
    table = make_table(Sample(texts=[]), Sample(texts=None), Sample(texts=["a", "b"]))
    assert cells(table, "texts") == [[], None, ["a", "b"]]


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=8, min_value=-(10**7), max_value=10**7
    )
)
def test_a_figure_of_fifteen_digits_comes_back_exactly(value: Decimal):
    [found] = cells(make_table(Sample(number=value)), "number")
    assert found == to_number(value)
    assert Decimal(format(found, ".15g")) == value


def test_days_and_instants_before_1970_come_back():
    early = datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    table = make_table(Sample(day=date(1842, 8, 29), moment=early))
    assert cells(table, "day") == [date(1842, 8, 29)]
    assert cells(table, "moment") == [early]


def test_more_rows_than_a_batch_come_back_in_order():
    count = 2 * BATCH + 1
    assert cells(make_table(*(Sample(many=n) for n in range(count))), "many") == list(range(count))


def test_the_file_says_what_it_is():
    table = make_table(FULL, origin=make_origin(), is_demo=True)
    content = written(write_parquet, table)
    text = content.decode("utf-8", errors="replace")
    said, _ = json.JSONDecoder().raw_decode(text[text.index('{"table"') :])
    assert said["plan"] == "shenzhen-software-2025"
    assert (said["revision"], said["as_of"], said["demo"]) == (7, "7", True)
    assert set(said["columns"]) == set(Sample.model_fields)


PROGRAM = """
import sys
from tests.formats.tables import FULL, make_origin, make_table, written
from app.formats.tables.parquet import write_parquet
sys.stdout.buffer.write(written(write_parquet, make_table(FULL, FULL, origin=make_origin())))
"""


def test_the_same_rows_are_the_same_bytes_in_another_process():
    here = written(write_parquet, make_table(FULL, FULL, origin=make_origin()))
    elsewhere = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, check=True, capture_output=True
    )
    assert elsewhere.stdout == here


def test_without_the_extra_the_module_loads_and_says_so():
    program = (
        "import sys; sys.modules['arro3'] = sys.modules['arro3.core'] = None\n"
        "from app.formats.tables.parquet import IS_INSTALLED; print(IS_INSTALLED)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "False"
    assert parquet.IS_INSTALLED


@pytest.mark.parametrize("count", [0, 1])
def test_a_table_of_few_rows_is_a_whole_file(count: int):
    content = written(write_parquet, make_table(*[FULL] * count, model=Sample))
    assert (content[:4], content[-4:]) == (b"PAR1", b"PAR1")
