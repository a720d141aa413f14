"""A year's task on its way into the ledger: what is wrong with it, and what the entry says."""

from collections.abc import Iterator
from decimal import Decimal

from pydantic import JsonValue

from app.domain.accumulation import Measure
from app.domain.checks.unit import Units, convert
from app.domain.path import Comparator, PathKind
from app.domain.target import Target
from app.domain.year.task import bound_of
from app.errors.fault import Fault, invalid_field
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import TargetEntry
from app.schemas.targets.targets import TargetRevision
from app.services.ledger.entries import written
from app.services.state.definitions import PlanDefinition
from app.services.state.targets import StoredTargets
from app.services.state.tasks import StoredTasks, TaskKey

TargetDraft = dict[str, JsonValue]

# What describes a way over years has no place in one of them.
_OF_TARGETS = ("value_high", "valid_from", "path", "milestones", "baseline")


def find_task_faults(
    each: TargetRevision, at: str, definition: PlanDefinition, targets: StoredTargets
) -> Iterator[Fault]:
    """What no task can be: of a year outside the plan, of average growth, or with a path."""
    rules = definition.rules
    for name in _OF_TARGETS:
        if getattr(each, name) is not None:
            yield invalid_field(f"{at}/{name}", getattr(each, name), "task_has_none")
    yield from _comparator_faults(each, f"{at}/comparator", _model(each, definition, targets))
    if each.year is not None and not rules.first_year <= each.year <= rules.last_year:
        span = {"first": str(rules.first_year), "last": str(rules.last_year)}
        yield invalid_field(f"{at}/year", each.year, "plan_year", **span)
    if rules.indicators[each.indicator].measure is Measure.CAGR:
        yield invalid_field(f"{at}/indicator", each.indicator, "task_of_growth")


def draft_task(
    each: TargetRevision, definition: PlanDefinition, targets: StoredTargets
) -> TargetDraft:
    """The new version, in the indicator's unit; how it is met is as for the target over years."""
    indicator = definition.indicators[each.indicator]
    return {
        "indicator": each.indicator,
        "area": each.area or definition.root.code,
        "year": each.year,
        "comparator": _comparator(each, definition, targets),
        "value": write_value(each.value, each, indicator, definition.units),
        "reason": each.reason,
    }


def task_entry(draft: TargetDraft, definition: PlanDefinition) -> TargetEntry:
    """The task as a plan file would state it as a target, for the checks of such files."""
    return TargetEntry.model_validate(
        {
            **{name: draft[name] for name in ("indicator", "area", "value", "comparator")},
            "deadline": f"{draft['year']}",
            "path": PathKind.LINEAR,
            "commitment": "stated",
            "unit": definition.indicators[str(draft["indicator"])].unit,
        }
    )


def is_set(draft: TargetDraft, tasks: StoredTasks) -> bool:
    """Whether the newest version says the same, so that nothing would be revised."""
    year = int(str(draft["year"]))
    newest = tasks.newest(TaskKey(str(draft["indicator"]), str(draft["area"]), year))
    return newest is not None and (newest.comparator, written(newest.value)) == (
        draft["comparator"],
        draft["value"],
    )


def write_value(
    value: Decimal, each: TargetRevision, indicator: IndicatorEntry, units: Units
) -> str | None:
    """A value of a request in the indicator's unit, as entries have it."""
    unit = each.unit or indicator.unit
    return written(convert(value, from_unit=unit, to_unit=indicator.unit, units=units))


def _comparator_faults(each: TargetRevision, at: str, model: Target | None) -> Iterator[Fault]:
    comparator = each.comparator
    if comparator is None and model is None:
        yield invalid_field(at, None, "comparator_needed")
    if comparator is Comparator.BETWEEN:
        yield invalid_field(at, comparator, "task_bound")
    elif comparator is not None and model is not None:
        implied = comparator.direction(each.value, None, None)
        if implied is not None and implied is not model.direction:
            facts = {"comparator": comparator.value, "direction": implied.value}
            yield invalid_field(at, comparator, "direction_conflict", **facts)


def _comparator(
    each: TargetRevision, definition: PlanDefinition, targets: StoredTargets
) -> Comparator | None:
    """The one given, else as the target over the years is met."""
    model = _model(each, definition, targets)
    return each.comparator or (None if model is None else bound_of(model))


def _model(
    each: TargetRevision, definition: PlanDefinition, targets: StoredTargets
) -> Target | None:
    """The target over the years of the area, else that of the whole area."""
    root = definition.root.code
    of_area = targets.targets.newest(each.indicator, each.area or root)
    found = of_area or targets.targets.newest(each.indicator, root)
    return None if found is None else found.target
