"""The ledger as clients read it."""

import json
from collections import defaultdict

from pydantic import JsonValue
from sqlmodel import Session, col, select

from app.schemas.ledger import LedgerHead, LedgerRow
from app.services.ledger.official import SUBMISSIONS
from app.services.ledger.snapshots import Snapshot
from app.tables import LedgerEntry, LedgerPart


def list_ledger(session: Session, snapshot: Snapshot, *, sees_all: bool) -> list[LedgerRow]:
    """Every entry up to the snapshot, oldest first; submissions in full only to who sees all."""
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.plan == snapshot.plan, LedgerEntry.revision <= snapshot.revision)
        .order_by(col(LedgerEntry.revision))
    )
    parts = _load_parts(session, snapshot) if sees_all else {}
    rows = []
    for entry in session.exec(query):
        payload = json.loads(entry.payload)
        restatement = payload.get("restatement")
        is_shown = sees_all or entry.action not in SUBMISSIONS
        rows.append(
            LedgerRow(
                **entry.model_dump(exclude={"plan", "payload"}),
                payload=payload if is_shown else None,
                restatement=restatement,
                parts=parts.get(entry.revision, []) if sees_all else None,
            )
        )
    return rows


def _load_parts(session: Session, snapshot: Snapshot) -> dict[int, list[dict[str, JsonValue]]]:
    """The reports that entries submitted, by revision."""
    query = (
        select(LedgerPart)
        .where(LedgerPart.plan == snapshot.plan, LedgerPart.revision <= snapshot.revision)
        .order_by(col(LedgerPart.revision), col(LedgerPart.position))
    )
    found: dict[int, list[dict[str, JsonValue]]] = defaultdict(list)
    for part in session.exec(query):
        found[part.revision].append(json.loads(part.payload))
    return found


def get_ledger_head(session: Session, snapshot: Snapshot) -> LedgerHead:
    """Revision and digest of the newest entry that the snapshot knows."""
    entry = session.get_one(LedgerEntry, (snapshot.plan, snapshot.revision))
    return LedgerHead(
        plan=entry.plan,
        revision=entry.revision,
        digest=entry.digest,
        recorded_at=entry.recorded_at,
    )
