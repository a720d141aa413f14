"""Units that a plan declares convert as exactly as the built-in ones, or are not allowed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.accumulation import Accumulation, Basis
from app.domain.checks.figure import FigureRule, RawFigure, SoundFigure, check_figure
from app.domain.checks.finding import Finding, FindingCode
from app.domain.checks.queries import Questions, question_figure
from app.domain.checks.unit import UNITS, Unit, convert, has_room, units_of_dimension
from app.domain.series import Observed, Series
from app.domain.time.period import Period

D = Decimal
DECLARED = {
    "吨": ("mass", "1"),
    "万吨": ("mass", "10000"),
    "千瓦时": ("energy", "3.6"),
    "kWh": ("energy", "3.6"),
    "吨标准煤": ("energy", "29307.6"),
    "万吨标准煤": ("energy", "293076000"),
    "吉焦": ("energy", "1000"),
    "份": ("count", "1"),
    "分钟": ("time", "1"),
    "小时": ("time", "60"),
}
KNOWN = {
    **UNITS,
    **{s: Unit(symbol=s, dimension=d, factor=D(f)) for s, (d, f) in DECLARED.items()},
}
PAIRS = [(a, b) for b in KNOWN for a in units_of_dimension(b, KNOWN)]


@pytest.mark.parametrize(
    ("value", "unit", "into", "converted"),
    [
        ("2", "吨标准煤", "吉焦", "58.6152"),
        ("1.5", "kWh", "吉焦", "0.0054"),
        ("3", "万吨标准煤", "吨标准煤", "30000"),
        ("12", "份", "个", "12"),
        ("7", "小时", "分钟", "420"),
    ],
)
def test_a_declared_unit_converts_exactly(value: str, unit: str, into: str, converted: str) -> None:
    assert convert(D(value), from_unit=unit, to_unit=into, units=KNOWN) == D(converted)


def test_a_unit_that_gives_no_decimal_number_is_not_allowed() -> None:
    assert units_of_dimension("分钟", KNOWN) == ["分钟", "小时"]
    assert units_of_dimension("小时", KNOWN) == ["小时"]
    assert units_of_dimension("吨标准煤", KNOWN) == ["吨标准煤", "万吨标准煤"]
    assert units_of_dimension("吉焦", KNOWN) == ["千瓦时", "kWh", "吨标准煤", "万吨标准煤", "吉焦"]
    assert "份" in units_of_dimension("家", KNOWN)
    assert "份" not in units_of_dimension("家")


@given(
    pair=st.sampled_from(PAIRS),
    digits=st.integers(-(10**15) + 1, 10**15 - 1),
    places=st.integers(0, 8),
)
def test_fifteen_digits_in_every_unit_are_kept_to_the_last(
    pair: tuple[str, str], digits: int, places: int
) -> None:
    unit, into = pair
    value = D(digits).scaleb(-places)
    converted = convert(value, from_unit=unit, to_unit=into, units=KNOWN)
    assert converted * KNOWN[into].factor == value * KNOWN[unit].factor


def _rule(unit: str) -> FigureRule:
    return FigureRule(
        indicator="energy_used",
        unit=unit,
        accumulation=Accumulation.LEVEL,
        is_integer=False,
        is_negative_allowed=False,
        units=KNOWN,
    )


def _check(value: str, unit: str, into: str) -> SoundFigure | list[Finding]:
    raw = RawFigure(pointer="", row=1, value=D(value), unit=unit, basis="level")
    return check_figure(raw, _rule(into))


def test_a_figure_is_checked_in_the_units_of_its_plan() -> None:
    found = _check("12.5", "吨标准煤", "吉焦")
    assert isinstance(found, SoundFigure)
    assert (found.value, found.reported_value, found.reported_unit) == (
        D("366.345"),
        D("12.5"),
        "吨标准煤",
    )
    refused = _check("1", "吉焦", "吨标准煤")
    assert isinstance(refused, list)
    assert [each.code for each in refused] == [FindingCode.UNIT_NOT_ALLOWED]


def test_a_figure_too_fine_for_its_unit_is_refused_and_not_rounded() -> None:
    assert not has_room(D("0.0000000000000000001"))
    found = _check("0.00000001", "元", "万亿元")
    assert isinstance(found, list)
    assert [each.code for each in found] == [FindingCode.PRECISION]
    assert isinstance(_check("0.000001", "元", "万亿元"), SoundFigure)


@pytest.mark.parametrize(
    ("value", "unit", "looks_like"),
    [("1000000", "吨", "万吨"), ("118", "吨", None)],
)
def test_a_slip_between_declared_units_is_asked_about(
    value: str, unit: str, looks_like: str | None
) -> None:
    history = [Observed(period=Period(2022, q), value=D(100), basis=Basis.LEVEL) for q in (3, 4)]
    found = question_figure(
        SoundFigure(
            value=D(value),
            basis=Basis.LEVEL,
            missing_reason=None,
            reported_value=D(value),
            reported_unit=unit,
        ),
        Period(2023, 1),
        Series.of(history, accumulation=Accumulation.LEVEL, start=None),
        Questions(unit="吨", outlier="off", change_from_constant=False, units=KNOWN),
        RawFigure(pointer="", row=1, indicator="output"),
    )
    slips = [each.facts for each in found if each.code is FindingCode.SCALE_SLIP]
    assert bool(slips) == (looks_like is not None)
