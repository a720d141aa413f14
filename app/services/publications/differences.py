"""What differs between two revisions of a plan: figures with their reasons, and what they moved."""

from decimal import Decimal

from sqlmodel import Session, col, select

from app.domain.time.period import Period
from app.schemas.publications import Difference, FigureChange, TaskChange
from app.services.ledger.snapshots import Snapshot
from app.services.publications.moved_rows import list_moved
from app.services.state.figures import FigureKey
from app.services.state.plan import load_plan_at
from app.services.state.tasks import load_tasks
from app.services.state.withheld import find_withheld
from app.tables import LedgerEntry, Observation, Report


def get_difference(
    session: Session, first: Snapshot, second: Snapshot, *, period: Period | None = None
) -> Difference:
    """Official figures, totals, targets and ratings that differ, before and after.

    ``period``: the quarter that the rows are of; by default every one.
    """
    figures = _figure_changes(session, first, second)
    before, after = load_plan_at(session, first), load_plan_at(session, second)
    changed = [FigureKey(each.indicator, each.area, each.period) for each in figures]
    return Difference(
        plan=first.plan,
        from_revision=first.revision,
        to_revision=second.revision,
        figures=figures,
        rows=[*list_moved(before, after, changed, period)],
        tasks=_task_changes(session, first, second),
    )


def _task_changes(session: Session, first: Snapshot, second: Snapshot) -> list[TaskChange]:
    before, after = (
        load_tasks(session, each.plan, revision=each.revision) for each in (first, second)
    )
    found = []
    for key in sorted(before.rows.keys() | after.rows.keys()):
        was, now = before.newest(key), after.newest(key)
        said, says = (None if e is None else (e.value, e.comparator) for e in (was, now))
        newest = max((e for e in (was, now) if e is not None), key=lambda each: each.revision)
        if said != says:
            found.append(
                TaskChange(
                    **key._asdict(),
                    before=was.value if was else None,
                    after=now.value if now else None,
                    comparator_before=was.comparator if was else None,
                    comparator_after=now.comparator if now else None,
                    revision=newest.revision,
                    reason=newest.reason,
                )
            )
    return found


def _figure_changes(session: Session, first: Snapshot, second: Snapshot) -> list[FigureChange]:
    before, after = _newest(session, first), _newest(session, second)
    hidden = [find_withheld(session, each) for each in (first, second)]
    changes = []
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key), after.get(key)
        is_same = was is not None and now is not None and _content(was) == _content(now)
        newest = now if now is not None and (was is None or now.revision > was.revision) else was
        if not is_same and newest is not None:
            change = _figure_change(session, key, was, now, newest)
            rows = zip((was, now), hidden, strict=True)
            names = [
                name
                for name, (row, withheld) in zip(("before", "after"), rows, strict=True)
                if row is not None and withheld.hides(row)
            ]
            # A reason may say what the figures do not.
            update = dict.fromkeys([*names, "reason"]) if names else {}
            changes.append(change.model_copy(update=update))
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
