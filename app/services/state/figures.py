"""Stored figures as the mathematics has them, and those that a snapshot knows to wait."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlmodel import Session

from app.domain.accumulation import Basis, MissingReason
from app.domain.columns import FigureColumns, SeriesKey
from app.domain.quantity import ObsStatus, PriceBasis
from app.domain.series import Observed
from app.services.ledger.snapshots import Snapshot
from app.services.state.pending import find_pending_figures
from app.services.state.texts import read_period
from app.vocabulary import View


class FigureKey(NamedTuple):
    """Which figure it is, whatever its versions."""

    indicator: str
    area: str
    period: str


def load_submitted(
    session: Session, snapshot: Snapshot, indicators: Collection[str]
) -> FigureColumns:
    """The figures of these indicators that await a decision and that the snapshot sees."""
    if snapshot.view is View.OFFICIAL:
        return {}
    found = find_pending_figures(session, snapshot.plan, revision=snapshot.revision)
    return _columns(
        [
            figure
            for figure in found
            if figure.indicator in indicators and snapshot.sees_pending(figure.area, in_sum=False)
        ]
    )


# A row of the official series, or a figure of a report: both have these columns.
def to_observed(row: Any) -> Observed:  # noqa: ANN401
    """A stored figure as the series of its area has it."""
    # Official rows alone say whether they were rounded.
    is_submitted = not hasattr(row, "rounded")
    return Observed(
        period=read_period(row.period),
        value=row.value,
        basis=None if row.basis is None else Basis(row.basis),
        missing_reason=None if row.missing_reason is None else MissingReason(row.missing_reason),
        revision=row.revision,
        is_provisional=is_submitted,
        is_rounded=False if is_submitted else row.rounded,
        published_growth_percent=row.published_growth_percent,
        price_basis=None if row.price_basis is None else PriceBasis(row.price_basis),
        obs_status=ObsStatus(row.obs_status),
        indicator=row.indicator,
        area=row.area,
    )


def _columns(rows: Sequence[Any]) -> FigureColumns:
    """Of several rows for a period the last one counts."""
    columns: dict[SeriesKey, dict[int, Observed]] = defaultdict(dict)
    for row in rows:
        observed = to_observed(row)
        columns[SeriesKey(row.indicator, row.area)][observed.period.index] = observed
    return dict(columns)
