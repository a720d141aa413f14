"""Loading a plan: its document becomes the first entry of its ledger, its figures the next."""

import json
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from pydantic import JsonValue
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.domain.period import Period
from app.domain.unit import convert, plain
from app.schemas.plan_document import ObservationEntry, PlanDocument, TargetEntry
from app.services.ledger import GENESIS, Action, Change, append, written
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
    plan = Plan(code=code, revision=0, digest=GENESIS, recorded_at=now)
    try:
        with session.begin_nested():
            session.add(plan)
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
            payload=_definition(document),
        ),
        now=now,
    )
    units = {indicator.code: indicator.unit for indicator in document.indicators}
    ordered = sorted(document.observations, key=lambda each: Period.parse(each.period).index)
    for period, entries in groupby(ordered, key=lambda each: each.period):
        rows: list[JsonValue] = [_observation(entry, units) for entry in entries]
        payload: dict[str, JsonValue] = {"observations": rows}
        change = Change(actor=publisher, action=Action.OBSERVE, subject=period, payload=payload)
        append(session, plan, change, now=now)
    return True


def _definition(document: PlanDocument) -> dict[str, JsonValue]:
    content = json.loads(document.model_dump_json(exclude={"observations"}))
    units = {indicator.code: indicator.unit for indicator in document.indicators}
    return {
        "document": content,
        "targets": [_target(target, units[target.indicator]) for target in document.targets],
    }


def _target(target: TargetEntry, unit: str) -> JsonValue:
    """A target in its indicator's unit. A growth target's base is in that of the levels."""
    baseline = target.baseline
    is_same_dimension = target.unit != "%"
    base = None if baseline is None else baseline.value
    if base is not None and is_same_dimension:
        base = convert(base, from_unit=target.unit, to_unit=unit)
    return {
        "indicator": target.indicator,
        "area": target.area,
        "comparator": target.comparator,
        "value": written(convert(target.value, from_unit=target.unit, to_unit=unit)),
        "deadline": target.deadline,
        "direction": target.direction,
        "path": target.path,
        "milestones": [
            {
                "period": point.period,
                "value": written(convert(point.value, from_unit=target.unit, to_unit=unit)),
            }
            for point in target.milestones
        ],
        "baseline": written(base),
        "baseline_period": None if baseline is None else baseline.period,
        "commitment": target.commitment,
        "clause_zh": target.clause_zh,
        "clause_en": target.clause_en,
        "goal": target.goal,
        "valid_from": None,
        "reason": None,
    }


def _observation(entry: ObservationEntry, units: dict[str, str]) -> JsonValue:
    """A published figure as official: the unit of the indicator beside the one it was read in."""
    source = entry.source.model_dump(mode="json")
    value = convert(Decimal(entry.value), from_unit=entry.unit, to_unit=units[entry.indicator])
    return {
        "indicator": entry.indicator,
        "area": entry.area,
        "period": str(Period.parse(entry.period).as_quarter),
        "value": written(value),
        "missing_reason": None,
        "basis": entry.basis,
        "reported_value": written(plain(entry.value)),
        "reported_unit": entry.unit,
        "published_growth_percent": written(entry.published_growth_percent),
        "rounded": entry.rounded,
        "source": source,
        "report_id": None,
    }
