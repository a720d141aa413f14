"""Whether the numbers and periods of a plan can be stored, compared and counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from app.domain.accumulation import Accumulation, Measure
from app.domain.checks.figure import MAGNITUDE_LIMIT, MAX_DECIMAL_PLACES, MAX_SIGNIFICANT_DIGITS
from app.domain.checks.finding import Fact
from app.domain.checks.unit import UNITS, Units, convert, has_room, units_of_dimension
from app.domain.path import Comparator, Direction
from app.domain.time.period import Period
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import ObservationEntry, PlanDocument, TargetEntry, TaskEntry

_Loc: TypeAlias = tuple[str | int, ...]
# Far outside what any unit can bring back into range, and safe to multiply.
_FARTHEST_EXPONENT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFault:
    """What only a plan as a whole can show: each field is right, together they are not.

    ``loc`` is the way through the document to the field.
    """

    loc: tuple[str | int, ...]
    rule: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


def break_rule(loc: tuple[str | int, ...], rule: str, **facts: Fact) -> ReferenceFault:
    """What breaks a rule of the book; ``facts`` are those of its sentence."""
    return ReferenceFault(loc=loc, rule=rule, facts=facts)


def implied_direction(target: TargetEntry, indicator: IndicatorEntry) -> Direction | None:
    """The direction that a comparator asks for from the baseline; None where it has none.

    An increment starts from 0; what a growth target counts from is no percentage.
    """
    base = None if target.baseline is None else target.baseline.value
    if indicator.accumulation is Accumulation.INCREMENT:
        base = Decimal(0)
    elif indicator.measure is Measure.CAGR:
        base = None
    return target.comparator.direction(target.value, target.value_high, base)


def direction_of(target: TargetEntry, indicator: IndicatorEntry) -> Direction:
    """The direction that the target states, else the one that it implies."""
    return target.direction or implied_direction(target, indicator) or Direction.INCREASE


def list_comparators(document: PlanDocument) -> list[Comparator | None]:
    """How each task is met: as it says, else as the target over the years; None without either."""
    indicators = {each.code: each for each in document.indicators}
    found: list[Comparator | None] = []
    for task, model in _with_models(document):
        word = task.comparator or (None if model is None else model.comparator)
        if task.comparator is None and word is Comparator.BETWEEN and model is not None:
            is_rising = direction_of(model, indicators[model.indicator]) is Direction.INCREASE
            word = Comparator.GTE if is_rising else Comparator.LTE
        found.append(word)
    return found


def _with_models(document: PlanDocument) -> Iterator[tuple[TaskEntry, TargetEntry | None]]:
    """Each task with the target over the years of its area, else with that of the whole area."""
    root = next((each.code for each in document.areas if each.parent is None), "")
    targets = {(each.indicator, each.area): each for each in document.targets}
    for task in document.tasks:
        of_whole = targets.get((task.indicator, root))
        yield task, targets.get((task.indicator, task.area), of_whole)


def find_figure_faults(document: PlanDocument) -> Iterator[ReferenceFault]:
    """Targets and observations that cannot be stored or compared.

    The unit is of the indicator's dimension; the value in the indicator's unit is exact to
    8 decimals with at most 15 significant digits, below 10^10, and whole where the indicator
    counts whole things. Periods are in order and nothing is given twice.
    """
    units = document.known_units
    indicators = {each.code: each for each in document.indicators if each.unit in units}
    first_quarter = Period.containing(document.plan.start_date)
    for place, target in enumerate(document.targets):
        loc: _Loc = ("targets", place)
        yield from _period_faults(loc, target, first_quarter)
        if target.indicator in indicators:
            yield from _target_faults(loc, target, indicators, units)
    for place, observation in enumerate(document.observations):
        if observation.indicator in indicators:
            indicator = indicators[observation.indicator]
            at: _Loc = ("observations", place)
            yield from _observation_faults(at, observation, indicator, units)
    yield from _all_task_faults(document, indicators, units)
    yield from _repeated_targets(document.targets)
    yield from _repeated_observations(document.observations)


def _target_faults(
    loc: _Loc, target: TargetEntry, indicators: dict[str, IndicatorEntry], units: Units
) -> Iterator[ReferenceFault]:
    indicator = indicators[target.indicator]
    implied = implied_direction(target, indicator)
    if implied is not None and target.direction not in {None, implied}:
        facts = {"comparator": target.comparator.value, "direction": implied.value}
        yield break_rule((*loc, "comparator"), "direction_conflict", **facts)
    yield from _unit_faults((*loc, "unit"), target.unit, indicator, units)
    yield from _value_faults((*loc, "value"), target.value, target.unit, indicator, units)
    if target.value_high is not None:
        yield from _value_faults(
            (*loc, "value_high"), target.value_high, target.unit, indicator, units
        )
        if target.value_high <= target.value:
            yield break_rule((*loc, "value_high"), "range_ascends", low=f"{target.value}")
    for row, milestone in enumerate(target.milestones):
        at = (*loc, "milestones", row, "value")
        yield from _value_faults(at, milestone.value, target.unit, indicator, units)
    if target.baseline is None:
        return
    at = (*loc, "baseline", "value")
    if indicator.measure is Measure.CAGR:
        # The baseline of a growth target is the level that growth counts from.
        level = indicators.get(indicator.of or "")
        if level is not None:
            yield from _value_faults(at, target.baseline.value, level.unit, level, units)
    else:
        yield from _value_faults(at, target.baseline.value, target.unit, indicator, units)


def _all_task_faults(
    document: PlanDocument, indicators: dict[str, IndicatorEntry], units: Units
) -> Iterator[ReferenceFault]:
    """What no task can be: of another year, of average growth, a range, against the direction."""
    first, last = document.plan.start_year, document.plan.end_year
    seen: dict[tuple[str, str, int], int] = {}
    for place, (task, model) in enumerate(_with_models(document)):
        loc, indicator = ("tasks", place), indicators.get(task.indicator)
        before = seen.setdefault((task.indicator, task.area, task.year), place)
        if before != place:
            yield break_rule((*loc, "year"), "task_twice", index=before)
        if not first <= task.year <= last:
            yield break_rule((*loc, "year"), "plan_year", first=f"{first}", last=f"{last}")
        if indicator is None:
            continue
        if indicator.measure is Measure.CAGR:
            yield break_rule((*loc, "indicator"), "task_of_growth")
        yield from _comparator_faults((*loc, "comparator"), task, model, indicator)
        yield from _unit_faults((*loc, "unit"), task.unit, indicator, units)
        yield from _value_faults((*loc, "value"), task.value, task.unit, indicator, units)


def _comparator_faults(
    loc: _Loc, task: TaskEntry, model: TargetEntry | None, indicator: IndicatorEntry
) -> Iterator[ReferenceFault]:
    word = task.comparator
    if word is Comparator.BETWEEN:
        yield break_rule(loc, "task_bound")
    elif word is None and model is None:
        yield break_rule(loc, "comparator_needed")
    elif word is not None and model is not None:
        implied = word.direction(task.value, None, None)
        if implied is not None and implied is not direction_of(model, indicator):
            facts = {"comparator": word.value, "direction": implied.value}
            yield break_rule(loc, "direction_conflict", **facts)


def _observation_faults(
    loc: _Loc, observation: ObservationEntry, indicator: IndicatorEntry, units: Units
) -> Iterator[ReferenceFault]:
    yield from _unit_faults((*loc, "unit"), observation.unit, indicator, units)
    yield from _value_faults((*loc, "value"), observation.value, observation.unit, indicator, units)
    growth = observation.published_growth_percent
    if growth is not None:
        at = (*loc, "published_growth_percent")
        yield from _unstorable(at, growth, from_unit="%", to_unit="%")
    if indicator.measure is not Measure.REPORTED:
        yield break_rule((*loc, "indicator"), "derived_indicator", indicator=indicator.code)
    elif observation.basis not in indicator.accumulation.bases:
        accumulation, allowed = indicator.accumulation, " ".join(indicator.accumulation.bases)
        facts = {"accumulation": accumulation.value, "allowed": allowed}
        yield break_rule((*loc, "basis"), "basis_of_accumulation", **facts)


def _unit_faults(
    loc: _Loc, unit: str, indicator: IndicatorEntry, units: Units
) -> Iterator[ReferenceFault]:
    allowed = units_of_dimension(indicator.unit, units)
    if unit not in allowed:
        facts = {"indicator": indicator.code, "unit": unit, "allowed": " ".join(allowed)}
        yield break_rule(loc, "unit_of_indicator", **facts)


def _value_faults(
    loc: _Loc, value: Decimal, unit: str, indicator: IndicatorEntry, units: Units
) -> Iterator[ReferenceFault]:
    if unit not in units_of_dimension(indicator.unit, units):
        return
    found = list(_unstorable(loc, value, from_unit=unit, to_unit=indicator.unit, units=units))
    yield from found
    if not found and indicator.checks.integer:
        converted = convert(value, from_unit=unit, to_unit=indicator.unit, units=units)
        if converted != converted.to_integral_value():
            facts = {"unit": unit, "converted": f"{converted:f}", "canonical": indicator.unit}
            yield break_rule(loc, "not_whole", amount=f"{value:f}", **facts)


def _unstorable(
    loc: _Loc, value: Decimal, *, from_unit: str, to_unit: str, units: Units = UNITS
) -> Iterator[ReferenceFault]:
    """Why the value cannot be kept exactly in the unit; nothing when it can."""
    if not value:
        return
    digits = len("".join(map(str, value.as_tuple().digits)).strip("0"))
    if digits > MAX_SIGNIFICANT_DIGITS:
        yield break_rule(loc, "too_many_digits", digits=digits, limit=MAX_SIGNIFICANT_DIGITS)
        return
    if abs(value.adjusted()) > _FARTHEST_EXPONENT:
        yield break_rule(loc, "out_of_range", amount=str(value))
        return
    converted = convert(value, from_unit=from_unit, to_unit=to_unit, units=units)
    if abs(converted) >= MAGNITUDE_LIMIT:
        limit = f"{MAGNITUDE_LIMIT:f}"
        yield break_rule(loc, "too_large", converted=f"{converted:f}", unit=to_unit, limit=limit)
    elif value != round(value, MAX_DECIMAL_PLACES) or not has_room(converted):
        facts = {"converted": f"{value:f}", "unit": from_unit}
        yield break_rule(loc, "too_many_decimals", limit=MAX_DECIMAL_PLACES, **facts)


def _period_faults(
    loc: _Loc, target: TargetEntry, first_quarter: Period
) -> Iterator[ReferenceFault]:
    """The baseline, then the milestones, then the deadline; without a baseline, the start."""
    deadline, after = Period.parse(target.deadline), first_quarter.shift(-1)
    if target.baseline is not None:
        after = Period.parse(target.baseline.period)
        if after.quarters_since(deadline) >= 0:
            facts = {"baseline": str(after), "deadline": str(deadline)}
            at: _Loc = (*loc, "baseline", "period")
            yield break_rule(at, "baseline_after_deadline", **facts)
    seen: set[int] = set()
    for row, milestone in enumerate(target.milestones):
        at, period = (*loc, "milestones", row, "period"), Period.parse(milestone.period)
        if not after.index < period.index < deadline.index:
            facts = {"after": str(after), "deadline": str(deadline)}
            yield break_rule(at, "milestone_outside", milestone=str(period), **facts)
        if period.index in seen:
            yield break_rule(at, "milestone_twice", milestone=str(period))
        seen.add(period.index)


def _repeated_targets(targets: list[TargetEntry]) -> Iterator[ReferenceFault]:
    first: dict[tuple[str, str], int] = {}
    for place, target in enumerate(targets):
        before = first.setdefault((target.indicator, target.area), place)
        if before != place:
            facts = {"indicator": target.indicator, "area": target.area}
            at = ("targets", place, "indicator")
            yield break_rule(at, "target_twice", index=before, **facts)


def _repeated_observations(
    observations: list[ObservationEntry],
) -> Iterator[ReferenceFault]:
    first: dict[tuple[str, str, int], int] = {}
    for place, seen in enumerate(observations):
        point = (seen.indicator, seen.area, Period.parse(seen.period).index)
        before = first.setdefault(point, place)
        if before != place:
            yield break_rule(("observations", place, "period"), "figure_twice", index=before)
