"""What lies ahead of a target, and which way it moves: what it takes a quarter, and its trend."""

from decimal import Decimal
from enum import StrEnum

from app.domain.accumulation import Accumulation
from app.domain.course.growth import assess_growth, growth_since, growth_target
from app.domain.course.track import Track
from app.domain.measures import situate
from app.domain.outlook.requirement import Requirement, requirement_of
from app.domain.quantity import (
    EXACT,
    MeasureDefinition,
    MeasureUnit,
    Quantity,
    Reason,
    Undefined,
)
from app.domain.rating import rating_index
from app.domain.standing import Plan, Standing
from app.domain.time.period import QUARTERS_A_YEAR, Period

# An index that moves less than this within a year stays where it is.
STEADY_WITHIN = Decimal("0.02")

# Columns of every row; the rest of a requirement is told of one target in full.
DEFINITIONS = tuple(
    MeasureDefinition(name=name, unit=unit, formula=formula)
    for name, unit, formula in (
        ("required_per_quarter", MeasureUnit.AMOUNT, "(X - V)/quarters left"),
        ("reachability", MeasureUnit.CODE, "what is required against what was added before"),
    )
)


class Tendency(StrEnum):
    """Which way the rating index has moved within a year."""

    IMPROVING = "improving"
    STEADY = "steady"
    WORSENING = "worsening"


def require_of(plan: Plan, standing: Standing) -> Requirement:
    """What the increment must still add a quarter, beside what it has added."""
    if standing.target is None:
        return Requirement.undefined(Undefined(Reason.NO_TARGET))
    if standing.actual.data_period is None:
        return Requirement.undefined(Undefined(Reason.NO_DATA))
    if standing.indicator.accumulation is not Accumulation.INCREMENT:
        return Requirement.undefined(Undefined(Reason.NOT_APPLICABLE))
    given = situate(standing.target, standing.actual, standing.actual.data_period)
    track = plan.track(standing.indicator, standing.area, standing.level.source)
    return requirement_of(given, tuple(track.whole_values(standing.actual.data_period)))


def trend_of(plan: Plan, standing: Standing) -> Tendency | Undefined:
    """The rating index against that of a year before, by the figures known now.

    Undefined where either is, and across a break in the series.
    """
    now, at = standing.assessment.rating_index, standing.level.data_period
    if isinstance(now, Undefined) or at is None:
        return now if isinstance(now, Undefined) else Undefined(Reason.NO_DATA)
    since, before = standing.level.since, at.shift(-QUARTERS_A_YEAR)
    if since is not None and since.index > before.index:
        return Undefined(Reason.BREAK_IN_SERIES)
    then = _index_at(plan.track(standing.indicator, standing.area, standing.level.source), before)
    if isinstance(then, Undefined):
        return then
    change = EXACT.subtract(now, then)
    if abs(change) <= STEADY_WITHIN:
        return Tendency.STEADY
    return Tendency.IMPROVING if change > 0 else Tendency.WORSENING


def _index_at(track: Track, period: Period) -> Quantity:
    """The rating index at a period, without the rest of a row."""
    held = track.targets.at(track.indicator.code, track.area, period)
    if held is None:
        return Undefined(Reason.NO_TARGET)
    level = track.at(period)
    growth = growth_target(track.indicator, held)
    if growth is not None:
        bands = track.figures.rules.bands
        return assess_growth(growth, growth_since(growth, level), level, bands).rating_index
    return rating_index(situate(held.target, level, period))[1]
