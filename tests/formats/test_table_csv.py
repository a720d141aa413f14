"""A table as CSV: readable cells, numbers that stay numbers, texts that never become formulas."""

import json
from decimal import Decimal

import pytest

from app.formats.tables.csv import write_csv
from tests.formats.tables import FULL, Sample, csv_of, make_table, written

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "-"]


def test_each_kind_of_value_is_a_readable_cell():
    [cells] = csv_of(FULL)
    assert cells == {
        "text": '产业 "a", b\nc',
        "texts": "甲; b",
        "number": "812.4",
        "share_percent": "66.66666666666667",
        "many": "2025",
        "truth": "false",
        "day": "2025-12-31",
        "moment": "2025-01-02T03:04:05.678901Z",
        "parts": "a: 1, null; 名: x",
    }


def test_null_is_an_empty_cell():
    [cells] = csv_of(Sample())
    assert set(cells.values()) == {""}


def test_the_bytes_are_those_that_excel_opens():
    content = written(write_csv, make_table(Sample(text="a"), Sample(text="b")))
    assert content.startswith(b"\xef\xbb\xbftext,texts,number,")
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == 3
    assert content.count(b"\xef\xbb\xbf") == 1


def test_an_empty_table_has_its_header():
    content = written(write_csv, make_table(model=Sample))
    assert content.decode("utf-8-sig").splitlines() == [",".join(Sample.model_fields)]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_cell_cannot_become_a_formula(text: str):
    [cells] = csv_of(Sample(text=text, texts=[text, "ok"]))
    assert cells["text"] == f"'{text}"
    assert cells["texts"] == f"'{text}; ok"


@pytest.mark.parametrize(
    ("number", "cell"),
    [("-735", "-735"), ("-0.525", "-0.525"), ("1E+3", "1000"), ("9999999999.99999", None)],
)
def test_numbers_stay_numbers_also_below_zero(number: str, cell: str | None):
    [cells] = csv_of(Sample(number=Decimal(number), many=-1))
    assert cells["number"] == (cell or number)
    assert cells["many"] == "-1"


def test_derived_numbers_are_those_of_json():
    row = Sample(number=Decimal(1) / 3)
    [cells] = csv_of(row)
    assert json.loads(cells["number"]) == json.loads(row.model_dump_json())["number"]
