"""How the present year stands against its own milestone, apart from any rating.

Targets over several years are rated on full years or trailing ones; within a year an annual
flow is a running total, and the share of the year that usually falls before a quarter's end
is its 序时进度 (docs/measures.md#in-year).
"""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.outlook.seasonal import full_year_estimate, mean_share
from app.domain.quantity import HUNDRED, Quantity, Reason, Undefined, formula, known, require
from app.domain.time.period import QUARTERS_A_YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class InYear:
    """A running total within its year. Percent of the milestone and of the year, and the unit.

    ``milestone`` is what the path asks for at the year's end; ``gap`` is d(milestone -
    estimate): positive when the year would end short of it.
    """

    seasonal_elapsed_percent: Quantity
    full_year_estimate: Quantity
    year_milestone: Quantity
    year_progress_percent: Quantity
    year_projected_gap: Quantity

    @classmethod
    def undefined(cls, reason: Reason) -> "InYear":
        """Nothing can be said, for one reason."""
        why = Undefined(reason)
        return cls(
            seasonal_elapsed_percent=why,
            full_year_estimate=why,
            year_milestone=why,
            year_progress_percent=why,
            year_projected_gap=why,
        )


def stand_in_year(
    ytd: Quantity,
    quarter: int,
    *,
    history: tuple[tuple[Decimal, Decimal], ...],
    milestone: Quantity,
    sign: int,
) -> InYear:
    """A running total at the end of a quarter (1 to 4) against its year.

    ``history``: of earlier years the running total at this quarter and at the year's end, oldest
    first (:func:`mean_share`); at the fourth quarter the year is its own estimate without any.
    ``sign`` is d. A milestone that is not above 0 has no percent: ``zero_target``.

    >>> stand_in_year(Decimal(1345), 4, history=(), milestone=Decimal(1000),
    ...               sign=1).year_progress_percent
    Decimal('134.5')
    """
    is_whole = quarter == QUARTERS_A_YEAR
    share = Decimal(1) if is_whole else mean_share(history)
    estimate = ytd if isinstance(ytd, Undefined) else full_year_estimate(ytd, share)
    return InYear(
        seasonal_elapsed_percent=_percent(share),
        full_year_estimate=estimate,
        year_milestone=milestone,
        year_progress_percent=_progress(ytd, milestone),
        year_projected_gap=_projected_gap(milestone, estimate, sign),
    )


@formula
def _percent(share: Quantity) -> Decimal:
    """100 s_q."""
    return HUNDRED * known(share)


@formula
def _progress(ytd: Quantity, milestone: Quantity) -> Decimal:
    """100 YTD/milestone."""
    done, asked = known(ytd), known(milestone)
    require(asked > 0, Reason.ZERO_TARGET)
    return HUNDRED * done / asked


@formula
def _projected_gap(milestone: Quantity, estimate: Quantity, sign: int) -> Decimal:
    """d(milestone - estimate)."""
    year = known(estimate)
    return sign * (known(milestone) - year)
