"""The ledger of a plan: one write, one revision, one entry, chained by digest.

Whatever a plan holds is recorded from its entries alone, by ``recording``, so a
ledger that is replayed elsewhere gives the same tables and the same digest.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from pydantic import JsonValue
from pydantic_core import to_json
from sqlmodel import Session, col

from app.database import look
from app.errors.failure import PlanUnknown
from app.services.ledger.outbox import Listening, load_listening, tell_hooks
from app.services.ledger.recording import NewEntry, Recording
from app.tables import Definition, LedgerEntry, Observation, Plan, Succession
from app.tables.series import BY_REVISION
from app.tables.storing import WaitingRows

GENESIS = "0" * 64
Payload = dict[str, JsonValue]
_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_LOCK = (
    sa.select(col(Plan.code), col(Plan.revision), col(Plan.digest), col(Plan.recorded_at))
    .where(col(Plan.code) == sa.bindparam("plan"))
    .with_for_update()
)
_FOLLOWERS = (
    sa.select(col(Succession.plan))
    .where(col(Succession.earlier) == sa.bindparam("plan"))
    .distinct()
    .order_by(col(Succession.plan))
)
# What of an entry changes how later plans see this one: its rules, its figures, its own history.
_CHANGES = [
    sa.select(col(table.revision)).where(
        col(table.plan) == sa.bindparam("plan"),
        col(table.revision) == sa.bindparam("revision"),
        *conditions,
    )
    for table, conditions in (
        (Definition, ()),
        (Observation, (BY_REVISION,)),
        (Succession, ()),
    )
]


class Action(StrEnum):
    """What a ledger entry did."""

    DEFINE = "define"
    OBSERVE = "observe"
    SET_TARGETS = "set_targets"
    SUBMIT = "submit"
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    DECIDE = "decide"
    EXTEND = "extend"
    NOTE_PROGRESS = "note_progress"
    PUBLISH = "publish"
    FOLLOW = "follow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a write wants recorded: who did what to which subject."""

    actor: str
    action: Action
    subject: str
    payload: Payload


@dataclass(slots=True)
class PlanHead:
    """A plan's head while it is locked: it moves on with each entry that is appended.

    Who is told of entries is known once one was appended: nobody else changes that meanwhile.
    """

    code: str
    revision: int
    digest: str
    recorded_at: datetime
    hooks: Sequence[Listening] | None = None
    followers: Sequence[str] | None = None

    def follow(self, entry: NewEntry) -> None:
        """Move on to a finished entry."""
        self.revision, self.digest = entry.revision, entry.digest
        self.recorded_at = entry.recorded_at


def lock_plan(session: Session, code: str) -> PlanHead:
    """The plan's head, locked until the transaction ends; PlanUnknown without one.

    SQLite's lock is the IMMEDIATE transaction; on PostgreSQL the row is locked,
    so that two writers never build on the same revision. What the write before this one in the
    same transaction left is taken over, if it did nothing after its entry.
    """
    left: PlanHead | None = _heads(session).pop(code, None)
    if left is not None:
        return left
    found = look(session).execute(_LOCK, {"plan": code}).first()
    if found is None:
        raise PlanUnknown(plan=code)
    return PlanHead(*found)


def begin_plan(session: Session, code: str, *, recorded_at: datetime) -> PlanHead:
    """A plan without any entry yet."""
    head = PlanHead(code=code, revision=0, digest=GENESIS, recorded_at=recorded_at)
    row = {"code": code, "revision": 0, "digest": GENESIS, "recorded_at": recorded_at}
    session.connection().execute(sa.insert(Plan), row)
    return head


def move_plan(session: Session, head: PlanHead) -> None:
    """Store where the plan's head is now, or leave it with what it rests on."""
    row = {"revision": head.revision, "digest": head.digest, "recorded_at": head.recorded_at}
    rows = WaitingRows(session.connection)
    rows.move(head.code, row)
    rows.leave(session)


def open_entry(plan: PlanHead, *, actor: str, action: Action, now: datetime) -> NewEntry:
    """The next entry of a locked plan, without its content yet.

    ``recorded_at`` never decreases, though the clock may.
    """
    return NewEntry(
        plan=plan.code,
        revision=plan.revision + 1,
        recorded_at=max(now, plan.recorded_at),
        actor=actor,
        action=action,
    )


