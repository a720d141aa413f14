"""A formula reads as its definition, and gives a reason where it has no number."""

from decimal import Decimal, DivisionByZero, getcontext

import pytest

from app.domain.quantity import Quantity, Reason, Undefined, formula, known, require


@formula
def _share(part: Quantity, whole: Quantity) -> Decimal:
    total = known(whole)
    require(total != 0, Reason.ZERO_DENOMINATOR)
    return known(part) / total


def test_a_formula_gives_its_number_to_forty_digits_whatever_the_callers_precision() -> None:
    before = getcontext()

    assert str(_share(Decimal(1), Decimal(3))) == "0." + 40 * "3"
    assert getcontext() is before


def test_a_formula_gives_the_reason_of_the_first_thing_that_it_lacks() -> None:
    no_part, no_whole = Undefined(Reason.NOT_REPORTED), Undefined(Reason.NO_TARGET)

    assert _share(no_part, no_whole) == no_whole
    assert _share(no_part, Decimal(0)) == Undefined(Reason.ZERO_DENOMINATOR)
    assert _share(no_part, Decimal(3)) == no_part
    assert str(_share(Decimal(1), Decimal(3))) == "0." + 40 * "3"


def test_an_unknown_inside_a_formula_within_a_formula_is_a_value_again() -> None:
    @formula
    def _shown(part: Quantity) -> str:
        found = _share(part, Decimal(4))
        return "none" if isinstance(found, Undefined) else str(found)

    assert _shown(Undefined(Reason.WITHHELD)) == "none"
    assert _shown(Decimal(1)) == "0.25"


def test_a_formula_hides_no_failure() -> None:
    with pytest.raises(DivisionByZero):
        formula(lambda: Decimal(1) / Decimal(0))()
