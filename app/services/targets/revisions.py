"""Revising targets: appended with a reason, never overwritten."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import JsonValue
from sqlmodel import Session, select

from app.domain.checks.unit import Units, units_of_dimension
from app.domain.path import Comparator, PathKind
from app.errors.failure import ParametersInvalid
from app.errors.fault import Fault, invalid_field, unknown_in_field
from app.formats.intake.tasks import TaskLine
from app.schemas.document.figures import find_figure_faults, implied_direction
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import TargetEntry
from app.schemas.targets.targets import RevisedTarget, RevisionResult, TargetRevision
from app.schemas.targets.tasks import SavedTask
from app.services.access.keys import Principal, Role
from app.services.ledger.entries import Action, Change, append, lock_plan, written
from app.services.ledger.recording import NewEntry
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.targets import StoredTargets, load_targets
from app.services.state.tasks import load_tasks
from app.services.targets.task_drafts import (
    TargetDraft,
    draft_task,
    find_task_faults,
    is_set,
    task_entry,
    write_value,
)
from app.services.targets.task_file import in_its_row, read_revisions
from app.tables import AnnualTask
from app.tables import Target as StoredTarget

R = TypeVar("R", StoredTarget, AnnualTask)
V = TypeVar("V", RevisedTarget, SavedTask)


def revise_targets(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    revisions: Mapping[str, TargetRevision],
    now: datetime,
) -> RevisionResult:
    """Append new versions of targets in one revision of the plan; what is the same is left out.

    The revisions come by their pointers in the request. ParametersInvalid names every fault of
    every one; RoleNotAllowed.
    """
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.ADMINISTRATOR)
    definition = get_definition(session, plan_code, revision=plan.revision)
    targets = load_targets(session, plan_code, definition.rules, revision=plan.revision)
    drafts = _draft_all(revisions, definition, targets)
    tasks = load_tasks(session, plan_code, revision=plan.revision)
    changed = [draft for draft in drafts if "year" not in draft and not _is_there(draft, targets)]
    new_tasks = [draft for draft in drafts if "year" in draft and not is_set(draft, tasks)]
    if not changed and not new_tasks:
        return RevisionResult(applied=False, revision=plan.revision, targets=[], tasks=[])
    payload: dict[str, JsonValue] = {"targets": [dict(draft) for draft in changed]}
    if new_tasks:
        # Without tasks an entry says no more than before there were any.
        payload["tasks"] = [dict(draft) for draft in new_tasks]
    subject = " ".join(sorted({str(draft["indicator"]) for draft in (*changed, *new_tasks)}))
    change = Change(
        actor=principal.owner, action=Action.SET_TARGETS, subject=subject, payload=payload
    )
    entry = append(session, plan, change, now=now)
    return RevisionResult(
        applied=True,
        revision=entry.revision,
        targets=[*_stored(session, StoredTarget, RevisedTarget, entry)],
        tasks=[*_stored(session, AnnualTask, SavedTask, entry)],
    )


def revise_targets_by_file(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    lines: list[TaskLine],
    reason: str | None,
    now: datetime,
) -> RevisionResult:
    """The same by the rows of a file, in the words of the plan."""
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.ADMINISTRATOR)
    definition = get_definition(session, plan_code, revision=plan.revision)
    try:
        revisions = read_revisions(definition, lines, reason=reason)
        return revise_targets(session, principal, plan_code=plan_code, revisions=revisions, now=now)
    except ParametersInvalid as refused:
        raise ParametersInvalid([in_its_row(each) for each in refused.faults]) from None


def _stored(session: Session, table: type[R], view: type[V], entry: NewEntry) -> Iterator[V]:
    """What an entry has stored, as it is told."""
    query = (
        select(table)
        .where(table.plan == entry.plan, table.revision == entry.revision)
        .order_by(*sa.inspect(table).primary_key)
    )
    return (view.model_validate(row, extra="ignore") for row in session.exec(query))


def _draft_all(
    revisions: Mapping[str, TargetRevision], definition: PlanDefinition, targets: StoredTargets
) -> list[TargetDraft]:
    """The new versions; ParametersInvalid with every fault of every one."""
    faults: list[Fault] = []
    drafts: dict[int | None, dict[str, TargetDraft]] = {}
    for at, each in revisions.items():
        found = list(_faults(each, at, definition, targets))
        faults.extend(found)
        if not found:
            make = _draft if each.year is None else draft_task
            drafts.setdefault(each.year, {})[at] = make(each, definition, targets)
    # An area may have a target over years, and a task for each of them.
    for year, of_year in drafts.items():
        entry_of = _entry if year is None else task_entry
        faults.extend(_figure_faults(of_year, definition, entry_of))
    if faults:
        raise ParametersInvalid(faults)
    return [draft for of_year in drafts.values() for draft in of_year.values()]


def _faults(
    each: TargetRevision, at: str, definition: PlanDefinition, targets: StoredTargets
) -> Iterator[Fault]:
    """Codes that the plan does not know, and what must be said and was not."""
    area = each.area or definition.root.code
    if each.indicator not in definition.indicators:
        yield unknown_in_field(f"{at}/indicator", each.indicator, definition.indicators)
        return
    if area not in definition.areas:
        yield unknown_in_field(f"{at}/area", area, definition.areas)
        return
    allowed = units_of_dimension(definition.indicators[each.indicator].unit, definition.units)
    if each.unit is not None and each.unit not in allowed:
        yield unknown_in_field(f"{at}/unit", each.unit, allowed)
    of_kind = _target_faults if each.year is None else find_task_faults
    yield from of_kind(each, at, definition, targets)


def _target_faults(
    each: TargetRevision, at: str, definition: PlanDefinition, targets: StoredTargets
) -> Iterator[Fault]:
    before = targets.newest(each.indicator, each.area or definition.root.code)
    model = before or targets.newest(each.indicator, definition.root.code)
    if model is None and each.comparator is None:
        yield invalid_field(f"{at}/comparator", None, "comparator_needed")
    comparator = each.comparator or (model.comparator if model else None)
    if (comparator == Comparator.BETWEEN) != (each.value_high is not None):
        yield invalid_field(f"{at}/value_high", each.value_high, "range_together")
    path = each.path or (model.path if model else PathKind.LINEAR)
    milestones = each.milestones if each.milestones is not None else _kept(before)
    if path == PathKind.MILESTONES and not milestones:
        yield invalid_field(f"{at}/milestones", None, "milestones_needed")
    if path != PathKind.MILESTONES and each.milestones:
        yield invalid_field(f"{at}/path", path, "milestones_path")


def _figure_faults(
    drafts: dict[str, TargetDraft],
    definition: PlanDefinition,
    entry_of: Callable[[TargetDraft, PlanDefinition], TargetEntry],
) -> Iterator[Fault]:
    """What a plan file with these targets would be refused for: values, periods, repetitions."""
    places = list(drafts)
    entries = [entry_of(draft, definition) for draft in drafts.values()]
    document = definition.document.model_copy(update={"targets": entries, "observations": []})
    for found in find_figure_faults(document):
        _, index, *steps = found.loc
        value: Any = entries[int(index)]
        for step in steps:
            value = value[step] if isinstance(step, int) else getattr(value, step)
        pointer = "/".join([places[int(index)], *map(str, steps)])
        yield invalid_field(pointer, value, found.rule, **found.facts)


def _entry(draft: TargetDraft, definition: PlanDefinition) -> TargetEntry:
    baseline = {"value": draft["baseline"], "period": draft["baseline_period"]}
    names = ("indicator", "area", "value", "comparator", "commitment", "deadline", "direction")
    content: dict[str, object] = {
        **{name: draft[name] for name in (*names, "path", "milestones")},
        "value_high": draft.get("value_high"),
        "unit": definition.indicators[str(draft["indicator"])].unit,
        "baseline": None if draft["baseline"] is None else baseline,
    }
    return TargetEntry.model_validate(content)


def _draft(each: TargetRevision, definition: PlanDefinition, targets: StoredTargets) -> TargetDraft:
    """The new version: what is left out is as before, or as the whole area's target has it."""
    indicator, area = definition.indicators[each.indicator], each.area or definition.root.code
    before = targets.newest(each.indicator, area)
    model = before or targets.newest(each.indicator, definition.root.code)
    end = f"{definition.document.plan.end_year}"
    high, units = each.value_high, definition.units
    draft: TargetDraft = {
        "indicator": each.indicator,
        "area": area,
        "comparator": each.comparator or (model.comparator if model else None),
        "value": write_value(each.value, each, indicator, units),
        **({} if high is None else {"value_high": write_value(high, each, indicator, units)}),
        "deadline": model.deadline if model else end,
        "direction": None,
        "path": each.path or (model.path if model else PathKind.LINEAR),
        "milestones": _milestones(each, indicator, before, units),
        **_baseline(each, indicator, before, units),
        "commitment": model.commitment if model else "stated",
        "clause_zh": before.clause_zh if before else None,
        "clause_en": before.clause_en if before else None,
        "goal": model.goal if model else None,
        "valid_from": each.valid_from,
        "reason": each.reason,
    }
    return draft | {"direction": _direction(_entry(draft, definition), indicator, model)}


