"""The full year from its part so far, with the range in which 80 of 100 years would end.

FY = YTD/s_q, s_q the mean share of the year that earlier years had reached by the quarter. The
year's own share is a new draw of the same kind, so its range is Student's for one more
observation, and that of the year is YTD over it: the prediction interval of a ratio
(docs/measures.md#annual-tasks).
"""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.outlook.distribution import student_t_quantile
from app.domain.outlook.seasonal import full_year_estimate, mean_share
from app.domain.quantity import (
    Quantity,
    Reason,
    Undefined,
    formula,
    known,
    require,
)
from app.domain.time.period import QUARTERS_A_YEAR

# Of the years before, so many count.
MOST_YEARS = 5
LEAST_YEARS_OF_A_RANGE = 3
# The upper end of the middle 80 %.
_UPPER_SHARE = Decimal("0.9")

# Of a year, the part by the end of a quarter and the whole.
YearParts = tuple[Decimal, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEstimate:
    """The estimated full year with its nominal 80 % range, and the share it was made by."""

    share: Quantity
    central: Quantity
    low: Quantity
    high: Quantity

    @classmethod
    def undefined(cls, reason: Reason) -> "YearEstimate":
        """No estimate, for one reason."""
        why = Undefined(reason)
        return cls(share=why, central=why, low=why, high=why)


def estimate_year(
    so_far: Quantity, quarter: int, *, history: tuple[YearParts, ...], is_net: bool
) -> YearEstimate:
    """The year that has brought ``so_far`` by the end of a quarter (1 to 4).

    ``history``: of earlier years the part by the same quarter and the whole, oldest first; the
    last five count, and a range needs three. At the fourth quarter the year is its own estimate.
    ``is_net``: whether what was added may be taken off again; else the year cannot end below
    what it has.

    >>> year = estimate_year(Decimal(50), 2, history=((Decimal(4), Decimal(10)),), is_net=False)
    >>> year.central, year.low
    (Decimal('125'), Undefined(reason=<Reason.INSUFFICIENT_HISTORY: 'insufficient_history'>))
    """
    if quarter == QUARTERS_A_YEAR:
        return YearEstimate(share=Decimal(1), central=so_far, low=so_far, high=so_far)
    years = history[-MOST_YEARS:]
    share = mean_share(years)
    central = so_far if isinstance(so_far, Undefined) else full_year_estimate(so_far, share)
    one_end, other_end = (_bound(so_far, share, years, sign) for sign in (+1, -1))
    if isinstance(one_end, Decimal) and isinstance(other_end, Decimal):
        # Of a negative part the larger share gives the larger year.
        one_end, other_end = sorted((one_end, other_end))
    low = one_end
    if isinstance(low, Decimal) and isinstance(so_far, Decimal) and not is_net:
        low = max(low, so_far)
    return YearEstimate(share=share, central=central, low=low, high=other_end)


@formula
def _bound(so_far: Quantity, share: Quantity, years: tuple[YearParts, ...], sign: int) -> Decimal:
    """YTD/(s_q + sign t(n-1) S sqrt(1 + 1/n)), S the standard deviation of the shares.

    Undefined ``not_positive`` where the range of the share reaches 0: the year has no bound there.
    """
    part, mean = known(so_far), known(share)
    require(len(years) >= LEAST_YEARS_OF_A_RANGE, Reason.INSUFFICIENT_HISTORY)
    count = Decimal(len(years))
    deviations = [each / whole - mean for each, whole in years]
    variance = sum((each * each for each in deviations), Decimal(0)) / (count - 1)
    freedom = len(years) - 1
    spread = student_t_quantile(_UPPER_SHARE, df=freedom) * (variance * (1 + 1 / count)).sqrt()
    end = mean + sign * spread
    require(end > 0, Reason.NOT_POSITIVE)
    return part / end
