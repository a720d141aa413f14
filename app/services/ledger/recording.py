"""What a ledger entry says, written into the tables: the only place that fills them.

Live writes and replays of a ledger take this one way.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlmodel import Session, col

from app.tables import (
    AnnualTask,
    Area,
    Decision,
    Definition,
    Extension,
    Figure,
    Indicator,
    LedgerEntry,
    LedgerPart,
    Observation,
    ProgressNote,
    Publication,
    Report,
    Succession,
    Target,
)
from app.tables.storing import RowContent, WaitingRows, columns_of

# A payload is JSON that this program wrote itself: its shape is that of the tables.
Content = Any
# A row by the names of its columns: making objects of the tables costs more than storing them.
StoredRow = SimpleNamespace

_FIGURE_COLUMNS = (
    "value",
    "value_high",
    "previous_value",
    "quarter_value",
    "reported_value",
    "published_growth_percent",
    "baseline",
)
_REPORT = sa.select(col(Report.submitted_by)).where(
    col(Report.plan) == sa.bindparam("plan"), col(Report.id) == sa.bindparam("report")
)
_FIGURES = (
    sa.select(*(col(getattr(Figure, name)) for name in Figure.model_fields))
    .where(
        col(Figure.plan) == sa.bindparam("plan"), col(Figure.report_id) == sa.bindparam("report")
    )
    .order_by(col(Figure.position))
)


@dataclass(slots=True, kw_only=True)
class NewEntry:
    """A write on its way into the ledger; ``payload`` is canonical JSON."""

    plan: str
    revision: int
    recorded_at: datetime
    actor: str
    action: str
    subject: str = ""
    payload: str = ""
    digest: str = ""


_Maker = Callable[[NewEntry, Content], None]
_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class SentReport:
    """A report as it is stored: its own row, and those of its figures and of its decision."""

    report: RowContent
    figures: list[RowContent]
    decisions: list[RowContent]

    def as_read(self) -> tuple[StoredRow, list[StoredRow], list[StoredRow]]:
        """The same as it would be read: the report, its figures, its decisions."""
        figures = [StoredRow(**columns_of(Figure, row)) for row in self.figures]
        decisions = [StoredRow(**columns_of(Decision, row)) for row in self.decisions]
        return StoredRow(**columns_of(Report, self.report)), figures, decisions


class Recording:
    """Makes rows of entries. They wait until ``write``, so that many are stored at once."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._rows = WaitingRows(connect)
        # Reports that wait to be stored: an approval may read them.
        self._sent: dict[tuple[str, str], SentReport] = {}
        self._makers: dict[str, _Maker] = {
            "define": self._define,
            "observe": self._observe,
            "set_targets": self._set_targets,
            "approve": self._approve,
            "return": self._return,
            "withdraw": self._withdraw,
            "decide": self._decide_all,
            "extend": self._extend,
            "note_progress": self._note_progress,
            "publish": self._publish,
            "follow": self._follow,
        }

    @property
    def waiting(self) -> int:
        """How many rows wait."""
        return self._rows.count

    def write(self) -> None:
        """Store the rows that wait."""
        self._rows.write()
        self._sent.clear()

    def leave(self, session: Session) -> None:
        """Store the rows with those that other writes leave."""
        self._rows.leave(session)
        self._sent.clear()

    def add_entry(self, entry: NewEntry) -> None:
        """The entry itself, finished."""
        self._rows.add(LedgerEntry, {name: getattr(entry, name) for name in entry.__slots__})

    def add_part(self, entry: NewEntry, position: int, text: str) -> None:
        """A part of the entry, as canonical JSON."""
        self._rows.add(LedgerPart, _of(entry) | {"position": position, "payload": text})

    def record(self, entry: NewEntry, content: Content) -> None:
        """What the content of one entry accounts for; that of reports is in its parts."""
        if (make := self._makers.get(entry.action)) is not None:
            make(entry, content)

    def record_part(self, entry: NewEntry, report: Content) -> SentReport:
        """One report of an entry: its figures, what it replaces, what is official at once."""
        sent = {
            "submitted_at": entry.recorded_at,
            "submitted_by": entry.actor,
            # Sorted, as in the payload: a replay reads them from there.
            "findings": _written(report["findings"]),
        }
        row = self._rows.add(Report, report, _of(entry), sent)
        for superseded in report["supersedes"]:
            self._decide(entry, superseded, "superseded")
        place = {"report_id": report["id"], "area": report["area"], "period": report["period"]}
        place |= _of(entry)
        figures = [
            self._rows.add(Figure, figure, place, {"position": position}, _figures_in(figure))
            for position, figure in enumerate(report["figures"], start=1)
        ]
        found = self._sent[entry.plan, report["id"]] = SentReport(row, figures, [])
        if report["status"] == "approved":
            found.decisions.append(self._decide(entry, report["id"], "approved"))
            for figure in figures:
                self._make_official(entry, figure, entry.actor)
        return found

    def _define(self, entry: NewEntry, content: Content) -> None:
        document = content["document"]
        self._rows.add(Definition, _of(entry) | {"document": _written(document)})
        for table, rows in ((Area, document["areas"]), (Indicator, document["indicators"])):
            places = [{"plan": entry.plan, "position": place} for place in range(len(rows))]
            self._rows.replace(table, [row | at for row, at in zip(rows, places, strict=True)])
        self._set_targets(entry, content)

    def _set_targets(self, entry: NewEntry, content: Content) -> None:
        for target in content["targets"]:
            milestones = json.dumps(target["milestones"], separators=(",", ":"))
            self._rows.add(Target, _exact(target) | _of(entry) | {"milestones": milestones})
        # Entries that set no year's task have none to name.
        for task in content.get("tasks", ()):
            self._rows.add(AnnualTask, _exact(task) | _of(entry))

    def _observe(self, entry: NewEntry, content: Content) -> None:
        for row in content["observations"]:
            source = json.dumps(row["source"], separators=(",", ":"), ensure_ascii=False)
            self._rows.add(Observation, _exact(row) | _of(entry) | {"source": source})

    def _approve(self, entry: NewEntry, content: Content) -> None:
        sent = self._find_sent(entry.plan, content["report"])
        self._decide(entry, content["report"], "approved", reason=content["note"])
        for figure in sent.figures:
            if figure["indicator"] in content["indicators"]:
                self._make_official(entry, figure, sent.report["submitted_by"])

    def _return(self, entry: NewEntry, content: Content) -> None:
        code, reason = content["reason_code"], content["reason"]
        self._decide(entry, content["report"], "returned", reason_code=code, reason=reason)

    def _withdraw(self, entry: NewEntry, content: Content) -> None:
        self._decide(entry, content["report"], "withdrawn")

    def _decide_all(self, entry: NewEntry, content: Content) -> None:
        """Several decisions in one entry: each says by ``decision`` which it is."""
        for each in content["decisions"]:
            self._makers[each["decision"]](entry, each)

    def _extend(self, entry: NewEntry, content: Content) -> None:
        until = date.fromisoformat(content["until"])
        granted = {"until": until, "granted_by": entry.actor, "granted_at": entry.recorded_at}
        self._rows.add(Extension, content | _of(entry) | granted)

    def _note_progress(self, entry: NewEntry, content: Content) -> None:
        noted = {"noted_by": entry.actor, "noted_at": entry.recorded_at}
        self._rows.add(ProgressNote, content | _of(entry) | noted)

    def _publish(self, entry: NewEntry, content: Content) -> None:
        published = {
            "frozen_revision": content["revision"],
            "published_at": entry.recorded_at,
            "published_by": entry.actor,
        }
        self._rows.add(Publication, content | _of(entry) | published)

    def _follow(self, entry: NewEntry, content: Content) -> None:
        earlier = {f"earlier_{name}": content[name] for name in ("revision", "digest")}
        self._rows.add(Succession, _of(entry) | {"earlier": content["plan"]} | earlier)

    def _decide(
        self, entry: NewEntry, report: str, status: str, **reason: str | None
    ) -> RowContent:
        decided: RowContent = {"decided_at": entry.recorded_at, "decided_by": entry.actor, **reason}
        decided |= {"report_id": report, "status": status}
        return self._rows.add(Decision, _of(entry) | decided)

    def _make_official(self, entry: NewEntry, figure: RowContent, publisher: str) -> None:
        """The observation that a figure of a report becomes: as reported, with its report."""
        official = {
            "rounded": False,
            "source": json.dumps({"publisher": publisher}, ensure_ascii=False),
        }
        self._rows.add(Observation, figure | _of(entry) | official)

    def _find_sent(self, plan: str, report: str) -> SentReport:
        """A report that waits to be stored, or is."""
        if (found := self._sent.get((plan, report))) is not None:
            return found
        connection, asked = self._rows.connection, {"plan": plan, "report": report}
        figures = [dict(row) for row in connection.execute(_FIGURES, asked).mappings()]
        return SentReport(dict(connection.execute(_REPORT, asked).mappings().one()), figures, [])


def _of(entry: NewEntry) -> RowContent:
    """What every row of an entry has."""
    return {"plan": entry.plan, "revision": entry.revision}


def _written(content: Content) -> str:
    return _ENCODE(content)


def _exact(row: RowContent) -> RowContent:
    """The row with its figures as exact numbers."""
    return row | _figures_in(row)


def _figures_in(row: RowContent) -> RowContent:
    return {name: Decimal(row[name]) for name in _FIGURE_COLUMNS if row.get(name) is not None}
