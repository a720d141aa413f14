"""Figures as people read them: rounded once, and never onto a mark that they miss."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal

_CENT = Decimal("0.01")
# Enough digits for any figure that an answer may hold, and two decimals.
_WIDE = Context(prec=400)


def round_shown(value: Decimal, *marks: Decimal) -> Decimal:
    """The value to two decimals. Where that would make it one of the marks, it stays beside it.

    An attainment of 99.999 % is 99.99 and not 100.00, and what is left is never 0.00.
    """
    rounded = value.quantize(_CENT, ROUND_HALF_UP, _WIDE)
    if rounded == value or rounded not in marks:
        return rounded
    return value.quantize(_CENT, ROUND_FLOOR if value < rounded else ROUND_CEILING, _WIDE)


def write_shown(rounded: Decimal, *, is_percent: bool = False) -> str:
    """With separators between thousands; a percentage always with two decimals."""
    is_whole = rounded == rounded.to_integral_value() and not is_percent
    return f"{rounded:,.0f}" if is_whole else f"{rounded:,.2f}"
