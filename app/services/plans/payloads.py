"""A plan file as the ledger holds it: its definition, its targets, its published figures."""

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from app.domain.checks.unit import Units, convert, plain
from app.domain.time.period import Period
from app.schemas.document.figures import direction_of, list_comparators
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import ObservationEntry, PlanDocument, TargetEntry
from app.services.ledger.entries import Payload, written


def define(document: PlanDocument) -> Payload:
    """What a definition's entry holds: the document without its figures, its targets and tasks."""
    targets, tasks = written_targets(document), written_tasks(document)
    payload: Payload = {"document": written_document(document), "targets": [*targets]}
    return payload | ({"tasks": [*tasks]} if tasks else {})


def written_document(document: PlanDocument) -> Payload:
    """The texts, rules and code lists."""
    content: Payload = json.loads(document.model_dump_json(exclude={"observations"}))
    header = content["plan"]
    # What the file does not say is in no entry, so that the digests of older ones hold.
    if document.plan.follows is None and isinstance(header, dict):
        del header["follows"], header["follows_indicators"]
    if not document.tasks:
        del content["tasks"]
    return content


def written_targets(document: PlanDocument) -> list[Payload]:
    """The targets in their indicators' units."""
    indicators = {indicator.code: indicator for indicator in document.indicators}
    units = document.known_units
    return [_target(target, indicators[target.indicator], units) for target in document.targets]


def written_tasks(document: PlanDocument) -> list[Payload]:
    """The tasks of years in their indicators' units, each with the comparator that holds."""
    units = {indicator.code: indicator.unit for indicator in document.indicators}
    known = document.known_units
    return [
        {
            "indicator": task.indicator,
            "area": task.area,
            "year": task.year,
            "comparator": comparator,
            "value": written(
                convert(task.value, from_unit=task.unit, to_unit=units[task.indicator], units=known)
            ),
            "reason": None,
        }
        for task, comparator in zip(document.tasks, list_comparators(document), strict=True)
    ]


def observe(document: PlanDocument) -> Iterator[tuple[str, list[Payload]]]:
    """What the entries of the published figures hold: period by period, ascending."""
    units = {indicator.code: indicator.unit for indicator in document.indicators}
    known = document.known_units
    ordered = sorted(document.observations, key=lambda each: Period.parse(each.period).index)
    for period, entries in groupby(ordered, key=lambda each: each.period):
        yield period, [_observation(entry, units[entry.indicator], known) for entry in entries]


def _target(target: TargetEntry, indicator: IndicatorEntry, units: Units) -> Payload:
    """A target in its indicator's unit. A growth target's base is in that of the levels.

    Only a range has a second value: entries written before there were ranges have none.
    """
    unit, high = indicator.unit, target.value_high
    baseline = target.baseline
    is_same_dimension = target.unit != "%"
    base = None if baseline is None else baseline.value
    if base is not None and is_same_dimension:
        base = convert(base, from_unit=target.unit, to_unit=unit, units=units)
    return {
        "indicator": target.indicator,
        "area": target.area,
        "comparator": target.comparator,
        "value": written(convert(target.value, from_unit=target.unit, to_unit=unit, units=units)),
        **(
            {}
            if high is None
            else {
                "value_high": written(
                    convert(high, from_unit=target.unit, to_unit=unit, units=units)
                )
            }
        ),
        "deadline": target.deadline,
        "direction": direction_of(target, indicator),
        "path": target.path,
        "milestones": [
            {
                "period": point.period,
                "value": written(
                    convert(point.value, from_unit=target.unit, to_unit=unit, units=units)
                ),
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


def _observation(entry: ObservationEntry, unit: str, known: Units) -> Payload:
    """A published figure as official: the unit of the indicator beside the one it was read in."""
    source = entry.source.model_dump(mode="json")
    # What the file does not say is in no entry, so that the digests of older ones hold.
    beside = entry.model_dump(include={"price_basis", "obs_status"}, exclude_defaults=True)
    value = convert(Decimal(entry.value), from_unit=entry.unit, to_unit=unit, units=known)
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
        **beside,
        "source": source,
        "report_id": None,
    }
