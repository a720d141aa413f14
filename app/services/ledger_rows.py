"""The ledger as clients read it."""

import json

from sqlmodel import Session, col, select

from app.schemas.plan import LedgerHead, LedgerRow
from app.services.ledger import Action
from app.services.snapshots import Snapshot
from app.tables import LedgerEntry

# What these entries hold is not official, or not yet.
_SUBMISSIONS = {Action.SUBMIT, Action.RETURN, Action.WITHDRAW}


def list_ledger(session: Session, snapshot: Snapshot, *, sees_all: bool) -> list[LedgerRow]:
    """Every entry up to the snapshot, oldest first; submissions in full only to who sees all."""
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.plan == snapshot.plan, LedgerEntry.revision <= snapshot.revision)
        .order_by(col(LedgerEntry.revision))
    )
    return [
        LedgerRow(
            **entry.model_dump(exclude={"plan", "payload"}),
            payload=json.loads(entry.payload)
            if sees_all or entry.action not in _SUBMISSIONS
            else None,
        )
        for entry in session.exec(query)
    ]


def get_ledger_head(session: Session, snapshot: Snapshot) -> LedgerHead:
    """Revision and digest of the newest entry that the snapshot knows."""
    entry = session.get_one(LedgerEntry, (snapshot.plan, snapshot.revision))
    return LedgerHead(
        plan=entry.plan,
        revision=entry.revision,
        digest=entry.digest,
        recorded_at=entry.recorded_at,
    )
