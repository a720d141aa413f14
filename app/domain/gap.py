"""The gap of one target at one period: every measure, the rating, and why a field is null.

This is the one calculation behind every row, export, chart and the calculator.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from decimal import Decimal

from app.domain import measures
from app.domain.coverage import Actual
from app.domain.measures import Situation
from app.domain.outlook.projection import Point, Projection, ProjectionInput, eta_time, project
from app.domain.path import PathKind
from app.domain.quantity import EXACT, Quantity, Reason, Undefined
from app.domain.rating import Bands, Flag, Rating, RatingBasis, Verdict, rate
from app.domain.series import ActualBasis
from app.domain.target import Target
from app.domain.time.clock import DAYS_A_YEAR
from app.domain.time.period import QUARTERS_A_YEAR, Period

SMALL_COUNT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint:
    """A comparable value at an earlier period, on the same basis as the row's."""

    period: Period
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """All measures of one row. Each is exact, or undefined with its reason."""

    gap: Quantity
    gap_percent: Quantity
    attainment_percent: Quantity
    progress_percent: Quantity
    elapsed_percent: Quantity
    schedule_variance: Quantity
    schedule_index: Quantity
    path_value: Quantity
    path_progress_percent: Quantity
    path_gap: Quantity
    achieved_rate: Quantity
    required_rate: Quantity
    acceleration: Quantity
    growth_ratio: Quantity
    projection: Quantity
    projection_low: Quantity
    projection_high: Quantity
    projection_prudent: Quantity
    probability: Quantity
    projected_gap: Quantity
    eta: date | Undefined
    rating_index: Quantity
    rating_threshold: Quantity
    rating_basis: RatingBasis | None
    rating: Rating
    flags: tuple[Flag, ...]

    @classmethod
    def undefined(cls, reason: Reason) -> "Assessment":
        """A row in which nothing can be said, for one reason."""
        none = Undefined(reason)
        blank = {f.name: none for f in fields(cls) if f.name not in _NOT_QUANTITIES}
        blank["rating_threshold"] = Undefined(Reason.NOT_RATED)
        return cls(**blank, rating_basis=None, rating=Rating.UNABLE_TO_ASSESS, flags=())


_NOT_QUANTITIES = {"rating_basis", "rating", "flags"}


def assess(
    target: Target | None,
    actual: Actual,
    *,
    history: tuple[HistoryPoint, ...] = (),
    bands: Bands,
    is_net: bool = False,
) -> Assessment:
    """Hold an actual against its target.

    ``history``: earlier comparable values of the same basis, for the projection.
    ``is_net``: whether an increment may also fall, so that no count model fits it.
    Without a target, or without any period, every field says why it is null.
    """
    if target is None:
        # The actual is still given, and with it what qualifies it.
        unheld = Assessment.undefined(Reason.NO_TARGET)
        return replace(unheld, flags=_qualify(actual))
    if actual.data_period is None:
        return Assessment.undefined(Reason.NO_DATA)
    given = situate(target, actual, actual.data_period)
    verdict = rate(given, is_trailing=actual.basis is ActualBasis.TTM, bands=bands)
    outlook = _look_ahead(given, history, is_net=is_net)
    return Assessment(
        gap=measures.gap(given),
        gap_percent=measures.gap_percent(given),
        attainment_percent=measures.attainment_percent(given),
        progress_percent=measures.progress_percent(given),
        elapsed_percent=measures.elapsed_percent(given),
        schedule_variance=measures.schedule_variance(given),
        schedule_index=measures.schedule_index(given),
        path_value=given.path,
        path_progress_percent=measures.path_progress_percent(given),
        path_gap=measures.path_gap(given),
        achieved_rate=measures.achieved_rate(given),
        required_rate=measures.required_rate(given),
        acceleration=measures.acceleration(given),
        growth_ratio=measures.growth_ratio(given),
        projection=outlook.central,
        projection_low=outlook.low,
        projection_high=outlook.high,
        projection_prudent=outlook.prudent,
        probability=outlook.probability,
        projected_gap=outlook.projected_gap,
        eta=_eta(given),
        rating_index=verdict.index,
        rating_threshold=verdict.threshold,
        rating_basis=verdict.basis,
        rating=verdict.rating,
        flags=_flags(given, actual, verdict, outlook),
    )


def rate_only(target: Target, actual: Actual, bands: Bands) -> Rating:
    """The rating alone, for the history of a target."""
    if actual.data_period is None:
        return Rating.UNABLE_TO_ASSESS
    given = situate(target, actual, actual.data_period)
    return rate(given, is_trailing=actual.basis is ActualBasis.TTM, bands=bands).rating


def situate(target: Target, actual: Actual, at: Period) -> Situation:
    """A target and an actual at the date of its data: what every measure is asked about."""
    return Situation(
        target=target,
        value=actual.value,
        trend=_trend(target, actual),
        at=at,
        clock=target.clock_at(at),
    )


