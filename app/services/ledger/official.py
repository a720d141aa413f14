"""Which entries of a ledger are official: all but those that submit, return or withdraw reports.

What the public reads rests on the newest official entry, so that it neither changes nor tells of
it when a district submits.
"""

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.services.ledger.entries import Action
from app.tables import LedgerEntry, Plan

# What these entries hold is not official, or not yet.
SUBMISSIONS = frozenset({Action.SUBMIT, Action.RETURN, Action.WITHDRAW})
# Where review is automatic, a submission makes its figures official itself.
_AUTOMATIC = '%"status":"approved"%'


def is_official() -> ColumnElement[bool]:
    """Whether an entry is official, as a condition on the ledger."""
    is_approved = sa.and_(
        col(LedgerEntry.action) == Action.SUBMIT, col(LedgerEntry.payload).like(_AUTOMATIC)
    )
    return sa.or_(col(LedgerEntry.action).not_in(SUBMISSIONS), is_approved)


def get_official_entry(session: Session, plan: Plan) -> LedgerEntry:
    """The newest official entry of a plan; its definition is one, so there is always some."""
    query = (
        select(LedgerEntry)
        .where(LedgerEntry.plan == plan.code, is_official())
        .order_by(col(LedgerEntry.revision).desc())
        .limit(1)
    )
    return session.exec(query).one()
