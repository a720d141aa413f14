"""What a ledger entry says, written into the tables: the only place that fills them.

Live writes and replays of a ledger take this one way.
"""

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from app.tables import (
    Area,
    Decision,
    Definition,
    Figure,
    Indicator,
    LedgerEntry,
    Observation,
    Report,
    Target,
)

# A payload is JSON that this program wrote itself: its shape is that of the tables.
Content = Any

_FIGURE_COLUMNS = ("value", "reported_value", "published_growth_percent", "baseline")


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


def _submit(session: Session, entry: LedgerEntry, content: Content) -> None:
    for report in content["reports"]:
        _add_report(session, entry, report)
        for superseded in report["supersedes"]:
            session.add(_decision(entry, superseded, "superseded"))
        if content["status"] == "approved":
            session.add(_decision(entry, report["id"], "approved"))
            _add_observations(session, entry, report["observations"])


def _add_report(session: Session, entry: LedgerEntry, report: Content) -> None:
    key: Content = {"plan": entry.plan, "revision": entry.revision}
    place: Content = {"area": report["area"], "period": report["period"]}
    session.add(
        Report(
            **key,
            **place,
            id=report["id"],
            submitted_at=entry.recorded_at,
            submitted_by=entry.actor,
            late=report["late"],
            correction_reason=report["correction_reason"],
            findings=json.dumps(report["findings"], separators=(",", ":"), ensure_ascii=False),
        )
    )
    session.flush()
    for position, figure in enumerate(report["figures"], start=1):
        columns = _exact(figure)
        session.add(Figure(**key, **place, **columns, report_id=report["id"], position=position))


def _approve(session: Session, entry: LedgerEntry, content: Content) -> None:
    session.add(_decision(entry, content["report"], "approved", reason=content["note"]))
    _add_observations(session, entry, content["observations"])


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
}
