"""Units as districts write them: exact within a dimension, refused across."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.checks.unit import UNITS, convert, plain, units_of_dimension

D = Decimal


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "expected"),
    [
        ("812.4", "亿元", "万元", "8124000"),
        ("8124000", "万元", "亿元", "812.4"),
        ("14", "万亿元", "亿元", "140000"),
        ("81616", "亿元", "元", "8161600000000"),
        ("1.23456", "万人", "人", "12345.6"),
        ("20", "万人", "人", "200000"),
        ("100", "万个", "个", "1000000"),
        ("3", "家", "个", "3"),
        ("1000", "万平方米", "平方米", "10000000"),
        ("1", "公顷", "万平方米", "1"),
        ("12", "%", "%", "12"),
        ("650", "亿美元", "亿美元", "650"),
        ("-2.5", "亿元", "万元", "-25000"),
        ("0", "亿元", "元", "0"),
    ],
)
def test_a_magnitude_stays_the_same_in_another_unit(
    value: str, from_unit: str, to_unit: str, expected: str
) -> None:
    found = convert(D(value), from_unit=from_unit, to_unit=to_unit)

    assert str(found) == expected


@pytest.mark.parametrize(
    ("from_unit", "to_unit"), [("亿元", "亿美元"), ("人", "家"), ("%", "元"), ("平方米", "万人")]
)
def test_units_of_different_things_do_not_convert(from_unit: str, to_unit: str) -> None:
    with pytest.raises(ValueError, match="measure different things"):
        convert(D(1), from_unit=from_unit, to_unit=to_unit)


def test_the_symbols_are_those_of_the_contract() -> None:
    contract = "元 万元 亿元 万亿元 亿美元 人 万人 平方米 万平方米 公顷 家 个 万个 %"

    assert set(UNITS) == set(contract.split())


@pytest.mark.parametrize(
    ("symbol", "allowed"),
    [
        ("亿元", ["元", "万元", "亿元", "万亿元"]),
        ("人", ["人", "万人"]),
        ("平方米", ["平方米", "万平方米", "公顷"]),
        ("家", ["家", "个", "万个"]),
        ("%", ["%"]),
        ("亿美元", ["亿美元"]),
    ],
)
def test_an_indicator_may_be_reported_in_any_unit_of_its_dimension(
    symbol: str, allowed: list[str]
) -> None:
    assert units_of_dimension(symbol) == allowed


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("12.0", "12"),
        ("1.20E+2", "120"),
        ("1E+10", "10000000000"),
        ("0.100", "0.1"),
        ("0E+5", "0"),
        ("-0.00", "0"),
        ("-7.50", "-7.5"),
        ("1E-8", "1E-8"),
    ],
)
def test_equal_numbers_look_equal(value: str, expected: str) -> None:
    assert str(plain(D(value))) == expected


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    digits=st.integers(-(10**15) + 1, 10**15 - 1),
    places=st.integers(0, 8),
    units=st.sampled_from(
        [(a, b) for a in UNITS for b in UNITS if UNITS[a].dimension == UNITS[b].dimension]
    ),
)
def test_there_and_back_is_the_same_number(
    digits: int, places: int, units: tuple[str, str]
) -> None:
    value, (one, other) = D(digits).scaleb(-places), units

    there = convert(value, from_unit=one, to_unit=other)

    assert convert(there, from_unit=other, to_unit=one) == value
