"""A standing at a glance: what two states of a plan are compared by, at every period."""

from dataclasses import dataclass

from app.domain.accumulation import Measure
from app.domain.course.growth import assess_growth, growth_since, growth_target
from app.domain.course.track import Track
from app.domain.measures import gap, situate
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.rating import Rating, rate_only
from app.domain.time.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A standing without its rates, its outlook and what explains it."""

    target: Quantity
    target_high: Quantity
    actual: Quantity
    gap: Quantity
    rating: Rating
    areas_reported: int | None


def glance(track: Track, period: Period | None) -> Glance:
    """The target that holds for a period, the actual and its rating: as the row has them.

    Without a period, as for a target that has no figures at all: the newest target.
    """
    held = track.targets.at(track.indicator.code, track.area, period)
    level, bands = track.level_at(period), track.figures.rules.bands
    growth = growth_target(track.indicator, held)
    none, rating = Undefined(Reason.NO_TARGET), Rating.UNABLE_TO_ASSESS
    value: Quantity = level.value
    distance: Quantity = none
    if growth is not None:
        actual = growth_since(growth, level)
        found = assess_growth(growth, actual, level, bands)
        value, distance, rating = actual.value, found.gap, found.rating
    elif track.indicator.measure is Measure.CAGR:
        value = none
    elif held is not None and level.data_period is not None:
        distance = gap(situate(held.target, level, level.data_period))
        rating = rate_only(held.target, level, bands)
    return Glance(
        target=none if held is None else held.target.value,
        target_high=none if held is None or held.target.high is None else held.target.high,
        actual=value,
        gap=distance,
        rating=rating,
        areas_reported=level.coverage.reported if level.coverage else None,
    )
