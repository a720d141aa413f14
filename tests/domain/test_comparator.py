"""When a value meets its target, word by word."""

from decimal import Decimal

import pytest

from app.domain.path import Comparator, Direction
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


@pytest.mark.parametrize(
    ("comparator", "direction"),
    [
        (Comparator.LTE, Direction.DECREASE),
        (Comparator.LT, Direction.DECREASE),
        (Comparator.GTE, Direction.INCREASE),
        (Comparator.GT, Direction.INCREASE),
    ],
)
def test_a_ceiling_asks_for_a_fall_and_a_floor_for_a_rise(
    comparator: Comparator, direction: Direction
) -> None:
    for baseline in (None, D(0), D(9000)):
        assert comparator.direction(D(4200), None, baseline) is direction


@pytest.mark.parametrize(
    ("baseline", "direction"),
    [
        ("4.9", Direction.INCREASE),
        ("7.1", Direction.DECREASE),
        ("5", None),
        ("6", None),
        ("7", None),
        (None, None),
    ],
)
def test_a_range_asks_for_the_way_into_it(
    baseline: str | None, direction: Direction | None
) -> None:
    start = None if baseline is None else D(baseline)
    assert Comparator.BETWEEN.direction(D(5), D(7), start) is direction
    assert Comparator.BETWEEN.direction(D(5), None, D(4)) is None


def test_a_range_includes_both_of_its_ends() -> None:
    values = ("4.99999999", "5", "6", "7", "7.00000001")
    held = [Comparator.BETWEEN.holds(D(value), D(5), D(7)) for value in values]
    assert held == [False, True, True, True, False]
    assert Comparator.BETWEEN.holds(D(5), D(5))
    assert not Comparator.BETWEEN.holds(D(6), D(5))


def test_the_sign_is_plus_one_for_a_rise_and_minus_one_for_a_fall() -> None:
    assert Direction.INCREASE.sign == 1
    assert Direction.DECREASE.sign == -1


def test_a_commitment_is_stated_or_aspirational() -> None:
    assert [each.value for each in Commitment] == ["stated", "aspirational"]
