"""How a plan stands: every indicator in every area, at a period or at its latest one.

A plan is a value: rules, figures, targets. What is known, now or as of a revision, what a scenario
assumes and what the calculator is given are such values.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from app.domain.accumulation import ActualBasis, Measure
from app.domain.coverage import Actual
from app.domain.figures import Figures
from app.domain.gap import Assessment, assess
from app.domain.growth import (
    GrowthTarget,
    assess_growth,
    growth_since,
    growth_target,
    is_restated,
)
from app.domain.plan import Indicator, PlanRules
from app.domain.quantity import Flag, Reason, Undefined
from app.domain.rating import LATE, WELL, Rating, rate_only
from app.domain.target import Target
from app.domain.targets import SetTarget, Targets
from app.domain.time.period import Period, quarters_between
from app.domain.time.spells import Dated


@dataclass(frozen=True)
class Plan:
    """A plan as one revision, one scenario or one question has it."""

    rules: PlanRules
    figures: Figures
    targets: Targets

    @cached_property
    def first_period(self) -> Period:
        """The earliest quarter that figures may be about: that of the earliest baseline's year."""
        return self.targets.first_period(self.rules)

    @property
    def last_period(self) -> Period:
        """The quarter that the plan ends with."""
        return Period(self.rules.last_year, 4)

    def periods(self) -> list[Period]:
        """Every quarter that the plan is about."""
        return list(quarters_between(self.first_period, self.last_period))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One indicator in one area; ``level`` is what the actual was derived from: another indicator's
    value for a target on average growth, the actual itself for all others.
    """

    indicator: Indicator
    area: str
    period: Period | None
    set_target: SetTarget | None
    actual: Actual
    level: Actual
    assessment: Assessment
    flags: tuple[Flag, ...] = ()

    @property
    def target(self) -> Target | None:
        """The target that holds for the period."""
        return None if self.set_target is None else self.set_target.target

    @property
    def growth(self) -> GrowthTarget | None:
        """The target on average growth that the standing is held against, if it is one."""
        return growth_target(self.indicator, self.set_target)

    @property
    def revision(self) -> int:
        """The newest revision among the inputs, 0 without any."""
        revisions = [each.revision for each in self.actual.inputs]
        return max([*revisions, self.set_target.revision if self.set_target else 0])

    @property
    def is_assumed(self) -> bool:
        """Whether any input was never recorded: a figure that a scenario assumes."""
        return any(each.revision == 0 for each in self.actual.inputs)


def stand(
    plan: Plan,
    indicator: Indicator,
    area: str,
    period: Period | None = None,
    *,
    carry_forward: int = 0,
) -> Standing:
    """How an indicator stands in an area at a period; by default at its latest one."""
    asked = period or find_default_period(plan, indicator, area, carry_forward=carry_forward)
    held = plan.targets.at(indicator.code, area, asked)
    level = _level_at(plan, indicator, area, asked, held, carry_forward)
    growth, bands = growth_target(indicator, held), plan.rules.bands
    if growth is not None:
        actual = growth_since(growth, level)
        assessment = assess_growth(growth, actual, level, bands)
    else:
        actual = _without_base(level, asked) if indicator.measure is Measure.CAGR else level
        target = None if held is None else held.target
        history = () if held is None else _history(plan, indicator, area, actual)
        assessment = assess(target, actual, history=history, bands=bands, is_net=indicator.is_net)
    found = Standing(
        indicator=indicator,
        area=area,
        period=asked,
        set_target=held,
        actual=actual,
        level=level,
        assessment=assessment,
    )
    return found if asked is None else replace(found, flags=_flags(plan, found, asked))


def stand_with_target(plan: Plan, indicator: Indicator, area: str) -> Standing:
    """How an area's target stands at the latest period, or where it begins if that is later."""
    found, newest = stand(plan, indicator, area), plan.targets.newest(indicator.code, area)
    if found.set_target is not None or newest is None or newest.valid_from is None:
        return found
    return stand(plan, indicator, area, newest.valid_from.as_quarter)


