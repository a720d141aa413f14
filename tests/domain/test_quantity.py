"""A quantity is an exact number, or the statement that there is none and why."""

from decimal import Decimal, DivisionByZero, InvalidOperation

import pytest

from app.domain.accumulation import MissingReason
from app.domain.quantity import EXACT, Reason, Undefined


def test_undefined_is_neither_a_number_nor_false() -> None:
    assert Undefined(Reason.NO_DATA) != Decimal(0)
    assert Undefined(Reason.NO_DATA) != Undefined(Reason.NO_TARGET)
    assert bool(Undefined(Reason.NO_DATA))


def test_every_reason_for_a_missing_figure_is_a_reason_for_a_null() -> None:
    assert {reason.value for reason in MissingReason} <= {reason.value for reason in Reason}


def test_exact_arithmetic_adds_what_binary_floats_do_not() -> None:
    assert EXACT.add(Decimal("0.1"), Decimal("0.2")) == Decimal("0.3")
    assert EXACT.subtract(Decimal("1e15"), Decimal("1e-8")) == Decimal("999999999999999.99999999")


def test_exact_arithmetic_never_makes_a_number_of_nonsense() -> None:
    with pytest.raises(DivisionByZero):
        EXACT.divide(Decimal(1), Decimal(0))
    with pytest.raises(InvalidOperation):
        EXACT.divide(Decimal(0), Decimal(0))
