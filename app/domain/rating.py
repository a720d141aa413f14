"""The rating of a target: the first rule that matches (docs/measures.md#rating).

This is the Eurostat method as Statistics Canada and Open SDG publish it, with the
achieved test first. Ratings are codes; a client chooses the colours.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.accumulation import ActualBasis
from app.domain.coverage import Actual
from app.domain.measures import Situation, growth_ratio, path_index, schedule_index, situate
from app.domain.path import PathKind
from app.domain.quantity import Flag, Quantity, Reason, Undefined
from app.domain.target import Target

# The tolerance with which an index is held against a band's bound.
TOLERANCE = Decimal("1e-12")


class Rating(StrEnum):
    """The rating of a target."""

    ACHIEVED = "achieved"
    ACHIEVED_EARLY = "achieved_early"
    ON_TRACK = "on_track"
    ACCELERATION_NEEDED = "acceleration_needed"
    OFF_TRACK = "off_track"
    DETERIORATING = "deteriorating"
    MISSED = "missed"
    UNABLE_TO_ASSESS = "unable_to_assess"


# A target that stood here and now stands well has recovered.
LATE = frozenset({Rating.ACCELERATION_NEEDED, Rating.OFF_TRACK, Rating.DETERIORATING})
WELL = frozenset({Rating.ACHIEVED, Rating.ACHIEVED_EARLY, Rating.ON_TRACK})


class RatingBasis(StrEnum):
    """The index that a rating is based on."""

    SCHEDULE_INDEX = "schedule_index"
    GROWTH_RATIO = "growth_ratio"
    PATH_INDEX = "path_index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """The lower bounds of on_track and acceleration_needed; off_track ends at 0."""

    on_track: Decimal = Decimal("0.95")
    acceleration_needed: Decimal = Decimal("0.60")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A rating with the index it stands on and the bound that the index was held against."""

    rating: Rating
    index: Quantity
    basis: RatingBasis | None
    threshold: Quantity
    flags: tuple[Flag, ...] = ()


def rate(given: Situation, *, is_trailing: bool, bands: Bands) -> Verdict:
    """The verdict on a target.

    ``is_trailing``: a trailing total, which can be on track but never achieve a year's target.
    """
    basis, index = rating_index(given)
    value = given.trend
    if isinstance(value, Undefined):
        return _decided(Rating.UNABLE_TO_ASSESS, basis, index)
    met = given.target.is_met_by(value)
    if met and is_trailing:
        return _decided(Rating.ON_TRACK, basis, index, Flag.TTM_MEETS_TARGET)
    if met:
        reached = Rating.ACHIEVED if given.clock.is_over else Rating.ACHIEVED_EARLY
        return _decided(reached, basis, index)
    if given.clock.is_over:
        return _decided(Rating.MISSED, basis, index)
    baseline, target = given.target.baseline, given.target
    if baseline is not None and (baseline == target.value or target.is_met_by(baseline)):
        return _decided(Rating.DETERIORATING, basis, index, Flag.BASELINE_MEETS_TARGET)
    if isinstance(index, Decimal) and target.is_passed_by(value):
        return _decided(Rating.DETERIORATING, basis, index, Flag.BEYOND_RANGE)
    return rate_by_bands(index, basis, bands)


def rate_only(target: Target, actual: Actual, bands: Bands) -> Rating:
    """The rating alone, for the history of a target."""
    if actual.data_period is None:
        return Rating.UNABLE_TO_ASSESS
    given = situate(target, actual, actual.data_period)
    return rate(given, is_trailing=actual.basis is ActualBasis.TTM, bands=bands).rating


def rate_by_bands(index: Quantity, basis: RatingBasis, bands: Bands) -> Verdict:
    """The band that an index lies in; ``unable_to_assess`` without an index.

    >>> rate_by_bands(Decimal("0.95"), RatingBasis.SCHEDULE_INDEX, Bands()).rating.value
    'on_track'
    """
    if isinstance(index, Undefined):
        return _decided(Rating.UNABLE_TO_ASSESS, basis, index)
    steps = [
        (bands.on_track, Rating.ON_TRACK),
        (bands.acceleration_needed, Rating.ACCELERATION_NEEDED),
        (Decimal(0), Rating.OFF_TRACK),
    ]
    is_ahead = index >= 1 - TOLERANCE
    for bound, rating in steps:
        if index >= bound - TOLERANCE:
            flags = (Flag.AHEAD,) if is_ahead and rating is Rating.ON_TRACK else ()
            return Verdict(rating=rating, index=index, basis=basis, threshold=bound, flags=flags)
    return Verdict(rating=Rating.DETERIORATING, index=index, basis=basis, threshold=Decimal(0))


def rating_index(given: Situation) -> tuple[RatingBasis, Quantity]:
    """The index I that the target's path prescribes, and its name."""
    kind = given.target.effective_path
    if kind is PathKind.MILESTONES:
        return RatingBasis.PATH_INDEX, path_index(given)
    is_signed = isinstance(given.trend, Decimal) and given.trend <= 0
    if kind is PathKind.LINEAR or given.target.is_ratio_unstable or is_signed:
        return RatingBasis.SCHEDULE_INDEX, schedule_index(given)
    return RatingBasis.GROWTH_RATIO, growth_ratio(given)


def _decided(rating: Rating, basis: RatingBasis, index: Quantity, *flags: Flag) -> Verdict:
    is_rated = rating is not Rating.UNABLE_TO_ASSESS
    why = Reason.DECIDED_BY_COMPARATOR if is_rated else Reason.NOT_RATED
    return Verdict(
        rating=rating,
        index=index,
        basis=basis if isinstance(index, Decimal) else None,
        threshold=Undefined(why),
        flags=flags,
    )
