"""The full year from a running total: how much of a year usually falls before a quarter's end.

Chinese monthly and quarterly figures are running totals since 1 January, and the
year is not spread evenly over them; its usual spread is read from the years before.
"""

from decimal import Decimal, localcontext

from app.domain.quantity import EXACT, Quantity, Reason, Undefined

_MOST_YEARS = 5


def mean_share(history: tuple[tuple[Decimal, Decimal], ...]) -> Quantity:
    """The mean share of the year reached by the end of a quarter, as a fraction of 1.

    ``history`` holds, per year from the oldest, the totals since 1 January at the end of the
    quarter and of the year, in one unit: no other quarter of a year is needed. The last five
    years count, or as many as there are; with one, the estimate is the 同比 method (last year's
    total times the growth to date). Undefined ``insufficient_history`` without a year,
    ``not_positive`` when a full year is not above 0.

    >>> mean_share(((Decimal(40), Decimal(100)), (Decimal(60), Decimal(100))))
    Decimal('0.5')
    """
    years = history[-_MOST_YEARS:]
    if not years:
        return Undefined(Reason.INSUFFICIENT_HISTORY)
    if any(whole <= 0 for _, whole in years):
        return Undefined(Reason.NOT_POSITIVE)
    with localcontext(EXACT):
        shares = [so_far / whole for so_far, whole in years]
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
