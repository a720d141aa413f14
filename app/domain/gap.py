"""The gap of one target at one period: every measure, the rating, and why a field is null.

This is the one calculation behind every row, export, chart and the calculator.
"""

from dataclasses import dataclass, fields, replace
from datetime import date

from app.domain import measures
from app.domain.coverage import Actual, HistoryPoint
from app.domain.measures import Situation, situate
from app.domain.outlook.look_ahead import arrival_day, look_ahead
from app.domain.outlook.projection import Projection
from app.domain.path import PathKind
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.rating import Bands, Flag, Rating, RatingBasis, Verdict, rate
from app.domain.series import ActualBasis
from app.domain.target import Target


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
    outlook = look_ahead(given, history, is_net=is_net)
    return Assessment(
        gap=measures.gap(given),
        gap_percent=measures.gap_percent(given),
        attainment_percent=measures.attainment_percent(given),
        progress_percent=measures.progress_percent(given),
        elapsed_percent=measures.elapsed_percent(given),
        schedule_variance=measures.schedule_variance(given),
        schedule_index=measures.schedule_index(given),
        path_value=measures.path_value(given),
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
        eta=arrival_day(given),
        rating_index=verdict.index,
        rating_threshold=verdict.threshold,
        rating_basis=verdict.basis,
        rating=verdict.rating,
        flags=_flags(given, actual, verdict, outlook),
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
