"""Revising targets: appended with a reason, never overwritten."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from pydantic import JsonValue
from sqlmodel import Session, col, select

from app.domain.checks import MAGNITUDE_LIMIT
from app.domain.path import PathKind
from app.domain.unit import convert, units_of_dimension
from app.errors import Fault, ParametersInvalid
from app.schemas.plan_document import IndicatorEntry
from app.schemas.target import RevisedTarget, RevisionResult, TargetRevision
from app.services.definitions import PlanDefinition, get_definition
from app.services.keys import Principal, Role
from app.services.ledger import Action, Change, append, lock_plan, written
from app.services.targets import Targets, load_targets
from app.tables import Target

_PLACES = Decimal("1e-8")


def revise_targets(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    revisions: list[TargetRevision],
    now: datetime,
) -> RevisionResult:
    """Append new versions of targets in one revision of the plan; what is the same is left out.

    ParametersInvalid names every fault of every revision; RoleNotAllowed.
    """
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.ADMINISTRATOR)
    definition = get_definition(session, plan_code, revision=plan.revision)
    targets = load_targets(session, plan_code, revision=plan.revision)
    faults = [f for place, each in enumerate(revisions) for f in _faults(each, place, definition)]
    if faults or _repeated(revisions, definition):
        raise ParametersInvalid(faults or _repeated(revisions, definition))
    drafts = [_draft(each, place, definition, targets) for place, each in enumerate(revisions)]
    changed = [draft for draft in drafts if not _is_there(draft, targets)]
    if not changed:
        return RevisionResult(applied=False, revision=plan.revision, targets=[])
    payload: dict[str, JsonValue] = {"targets": [dict(draft) for draft in changed]}
    subject = " ".join(sorted({str(draft["indicator"]) for draft in changed}))
    change = Change(
        actor=principal.owner, action=Action.SET_TARGETS, subject=subject, payload=payload
    )
    entry = append(session, plan, change, now=now)
    stored = session.exec(
        select(Target)
        .where(Target.plan == plan_code, Target.revision == entry.revision)
        .order_by(col(Target.indicator), col(Target.area))
    )
    rows = [RevisedTarget.model_validate(row, extra="ignore") for row in stored]
    return RevisionResult(applied=True, revision=entry.revision, targets=rows)


def _faults(each: TargetRevision, place: int, definition: PlanDefinition) -> Iterator[Fault]:
    at = f"/targets/{place}"
    if each.indicator not in definition.indicators:
        yield _unknown(f"{at}/indicator", each.indicator, definition.indicators)
        return
    if each.area is not None and each.area not in definition.areas:
        yield _unknown(f"{at}/area", each.area, definition.areas)
    unit = definition.indicators[each.indicator].unit
    if each.unit is not None and each.unit not in units_of_dimension(unit):
        yield _unknown(f"{at}/unit", each.unit, units_of_dimension(unit))
    elif not _is_storable(convert(each.value, from_unit=each.unit or unit, to_unit=unit)):
        expected = "a value that can be kept exactly: below 1e10, 8 decimal places"
        facts = {"value": str(each.value), "expected": expected}
        yield Fault(code="invalid", pointer=f"{at}/value", facts=facts)
    if each.milestones is not None and each.path is not PathKind.MILESTONES:
        facts = {"value": str(each.path), "expected": "path milestones with milestones"}
        yield Fault(code="invalid", pointer=f"{at}/path", facts=facts)


def _repeated(revisions: list[TargetRevision], definition: PlanDefinition) -> list[Fault]:
    seen: set[tuple[str, str]] = set()
    found = []
    for place, each in enumerate(revisions):
        key = (each.indicator, each.area or definition.root.code)
        if key in seen:
            facts = {"value": each.indicator, "expected": "one revision to a target"}
            found.append(Fault(code="invalid", pointer=f"/targets/{place}/indicator", facts=facts))
        seen.add(key)
    return found


def _draft(
    each: TargetRevision, place: int, definition: PlanDefinition, targets: Targets
) -> dict[str, JsonValue]:
    """The new version: what is left out is as before, or as the whole area's target has it."""
    indicator, area = definition.indicators[each.indicator], each.area or definition.root.code
    before = targets.newest(each.indicator, area)
    model = before or targets.newest(each.indicator, definition.root.code)
    if model is None and each.comparator is None:
        facts = {"value": "null", "expected": "a comparator: there is no target to take it from"}
        fault = Fault(code="invalid", pointer=f"/targets/{place}/comparator", facts=facts)
        raise ParametersInvalid([fault])
    end = f"{definition.document.plan.end_year}"
    return {
        "indicator": each.indicator,
        "area": area,
        "comparator": each.comparator or (model.comparator if model else None),
        "value": _written(each.value, each, indicator),
        "deadline": model.deadline if model else end,
        "direction": (each.comparator and each.comparator.direction)
        or (model.direction if model else indicator.direction),
        "path": each.path or (model.path if model else PathKind.LINEAR),
        "milestones": _milestones(each, indicator, before),
        **_baseline(each, indicator, before),
        "commitment": model.commitment if model else "stated",
        "clause_zh": before.clause_zh if before else None,
        "clause_en": before.clause_en if before else None,
        "goal": model.goal if model else None,
        "valid_from": each.valid_from,
        "reason": each.reason,
    }


def _baseline(
    each: TargetRevision, indicator: IndicatorEntry, before: Target | None
) -> dict[str, JsonValue]:
    if each.baseline is not None:
        value = _written(each.baseline.value, each, indicator)
        return {"baseline": value, "baseline_period": each.baseline.period}
    if before is None:
        return {"baseline": None, "baseline_period": None}
    return {"baseline": written(before.baseline), "baseline_period": before.baseline_period}


def _milestones(
    each: TargetRevision, indicator: IndicatorEntry, before: Target | None
) -> JsonValue:
    if each.milestones is None:
        kept: JsonValue = json.loads(before.milestones) if before else []
        return kept if (each.path or PathKind.MILESTONES) is PathKind.MILESTONES else []
    return [
        {"period": point.period, "value": _written(point.value, each, indicator)}
        for point in each.milestones
    ]


def _written(value: Decimal, each: TargetRevision, indicator: IndicatorEntry) -> str | None:
    return written(convert(value, from_unit=each.unit or indicator.unit, to_unit=indicator.unit))


def _is_there(draft: dict[str, JsonValue], targets: Targets) -> bool:
    """Whether the newest version says the same, so that nothing would be revised."""
    newest = targets.newest(str(draft["indicator"]), str(draft["area"]))
    if newest is None:
        return False
    names = ("comparator", "path", "baseline_period", "valid_from", "deadline")
    is_same = all(getattr(newest, name) == draft[name] for name in names)
    numbers = {"value": newest.value, "baseline": newest.baseline}
    is_equal = all(written(value) == draft[name] for name, value in numbers.items())
    return is_same and is_equal and json.loads(newest.milestones) == draft["milestones"]


def _is_storable(value: Decimal) -> bool:
    return abs(value) < MAGNITUDE_LIMIT and value == value.quantize(_PLACES)


def _unknown(pointer: str, value: str, allowed: Iterable[str]) -> Fault:
    facts = {"value": value, "allowed": " ".join(allowed)}
    return Fault(code="unknown_code", pointer=pointer, facts=facts)
