"""How a target ended: its value at the deadline, when it was first met, what a year brought.

The final assessment is made of this, and so is the state of a plan
(docs/measures.md#the-end-of-a-plan).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.accumulation import MissingReason
from app.domain.checks.due import is_reported_by
from app.domain.disclosure.cut import Withheld, is_value_withheld
from app.domain.measures import achieved_rate, situate
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.rating import Rating
from app.domain.standing import Plan, Standing, stand
from app.domain.targets import SetTarget
from app.domain.time.period import Period
from app.domain.time.spells import Dated

MET = frozenset({Rating.ACHIEVED, Rating.ACHIEVED_EARLY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A target at its deadline.

    ``needed_rate``: the yearly rate from the baseline that would have ended at the target, to be
    read beside ``achieved_rate``. ``first_met``: the first period that met it, by the figures
    known now; a target that was met once may still be missed.
    """

    standing: Standing
    needed_rate: Quantity
    ratings: tuple[Dated[Rating], ...]

    @property
    def first_met(self) -> Period | None:
        """The first period that met the target; None where none did."""
        return next((each.period for each in self.ratings if each.value in MET), None)


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class OpenFigure:
    """A figure of a deadline's period that is not there."""

    indicator: str
    area: str
    period: Period


def stand_at_deadline(plan: Plan, held: SetTarget) -> Standing:
    """How a target stands at its own deadline."""
    indicator = plan.rules.indicators[held.indicator]
    return stand(plan, indicator, held.area, held.target.deadline.as_quarter)


def end_of(plan: Plan, held: SetTarget) -> Ending:
    """How a target ended."""
    standing = stand_at_deadline(plan, held)
    return Ending(
        standing=standing,
        needed_rate=_needed_rate(standing),
        ratings=tuple(ratings_of(plan, standing)),
    )


def is_final(standing: Standing) -> bool:
    """Whether the value is known, and covers every area that it should."""
    level = standing.level
    if is_value_withheld(level):
        return level.coverage is None or not level.coverage.missing
    return isinstance(level.value, Decimal) and not level.is_partial


def ratings_of(plan: Plan, standing: Standing) -> Iterator[Dated[Rating]]:
    """The rating at every period up to the row's own, or to the deadline if that is earlier."""
    # Without a target there is nothing to rate; without an actual, nothing to rate it by.
    at = standing.level.period
    if standing.target is None or at is None or isinstance(standing.level.value, Undefined):
        return
    track = plan.track(standing.indicator, standing.area, standing.level.source)
    yield from track.ratings_until(at)
    yield Dated(period=at, value=standing.assessment.rating)


def list_open_figures(plan: Plan, held: SetTarget) -> list[OpenFigure]:
    """The figures that the value at a target's deadline lacks, of those who report them."""
    rules = plan.rules
    indicator, period = rules.indicators[held.indicator], held.target.deadline.as_quarter
    level = rules.level_of(indicator)
    found = []
    for code in level.parts:
        part = rules.indicators[code]
        for area in (held.area, *rules.summands(level, held.area)):
            own = plan.figures.own(part, area, period)
            is_there = own is not None and (
                own.value is not None
                or own.missing_reason is MissingReason.NOT_APPLICABLE
                or isinstance(own, Withheld)
            )
            if is_reported_by(rules, part, area) and not is_there:
                found.append(OpenFigure(indicator=code, area=area, period=period))
    return found


def _needed_rate(standing: Standing) -> Quantity:
    """The yearly rate of a value that ends exactly at the target."""
    target, at = standing.target, standing.period
    if target is None or at is None or standing.growth is not None:
        return Undefined(Reason.NO_TARGET) if target is None else target.value
    just_met = replace(standing.level, value=target.aim, source=None)
    return achieved_rate(situate(target, just_met, target.deadline.as_quarter))
