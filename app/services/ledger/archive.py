"""A plan's ledger as lines of JSON: the archive, and the way from one database to another.

Reading the lines into an empty database of either kind gives the same tables and the
same digest, because tables are filled from entries alone.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.errors import ArchiveInvalid, PlanExists, PlanUnknown
from app.services.ledger.entries import (
    GENESIS,
    Action,
    add_part,
    append_entry,
    canonical_json,
    digest_of,
    sha256,
)
from app.tables import LedgerEntry, LedgerPart, Plan

FORMAT = "dabiao-ledger/1"

# A line of an archive is JSON that this program wrote itself.
ArchiveLine = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where a table and the ledger do not say the same: the table, the kind, and the facts."""

    table: str
    kind: str
    facts: Mapping[str, object] = field(default_factory=dict)


def export_ledger(session: Session, plan: str) -> Iterator[str]:
    """The header and every entry, one line of JSON each, oldest first. PlanUnknown."""
    if session.get(Plan, plan) is None:
        raise PlanUnknown(plan=plan)
    yield canonical_json({"format": FORMAT, "plan": plan})
    for line in read_ledger(session, plan):
        yield canonical_json(line)


def read_ledger(session: Session, plan: str) -> Iterator[ArchiveLine]:
    """Every entry of a plan with its parts, oldest first."""
    parts = _parts_by_revision(session, plan)
    query = select(LedgerEntry).where(LedgerEntry.plan == plan)
    ordered = query.order_by(col(LedgerEntry.revision))
    for entry in session.exec(ordered.execution_options(yield_per=1000)):
        yield {
            "revision": entry.revision,
            "recorded_at": entry.recorded_at.isoformat(),
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "payload": json.loads(entry.payload),
            "digest": entry.digest,
            "parts": [json.loads(text) for text in parts.get(entry.revision, [])],
        }


def import_ledger(session: Session, lines: Iterable[str]) -> Plan:
    """Replay an archive into a database that does not have the plan.

    ArchiveInvalid names the line that does not fit the chain; PlanExists.
    """
    found = iter(lines)
    header = _read_line(next(found, ""), 1)
    if header.get("format") != FORMAT or not isinstance(header.get("plan"), str):
        raise ArchiveInvalid(line=1, why="header")
    code = header["plan"]
    if session.get(Plan, code) is not None:
        raise PlanExists(plan=code)
    plan: Plan | None = None
    for number, text in enumerate(found, start=2):
        line = _read_line(text, number)
        plan = plan or _start(session, code, line, number)
        _replay(session, plan, line, number)
    if plan is None:
        raise ArchiveInvalid(line=1, why="empty")
    return plan


def replay(session: Session, code: str, lines: Iterable[ArchiveLine]) -> Plan | None:
    """Fill the tables of an empty database from entries; None without any."""
    plan: Plan | None = None
    for number, line in enumerate(lines, start=1):
        plan = plan or _start(session, code, line, number)
        _replay(session, plan, line, number)
    return plan


def find_break(plan: str, lines: Iterable[ArchiveLine]) -> Mismatch | None:
    """Where the chain of digests does not hold; None where all of it does."""
    previous, expected = GENESIS, 1
    for line in lines:
        revision = line["revision"]
        if revision != expected:
            return Mismatch("ledger", "revision_missing", {"revision": expected})
        if _parts_differ(line):
            return Mismatch("ledger_part", "part_differs", {"revision": revision})
        if digest_of(previous, _entry(plan, line)) != line["digest"]:
            return Mismatch("ledger", "digest_differs", {"revision": revision})
        previous, expected = line["digest"], expected + 1
    return None


def _parts_by_revision(session: Session, plan: str) -> dict[int, list[str]]:
    query = (
        select(LedgerPart.revision, LedgerPart.payload)
        .where(LedgerPart.plan == plan)
        .order_by(col(LedgerPart.revision), col(LedgerPart.position))
    )
    parts: dict[int, list[str]] = defaultdict(list)
    for revision, payload in session.exec(query):
        parts[revision].append(payload)
    return parts


def _read_line(text: str, number: int) -> ArchiveLine:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ArchiveInvalid(line=number, why="syntax") from error
    if not isinstance(found, dict):
        raise ArchiveInvalid(line=number, why="syntax")
    return found


def _start(session: Session, code: str, line: ArchiveLine, number: int) -> Plan:
    recorded_at = _entry(code, line, number).recorded_at
    plan = Plan(code=code, revision=0, digest=GENESIS, recorded_at=recorded_at)
    session.add(plan)
    session.flush()
    return plan


def _replay(session: Session, plan: Plan, line: ArchiveLine, number: int) -> None:
    entry = _entry(plan.code, line, number)
    is_next = entry.revision == plan.revision + 1
    if not is_next or entry.action not in set(Action) or _parts_differ(line):
        raise ArchiveInvalid(line=number, why="chain")
    if digest_of(plan.digest, entry) != entry.digest:
        raise ArchiveInvalid(line=number, why="chain")
    for position, part in enumerate(line["parts"], start=1):
        add_part(session, entry, position, part)
    append_entry(session, plan, entry)
    session.expunge_all()
    session.add(plan)


def _entry(code: str, line: ArchiveLine, number: int = 0) -> LedgerEntry:
    try:
        return LedgerEntry(
            plan=code,
            revision=line["revision"],
            recorded_at=datetime.fromisoformat(line["recorded_at"]),
            actor=line["actor"],
            action=line["action"],
            subject=line["subject"],
            payload=canonical_json(line["payload"]),
            digest=line["digest"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArchiveInvalid(line=number, why="syntax") from error


def _parts_differ(line: ArchiveLine) -> bool:
    """Whether the parts are not those whose digests the payload holds."""
    said = line["payload"].get("parts", []) if line["action"] == Action.SUBMIT else []
    return said != [sha256(canonical_json(part)) for part in line.get("parts", [])]
