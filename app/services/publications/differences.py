"""What differs between two revisions of a plan: figures with their reasons, and what they moved."""

from collections.abc import Iterator
from decimal import Decimal

from sqlmodel import Session, col, select

from app.domain.columns import SeriesKey
from app.domain.time.period import Period
from app.schemas.gaps.row import GapRow
from app.schemas.publications import Difference, FigureChange, RowChange
from app.services.gaps.table import GapFilter, list_gaps
from app.services.ledger.snapshots import Snapshot
from app.services.state.figures import FigureKey
from app.services.state.plan import load_plan_at
from app.tables import LedgerEntry, Observation, Report

_COMPARED = ("target", "actual", "gap", "rating", "areas_reported")


def get_difference(
    session: Session, first: Snapshot, second: Snapshot, *, period: Period | None = None
) -> Difference:
    """Official figures, totals, targets and ratings that differ, before and after.

    ``period``: the quarter that the rows are of; by default each row's latest.
    """
    return Difference(
        plan=first.plan,
        from_revision=first.revision,
        to_revision=second.revision,
        figures=_figure_changes(session, first, second),
        rows=_row_changes(session, first, second, period),
    )


def _figure_changes(session: Session, first: Snapshot, second: Snapshot) -> list[FigureChange]:
    before, after = _newest(session, first), _newest(session, second)
    changes = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        is_same = was is not None and now is not None and _content(was) == _content(now)
        newest = now if now is not None and (was is None or now.revision > was.revision) else was
        if not is_same and newest is not None:
            changes.append(_figure_change(session, key, was, now, newest))
    return changes


def _figure_change(
    session: Session,
    key: FigureKey,
    was: Observation | None,
    now: Observation | None,
    newest: Observation,
) -> FigureChange:
    entry = session.get_one(LedgerEntry, (newest.plan, newest.revision))
    report = session.get(Report, (newest.plan, newest.report_id)) if newest.report_id else None
    return FigureChange(
        **key._asdict(),
        before=was.value if was else None,
        after=now.value if now else None,
        revision=newest.revision,
        reason=report.correction_reason if report else None,
        changed_by=entry.actor,
    )


def _newest(session: Session, snapshot: Snapshot) -> dict[FigureKey, Observation]:
    query = select(Observation).where(
        Observation.plan == snapshot.plan, Observation.revision <= snapshot.revision
    )
    rows = session.exec(query.order_by(col(Observation.revision)))
    return {FigureKey(row.indicator, row.area, row.period): row for row in rows}


def _content(row: Observation) -> tuple[Decimal | None, str | None, str | None]:
    return (row.value, row.basis, row.missing_reason)


def _row_changes(
    session: Session, first: Snapshot, second: Snapshot, period: Period | None
) -> list[RowChange]:
    """Each indicator and area at the period, where anything of it differs."""
    before, after = _rows(session, first, period), _rows(session, second, period)
    return [
        change
        for key in {**before, **after}
        for change in _compare(key, before.get(key), after.get(key))
    ]


def _compare(key: SeriesKey, was: GapRow | None, now: GapRow | None) -> Iterator[RowChange]:
    shown = now or was
    for name in _COMPARED:
        before, after = getattr(was, name, None), getattr(now, name, None)
        if before != after and shown is not None:
            yield RowChange(
                **key._asdict(),
                period=shown.period,
                field=name,
                before=before,
                after=after,
            )


def _rows(session: Session, snapshot: Snapshot, period: Period | None) -> dict[SeriesKey, GapRow]:
    wanted = GapFilter(periods=None if period is None else [period])
    rows = list_gaps(load_plan_at(session, snapshot), wanted)
    return {SeriesKey(row.indicator, row.area): row for row in rows}