def add_part(recording: Recording, entry: NewEntry, position: int, content: Payload) -> str:
    """Record one report of an open entry, and give the digest that its payload must hold."""
    text = canonical_json(content)
    recording.add_part(entry, position, text)
    recording.record_part(entry, content)
    return sha256(text)


def close_entry(
    session: Session,
    plan: PlanHead,
    entry: NewEntry,
    *,
    subject: str,
    payload: Payload,
    is_recorded: bool = False,
) -> NewEntry:
    """Give an open entry its content, and make it the plan's newest revision.

    ``is_recorded``: whether what it says is in its tables already.
    """
    entry.subject, entry.payload = subject, canonical_json(payload)
    entry.digest = digest_of(plan.digest, entry)
    recording = Recording(session.connection)
    if not is_recorded:
        recording.record(entry, json.loads(entry.payload))
    recording.add_entry(entry)
    recording.leave(session)
    if plan.hooks is None:
        plan.hooks = load_listening(session, plan.code)
    tell_hooks(session, plan.hooks, entry, payload)
    plan.follow(entry)
    move_plan(session, plan)
    _tell_followers(session, plan, entry)
    _heads(session)[plan.code] = plan
    return entry


def _heads(session: Session) -> dict[str, PlanHead]:
    """The heads of plans that are locked by the transaction, where its owner keeps such."""
    found: dict[str, PlanHead] = session.info.get("heads", {})
    return found


def follow_plan(
    session: Session, plan: PlanHead, earlier: PlanHead, *, actor: str, now: datetime
) -> NewEntry:
    """Append up to where a locked plan knows the earlier one, which is locked too."""
    payload: Payload = {
        "plan": earlier.code,
        "revision": earlier.revision,
        "digest": earlier.digest,
    }
    subject = f"{earlier.code} {earlier.revision}"
    change = Change(actor=actor, action=Action.FOLLOW, subject=subject, payload=payload)
    return append(session, plan, change, now=now)


def append(session: Session, plan: PlanHead, change: Change, *, now: datetime) -> NewEntry:
    """Append a change to a locked plan and record it; revision + 1."""
    entry = open_entry(plan, actor=change.actor, action=change.action, now=now)
    return close_entry(session, plan, entry, subject=change.subject, payload=change.payload)


def _tell_followers(session: Session, earlier: PlanHead, entry: NewEntry) -> None:
    """Let the plans that follow this one know of its official entries, in the same transaction.

    The earlier plan is always locked before those that follow it.
    """
    if earlier.followers is None:
        asked = {"plan": earlier.code}
        earlier.followers = look(session).scalars(_FOLLOWERS, asked).all()
    at = {"plan": earlier.code, "revision": entry.revision}
    if earlier.followers and any(session.connection().execute(q, at).first() for q in _CHANGES):
        for code in earlier.followers:
            follower = lock_plan(session, code)
            follow_plan(session, follower, earlier, actor=entry.actor, now=entry.recorded_at)


def digest_of(previous: str, entry: NewEntry | LedgerEntry) -> str:
    """SHA-256 in hexadecimal over the previous digest and the entry's canonical JSON."""
    before = _ENCODE({"action": entry.action, "actor": entry.actor})
    after = _ENCODE(
        {
            "plan": entry.plan,
            "recorded_at": entry.recorded_at.astimezone(UTC).isoformat(),
            "revision": entry.revision,
            "subject": entry.subject,
        }
    )
    # The payload is canonical already, and its name is in order between the others.
    return sha256(f'{previous}{before[:-1]},"payload":{entry.payload},{after[1:]}')


def sha256(text: str) -> str:
    """The digest of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def canonical_json(content: JsonValue) -> str:
    """JSON with sorted keys and no blanks; figures are texts in it, never binary floats."""
    return _ENCODE(content)


def ordered_json(content: JsonValue) -> str:
    """Canonical JSON of content whose names are in order already: a quarter of the time."""
    return to_json(content).decode()


def written(value: Decimal | None) -> str | None:
    """An exact number as a payload has it: digits without an exponent."""
    return None if value is None else f"{value:f}"
