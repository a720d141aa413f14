"""The full year from a running total: how much of a year usually falls before a quarter's end.

Chinese monthly and quarterly figures are running totals since 1 January, and the
year is not spread evenly over them; its usual spread is read from the years before.
"""

from decimal import Decimal, localcontext

from app.domain.quantity import EXACT, Quantity, Reason, Undefined
from app.domain.time.period import QUARTERS_A_YEAR

_MOST_YEARS = 5


def mean_share(history: tuple[tuple[Decimal, ...], ...], quarter: int) -> Quantity:
    """The mean share of the year reached by the end of the quarter, as a fraction of 1.

    ``history`` holds, per complete year from the oldest, the totals since 1 January at
    Q1 to Q4 in one unit. The last five years count, or as many as there are; with one,
    the estimate is the 同比 method (last year's total times the growth to date).
    Undefined ``insufficient_history`` without a year, ``not_positive`` when a full year
    is not above 0. ValueError for a quarter outside 1 to 4, or a year without four totals.

    >>> mean_share(((Decimal(10), Decimal(40), Decimal(60), Decimal(100)),), 2)
    Decimal('0.4')
    """
    if not 1 <= quarter <= QUARTERS_A_YEAR:
        raise ValueError(f"a year has quarters 1 to {QUARTERS_A_YEAR}, not {quarter}")
    years = history[-_MOST_YEARS:]
    if not years:
        return Undefined(Reason.INSUFFICIENT_HISTORY)
    for year in years:
        if len(year) != QUARTERS_A_YEAR:
            raise ValueError(f"a year has {QUARTERS_A_YEAR} running totals, not {len(year)}")
        if year[-1] <= 0:
            return Undefined(Reason.NOT_POSITIVE)
    with localcontext(EXACT):
        shares = [year[quarter - 1] / year[-1] for year in years]
        return sum(shares, Decimal(0)) / len(shares)


def full_year_estimate(ytd: Decimal, share: Quantity) -> Quantity:
    """The estimated full year, in the unit of ``ytd``: FY = YTD_q / s_q.

    ``share`` is :func:`mean_share` of the same quarter, and its reason is passed on.
    Undefined ``not_positive`` for a share that is not above 0.

    >>> full_year_estimate(Decimal(50), Decimal("0.4"))
    Decimal('125')
    """
    if isinstance(share, Undefined):
        return share
    if share <= 0:
        return Undefined(Reason.NOT_POSITIVE)
    return EXACT.divide(ytd, share)
