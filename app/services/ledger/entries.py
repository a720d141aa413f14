"""The ledger of a plan: one write, one revision, one entry, chained by digest.

Whatever a plan holds is recorded from its entries alone, by ``recording``, so a
ledger that is replayed elsewhere gives the same tables and the same digest.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from pydantic import JsonValue
from sqlmodel import Session, select

from app.errors import PlanUnknown
from app.services.ledger.recording import record, record_part
from app.tables import LedgerEntry, LedgerPart, Plan

GENESIS = "0" * 64
Payload = dict[str, JsonValue]


class Action(StrEnum):
    """What a ledger entry did."""

    DEFINE = "define"
    OBSERVE = "observe"
    SET_TARGETS = "set_targets"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    EXTEND = "extend"
    NOTE_PROGRESS = "note_progress"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a write wants recorded: who did what to which subject."""

    actor: str
    action: Action
    subject: str
    payload: Payload


def lock_plan(session: Session, code: str) -> Plan:
    """The plan with its head locked until the transaction ends; PlanUnknown without one.

    SQLite's lock is the IMMEDIATE transaction; on PostgreSQL the row is locked,
    so that two writers never build on the same revision.
    """
    found = session.exec(select(Plan).where(Plan.code == code).with_for_update()).first()
    if found is None:
        raise PlanUnknown(plan=code)
    return found


def open_entry(plan: Plan, *, actor: str, action: Action, now: datetime) -> LedgerEntry:
    """The next entry of a locked plan, without its content yet.

    ``recorded_at`` never decreases, though the clock may.
    """
    return LedgerEntry(
        plan=plan.code,
        revision=plan.revision + 1,
        recorded_at=max(now, plan.recorded_at),
        actor=actor,
        action=action,
        subject="",
        payload="",
        digest="",
    )


def add_part(session: Session, entry: LedgerEntry, position: int, content: Payload) -> str:
    """Record one report of an open entry, and give the digest that its payload must hold."""
    text = canonical_json(content)
    part = {"plan": entry.plan, "revision": entry.revision, "position": position, "payload": text}
    session.connection().execute(sa.insert(LedgerPart), [part])
    record_part(session, entry, content)
    return sha256(text)


def close_entry(
    session: Session,
    plan: Plan,
    entry: LedgerEntry,
    *,
    subject: str,
    payload: Payload,
    is_recorded: bool = False,
) -> LedgerEntry:
    """Give an open entry its content, and make it the plan's newest revision."""
    entry.subject, entry.payload = subject, canonical_json(payload)
    entry.digest = digest_of(plan.digest, entry)
    append_entry(session, plan, entry, is_recorded=is_recorded)
    return entry


def append(session: Session, plan: Plan, change: Change, *, now: datetime) -> LedgerEntry:
    """Append a change to a locked plan and record it; revision + 1."""
    entry = open_entry(plan, actor=change.actor, action=change.action, now=now)
    return close_entry(session, plan, entry, subject=change.subject, payload=change.payload)


def append_entry(
    session: Session, plan: Plan, entry: LedgerEntry, *, is_recorded: bool = False
) -> None:
    """Store a finished entry as the plan's next one, and what it says in every other table."""
    plan.revision, plan.digest = entry.revision, entry.digest
    plan.recorded_at = entry.recorded_at
    session.add(plan)
    session.flush()
    session.add(entry)
    if not is_recorded:
        record(session, entry)
    session.flush()


def digest_of(previous: str, entry: LedgerEntry) -> str:
    """SHA-256 in hexadecimal over the previous digest and the entry's canonical JSON."""
    content: dict[str, JsonValue] = {
        "plan": entry.plan,
        "revision": entry.revision,
        "recorded_at": entry.recorded_at.astimezone(UTC).isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "payload": json.loads(entry.payload),
    }
    return sha256(previous + canonical_json(content))


def sha256(text: str) -> str:
    """The digest of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_json(content: JsonValue) -> str:
    """JSON with sorted keys and no blanks; figures are texts in it, never binary floats."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def written(value: Decimal | None) -> str | None:
    """An exact number as a payload has it: digits without an exponent."""
    return None if value is None else f"{value:f}"
