"""Published growth against that of published levels: a restated base sets them apart."""

from decimal import Decimal

from app.domain.measures import HUNDRED, percent_of
from app.domain.quantity import EXACT
from app.domain.series import Observed

TOLERATED_POINTS = Decimal("0.5")


def raw_growth_percent(now: Observed | None, year_before: Observed | None) -> Decimal | None:
    """The growth of a reported figure on the same quarter a year before; None if not comparable."""
    if now is None or year_before is None or now.basis is not year_before.basis:
        return None
    if now.value is None or year_before.value is None or year_before.value <= 0:
        return None
    return EXACT.subtract(percent_of(now.value, year_before.value), HUNDRED)


def is_base_restated(now: Observed | None, year_before: Observed | None) -> bool:
    """Whether published and raw growth differ by more than half a percentage point."""
    raw = raw_growth_percent(now, year_before)
    published = None if now is None else now.published_growth_percent
    if raw is None or published is None:
        return False
    return abs(raw - published) > TOLERATED_POINTS
