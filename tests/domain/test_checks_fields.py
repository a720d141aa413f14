"""What must be right beside a figure's value: unit, basis and the reason of a missing one."""

from decimal import Decimal

import pytest

from app.domain.accumulation import Accumulation, MissingReason
from app.domain.checks.figure import FigureRule, RawFigure, SoundFigure, check_figure
from app.domain.checks.finding import CONFLICTS, Finding, FindingCode

RULE = FigureRule(
    indicator="new_software_workers",
    unit="人",
    accumulation=Accumulation.INCREMENT,
    is_integer=True,
    is_negative_allowed=False,
)
REASONS = "not_due not_reported not_applicable withheld not_yet_available"
ODD = [[], {}, ["人"], {"unit": "人"}, 5, True, Decimal(1), "", "人民"]


def check(
    value: object = 31000,
    unit: object = "人",
    basis: object = "quarter",
    missing_reason: object = None,
) -> SoundFigure | list[Finding]:
    raw = RawFigure(
        pointer="/figures/2",
        row=3,
        indicator="new_software_workers",
        value=value,
        unit=unit,
        basis=basis,
        missing_reason=missing_reason,
    )
    return check_figure(raw, RULE)


def faults(found: SoundFigure | list[Finding]) -> list[tuple[FindingCode, str]]:
    assert isinstance(found, list)
    return [(each.code, each.pointer) for each in found]


def facts(found: SoundFigure | list[Finding]) -> dict[str, object]:
    assert isinstance(found, list)
    return dict(found[0].facts)


def test_a_figure_needs_a_unit() -> None:
    found = check(unit=None)

    assert faults(found) == [(FindingCode.UNIT_REQUIRED, "/figures/2/unit")]
    assert facts(found) == {"allowed": "人 万人"}


@pytest.mark.parametrize("unit", ["亿元", "个", "persons", *ODD])
def test_a_unit_of_something_else_is_not_allowed(unit: object) -> None:
    found = check(unit=unit)

    assert faults(found) == [(FindingCode.UNIT_NOT_ALLOWED, "/figures/2/unit")]
    assert facts(found)["allowed"] == "人 万人"


def test_a_figure_needs_a_basis() -> None:
    found = check(basis=None)

    assert faults(found) == [(FindingCode.BASIS_REQUIRED, "/figures/2/basis")]
    assert facts(found) == {"allowed": "quarter ytd since_start"}


@pytest.mark.parametrize("basis", ["level", "month", "QUARTER", *ODD])
def test_a_basis_that_the_indicator_has_not_is_not_allowed(basis: object) -> None:
    assert faults(check(basis=basis)) == [(FindingCode.BASIS_NOT_ALLOWED, "/figures/2/basis")]


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = check(value="31,000", unit="亿元", basis="level")

    assert [code for code, _ in faults(found)] == [
        FindingCode.VALUE_TYPE,
        FindingCode.UNIT_NOT_ALLOWED,
        FindingCode.BASIS_NOT_ALLOWED,
    ]


def test_a_value_is_judged_even_where_its_unit_is_wrong() -> None:
    found = check(value=-1, unit="亿元", basis=None)

    assert [code for code, _ in faults(found)] == [
        FindingCode.NEGATIVE,
        FindingCode.UNIT_NOT_ALLOWED,
        FindingCode.BASIS_REQUIRED,
    ]


@pytest.mark.parametrize("reason", list(MissingReason))
def test_a_missing_figure_needs_nothing_but_its_reason(reason: MissingReason) -> None:
    missing = SoundFigure(
        value=None, basis=None, missing_reason=reason, reported_value=None, reported_unit=None
    )

    assert check(value=None, unit=None, basis=None, missing_reason=reason.value) == missing


def test_neither_a_value_nor_a_reason_is_not_enough() -> None:
    found = check(value=None)

    assert faults(found) == [(FindingCode.VALUE_REQUIRED, "/figures/2/value")]
    assert facts(found) == {"allowed": REASONS}


def test_a_value_and_a_reason_are_too_much() -> None:
    found = check(missing_reason="withheld")

    assert faults(found) == [(FindingCode.VALUE_AND_MISSING_REASON, "/figures/2/missing_reason")]


def test_zero_is_a_value_and_not_a_missing_one() -> None:
    assert isinstance(check(value=0), SoundFigure)
    assert faults(check(value=0, missing_reason="withheld"))[0][0] is (
        FindingCode.VALUE_AND_MISSING_REASON
    )


@pytest.mark.parametrize("reason", ["lost", "WITHHELD", *ODD])
def test_a_reason_that_is_none_is_refused_with_those_that_are(reason: object) -> None:
    found = check(value=None, missing_reason=reason)

    assert faults(found) == [(FindingCode.MISSING_REASON_INVALID, "/figures/2/missing_reason")]
    assert facts(found)["allowed"] == REASONS


def test_only_what_the_state_of_the_plan_forbids_is_a_conflict() -> None:
    assert {FindingCode.PERIOD_CLOSED, FindingCode.ALREADY_REPORTED} == CONFLICTS
