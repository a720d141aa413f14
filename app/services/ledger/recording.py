"""What a ledger entry says, written into the tables: the only place that fills them.

Live writes and replays of a ledger take this one way.
"""

import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.tables import (
    Area,
    Decision,
    Definition,
    Extension,
    Figure,
    Indicator,
    LedgerEntry,
    Observation,
    ProgressNote,
    Publication,
    Report,
    Target,
)

# A payload is JSON that this program wrote itself: its shape is that of the tables.
Content = Any

_OFFICIAL_COLUMNS = (
    "indicator",
    "area",
    "period",
    "value",
    "missing_reason",
    "basis",
    "reported_value",
    "reported_unit",
    "report_id",
)
_FIGURE_COLUMNS = (
    "value",
    "previous_value",
    "quarter_value",
    "reported_value",
    "published_growth_percent",
    "baseline",
)


def record(session: Session, entry: LedgerEntry) -> None:
    """Write one entry's content into the tables that it accounts for."""
    _RECORDERS[entry.action](session, entry, json.loads(entry.payload))


def _define(session: Session, entry: LedgerEntry, content: Content) -> None:
    document = content["document"]
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    session.add(Definition(plan=entry.plan, revision=entry.revision, document=text))
    for table, rows in ((Area, document["areas"]), (Indicator, document["indicators"])):
        columns = set(table.model_fields) - {"plan", "position"}
        for position, row in enumerate(rows):
            known = {name: row[name] for name in columns}
            session.merge(table(plan=entry.plan, position=position, **known))
    session.flush()
    _set_targets(session, entry, content)


def _set_targets(session: Session, entry: LedgerEntry, content: Content) -> None:
    for target in content["targets"]:
        milestones = json.dumps(target["milestones"], separators=(",", ":"))
        columns = _exact(target) | {"milestones": milestones}
        session.add(Target(plan=entry.plan, revision=entry.revision, **columns))


def _observe(session: Session, entry: LedgerEntry, content: Content) -> None:
    _add_observations(session, entry, content["observations"])


def record_part(session: Session, entry: LedgerEntry, report: Content) -> None:
    """Write one report of an entry: its figures, what it replaces, what is official at once."""
    _add_report(session, entry, report)
    for superseded in report["supersedes"]:
        session.add(_decision(entry, superseded, "superseded"))
    figures = [_figure_row(entry, report, place, each) for place, each in _numbered(report)]
    session.connection().execute(sa.insert(Figure), figures)
    if report["status"] == "approved":
        session.add(_decision(entry, report["id"], "approved"))
        rows = [_official_row(entry, each, entry.actor) for each in figures]
        session.connection().execute(sa.insert(Observation), rows)
    session.flush()


def _submit(_session: Session, _entry: LedgerEntry, _content: Content) -> None:
    """The reports came as parts of the entry, each recorded when it was added."""


def _add_report(session: Session, entry: LedgerEntry, report: Content) -> None:
    columns = ("id", "area", "period", "late", "correction_reason")
    row = {
        "plan": entry.plan,
        "revision": entry.revision,
        "submitted_at": entry.recorded_at,
        "submitted_by": entry.actor,
        # Sorted, as in the payload: a replay reads them from there.
        "findings": json.dumps(
            report["findings"], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ),
        **{name: report[name] for name in columns},
    }
    session.connection().execute(sa.insert(Report), [row])


def _numbered(report: Content) -> Iterable[tuple[int, Content]]:
    return enumerate(report["figures"], start=1)


def _figure_row(entry: LedgerEntry, report: Content, position: int, figure: Content) -> Content:
    return {
        "plan": entry.plan,
        "report_id": report["id"],
        "position": position,
        "revision": entry.revision,
        "area": report["area"],
        "period": report["period"],
        # Entries from before quarters were kept have none.
        "quarter_value": None,
        **_exact(figure),
    }


def _official_row(entry: LedgerEntry, figure: Content, publisher: str) -> Content:
    """The observation that a figure of a report becomes: as reported, with its report."""
    return {
        **{name: figure[name] for name in _OFFICIAL_COLUMNS},
        "plan": entry.plan,
        "revision": entry.revision,
        "published_growth_percent": None,
        "rounded": False,
        "source": json.dumps({"publisher": publisher}, ensure_ascii=False),
    }


def _approve(session: Session, entry: LedgerEntry, content: Content) -> None:
    report = session.get_one(Report, (entry.plan, content["report"]))
    query = select(Figure).where(
        Figure.plan == entry.plan,
        Figure.report_id == report.id,
        col(Figure.indicator).in_(content["indicators"]),
    )
    rows = [
        _official_row(entry, figure.model_dump(), report.submitted_by)
        for figure in session.exec(query.order_by(col(Figure.position)))
    ]
    session.add(_decision(entry, report.id, "approved", reason=content["note"]))
    session.connection().execute(sa.insert(Observation), rows)


def _return(session: Session, entry: LedgerEntry, content: Content) -> None:
    session.add(
        _decision(
            entry,
            content["report"],
            "returned",
            reason_code=content["reason_code"],
            reason=content["reason"],
        )
    )


def _withdraw(session: Session, entry: LedgerEntry, content: Content) -> None:
    session.add(_decision(entry, content["report"], "withdrawn"))


def _extend(session: Session, entry: LedgerEntry, content: Content) -> None:
    session.add(
        Extension(
            plan=entry.plan,
            revision=entry.revision,
            area=content["area"],
            period=content["period"],
            until=date.fromisoformat(content["until"]),
            reason=content["reason"],
            granted_by=entry.actor,
            granted_at=entry.recorded_at,
        )
    )


def _note_progress(session: Session, entry: LedgerEntry, content: Content) -> None:
    session.add(
        ProgressNote(
            plan=entry.plan,
            revision=entry.revision,
            noted_at=entry.recorded_at,
            noted_by=entry.actor,
            **content,
        )
    )


def _publish(session: Session, entry: LedgerEntry, content: Content) -> None:
    session.add(
        Publication(
            plan=entry.plan,
            name=content["name"],
            revision=entry.revision,
            frozen_revision=content["revision"],
            published_at=entry.recorded_at,
            published_by=entry.actor,
            note=content["note"],
        )
    )


def _decision(
    entry: LedgerEntry,
    report_id: str,
    status: str,
    *,
    reason_code: str | None = None,
    reason: str | None = None,
) -> Decision:
    return Decision(
        plan=entry.plan,
        report_id=report_id,
        revision=entry.revision,
        status=status,
        decided_at=entry.recorded_at,
        decided_by=entry.actor,
        reason_code=reason_code,
        reason=reason,
    )


def _add_observations(session: Session, entry: LedgerEntry, rows: Iterable[Content]) -> None:
    for row in rows:
        source = json.dumps(row["source"], separators=(",", ":"), ensure_ascii=False)
        columns = _exact(row) | {"source": source}
        session.add(Observation(plan=entry.plan, revision=entry.revision, **columns))


def _exact(row: Content) -> dict[str, Any]:
    """The row with its figures as exact numbers."""
    figures = {
        name: None if row[name] is None else Decimal(row[name])
        for name in _FIGURE_COLUMNS
        if name in row
    }
    return {**row, **figures}


_RECORDERS: dict[str, Callable[[Session, LedgerEntry, Content], None]] = {
    "define": _define,
    "observe": _observe,
    "set_targets": _set_targets,
    "submit": _submit,
    "approve": _approve,
    "return": _return,
    "withdraw": _withdraw,
    "extend": _extend,
    "note_progress": _note_progress,
    "publish": _publish,
}
