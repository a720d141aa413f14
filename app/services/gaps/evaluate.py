"""The calculator: what is given makes a plan of one target, which stands like any other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal

from app.domain.accumulation import Accumulation, Measure
from app.domain.bulletin.announced import inputs_before
from app.domain.columns import FigureColumns, SeriesKey
from app.domain.figures import Figures
from app.domain.path import Comparator, Direction, PathKind, Waypoint
from app.domain.plan import Area, Indicator, PlanRules
from app.domain.quantity import Flag, Reason
from app.domain.rating import Bands
from app.domain.series import Observed
from app.domain.standing import Plan, Standing, stand
from app.domain.target import Target
from app.domain.targets import SetTarget, Targets
from app.domain.time.period import Period
from app.errors.failure import ParametersInvalid
from app.errors.fault import Fault, invalid_field
from app.schemas.evaluate import EvaluateInput, ObservationInput, TargetInput
from app.schemas.gaps.row import Calculation
from app.services.gaps.rows import Cells, explain, make_cells

# Nothing that is given has a name.
_MEASURED, _TOP, _BOTTOM, _PLACE = "measured", "numerator", "denominator", "place"


def evaluate(given: EvaluateInput) -> Calculation:
    """One gap row from nothing but the request; ParametersInvalid names every contradiction."""
    faults = list(_contradictions(given))
    if faults:
        raise ParametersInvalid(faults)
    plan = _make_plan(given)
    standing = stand(plan, plan.rules.indicators[_MEASURED], _PLACE, _asked_period(given))
    # The calculator is asked about one period, and says nothing of how others were rated.
    flags = tuple(flag for flag in standing.flags if flag is not Flag.RECOVERED)
    cells = make_cells(plan, standing, extra_flags=flags)
    return Calculation.model_construct(
        **cells.values,
        reasons=cells.reasons | {"unit": Reason.NOT_APPLICABLE.value},
        flags=cells.flags,
        missing_areas=[],
        explain=explain(cells, _inputs(plan, standing, cells), lambda _: {}),
    )


def _make_plan(given: EvaluateInput) -> Plan:
    """A plan of one indicator in one area, with the target and the figures that were given."""
    is_ratio = given.accumulation is Accumulation.RATIO
    measured = Indicator(
        code=_MEASURED,
        unit="",
        accumulation=given.accumulation,
        measure=Measure.RATIO if is_ratio else Measure.REPORTED,
        numerator=_TOP if is_ratio else None,
        denominator=_BOTTOM if is_ratio else None,
    )
    parts = [Indicator(code=c, unit="", accumulation=Accumulation.LEVEL) for c in (_TOP, _BOTTOM)]
    deadline = Period.parse(given.target.deadline)
    rules = PlanRules(
        start=given.start,
        first_year=deadline.year,
        last_year=deadline.year,
        indicators={each.code: each for each in (measured, *parts)},
        areas={_PLACE: Area(code=_PLACE)},
        bands=Bands(),
    )
    return Plan(rules, Figures(rules, _columns(given)), Targets([_set_target(given, deadline)]))


def _columns(given: EvaluateInput) -> FigureColumns:
    columns: dict[SeriesKey, dict[int, Observed]] = defaultdict(dict)
    for each in given.observations:
        period = Period.parse(each.period)
        for code, value in _figures(each, given.accumulation).items():
            figure = Observed(period=period, value=value, basis=each.basis)
            columns[SeriesKey(code, _PLACE)][period.index] = figure
    return columns


def _figures(each: ObservationInput, accumulation: Accumulation) -> dict[str, Decimal | None]:
    """A ratio as its two parts; one that is given as a number is so many of one."""
    if accumulation is not Accumulation.RATIO:
        return {_MEASURED: each.value}
    if each.value is not None:
        return {_TOP: each.value, _BOTTOM: Decimal(1)}
    return {_TOP: each.numerator, _BOTTOM: each.denominator}


def _set_target(given: EvaluateInput, deadline: Period) -> SetTarget:
    asked, is_increment = given.target, given.accumulation is Accumulation.INCREMENT
    base = None if given.baseline is None else given.baseline.value
    base_period = None if given.baseline is None else Period.parse(given.baseline.period)
    return SetTarget(
        indicator=_MEASURED,
        area=_PLACE,
        revision=0,
        base=base,
        base_period=None if given.start else base_period,
        target=Target(
            value=asked.value,
            high=asked.value_high,
            comparator=asked.comparator,
            deadline=deadline,
            direction=asked.direction or _implied_direction(given) or Direction.INCREASE,
            path=asked.path,
            baseline=Decimal(0) if is_increment else base,
            baseline_period=None if is_increment else base_period,
            start=given.start,
            waypoints=tuple(
                Waypoint(period=Period.parse(point.period), value=point.value)
                for point in asked.milestones
            ),
        ),
    )


def _implied_direction(given: EvaluateInput) -> Direction | None:
    is_increment, asked = given.accumulation is Accumulation.INCREMENT, given.target
    base = None if given.baseline is None else given.baseline.value
    return asked.comparator.direction(
        asked.value, asked.value_high, Decimal(0) if is_increment else base
    )


def _asked_period(given: EvaluateInput) -> Period | None:
    if given.period is not None:
        return Period.parse(given.period)
    periods = [Period.parse(each.period) for each in given.observations]
    return max(periods, key=lambda period: period.index, default=None)


def _inputs(plan: Plan, standing: Standing, cells: Cells) -> Iterable[Observed]:
    """The figures as they were given: of a ratio one each, though it is made of two parts."""
    has_growth = cells.values["yoy_change"] is not None
    before = inputs_before(plan, standing) if has_growth else []
    found = [*standing.level.inputs, *before]
    if standing.indicator.measure is not Measure.RATIO:
        return found
    track = plan.track(standing.indicator, _PLACE)
    values = {each.period: track.at(each.period).value for each in found}
    return [
        Observed(period=at, value=value if isinstance(value, Decimal) else None)
        for at, value in values.items()
    ]


def _contradictions(given: EvaluateInput) -> Iterator[Fault]:
    """What no calculation can make sense of, each with its place."""
    deadline = Period.parse(given.target.deadline)
    asked, implied = given.target.direction, _implied_direction(given)
    if implied is not None and asked not in {None, implied}:
        facts = {"comparator": given.target.comparator.value, "direction": implied.value}
        yield invalid_field("/target/direction", asked, "direction_conflict", **facts)
    yield from _range_faults(given.target)
    yield from _milestone_faults(given, deadline)
    is_increment = given.accumulation is Accumulation.INCREMENT
    if given.baseline is not None and is_increment and given.baseline.value != 0:
        yield invalid_field("/baseline", given.baseline.value, "increment_baseline")
    elif (
        given.baseline is not None
        and Period.parse(given.baseline.period).quarters_since(deadline) >= 0
    ):
        yield invalid_field("/baseline/period", given.baseline.period, "period_before_deadline")
    if given.start is not None and not is_increment:
        yield invalid_field("/start", given.start, "start_of_increments")
    elif given.start is not None and given.start > deadline.last_day:
        yield invalid_field("/start", given.start, "day_before_deadline")
    yield from _observation_faults(given)


def _range_faults(asked: TargetInput) -> Iterator[Fault]:
    is_range, high = asked.comparator is Comparator.BETWEEN, asked.value_high
    if is_range != (high is not None):
        yield invalid_field("/target/value_high", high, "range_together")
    elif high is not None and high <= asked.value:
        facts = {"low": f"{asked.value:f}"}
        yield invalid_field("/target/value_high", high, "range_ascends", **facts)


def _milestone_faults(given: EvaluateInput, deadline: Period) -> Iterator[Fault]:
    points = given.target.milestones
    if bool(points) != (given.target.path is PathKind.MILESTONES):
        yield invalid_field("/target/milestones", len(points), "milestones_with_path")
    first = _first_index(given)
    seen: set[int] = set()
    for place, point in enumerate(points):
        index = Period.parse(point.period).index
        if index in seen or index >= deadline.index or (first is not None and index <= first):
            pointer = f"/target/milestones/{place}/period"
            yield invalid_field(pointer, point.period, "milestone_period")
        seen.add(index)


def _first_index(given: EvaluateInput) -> int | None:
    if given.start is not None:
        return Period.containing(given.start).index - 1
    return None if given.baseline is None else Period.parse(given.baseline.period).index


def _observation_faults(given: EvaluateInput) -> Iterator[Fault]:
    seen: set[int] = set()
    is_ratio = given.accumulation is Accumulation.RATIO
    for place, each in enumerate(given.observations):
        pointer, index = f"/observations/{place}", Period.parse(each.period).index
        if index in seen:
            yield invalid_field(f"{pointer}/period", each.period, "one_per_period")
        seen.add(index)
        allowed = given.accumulation.bases
        if (each.basis is not None or not is_ratio) and each.basis not in allowed:
            choices = " ".join(allowed) or "null"
            yield invalid_field(f"{pointer}/basis", each.basis, "choices", choices=choices)
        parts = (each.numerator, each.denominator)
        has_parts = is_ratio and None not in parts and each.value is None
        has_value = each.value is not None and parts == (None, None)
        if not has_parts and not has_value:
            yield invalid_field(
                f"{pointer}/value", each.value, "ratio_parts" if is_ratio else "value"
            )
