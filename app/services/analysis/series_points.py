"""A target's way so far: its value beside the path at every quarter, and how it was rated."""

from decimal import Decimal
from functools import partial

from app.domain.columns import SeriesKey
from app.domain.course.growth import growth_since, growth_target
from app.domain.course.track import Track
from app.domain.measures import gap, situate
from app.domain.outlook.flags import qualify
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.rating import rate_only
from app.domain.standing import Plan, Standing
from app.domain.time.period import Period, quarters_between
from app.schemas.gaps.detail import SeriesPoint

_FIELDS = set(SeriesPoint.model_fields)


def series_of(plan: Plan, standing: Standing) -> list[SeriesPoint]:
    """Every quarter from the baseline to the deadline, or to the plan's end without a target.

    All from one source: the row's own, or that of the latest actual where the row has none.
    """
    target, source = standing.target, standing.level.source
    if source is None:
        track = plan.track(standing.indicator, standing.area)
        latest = track.default_period()
        source = track.at(latest).source if latest else None
    last = plan.last_period if target is None else target.deadline
    first = plan.first_period
    if target is not None and target.baseline_period is not None:
        first = target.baseline_period.shift(1)
    elif target is not None and target.start is not None:
        first = Period.containing(target.start)
    track = plan.track(standing.indicator, standing.area, source)
    place = SeriesKey(standing.indicator.code, standing.area)
    return [
        plan.memory.recall(
            place,
            (period.index, "point", source),
            partial(_point, plan, standing, track, period),
        )
        for period in quarters_between(first, last)
    ]


def _point(plan: Plan, standing: Standing, track: Track, period: Period) -> SeriesPoint:
    level = track.point_at(period)
    held = plan.targets.at(standing.indicator.code, standing.area, period)
    target = None if held is None else held.target
    growth = growth_target(standing.indicator, held)
    actual, rating = level, None
    path: Quantity = Undefined(Reason.NO_TARGET)
    if growth is not None:
        actual, path = growth_since(growth, level), Undefined(Reason.NOT_DEFINED_FOR_GROWTH)
    elif target is not None:
        path = target.path_value_at(period)
        rating = rate_only(target, actual, plan.rules.bands)
    value = actual.value
    is_known = isinstance(value, Decimal)
    return SeriesPoint.model_construct(
        # Shared: a set of its own would take as much memory as the point.
        _fields_set=_FIELDS,
        period=str(period),
        actual=_present(value),
        actual_basis=actual.basis if is_known else None,
        actual_source=actual.source if is_known else None,
        path_value=_present(path),
        gap=None if target is None else _present(gap(situate(target, actual, period))),
        rating=rating if is_known else None,
        provisional=actual.is_provisional,
        areas_expected=actual.coverage.expected if actual.coverage else None,
        areas_reported=actual.coverage.reported if actual.coverage else None,
        flags=[flag.value for flag in qualify(actual)],
        reason=None if isinstance(value, Decimal) else value.reason.value,
    )


def _present(value: Quantity) -> Decimal | None:
    return None if isinstance(value, Undefined) else value