def _direction(entry: TargetEntry, indicator: IndicatorEntry, model: StoredTarget | None) -> str:
    """That of the target before, or of the indicator; into a range it follows from the baseline."""
    is_kept = model is not None and model.comparator != Comparator.BETWEEN
    stated = model.direction if model is not None and is_kept else indicator.direction.value
    if entry.comparator is not Comparator.BETWEEN:
        return stated
    return implied_direction(entry, indicator) or stated


def _baseline(
    each: TargetRevision, indicator: IndicatorEntry, before: StoredTarget | None, units: Units
) -> TargetDraft:
    if each.baseline is not None:
        value = write_value(each.baseline.value, each, indicator, units)
        return {"baseline": value, "baseline_period": each.baseline.period}
    if before is None:
        return {"baseline": None, "baseline_period": None}
    return {"baseline": written(before.baseline), "baseline_period": before.baseline_period}


def _milestones(
    each: TargetRevision, indicator: IndicatorEntry, before: StoredTarget | None, units: Units
) -> JsonValue:
    if each.milestones is None:
        return _kept(before) if (each.path or PathKind.MILESTONES) is PathKind.MILESTONES else []
    return [
        {"period": point.period, "value": write_value(point.value, each, indicator, units)}
        for point in each.milestones
    ]


def _kept(before: StoredTarget | None) -> list[JsonValue]:
    found: list[JsonValue] = json.loads(before.milestones) if before else []
    return found


def _is_there(draft: TargetDraft, targets: StoredTargets) -> bool:
    """Whether the newest version says the same, so that nothing would be revised."""
    newest = targets.newest(str(draft["indicator"]), str(draft["area"]))
    if newest is None:
        return False
    names = ("comparator", "path", "baseline_period", "valid_from", "deadline")
    is_same = all(getattr(newest, name) == draft[name] for name in names)
    numbers = {name: getattr(newest, name) for name in ("value", "value_high", "baseline")}
    is_equal = all(written(value) == draft.get(name) for name, value in numbers.items())
    return is_same and is_equal and json.loads(newest.milestones) == draft["milestones"]
