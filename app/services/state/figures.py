"""The figures that a snapshot knows: the newest official ones, and those that await approval."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col

from app.domain.accumulation import Basis, MissingReason
from app.domain.figures import FigureColumns, Figures, SeriesKey, overlay
from app.domain.plan import PlanRules
from app.domain.series import Observed
from app.domain.time.period import Period
from app.services.ledger.snapshots import Snapshot
from app.services.state.pending import find_pending_figures
from app.tables import Figure, Observation
from app.vocabulary import View

# FigureColumns, not objects: a plan may have a hundred thousand figures.
_NAMES = (
    "indicator",
    "area",
    "period",
    "revision",
    "value",
    "missing_reason",
    "basis",
    "rounded",
    "published_growth_percent",
)


class FigureKey(NamedTuple):
    """Which figure it is, whatever its versions."""

    indicator: str
    area: str
    period: str


def load_figures(
    session: Session, snapshot: Snapshot, rules: PlanRules, indicators: Collection[str]
) -> Figures:
    """Every figure of these indicators that the snapshot knows."""
    official = _load_official(session, snapshot, indicators)
    if snapshot.view is View.OFFICIAL:
        return Figures(rules, official, today=snapshot.day)
    found = find_pending_figures(session, snapshot.plan, revision=snapshot.revision)
    seen = [
        figure
        for figure in found
        if figure.indicator in indicators and snapshot.sees_pending(figure.area, in_sum=False)
    ]
    # In a sum the submitted figures of some areas alone would mislead.
    in_sums = None if snapshot.pending_areas is None else official
    seen_too = overlay(official, _columns(seen), only_newer=True)
    return Figures(rules, seen_too, in_sums, today=snapshot.day)


# A row of the official series, or a figure of a report: both have these columns.
def to_observed(row: Any) -> Observed:  # noqa: ANN401
    """A stored figure as the series of its area has it."""
    is_submitted = isinstance(row, Figure)
    return Observed(
        period=Period.parse(row.period),
        value=row.value,
        basis=None if row.basis is None else Basis(row.basis),
        missing_reason=None if row.missing_reason is None else MissingReason(row.missing_reason),
        revision=row.revision,
        is_provisional=is_submitted,
        is_rounded=False if is_submitted else row.rounded,
        published_growth_percent=None if is_submitted else row.published_growth_percent,
    )


def _load_official(
    session: Session, snapshot: Snapshot, indicators: Collection[str]
) -> FigureColumns:
    query = (
        sa.select(*(col(getattr(Observation, name)) for name in _NAMES))
        .where(
            col(Observation.plan) == snapshot.plan,
            col(Observation.revision) <= snapshot.revision,
            col(Observation.indicator).in_(indicators),
        )
        .order_by(col(Observation.revision))
    )
    return _columns(session.connection().execute(query).all())


def _columns(rows: Sequence[Any]) -> FigureColumns:
    """Of several rows for a period the last one counts."""
    columns: dict[SeriesKey, dict[int, Observed]] = defaultdict(dict)
    for row in rows:
        observed = to_observed(row)
        columns[SeriesKey(row.indicator, row.area)][observed.period.index] = observed
    return columns
