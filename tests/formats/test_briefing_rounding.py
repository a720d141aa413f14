"""People read rounded figures; none of them reads as reached what is not, or as more than it is."""

from decimal import Decimal

import pytest

from app.briefing.cells import show_number

ZERO, HUNDRED = Decimal(0), Decimal(100)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("98.0542857", "98.05"),
        ("99.994", "99.99"),
        ("99.995", "99.995"),
        ("99.999999", "99.999999"),
        ("99.99999999999", "<100.00"),
        ("100", "100.00"),
        ("100.000001", "100.000001"),
        ("100.00000000001", ">100.00"),
        ("100.4567", "100.46"),
        ("-0.456", "-0.46"),
        ("0.001", "0.001"),
    ],
)
def test_a_percentage_reads_as_100_only_where_the_value_is(value: str, shown: str) -> None:
    assert show_number(Decimal(value), ZERO, HUNDRED, is_percent=True).text == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("137276", "137,276"),
        ("1022.4", "1,022.40"),
        ("0.00000003", "0.00000003"),
        ("-0.001", "-0.001"),
        ("0", "0"),
        ("1e-12", "<0.00000001"),
        ("-1e-12", ">-0.00000001"),
        ("4199.999", "4,199.999"),
        ("4200.004", "4,200.004"),
        ("4199.9999999999", "<4,200.00"),
        ("1e200", f"{10**200:,}"),
    ],
)
def test_a_figure_is_never_rounded_onto_zero_or_its_target(value: str, shown: str) -> None:
    assert show_number(Decimal(value), ZERO, Decimal(4200)).text == shown


def test_a_cell_keeps_the_exact_value_beside_the_text() -> None:
    cell = show_number(Decimal("98.0542857142857"))
    assert (cell.text, cell.number, cell.places) == ("98.05", Decimal("98.0542857142857"), 2)
