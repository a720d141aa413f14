"""Which entries of a ledger are official: all but those that submit, return or withdraw reports.

Of several decisions in one entry the approvals are official, and the entry if it has any.

What the public reads rests on the newest official entry, so that it neither changes nor tells of
it when a district submits. Who submitted for which area and period, those know who may see it.
"""

from collections import defaultdict

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from app.services.access.keys import Principal
from app.services.ledger.entries import Action
from app.services.ledger.recording import Content
from app.tables import Decision, Definition, LedgerEntry, Report

# What these entries hold is not official, or not yet.
SUBMISSIONS = frozenset({Action.SUBMIT, Action.RETURN, Action.WITHDRAW})
# What these entries hold are figures, or may be.
OF_FIGURES = SUBMISSIONS | {Action.OBSERVE, Action.APPROVE, Action.DECIDE}
# Where review is automatic, a submission makes its figures official itself; of several decisions,
# an approval does. No text within the payload reads so: its quotation marks have a backslash.
_APPROVING = {Action.SUBMIT: '%"status":"approved"%', Action.DECIDE: '%"decision":"approve"%'}


def is_official() -> ColumnElement[bool]:
    """Whether an entry is official, as a condition on the ledger."""
    action, payload = col(LedgerEntry.action), col(LedgerEntry.payload)
    approving = (sa.and_(action == each, payload.like(is_so)) for each, is_so in _APPROVING.items())
    return sa.or_(action.not_in({*SUBMISSIONS, Action.DECIDE}), *approving)


def find_known(
    session: Session, plan: str, span: tuple[int, int], principal: Principal | None
) -> set[int]:
    """Which revisions of a span the caller may know all about who made them for what.

    Those that are official, and submissions: all of them, or those for the caller's own areas.
    """
    first, last = span
    if principal is not None and principal.pending_areas is None:
        return set(range(first, last + 1))
    revision = col(LedgerEntry.revision)
    query = select(revision).where(
        LedgerEntry.plan == plan, revision.between(first, last), is_official()
    )
    known = set(session.exec(query))
    if principal is None or principal.pending_areas is None:
        return known
    areas = _find_areas(session, plan, span)
    return known | {at for at, each in areas.items() if each <= principal.pending_areas}


def withholds(session: Session, plan: str, *, revision: int) -> bool:
    """Whether a plan had a rule that withholds small counts, up to a revision."""
    query = select(Definition.revision).where(
        Definition.plan == plan,
        Definition.revision <= revision,
        # No text within the document reads so: its quotation marks have a backslash.
        col(Definition.document).like('%"small_cells":%'),
    )
    return session.exec(query.limit(1)).first() is not None


def official_part(action: str, payload: Content) -> Content:
    """What everybody may read of an entry that is no submission; of decisions the approvals."""
    if action != Action.DECIDE:
        return payload
    approvals = [each for each in payload["decisions"] if each["decision"] == Action.APPROVE]
    return {**payload, "decisions": approvals} if approvals else None


def _find_areas(session: Session, plan: str, span: tuple[int, int]) -> dict[int, set[str]]:
    """The areas that reports of a span are for, by the revision that submitted or decided them."""
    submitted = select(Report.revision, Report.area).where(
        Report.plan == plan, col(Report.revision).between(*span)
    )
    decided = (
        select(Decision.revision, Report.area)
        .join(
            Report,
            sa.and_(
                col(Report.plan) == col(Decision.plan), col(Report.id) == col(Decision.report_id)
            ),
        )
        .where(Decision.plan == plan, col(Decision.revision).between(*span))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for query in (submitted, decided):
        for at, area in session.exec(query):
            found[at].add(area)
    return found
