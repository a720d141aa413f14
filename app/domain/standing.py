"""How a plan stands: every indicator in every area, at a period or at its latest one.

A plan is a value: rules, figures, targets. What is known, now or as of a revision, what a scenario
assumes and what the calculator is given are such values.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property

from app.domain.accumulation import ActualSource, Measure
from app.domain.checks.due import last_due
from app.domain.columns import FigureColumns, Memory, touched_by
from app.domain.course.growth import (
    GrowthTarget,
    assess_growth,
    growth_since,
    growth_target,
)
from app.domain.course.track import Track
from app.domain.coverage import Actual
from app.domain.figures import Figures
from app.domain.gap import Assessment, assess
from app.domain.plan import Indicator, PlanRules
from app.domain.quantity import Flag, Quantity, Reason, Undefined
from app.domain.rating import LATE, WELL
from app.domain.target import Target
from app.domain.targets import SetTarget, Targets
from app.domain.time.period import Period, quarters_between


@dataclass(frozen=True)
class Plan:
    """A plan as one revision, one scenario or one question has it."""

    rules: PlanRules
    figures: Figures
    targets: Targets
    # What follows from the figures and the target of one indicator in one area alone.
    memory: Memory = field(default_factory=Memory, init=False, compare=False, repr=False)

    def with_figures(self, figures: Figures, changed: FigureColumns) -> "Plan":
        """The plan with figures that differ in these series alone; it shares what follows."""
        found = replace(self, figures=figures)
        found.memory.take_over(self.memory, stale=touched_by(changed, self.figures.all_series))
        return found

    @cached_property
    def first_period(self) -> Period:
        """The earliest quarter that figures may be about: that of the earliest baseline's year."""
        return self.targets.first_period(self.rules)

    def track(self, indicator: Indicator, area: str, source: ActualSource | None = None) -> Track:
        """The course of an indicator in an area, from one source."""
        return Track(self.figures, self.targets, indicator, area, source, self.memory)

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
    year_to_date: Quantity
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
    either = plan.track(indicator, area)
    asked = period or either.default_period(carry_forward=carry_forward)
    held = plan.targets.at(indicator.code, area, asked)
    level = either.level_at(asked, carry_forward=carry_forward)
    track = plan.track(indicator, area, level.source)
    growth, bands = growth_target(indicator, held), plan.rules.bands
    if growth is not None:
        actual = growth_since(growth, level)
        assessment = assess_growth(growth, actual, level, bands)
    else:
        actual = _without_base(level, asked) if indicator.measure is Measure.CAGR else level
        target = None if held is None else held.target
        history = () if held is None else track.points_until(actual)
        assessment = assess(target, actual, history=history, bands=bands, is_net=indicator.is_net)
    found = Standing(
        indicator=indicator,
        area=area,
        period=asked,
        set_target=held,
        actual=actual,
        level=level,
        assessment=assessment,
        year_to_date=track.year_to_date(level.period),
    )
    flags = () if asked is None else _flags(plan, found, asked)
    return replace(found, flags=flags) if flags else found


def stand_with_target(plan: Plan, indicator: Indicator, area: str) -> Standing:
    """How an area's target stands at the latest period, or where it begins if that is later."""
    found, newest = stand(plan, indicator, area), plan.targets.newest(indicator.code, area)
    if found.set_target is not None or newest is None or newest.valid_from is None:
        return found
    return stand(plan, indicator, area, newest.valid_from.as_quarter)


def stand_as_of(plan: Plan, indicator: Indicator, area: str, period: Period) -> Standing:
    """How an indicator stands as of a period: at the latest one up to it that figures are due for.

    At the period itself where none was due yet, or where no target held then.
    """
    due = last_due(plan.rules, plan.rules.level_of(indicator), period, today=plan.figures.today)
    if due is not None and plan.targets.at(indicator.code, area, due) is not None:
        return stand(plan, indicator, area, due)
    return stand(plan, indicator, area, period)


def _without_base(level: Actual, asked: Period | None) -> Actual:
    """Growth counts from its target's base: an area without one has no growth to show."""
    no_base = Undefined(Reason.NO_TARGET if asked else Reason.NO_DATA)
    return replace(level, value=no_base, basis=None, source=None, inputs=())


def _flags(plan: Plan, found: Standing, asked: Period) -> tuple[Flag, ...]:
    target, track = found.target, plan.track(found.indicator, found.area, found.level.source)
    rated = track.ratings_until(asked) if found.assessment.rating in WELL else ()
    conditions = [
        (track.is_base_restated(asked), Flag.BASE_RESTATED),
        (target is not None and asked.quarters_since(target.deadline) > 0, Flag.DEADLINE_PASSED),
        (any(each.value in LATE for each in rated), Flag.RECOVERED),
    ]
    return tuple(flag for holds, flag in conditions if holds)
