"""How closely a submission should be looked at: questions, size of change, lateness."""

from decimal import Decimal

from app.domain.quantity import EXACT, percent_of

A_QUERY = Decimal(1000)
LARGEST_COUNTED = Decimal(998)


def change_percent(value: Decimal | None, previous: Decimal | None) -> Decimal | None:
    """The size of a change in percent of what was there; None where there is nothing to compare.

    >>> change_percent(Decimal(90), Decimal(120))
    Decimal('25')
    """
    if value is None or previous is None or previous == 0:
        return None
    return abs(percent_of(EXACT.subtract(value, previous), previous))


def risk_of(*, queries: int, largest_change: Decimal | None, is_late: bool) -> Decimal:
    """The place of a submission in the queue: the higher the sooner.

    >>> risk_of(queries=1, largest_change=Decimal(25), is_late=True)
    Decimal('1026')
    """
    change = min(largest_change or Decimal(0), LARGEST_COUNTED)
    return A_QUERY * queries + change + (1 if is_late else 0)
