"""A plan's ledger as lines of JSON: the archive, and the way from one database to another.

Reading the lines into an empty database of either kind gives the same tables and the
same digest, because tables are filled from entries alone.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.errors.failure import PlanUnknown
from app.errors.plans import ArchiveInvalid, PlanExists
from app.services.ledger.entries import Action, PlanHead, canonical_json
from app.services.ledger.recording import Content, NewEntry
from app.services.ledger.replaying import Replay, WrittenEntry, WrittenPart, read_ledger
from app.tables import LedgerEntry, Plan

FORMAT = "dabiao-ledger/1"

# A line of an archive is JSON that this program wrote itself.
ArchiveLine = dict[str, Any]


def export_ledger(session: Session, plan: str) -> Iterator[str]:
    """The header and every entry, one line of JSON each, oldest first. PlanUnknown."""
    if session.get(Plan, plan) is None:
        raise PlanUnknown(plan=plan)
    yield canonical_json({"format": FORMAT, "plan": plan})
    for written in read_ledger(session, plan):
        yield canonical_json(_to_line(written))


def import_ledger(session: Session, lines: Iterable[str]) -> PlanHead:
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
    replay = Replay(session, code)
    for number, text in enumerate(found, start=2):
        written = _to_written(code, _read_line(text, number), number)
        if replay.add(written) is not None:
            raise ArchiveInvalid(line=number, why="chain")
        if written.entry.action == Action.FOLLOW and not knows_earlier(session, written.content):
            facts = {"earlier": written.content["plan"], "revision": written.content["revision"]}
            raise ArchiveInvalid(line=number, why="earlier", **facts)
    replay.finish()
    if replay.plan is None:
        raise ArchiveInvalid(line=1, why="empty")
    return replay.plan


def knows_earlier(session: Session, said: Content) -> bool:
    """Whether the database has the earlier plan as it was at the revision that an entry names."""
    found = session.get(LedgerEntry, (said["plan"], said["revision"]))
    return found is not None and found.digest == said["digest"]


def _read_line(text: str, number: int) -> ArchiveLine:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ArchiveInvalid(line=number, why="syntax") from error
    if not isinstance(found, dict):
        raise ArchiveInvalid(line=number, why="syntax")
    return found


def _to_line(written: WrittenEntry) -> ArchiveLine:
    entry = written.entry
    return {
        "revision": entry.revision,
        "recorded_at": entry.recorded_at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "payload": written.content,
        "digest": entry.digest,
        "parts": [part.content for part in written.parts],
    }


def _to_written(code: str, line: ArchiveLine, number: int) -> WrittenEntry:
    try:
        content, parts = dict(line["payload"]), list(line["parts"])
        entry = NewEntry(
            plan=code,
            revision=line["revision"],
            recorded_at=datetime.fromisoformat(line["recorded_at"]),
            actor=line["actor"],
            action=line["action"],
            subject=line["subject"],
            payload=canonical_json(content),
            digest=line["digest"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArchiveInvalid(line=number, why="syntax") from error
    return WrittenEntry(entry, content, [WrittenPart(canonical_json(part), part) for part in parts])
