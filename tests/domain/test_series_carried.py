"""Carrying the last known value forward, and ratios kept by their parts."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.accumulation import Accumulation, ActualBasis, Basis, MissingReason
from app.domain.quantity import Reason, Undefined, quotient
from app.domain.series import Comparable, Observed, Series, ratio_of
from app.domain.time.period import Period

D = Decimal
NOT_REPORTED = Undefined(Reason.NOT_REPORTED)


def series(accumulation: Accumulation, *observed: Observed) -> Series:
    return Series.of(observed, accumulation=accumulation, start=date(2022, 1, 1))


def figure(period: str, value: str | None, basis: Basis = Basis.LEVEL) -> Observed:
    return Observed(
        period=Period.parse(period),
        value=None if value is None else D(value),
        basis=basis,
        missing_reason=MissingReason.WITHHELD if value is None else None,
    )


@pytest.mark.parametrize(
    ("carry_forward", "value", "age"),
    [(0, NOT_REPORTED, 0), (1, NOT_REPORTED, 0), (2, D(20), 2), (5, D(20), 2)],
)
def test_a_level_is_carried_as_far_as_asked_and_no_further(
    carry_forward: int, value: object, age: int
) -> None:
    levels = series(Accumulation.LEVEL, figure("2023-Q4", "19"), figure("2024-Q1", "20"))

    found = levels.comparable(Period(2024, 3), carry_forward=carry_forward)

    assert (found.value, found.age) == (value, age)


def test_a_carried_value_keeps_its_inputs() -> None:
    observed = figure("2024-Q1", "20")

    found = series(Accumulation.LEVEL, observed).comparable(Period(2024, 2), carry_forward=1)

    assert found.inputs == (observed,)
    assert found.basis is ActualBasis.LEVEL


def test_a_total_since_the_start_is_carried() -> None:
    totals = series(Accumulation.INCREMENT, figure("2022-Q1", "5", Basis.QUARTER))

    found = totals.comparable(Period(2022, 3), carry_forward=4)

    assert (found.value, found.age) == (D(5), 2)


def test_a_yearly_flow_is_never_carried() -> None:
    flows = series(Accumulation.ANNUAL_FLOW, figure("2023-Q4", "123258", Basis.YTD))

    assert flows.comparable(Period(2024, 4), carry_forward=4).value == NOT_REPORTED


def test_a_figure_that_is_there_is_not_replaced_by_an_older_one() -> None:
    levels = series(Accumulation.LEVEL, figure("2024-Q1", "20"), figure("2024-Q2", "18"))

    found = levels.comparable(Period(2024, 2), carry_forward=4)

    assert (found.value, found.age) == (D(18), 0)


def test_a_withheld_figure_is_filled_with_the_last_known_one() -> None:
    levels = series(Accumulation.LEVEL, figure("2024-Q1", "20"), figure("2024-Q2", None))

    assert levels.comparable(Period(2024, 2), carry_forward=1).value == 20
    assert levels.comparable(Period(2024, 2)).value == Undefined(Reason.WITHHELD)


def test_nothing_is_carried_into_a_period_to_which_nothing_applies() -> None:
    inapplicable = Observed(
        period=Period(2024, 2), value=None, missing_reason=MissingReason.NOT_APPLICABLE
    )
    levels = series(Accumulation.LEVEL, figure("2024-Q1", "20"), inapplicable)

    found = levels.comparable(Period(2024, 2), carry_forward=4)

    assert found.value == Undefined(Reason.NOT_APPLICABLE)


def known(value: str, age: int = 0) -> Comparable:
    return Comparable(value=D(value), inputs=(figure("2024-Q4", value),), age=age)


def test_a_ratio_keeps_its_parts() -> None:
    found = ratio_of(known("8", age=1), known("200"), scale=D(100))

    assert found.value == 4
    assert found.basis is ActualBasis.RATIO
    assert (found.numerator, found.denominator) == (D(8), D(200))
    assert len(found.inputs) == 2
    assert found.age == 1


def test_nothing_over_nothing_is_known_and_undefined() -> None:
    found = ratio_of(known("0"), known("0"), scale=D(100))

    assert found.value == Undefined(Reason.ZERO_DENOMINATOR)
    assert found.is_known


def test_a_ratio_without_one_of_its_parts_is_unknown() -> None:
    withheld = Comparable(value=Undefined(Reason.WITHHELD))

    for found in (
        ratio_of(withheld, known("200"), scale=D(100)),
        ratio_of(known("8"), withheld, scale=D(100)),
    ):
        assert found.value == Undefined(Reason.WITHHELD)
        assert not found.is_known
        assert len(found.inputs) == 1


def test_a_quotient_is_exact_in_its_scale() -> None:
    assert quotient(D(1), D(8), scale=D(1)) == D("0.125")
    assert quotient(D(-3), D(4), scale=D(100)) == -75
