"""What must be right in a figure's value: range, precision, sign, whole numbers, conversion."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.accumulation import Accumulation, Basis
from app.domain.checks.figure import FigureRule, RawFigure, SoundFigure, check_figure
from app.domain.checks.finding import Finding, FindingCode, Severity, shown

D = Decimal
VALUE_ADDED = FigureRule(
    indicator="value_added",
    unit="亿元",
    accumulation=Accumulation.ANNUAL_FLOW,
    is_integer=False,
    is_negative_allowed=False,
)
WORKERS = FigureRule(
    indicator="new_software_workers",
    unit="人",
    accumulation=Accumulation.INCREMENT,
    is_integer=True,
    is_negative_allowed=False,
)
PROFIT = FigureRule(
    indicator="profit",
    unit="亿元",
    accumulation=Accumulation.ANNUAL_FLOW,
    is_integer=False,
    is_negative_allowed=True,
)


def check(
    value: object, unit: str = "亿元", rule: FigureRule = VALUE_ADDED
) -> SoundFigure | list[Finding]:
    raw = RawFigure(
        pointer="/figures/0",
        row=1,
        indicator=rule.indicator,
        value=value,
        unit=unit,
        basis="quarter",
    )
    return check_figure(raw, rule)


def sound(value: object, unit: str = "亿元", rule: FigureRule = VALUE_ADDED) -> SoundFigure:
    found = check(value, unit, rule)
    assert isinstance(found, SoundFigure), found
    return found


def fault(value: object, unit: str = "亿元", rule: FigureRule = VALUE_ADDED) -> Finding:
    found = check(value, unit, rule)
    assert isinstance(found, list)
    assert len(found) == 1
    return found[0]


def test_a_sound_figure_is_kept_as_reported_and_in_the_indicators_unit() -> None:
    assert sound(D(8124000), "万元") == SoundFigure(
        value=D("812.4"),
        basis=Basis.QUARTER,
        missing_reason=None,
        reported_value=D(8124000),
        reported_unit="万元",
    )


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (12, "人", "12"),
        (D("12.0"), "人", "12"),
        (D("1.2E+2"), "人", "120"),
        (0, "人", "0"),
        (D("-0"), "人", "0"),
        (D("1.2345"), "万人", "12345"),
        (D("12.00000000000000000000000000000000000000000000"), "人", "12"),
    ],
)
def test_a_count_is_whole_after_conversion(value: object, unit: str, expected: str) -> None:
    assert str(sound(value, unit, WORKERS).value) == expected


@pytest.mark.parametrize(
    ("value", "unit", "converted"),
    [("12.5", "人", "12.5"), ("1.23456", "万人", "12345.6"), ("0.00001", "万人", "0.1")],
)
def test_a_part_of_a_person_is_refused(value: str, unit: str, converted: str) -> None:
    found = fault(D(value), unit, WORKERS)

    assert found.code is FindingCode.NOT_INTEGER
    assert found.facts["converted"] == converted
    assert (found.facts["unit"], found.facts["canonical"]) == (unit, "人")


@pytest.mark.parametrize(
    "value",
    [
        "9999999999",
        "9999999999.99999",
        "0.12345678",
        "123456789.123456",
        "1E-8",
        "812.40000000000000000",
    ],
)
def test_fifteen_digits_and_eight_places_are_kept(value: str) -> None:
    assert sound(D(value)).value == D(value)


@pytest.mark.parametrize(
    "value",
    [
        "0.123456789",
        "1234567890.123456",
        "1E-9",
        "1E-99",
        "1E-9999999999",
        "0.99999999999999999999999999999999999999999999999999",
        "1000000.0000000000000000000000000000000000000001",
        "9999999999.999999999999999999999999999999",
    ],
)
def test_more_than_can_be_kept_is_refused_and_never_rounded(value: str) -> None:
    assert fault(D(value)).code is FindingCode.PRECISION


@pytest.mark.parametrize(
    "value",
    [
        D("1E+10"),
        D("-1E+10"),
        10**10,
        10**400,
        D("1E+99999999"),
        D("NaN"),
        D("sNaN"),
        D("Infinity"),
        D("-Infinity"),
    ],
)
def test_what_is_beyond_ten_digits_or_no_number_is_out_of_range(value: object) -> None:
    assert fault(value, rule=PROFIT).code is FindingCode.OUT_OF_RANGE


def test_a_value_out_of_range_only_in_the_indicators_unit_is_refused_with_both() -> None:
    found = fault(D(2000000), "万人", WORKERS)

    assert found.code is FindingCode.OUT_OF_RANGE
    assert found.facts == {
        "value": "2000000",
        "unit": "万人",
        "converted": "20000000000",
        "canonical": "人",
    }


@pytest.mark.parametrize(
    ("value", "is_refused"),
    [("1000000", True), ("999999.9999", False), ("-999999.9999", False), ("-1000000", True)],
)
def test_the_range_in_the_indicators_unit_is_ten_digits_on_either_side(
    value: str, *, is_refused: bool
) -> None:
    in_yuan = replace(PROFIT, unit="元")

    assert isinstance(check(D(value), "万元", in_yuan), list) is is_refused


@pytest.mark.parametrize(
    ("value", "unit", "converted"),
    [
        ("812400000.55", "元", "8.1240000055"),
        ("8124000.5", "元", "0.081240005"),
        ("81240000000", "元", "812.4"),
        ("1E+10", "万元", "1000000"),
        ("999999999999999", "元", "9999999.99999999"),
        ("0.00000001", "元", "0.0000000000000001"),
    ],
)
def test_limits_are_on_the_number_as_reported_and_conversion_is_exact(
    value: str, unit: str, converted: str
) -> None:
    found = sound(D(value), unit)

    assert (found.value, found.reported_value) == (D(converted), D(value))


def test_a_number_beyond_any_unit_is_out_of_range_without_one() -> None:
    assert fault(D("1E+20"), "元").code is FindingCode.OUT_OF_RANGE


def test_a_negative_value_is_refused_where_none_can_be() -> None:
    assert fault(D("-0.5")).code is FindingCode.NEGATIVE
    assert sound(D("-0.5"), rule=PROFIT).value == D("-0.5")


def test_all_that_is_wrong_with_a_value_is_said_at_once() -> None:
    found = check(D("-12.5"), "人", WORKERS)

    assert isinstance(found, list)
    assert [each.code for each in found] == [FindingCode.NEGATIVE, FindingCode.NOT_INTEGER]


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("812.4", "number"),
        ("1,234.5", "thousands_separators"),
        (" -12,345,678 ", "thousands_separators"),
        ("1，234", "thousands_separators"),
        ("1,23", "commas"),
        ("０", "full_width_digits"),  # noqa: RUF001 - what an input method leaves
        ("９", "full_width_digits"),  # noqa: RUF001 - likewise
        ("812．4", "full_width_digits"),  # noqa: RUF001 - likewise
        ("", "empty_text"),
        ("  ", "empty_text"),
        (True, "number"),
        (812.4, "number"),
        ([1], "number"),
        ({"value": 1}, "number"),
    ],
)
def test_what_is_not_a_number_is_told_how_to_be_one(value: object, hint: str) -> None:
    found = fault(value)

    assert found.code is FindingCode.VALUE_TYPE
    assert found.facts["hint"] == hint


def test_a_finding_says_where_and_about_what() -> None:
    found = fault("812.4")

    assert (found.pointer, found.row, found.indicator) == ("/figures/0/value", 1, "value_added")
    assert found.severity is Severity.ERROR
    assert found.facts["value"] == "812.4"


def test_a_quoted_value_is_short_and_steers_no_screen() -> None:
    assert shown("a\x1b[31mb\u202ec") == "a�[31mb�c"
    assert shown("x" * 60) == "x" * 60
    assert shown("x" * 61) == "x" * 57 + "..."
    assert shown(None) == "null"
