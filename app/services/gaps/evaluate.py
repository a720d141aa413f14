"""The calculator: the same way from figures to a gap row as a plan's own table takes."""

from collections.abc import Iterator
from decimal import Decimal

from app.domain.accumulation import Accumulation
from app.domain.coverage import Actual, HistoryPoint, combine
from app.domain.gap import assess
from app.domain.path import PathKind
from app.domain.quantity import Reason, Undefined
from app.domain.rating import Bands, Flag
from app.domain.series import ActualBasis, Comparable, Observed, Series, quotient
from app.domain.target import Direction, Target, Waypoint
from app.domain.time.period import Period
from app.errors import Fault, ParametersInvalid, invalid_field
from app.schemas.evaluate import EvaluateInput, ObservationInput
from app.schemas.gaps.row import Calculation
from app.services.gaps.rows import TargetFacts, explain, make_cells


def evaluate(given: EvaluateInput) -> Calculation:
    """One gap row from nothing but the request; ParametersInvalid names every contradiction."""
    faults = list(_contradictions(given))
    if faults:
        raise ParametersInvalid(faults)
    target = _target(given)
    series = _series(given)
    asked = _asked_period(given)
    actual = _actual(given, series, target, asked)
    assessment = assess(target, actual, history=_history(given, series, actual), bands=Bands())
    is_past = asked is not None and asked.quarters_since(target.deadline) > 0
    cells = make_cells(
        _facts(given, target),
        actual,
        assessment,
        unit=None,
        period=None if asked is None else str(asked),
        extra_flags=(Flag.DEADLINE_PASSED,) if is_past else (),
    )
    reasons = cells.reasons | {"unit": Reason.NOT_APPLICABLE.value}
    return Calculation.model_construct(
        **cells.values,
        reasons=reasons,
        flags=cells.flags,
        missing_areas=[],
        explain=explain(cells, actual, labels={}),
    )


def _target(given: EvaluateInput) -> Target:
    asked, is_increment = given.target, given.accumulation is Accumulation.INCREMENT
    baseline = None if given.baseline is None else given.baseline.value
    has_period = given.baseline is not None and not is_increment
    return Target(
        value=asked.value,
        comparator=asked.comparator,
        deadline=Period.parse(asked.deadline),
        direction=_direction(given),
        path=asked.path,
        baseline=Decimal(0) if is_increment else baseline,
        baseline_period=Period.parse(given.baseline.period)
        if given.baseline and has_period
        else None,
        start=given.start,
        waypoints=tuple(
            Waypoint(period=Period.parse(point.period), value=point.value)
            for point in asked.milestones
        ),
    )


def _direction(given: EvaluateInput) -> Direction:
    implied = given.target.comparator.direction
    return given.target.direction or implied or Direction.INCREASE


def _series(given: EvaluateInput) -> Series:
    observed = [
        Observed(period=Period.parse(each.period), value=_value(each), basis=each.basis)
        for each in given.observations
    ]
    return Series.of(observed, accumulation=given.accumulation, start=given.start)


def _value(each: ObservationInput) -> Decimal | None:
    if each.numerator is None or each.denominator is None:
        return each.value
    found = quotient(each.numerator, each.denominator, scale=Decimal(1))
    return found if isinstance(found, Decimal) else None


def _asked_period(given: EvaluateInput) -> Period | None:
    if given.period is not None:
        return Period.parse(given.period)
    periods = [Period.parse(each.period) for each in given.observations]
    return max(periods, key=lambda period: period.index, default=None)


def _actual(given: EvaluateInput, series: Series, target: Target, asked: Period | None) -> Actual:
    if asked is None:
        return Actual(period=None, value=Undefined(Reason.NO_DATA))
    overdue = max(0, asked.quarters_since(target.deadline))
    at = asked.shift(-overdue) if overdue else asked
    found = _comparable(given, series, at)
    actual = combine(period=at, own=found, parts=())
    return Actual(
        period=actual.period,
        value=actual.value,
        basis=actual.basis,
        source=actual.source,
        inputs=actual.inputs,
        oldest_age=overdue,
    )


def _comparable(given: EvaluateInput, series: Series, at: Period) -> Comparable:
    found = series.comparable(at)
    if given.accumulation is not Accumulation.RATIO:
        return found
    parts = [each for each in given.observations if Period.parse(each.period).is_same_point(at)]
    is_zero = any(each.denominator == 0 for each in parts)
    value = Undefined(Reason.ZERO_DENOMINATOR) if is_zero else found.value
    return Comparable(value=value, basis=ActualBasis.RATIO, inputs=found.inputs)


def _history(given: EvaluateInput, series: Series, actual: Actual) -> tuple[HistoryPoint, ...]:
    if actual.period is None:
        return ()
    step = 4 if given.accumulation is Accumulation.ANNUAL_FLOW else 1
    points = []
    for period in series.periods:
        distance = actual.period.quarters_since(period)
        value = series.comparable(period).value
        if distance > 0 and distance % step == 0 and isinstance(value, Decimal):
            points.append(HistoryPoint(period=period, value=value))
    return tuple(points)


def _facts(given: EvaluateInput, target: Target) -> TargetFacts:
    has_baseline = target.baseline is not None
    period = given.baseline.period if given.baseline and target.start is None else None
    why = Reason.PLAN_START if target.start is not None else Reason.NO_BASELINE
    return TargetFacts(
        target=target,
        deadline=given.target.deadline,
        commitment=None,
        baseline=target.baseline
        if has_baseline and target.baseline is not None
        else Undefined(Reason.NO_BASELINE),
        baseline_period=period or Undefined(why),
    )


def _contradictions(given: EvaluateInput) -> Iterator[Fault]:
    """What no calculation can make sense of, each with its place."""
    deadline = Period.parse(given.target.deadline)
    implied = given.target.comparator.direction
    if implied is not None and given.target.direction not in {None, implied}:
        direction = given.target.direction
        yield invalid_field("/target/direction", direction, "comparator_direction", choices=implied)
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
