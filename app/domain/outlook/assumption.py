"""Figures that nobody reported: what a scenario assumes, as figures like any others."""

from decimal import Decimal

from app.domain.accumulation import Accumulation
from app.domain.checks.figure import MAX_DECIMAL_PLACES
from app.domain.path import Comparator
from app.domain.quantity import EXACT, HUNDRED
from app.domain.series import Observed
from app.domain.target import Target
from app.domain.time.clock import DAYS_A_YEAR
from app.domain.time.period import QUARTERS_A_YEAR, Period, quarters_between


def assume(value: Decimal, period: Period, accumulation: Accumulation) -> Observed:
    """A figure that is itself the comparable value of its period: a full year, total or level.

    ValueError for a ratio, which takes no figures, and for an annual flow within a year.

    >>> assume(Decimal(5), Period(2025, 2), Accumulation.LEVEL).basis.value
    'level'
    """
    basis = accumulation.total_basis
    if basis is None:
        raise ValueError("a ratio is computed from its parts; assume those")
    if accumulation is Accumulation.ANNUAL_FLOW and not period.ends_year:
        raise ValueError(f"only a year's end has a full year, and {period} is none")
    return Observed(period=period, value=value, basis=basis)


def grow(
    value: Decimal, percent: Decimal, *, at: Period, until: Period, accumulation: Accumulation
) -> list[Observed]:
    """The value grown by ``percent`` a year, at every quarter after ``at`` up to ``until``.

    V (1 + p/100)^h, h the years since ``at`` on the clock of the accumulation; an annual flow
    at the ends of years only. ``percent`` is above -100.

    >>> [str(each.value) for each in grow(Decimal(100), Decimal(10), at=Period(2023, 4),
    ...     until=Period(2025, 4), accumulation=Accumulation.ANNUAL_FLOW)]
    ['110.0', '121.00']
    """
    factor = EXACT.add(Decimal(1), EXACT.divide(percent, HUNDRED))
    return [
        assume(
            EXACT.multiply(value, EXACT.power(factor, _years(at, period, accumulation))),
            period,
            accumulation,
        )
        for period in quarters_between(at.shift(1), until)
        if period.ends_year or accumulation is not Accumulation.ANNUAL_FLOW
    ]


def just_meeting(target: Target, *, is_count: bool) -> Decimal:
    """The least that meets a target: X, or the next value that is kept where X itself is excluded.

    >>> from app.domain.path import Direction
    >>> from app.domain.path import PathKind
    >>> just_meeting(Target(value=Decimal(5), comparator=Comparator.GT, deadline=Period(2025),
    ...     direction=Direction.INCREASE, path=PathKind.LINEAR), is_count=True)
    Decimal('6')
    """
    if target.is_met_by(target.value):
        return target.value
    step = Decimal(1) if is_count else Decimal(1).scaleb(-MAX_DECIMAL_PLACES)
    return target.value + step if target.comparator is Comparator.GT else target.value - step


def _years(first: Period, last: Period, accumulation: Accumulation) -> Decimal:
    """Totals since the start run in days, everything else in quarters."""
    if accumulation is Accumulation.INCREMENT:
        return EXACT.divide(Decimal((last.last_day - first.last_day).days), DAYS_A_YEAR)
    return EXACT.divide(Decimal(last.quarters_since(first)), Decimal(QUARTERS_A_YEAR))