def points_of(target: Target, history: Iterable[HistoryPoint]) -> tuple[Point, ...]:
    """What a projection goes by: where the target starts from, then the values after it.

    An observation at the baseline's own period is the same point; the baseline counts.
    """
    by_time = dict[Decimal, Decimal]()
    if target.start is not None:
        by_time[Decimal(0)] = Decimal(0)
    elif target.baseline is not None and target.baseline_period is not None:
        by_time[_time(target, target.baseline_period)] = target.baseline
    first = min(by_time, default=None)
    for point in history:
        time = _time(target, point.period)
        if first is None or time > first:
            by_time[time] = point.value
    return tuple(Point(time=time, value=by_time[time]) for time in sorted(by_time))


def _trend(target: Target, actual: Actual) -> Quantity:
    """The value for what needs full coverage (measures, section 1, Coverage)."""
    if isinstance(actual.value, Undefined) or not actual.is_partial:
        return actual.value
    # What is missing can only raise a sum of non-negative parts, but may lower a ratio.
    is_enough = (
        target.direction.sign > 0
        and actual.basis is not ActualBasis.RATIO
        and actual.has_only_non_negative_parts
        and target.is_met_by(actual.value)
    )
    return actual.value if is_enough else Undefined(Reason.PARTIAL_COVERAGE)


def _look_ahead(given: Situation, history: tuple[HistoryPoint, ...], *, is_net: bool) -> Projection:
    if isinstance(given.trend, Undefined):
        return _no_projection(given.trend)
    is_gross = given.target.start is not None and not is_net
    is_small = is_gross and given.target.value < SMALL_COUNT
    elapsed = given.clock.elapsed
    earlier = (point for point in history if point.period.index < given.at.index)
    now = HistoryPoint(period=given.at, value=given.trend)
    return project(
        ProjectionInput(
            points=points_of(given.target, (*earlier, now)),
            deadline_time=_time(given.target, given.target.deadline),
            kind=given.target.effective_path,
            direction=given.target.direction,
            comparator=given.target.comparator,
            target=given.target.value,
            floor=given.trend if is_gross else None,
            count_elapsed=elapsed if is_small and isinstance(elapsed, Decimal) else None,
        )
    )


def _no_projection(why: Undefined) -> Projection:
    return Projection(
        central=why,
        low=why,
        high=why,
        prudent=why,
        probability=why,
        projected_gap=why,
        flags=(),
    )


def _time(target: Target, period: Period) -> Decimal:
    """Years on the target's clock: since the start in days, else on the count of quarters."""
    if target.start is None:
        return EXACT.divide(Decimal(period.index), Decimal(QUARTERS_A_YEAR))
    days = (period.last_day - target.start).days + 1
    return EXACT.divide(Decimal(days), DAYS_A_YEAR)


def _eta(given: Situation) -> date | Undefined:
    """The day on which the target is reached at the rate achieved since the baseline."""
    value, rate_so_far = given.trend, measures.achieved_rate(given)
    if isinstance(value, Undefined):
        return value
    years = eta_time(
        time=Decimal(0),
        value=value,
        target=given.target.value,
        rate=rate_so_far,
        kind=given.target.effective_path,
        direction=given.target.direction,
        comparator=given.target.comparator,
    )
    if isinstance(years, Undefined):
        return years
    days = years * DAYS_A_YEAR
    is_datable = days < (date.max - given.at.last_day).days
    return (
        given.at.last_day + timedelta(days=int(days))
        if is_datable
        else Undefined(Reason.OUT_OF_RANGE)
    )


def _flags(
    given: Situation, actual: Actual, verdict: Verdict, outlook: Projection
) -> tuple[Flag, ...]:
    target, value = given.target, given.value
    is_strict_equal = value == target.value and not target.is_met_by(target.value)
    is_bent = target.path is PathKind.GEOMETRIC and target.effective_path is PathKind.LINEAR
    conditions = [
        (is_strict_equal, Flag.AT_THRESHOLD),
        (target.is_ratio_unstable, Flag.RATIO_UNSTABLE),
        (is_bent, Flag.LINEAR_ONLY),
    ]
    own = tuple(flag for holds, flag in conditions if holds)
    seen = tuple(Flag(name) for name in outlook.flags)
    return (*_qualify(actual), *own, *verdict.flags, *seen)


def _qualify(actual: Actual) -> tuple[Flag, ...]:
    if isinstance(actual.value, Undefined):
        return ()
    conditions = [
        (actual.is_partial, Flag.PARTIAL_COVERAGE),
        (actual.oldest_age > 0, Flag.CARRIED_FORWARD),
        (any(each.is_rounded for each in actual.inputs), Flag.ROUNDED_INPUT),
    ]
    return tuple(flag for holds, flag in conditions if holds)
