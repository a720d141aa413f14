"""How far an actual must move to change its rating, all else as it is.

A rating changes at a few values only: at the target itself, where the index crosses the
bound of a band, and on a geometric path at 0. These are solved for; which rating holds
between two of them is asked of the rating itself.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from app.domain.coverage import Actual
from app.domain.measures import Situation, path_value, situate
from app.domain.quantity import EXACT, Reason, Undefined, compound_growth
from app.domain.rating import Bands, Rating, rate_only
from app.domain.target import Target

# Worst first, for lists; what cannot be assessed may be either.
SEVERITY = (
    Rating.MISSED,
    Rating.DETERIORATING,
    Rating.OFF_TRACK,
    Rating.ACCELERATION_NEEDED,
    Rating.UNABLE_TO_ASSESS,
    Rating.ON_TRACK,
    Rating.ACHIEVED_EARLY,
    Rating.ACHIEVED,
)
_ORDER = [
    {Rating.UNABLE_TO_ASSESS},
    {Rating.MISSED, Rating.DETERIORATING},
    {Rating.OFF_TRACK},
    {Rating.ACCELERATION_NEEDED},
    {Rating.ON_TRACK},
    {Rating.ACHIEVED, Rating.ACHIEVED_EARLY},
]
_RANKS = {rating: rank for rank, ratings in enumerate(_ORDER) for rating in ratings}


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingChange:
    """The rating that begins at ``actual`` or just beyond it; ``distance`` is signed.

    ``distance`` is what must be added to the actual (negative: taken away), in its unit.
    """

    rating: Rating
    actual: Decimal
    distance: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The nearest changes of a rating to a better and to a worse one."""

    better: RatingChange | Undefined
    worse: RatingChange | Undefined


def sensitivity_of(target: Target | None, actual: Actual, bands: Bands) -> Sensitivity:
    """How far the actual must move at its own date until its rating changes.

    Undefined ``no_target``, ``not_rated`` (unable to assess), ``highest_rating`` and
    ``lowest_rating`` where no move in the actual would give another.
    """
    if target is None:
        return _nothing(Reason.NO_TARGET)
    if actual.data_period is None:
        return _nothing(Reason.NOT_RATED)
    given = situate(target, actual, actual.data_period)

    def rate(value: Decimal) -> Rating:
        return rate_only(target, replace(actual, value=value), bands)

    return search_changes(actual, _turning_points(given, bands), rate)


def search_changes(
    actual: Actual, turning_points: Iterable[Decimal], rate: Callable[[Decimal], Rating]
) -> Sensitivity:
    """The nearest changes on either side, found at the turning points and between them."""
    value = actual.value
    if isinstance(value, Undefined) or rate(value) is Rating.UNABLE_TO_ASSESS:
        return _nothing(Reason.NOT_RATED)
    places = sorted(set(turning_points))
    up = [value, *(place for place in places if place > value)]
    down = [value, *(place for place in reversed(places) if place < value)]
    rank = _RANKS[rate(value)]
    changes = [*_first_change(up, +1, rate), *_first_change(down, -1, rate)]
    return Sensitivity(
        better=_nearest([c for c in changes if _RANKS[c.rating] > rank], Reason.HIGHEST_RATING),
        worse=_nearest([c for c in changes if _RANKS[c.rating] < rank], Reason.LOWEST_RATING),
    )


def _first_change(
    edges: list[Decimal], step: int, rate: Callable[[Decimal], Rating]
) -> Iterator[RatingChange]:
    """The first other rating met on the way along the edges, of which the first is the value."""
    value, now = edges[0], rate(edges[0])
    for place, edge in enumerate(edges):
        following = edges[place + 1] if place + 1 < len(edges) else edge + 2 * step
        between = EXACT.divide(EXACT.add(edge, following), Decimal(2))
        for found in (rate(edge), rate(between)):
            if found is not now:
                yield RatingChange(rating=found, actual=edge, distance=EXACT.subtract(edge, value))
                return


def _turning_points(given: Situation, bands: Bands) -> list[Decimal]:
    """Every value at which the rating may change; one too many does no harm."""
    high = given.target.high
    always = [given.target.value, Decimal(0), *([] if high is None else [high])]
    baseline, path, elapsed = given.target.baseline, path_value(given), given.clock.elapsed
    if baseline is None or isinstance(elapsed, Undefined) or isinstance(path, Undefined):
        return always
    with localcontext(EXACT):
        bounds = (bands.on_track, bands.acceleration_needed, Decimal(0))
        way = (given.x - baseline) * elapsed
        linear = [baseline + way * bound for bound in bounds]
        on_path = [baseline + (path - baseline) * bound for bound in bounds]
        return [*always, *linear, *on_path, *_on_growth_ratio(given, baseline, bounds)]


def _on_growth_ratio(
    given: Situation, baseline: Decimal, bounds: Iterable[Decimal]
) -> list[Decimal]:
    """The values whose growth since the baseline is so many times the growth that is needed."""
    years, target = given.clock.years_gone, given.x
    if isinstance(years, Undefined) or min(baseline, target) <= 0:
        return []
    needed = abs(compound_growth(baseline, target, years + given.clock.years_left))
    factors = [1 + given.target.direction.sign * bound * needed for bound in bounds]
    return [baseline * factor**years for factor in factors if factor > 0]


def _nearest(changes: list[RatingChange], none: Reason) -> RatingChange | Undefined:
    return min(changes, key=lambda change: abs(change.distance), default=Undefined(none))


def _nothing(reason: Reason) -> Sensitivity:
    return Sensitivity(better=Undefined(reason), worse=Undefined(reason))