def find_default_period(
    plan: Plan, indicator: Indicator, area: str, *, carry_forward: int = 0
) -> Period | None:
    """The latest period between baseline and deadline with a whole actual, else with any.

    None when there is no figure at all. Never today's date.
    """
    level_of = plan.rules.level_of(indicator)
    newest = plan.targets.newest(indicator.code, area)
    fallback = None
    for period in reversed(plan.figures.periods(level_of, area)):
        if newest is not None and not newest.target.is_about(period):
            continue
        actual = plan.figures.actual(level_of, area, period, carry_forward=carry_forward)
        if isinstance(actual.value, Decimal):
            if not actual.is_partial:
                return period
            fallback = fallback or period
    return fallback


def ratings_until(
    plan: Plan, indicator: Indicator, area: str, until: Period
) -> Iterator[Dated[Rating]]:
    """The rating at each earlier period that has an actual, by the figures known now."""
    newest = plan.targets.newest(indicator.code, area)
    level_of, bands = plan.rules.level_of(indicator), plan.rules.bands
    for period in plan.figures.periods(level_of, area):
        if period.index >= until.index or (newest and not newest.target.is_about(period)):
            continue
        held = plan.targets.at(indicator.code, area, period)
        actual = plan.figures.actual(level_of, area, period)
        if held is None or isinstance(actual.value, Undefined):
            continue
        growth = growth_target(indicator, held)
        if growth is None:
            rating = rate_only(held.target, actual, bands)
        else:
            rating = assess_growth(growth, growth_since(growth, actual), actual, bands).rating
        yield Dated(period=period, value=rating)


def _level_at(
    plan: Plan,
    indicator: Indicator,
    area: str,
    asked: Period | None,
    held: SetTarget | None,
    carry_forward: int,
) -> Actual:
    """The actual at a period. Past the deadline the value of the deadline's period counts."""
    level_of = plan.rules.level_of(indicator)
    if asked is None:
        nothing = plan.figures.actual(level_of, area, plan.last_period.shift(1))
        return replace(nothing, period=None, value=Undefined(Reason.NO_DATA), source=None)
    overdue = 0 if held is None else max(0, asked.quarters_since(held.target.deadline))
    at = asked.shift(-overdue) if overdue else asked
    actual = plan.figures.actual(level_of, area, at, carry_forward=carry_forward)
    return replace(actual, oldest_age=actual.oldest_age + overdue) if overdue else actual


def _without_base(level: Actual, asked: Period | None) -> Actual:
    """Growth counts from its target's base: an area without one has no growth to show."""
    no_base = Undefined(Reason.NO_TARGET if asked else Reason.NO_DATA)
    return replace(level, value=no_base, basis=None, source=None, inputs=())


def _history(
    plan: Plan, indicator: Indicator, area: str, actual: Actual
) -> tuple[Dated[Decimal], ...]:
    """Earlier values of the same kind, with full coverage (docs/measures.md#projection)."""
    at = actual.data_period
    if at is None:
        return ()
    step = 4 if actual.basis in {ActualBasis.TTM, ActualBasis.FULL_YEAR} else 1
    return tuple(
        point
        for point in plan.figures.whole_values(indicator, area)
        if (distance := at.quarters_since(point.period)) > 0 and distance % step == 0
    )


def _flags(plan: Plan, found: Standing, asked: Period) -> tuple[Flag, ...]:
    indicator, area, target = found.indicator, found.area, found.target
    level_of = plan.rules.level_of(indicator)
    now = plan.figures.own(level_of, area, asked)
    before = plan.figures.own(level_of, area, asked.shift(-4))
    is_well, rated = found.assessment.rating in WELL, ratings_until(plan, indicator, area, asked)
    conditions = [
        (is_restated(now, before), Flag.BASE_RESTATED),
        (target is not None and asked.quarters_since(target.deadline) > 0, Flag.DEADLINE_PASSED),
        (is_well and any(each.value in LATE for each in rated), Flag.RECOVERED),
    ]
    return tuple(flag for holds, flag in conditions if holds)
