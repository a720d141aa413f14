"""A proposal for dividing a target, or the task of a year, among the areas below it."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from sqlmodel import Session

from app.domain.accumulation import Measure
from app.domain.plan import Indicator
from app.domain.quantity import Quantity, Reason, Undefined, percent_of
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.domain.year.split import PastWeights, SplitBy, past_weights, split
from app.domain.year.task import TaskSource, task_of
from app.errors.failure import ParametersInvalid
from app.errors.fault import Fault, invalid_field, unknown_in_field
from app.schemas.targets.split import SplitInput, SplitPart, SplitProposal
from app.services.state.plan import KnownPlan
from app.services.state.tasks import TaskKey, load_tasks


def propose_split(session: Session, known: KnownPlan, asked: SplitInput) -> SplitProposal:
    """The parts of the areas, which sum exactly to the amount divided. Nothing is stored.

    ParametersInvalid for codes that the plan does not have, and where there is no amount to
    divide or nothing to divide it by.
    """
    whole_area = asked.area or known.definition.root.code
    _refuse(_code_faults(known, asked, whole_area))
    indicator = known.indicator(asked.indicator)
    areas = [*_areas(known, indicator, asked, whole_area)]
    _refuse(_weight_faults(asked, areas))
    whole = _amount(session, known, indicator, asked, whole_area)
    if isinstance(whole, Undefined):
        raise ParametersInvalid([invalid_field("/value", None, "split_amount")])
    by_past = _weights(known, indicator, areas, asked)
    parts = split(whole, by_past.weights)
    if isinstance(parts, Undefined):
        raise ParametersInvalid([invalid_field("/by", asked.by, "split_weights")])
    return SplitProposal(
        plan=known.snapshot.plan,
        indicator=indicator.code,
        area=whole_area,
        year=asked.year,
        by=asked.by,
        unit=indicator.unit,
        value=whole,
        weights_year=by_past.year,
        parts=[
            SplitPart(
                area=area,
                weight=_number(by_past.weights[area]),
                share_percent=percent_of(parts[area], whole),
                value=parts[area],
            )
            for area in areas
        ],
    )


def _refuse(faults: Iterator[Fault]) -> None:
    if found := list(faults):
        raise ParametersInvalid(found)


def _code_faults(known: KnownPlan, asked: SplitInput, whole_area: str) -> Iterator[Fault]:
    """Codes that the plan does not have, a year outside it, and what is no sum of areas."""
    definition, rules = known.definition, known.plan.rules
    if asked.year is not None and not rules.first_year <= asked.year <= rules.last_year:
        span = {"first": str(rules.first_year), "last": str(rules.last_year)}
        yield invalid_field("/year", asked.year, "plan_year", **span)
    if whole_area not in definition.areas:
        yield unknown_in_field("/area", whole_area, definition.areas)
    elif asked.indicator not in definition.indicators:
        yield unknown_in_field("/indicator", asked.indicator, definition.indicators)
    else:
        indicator = known.indicator(asked.indicator)
        below = rules.summands(indicator, whole_area)
        if indicator.measure is not Measure.REPORTED or not below:
            yield invalid_field("/indicator", asked.indicator, "split_sum")
            return
        for place, code in enumerate(asked.areas or ()):
            if code not in below:
                yield unknown_in_field(f"/areas/{place}", code, below)


def _areas(
    known: KnownPlan, indicator: Indicator, asked: SplitInput, whole_area: str
) -> Iterator[str]:
    """The areas that get a part, in the plan's order."""
    wanted = asked.areas if asked.areas is not None else asked.weights
    for area in known.plan.rules.summands(indicator, whole_area):
        if wanted is None or area in wanted:
            yield area


def _weight_faults(asked: SplitInput, areas: list[str]) -> Iterator[Fault]:
    """Weights are given where they are asked for, one for each area."""
    if (asked.by is SplitBy.WEIGHTS) != (asked.weights is not None):
        yield invalid_field("/weights", None, "split_weights_given")
        return
    for area in asked.weights or ():
        if area not in areas:
            yield unknown_in_field(f"/weights/{area}", area, areas)
    if asked.weights is not None and set(areas) - set(asked.weights):
        yield invalid_field("/weights", None, "split_weights_given")


def _amount(
    session: Session, known: KnownPlan, indicator: Indicator, asked: SplitInput, area: str
) -> Quantity:
    """What is divided: what was given, the task of the year, or the target over the years."""
    if asked.value is not None:
        return asked.value if asked.value > 0 else Undefined(Reason.NOT_POSITIVE)
    at = None if asked.year is None else Period(asked.year, QUARTERS_A_YEAR)
    held = known.plan.targets.at(indicator.code, area, at)
    target = None if held is None else held.target
    if asked.year is None:
        has_number = target is not None and target.high is None and target.value > 0
        return target.value if target is not None and has_number else Undefined(Reason.NO_TARGET)
    tasks = load_tasks(session, known.snapshot.plan, revision=known.snapshot.revision)
    task = task_of(
        indicator, target, tasks.find(TaskKey(indicator.code, area, asked.year)), asked.year
    )
    if isinstance(task.value, Undefined) or task.value <= 0:
        return Undefined(Reason.NO_TARGET)
    return task.value if task.source is TaskSource.SET else _as_stated(task.value)


def _as_stated(value: Decimal) -> Decimal:
    """What a path asks for, as a task would be stated: in whole units, below 1 in hundredths."""
    unit = Decimal(1) if value >= 1 else Decimal("0.01")
    return value.quantize(unit, ROUND_HALF_UP)


def _weights(
    known: KnownPlan, indicator: Indicator, areas: list[str], asked: SplitInput
) -> PastWeights:
    if asked.weights is not None:
        return PastWeights(weights={area: asked.weights[area] for area in areas}, year=None)
    if asked.by is SplitBy.EQUAL:
        return PastWeights(weights=dict.fromkeys(areas, Decimal(1)), year=None)
    held = known.plan.targets.newest(indicator.code, asked.area or known.definition.root.code)
    end = known.plan.rules.last_year if held is None else held.target.deadline.year
    return past_weights(known.plan, indicator, areas, by=asked.by, year=asked.year or end)


def _number(weight: Quantity) -> Decimal:
    """A weight that parts were made by: all of them are known."""
    if isinstance(weight, Undefined):
        raise TypeError("a part was made without a weight")
    return weight
