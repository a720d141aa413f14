"""The time of a target: how much of it had elapsed at the date of the data.

Totals since the start run in days, everything else in quarters
(docs/measures.md#time). Never today's date.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from app.domain.quantity import EXACT, Quantity, Reason, Undefined
from app.domain.time.period import QUARTERS_A_YEAR, Period

DAYS_A_YEAR = Decimal("365.25")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Elapsed share (0 to 1), and years from the start and to the deadline (signed)."""

    elapsed: Quantity
    years_gone: Quantity
    years_left: Decimal

    @property
    def is_over(self) -> bool:
        """Whether the deadline's own period is reached."""
        return self.years_left <= 0


@lru_cache(maxsize=10_000)
def read_clock(
    *, at: Period, deadline: Period, baseline_period: Period | None, start: date | None
) -> Clock:
    """The clock of a target at a data period.

    With a ``start`` time runs in days, both ends included; else in quarters from
    the baseline's period; with neither, the elapsed share is ``no_baseline``; where
    the deadline is not after the start there is no way to have gone: ``no_path``.
    """
    if start is not None:
        gone, total = _days(start, at), _days(start, deadline)
        per_year = DAYS_A_YEAR
    elif baseline_period is not None:
        gone = Decimal(at.quarters_since(baseline_period))
        total = Decimal(deadline.quarters_since(baseline_period))
        per_year = Decimal(QUARTERS_A_YEAR)
    else:
        return _without_start(at, deadline, Reason.NO_BASELINE)
    if total <= 0:
        return _without_start(at, deadline, Reason.NO_PATH)
    share = EXACT.divide(gone, total)
    return Clock(
        elapsed=min(max(share, Decimal(0)), Decimal(1)),
        years_gone=EXACT.divide(gone, per_year),
        years_left=EXACT.divide(total - gone, per_year),
    )


def _without_start(at: Period, deadline: Period, reason: Reason) -> Clock:
    quarters_left = Decimal(deadline.quarters_since(at))
    return Clock(
        elapsed=Undefined(reason),
        years_gone=Undefined(reason),
        years_left=EXACT.divide(quarters_left, Decimal(QUARTERS_A_YEAR)),
    )


def _days(start: date, until: Period) -> Decimal:
    return Decimal((until.last_day - start).days + 1)
