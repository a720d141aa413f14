"""When a value meets its target, word by word."""

from decimal import Decimal

import pytest

from app.domain.path import Direction
from app.domain.target import Comparator
from app.domain.targets import Commitment

D = Decimal


@pytest.mark.parametrize(
    ("comparator", "below", "at", "above"),
    [
        (Comparator.GT, False, False, True),
        (Comparator.GTE, False, True, True),
        (Comparator.LTE, True, True, False),
        (Comparator.LT, True, False, False),
    ],
)
def test_strict_words_exclude_the_number_itself(
    comparator: Comparator, *, below: bool, at: bool, above: bool
) -> None:
    held = [comparator.holds(D(value), D(4200)) for value in ("4199.99999999", "4200", "4200.01")]

    assert held == [below, at, above]


def test_unrounded_values_are_compared() -> None:
    almost = D("4199.9999999999999999999999999999999999")

    assert not Comparator.GTE.holds(almost, D(4200))
    assert Comparator.LT.holds(almost, D(4200))


def test_a_ceiling_asks_for_a_fall_and_a_floor_for_a_rise() -> None:
    assert Comparator.LTE.direction is Comparator.LT.direction is Direction.DECREASE
    assert Comparator.GTE.direction is Comparator.GT.direction is Direction.INCREASE


def test_the_sign_is_plus_one_for_a_rise_and_minus_one_for_a_fall() -> None:
    assert Direction.INCREASE.sign == 1
    assert Direction.DECREASE.sign == -1


def test_a_commitment_is_stated_or_aspirational() -> None:
    assert [each.value for each in Commitment] == ["stated", "aspirational"]
