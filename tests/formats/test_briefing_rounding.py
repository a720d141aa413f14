"""People read rounded figures; none of them reads as reached what is not."""

from decimal import Decimal

import pytest

from app.briefing.cells import round_shown, write_shown

HUNDRED = Decimal(100)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("98.0542857", "98.05"),
        ("99.994", "99.99"),
        ("99.999999", "99.99"),
        ("100", "100.00"),
        ("100.000001", "100.01"),
        ("100.4567", "100.46"),
        ("-0.456", "-0.46"),
    ],
)
def test_a_percentage_reaches_100_only_where_the_value_does(value: str, shown: str) -> None:
    assert write_shown(round_shown(Decimal(value), HUNDRED), is_percent=True) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("137276", "137,276"),
        ("1022.4", "1,022.40"),
        ("0.001", "0.01"),
        ("-0.001", "-0.01"),
        ("0", "0"),
        ("4199.999", "4,199.99"),
        ("4200.004", "4,200.01"),
        ("1e200", f"{10**200:,}"),
    ],
)
def test_a_figure_is_never_rounded_onto_zero_or_its_target(value: str, shown: str) -> None:
    rounded = round_shown(Decimal(value), Decimal(0), Decimal(4200))
    assert write_shown(rounded) == shown
