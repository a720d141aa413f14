"""Loading a plan: its document becomes the first entry of its ledger, its figures the next."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.schemas.document.plan import PlanDocument
from app.services.ledger.entries import Action, Change, Payload, append, begin_plan
from app.services.plans.payloads import define, observe
from app.tables import Plan


def list_plans(session: Session) -> list[Plan]:
    """Every plan of the deployment, by code."""
    return list(session.exec(select(Plan).order_by(Plan.code)).all())


def load_plan(session: Session, document: PlanDocument, *, now: datetime) -> bool:
    """Load a plan that is not there yet; False, and nothing is written, when it is.

    The texts and targets are one entry; published figures follow, one entry
    to a period, ascending, so that what was known between them can be asked.
    """
    code = document.plan.code
    if session.get(Plan, code, with_for_update=True) is not None:
        return False
    try:
        with session.begin_nested():
            plan = begin_plan(session, code, recorded_at=now)
    except IntegrityError:
        # PostgreSQL locks no row that is not there: another process loaded it meanwhile.
        return False
    publisher = document.plan.publisher_en
    append(
        session,
        plan,
        Change(
            actor=publisher,
            action=Action.DEFINE,
            subject=code,
            payload=define(document),
        ),
        now=now,
    )
    for period, rows in observe(document):
        payload: Payload = {"observations": [*rows]}
        change = Change(actor=publisher, action=Action.OBSERVE, subject=period, payload=payload)
        append(session, plan, change, now=now)
    return True
