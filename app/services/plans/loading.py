"""Loading a plan: its document becomes the first entry of its ledger, its figures the next."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.errors.failure import PlanUnknown
from app.errors.plans import EarlierPlanDiffers, EarlierPlanUnknown
from app.schemas.document.plan import PlanDocument
from app.services.ledger.entries import (
    Action,
    Change,
    Payload,
    PlanHead,
    append,
    begin_plan,
    follow_plan,
    lock_plan,
)
from app.services.plans.payloads import define, observe
from app.services.state.definitions import PlanDefinition, get_definition
from app.tables import Plan

# What an indicator must share with the one whose figures are its history.
_ALIKE = ("measure", "accumulation", "unit")


def list_plans(session: Session) -> list[Plan]:
    """Every plan of the deployment, by code."""
    return list(session.exec(select(Plan).order_by(Plan.code)).all())


def load_plan(session: Session, document: PlanDocument, *, now: datetime) -> bool:
    """Load a plan that is not there yet; False, and nothing is written, when it is.

    The texts and targets are one entry; published figures follow, one entry
    to a period, ascending, so that what was known between them can be asked.
    """
    code = document.plan.code
    earlier = lock_earlier(session, document)
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
    if earlier is not None:
        follow_plan(session, plan, earlier, actor=publisher, now=now)
    for period, rows in observe(document):
        payload: Payload = {"observations": [*rows]}
        change = Change(actor=publisher, action=Action.OBSERVE, subject=period, payload=payload)
        append(session, plan, change, now=now)
    return True


def lock_earlier(session: Session, document: PlanDocument) -> PlanHead | None:
    """The head of the plan that a plan follows, locked; None where it follows none.

    It is locked before the plan that follows it, as it is when it is written to itself.
    EarlierPlanUnknown, EarlierPlanDiffers.
    """
    code, earlier = document.plan.code, document.plan.follows
    if earlier is None:
        return None
    try:
        head = lock_plan(session, earlier)
    except PlanUnknown as unknown:
        raise EarlierPlanUnknown(plan=code, earlier=earlier, revision=1) from unknown
    definition = get_definition(session, earlier, revision=head.revision)
    _require_alike(document, definition)
    before: str | None = earlier
    while before is not None:
        if before == code:
            raise EarlierPlanDiffers(why="itself", plan=code)
        known = definition if before == earlier else _definition_of(session, before)
        before = known.document.plan.follows
    return head


def _definition_of(session: Session, plan: str) -> PlanDefinition:
    return get_definition(session, plan, revision=session.get_one(Plan, plan).revision)


def _require_alike(document: PlanDocument, earlier: PlanDefinition) -> None:
    """EarlierPlanDiffers where figures of the earlier plan would mean something else."""
    codes, plan = document.plan.follows_indicators, earlier.document.plan.code
    for each in document.indicators:
        code = codes.get(each.code, each.code)
        was = earlier.indicators.get(code)
        if was is None and each.code in codes:
            raise EarlierPlanDiffers(why="indicator", earlier=plan, code=code, indicator=each.code)
        for rule in _ALIKE if was is not None else ():
            before, after = str(getattr(was, rule)), str(getattr(each, rule))
            if before != after:
                raise EarlierPlanDiffers(
                    why="rules",
                    earlier=plan,
                    code=code,
                    indicator=each.code,
                    rule=rule,
                    before=before,
                    after=after,
                )
