"""How a year goes against its task: what it has brought, what it should have by now, its rating."""

from dataclasses import dataclass
from decimal import Decimal

from app.domain.accumulation import Measure
from app.domain.checks.due import last_due
from app.domain.coverage import Actual
from app.domain.outlook.flags import qualify
from app.domain.path import Direction
from app.domain.plan import Indicator
from app.domain.quantity import (
    EXACT,
    HUNDRED,
    Flag,
    Quantity,
    Reason,
    Undefined,
    formula,
    known,
    require,
)
from app.domain.rating import Bands, Rating, RatingBasis, rate_by_bands
from app.domain.standing import Plan
from app.domain.target import Target
from app.domain.targets import SetTarget
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.domain.year.course import YearCourse
from app.domain.year.estimate import YearEstimate, estimate_year
from app.domain.year.task import SetTask, YearTask, task_of, with_arrears

_NO_DATA = Undefined(Reason.NO_DATA)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearStanding:
    """One indicator in one area within a year, against its task; percents of it, and the unit."""

    indicator: Indicator
    area: str
    year: int
    period: Period | None
    task: YearTask
    set_task: SetTask | None
    set_target: SetTarget | None
    with_arrears: Quantity
    total: Actual
    actual: Quantity
    attainment_percent: Quantity
    elapsed_percent: Quantity
    estimate: YearEstimate
    gap: Quantity
    estimated_gap: Quantity
    index: Quantity
    rating: Rating
    flags: tuple[Flag, ...]

    @property
    def seasonal_elapsed_percent(self) -> Quantity:
        """The share of a year that is usually reached by the quarter, in percent."""
        share = self.estimate.share
        return share if isinstance(share, Undefined) else EXACT.multiply(HUNDRED, share)

    @property
    def revision(self) -> int:
        """The newest revision among the inputs, 0 without any."""
        held = (self.set_task, self.set_target)
        revisions = [each.revision for each in held if each is not None]
        return max([0, *revisions, *(each.revision for each in self.total.inputs)])


def stand_in_task(
    plan: Plan,
    indicator: Indicator,
    area: str,
    year: int,
    set_task: SetTask | None,
    *,
    until: Period | None = None,
) -> YearStanding:
    """How an area's year goes, at its latest quarter with figures, or at the latest up to one."""
    held = plan.targets.at(indicator.code, area, Period(year, QUARTERS_A_YEAR))
    target = None if held is None else held.target
    task = task_of(indicator, target, set_task, year)
    course = YearCourse(plan=plan, indicator=indicator, area=area)
    is_derived = indicator.measure is Measure.CAGR
    period = None if is_derived else course.latest(year, until)
    total = _nothing(plan, indicator, year) if period is None else course.total(period)
    course = YearCourse(plan=plan, indicator=indicator, area=area, source=total.source)
    value = total.value if period is None else course.brought(period)
    if is_derived:
        value = Undefined(Reason.NOT_DEFINED_FOR_GROWTH)
    estimate = _estimate(course, period, value)
    given = _Given(
        task=task,
        target=target,
        value=value,
        period=period,
        course=course,
        share=estimate.share,
    )
    index = _index(given)
    rating, flags = _rate(given, index, plan.rules.bands)
    return YearStanding(
        indicator=indicator,
        area=area,
        year=year,
        period=period,
        task=task,
        set_task=set_task,
        set_target=held,
        with_arrears=with_arrears(indicator, target, year, course.before(year)),
        total=total,
        actual=value,
        attainment_percent=_attainment_percent(given),
        elapsed_percent=_NO_DATA if period is None else given.calendar * HUNDRED,
        estimate=estimate,
        gap=_gap(task, value),
        estimated_gap=_gap(task, estimate.central),
        index=index,
        rating=rating,
        flags=(*qualify(total), *flags),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What the measures of a year are asked about."""

    task: YearTask
    target: Target | None
    value: Quantity
    period: Period | None
    course: YearCourse
    share: Quantity

    @property
    def calendar(self) -> Decimal:
        """The share of the year that is over, by quarters."""
        quarter = 0 if self.period is None else self.period.quarter_of_year
        return Decimal(quarter) / QUARTERS_A_YEAR

    @property
    def begin(self) -> Quantity:
        """Where a value that is reached began the year; amounts of a year begin with nothing.

        Where it has no figure, the baseline of a target that starts from the very point.
        """
        if self.course.is_accumulating or self.period is None:
            return Undefined(Reason.NOT_APPLICABLE)
        begin = Period(self.period.year - 1, QUARTERS_A_YEAR)
        found, target = self.course.before(self.period.year), self.target
        if isinstance(found, Decimal) or target is None or target.baseline is None:
            return found
        since = target.baseline_period
        is_same_point = since is not None and since.index == begin.index
        return target.baseline if is_same_point else found

    @property
    def is_over(self) -> bool:
        """Whether the year's last quarter is in."""
        return self.period is not None and self.period.ends_year

    @property
    def is_ceiling(self) -> bool:
        """Whether an amount that grows within the year is to stay below the task."""
        is_falling = self.task.direction is Direction.DECREASE
        return is_falling and self.course.is_accumulating


@formula
def _attainment_percent(given: _Given) -> Decimal:
    """d = +1: 100 V/X; d = -1: 100 X/V, of a ceiling when the year is over."""
    value, asked = known(given.value), known(given.task.value)
    require(asked > 0, Reason.ZERO_TARGET)
    if given.task.direction is Direction.INCREASE:
        require(value >= 0, Reason.NEGATIVE_VALUE)
        return HUNDRED * value / asked
    require(given.is_over or not given.is_ceiling, Reason.YEAR_NOT_OVER)
    require(value > 0, Reason.NOT_POSITIVE)
    return HUNDRED * asked / value


@formula
def _gap(task: YearTask, value: Quantity) -> Decimal:
    """d(X - V): positive is still to go."""
    asked = known(task.value)
    return task.direction.sign * (asked - known(value))


@formula
def _index(given: _Given) -> Decimal:
    """What has been brought over what should have been by now: 1 is on time.

    By the season where history allows, else by the calendar. A value that is reached counts from
    where the year began.
    """
    value, asked = known(given.value), known(given.task.value)
    if not given.course.is_accumulating:
        begin = known(given.begin)
        require(asked != begin, Reason.TARGET_EQUALS_BASELINE)
        return (value - begin) / (asked - begin) / given.calendar
    share = given.share if isinstance(given.share, Decimal) else given.calendar
    require(share > 0, Reason.NOTHING_ELAPSED)
    require(asked > 0, Reason.ZERO_TARGET)
    if given.task.direction is Direction.INCREASE:
        return value / (asked * share)
    require(value > 0, Reason.NOT_POSITIVE)
    return asked * share / value


def _rate(given: _Given, index: Quantity, bands: Bands) -> tuple[Rating, tuple[Flag, ...]]:
    """The first rule of docs/measures.md#rating that matches, with the year's end as deadline."""
    value, task = given.value, given.task
    if isinstance(value, Undefined) or isinstance(task.value, Undefined):
        return Rating.UNABLE_TO_ASSESS, ()
    is_met = task.is_met_by(value)
    if is_met and given.is_over:
        return Rating.ACHIEVED, ()
    if is_met and not given.is_ceiling:
        return Rating.ACHIEVED_EARLY, ()
    if given.is_over:
        return Rating.MISSED, ()
    begin = given.begin
    if isinstance(begin, Decimal) and (begin == task.value or task.is_met_by(begin)):
        return Rating.DETERIORATING, (Flag.BASELINE_MEETS_TARGET,)
    verdict = rate_by_bands(index, RatingBasis.SCHEDULE_INDEX, bands)
    return verdict.rating, verdict.flags


def _estimate(course: YearCourse, period: Period | None, value: Quantity) -> YearEstimate:
    if not course.is_accumulating:
        return YearEstimate.undefined(Reason.NOT_APPLICABLE)
    if period is None:
        return YearEstimate.undefined(Reason.NO_DATA)
    history = course.earlier_years(period)
    is_net = course.indicator.is_net
    return estimate_year(value, period.quarter_of_year, history=history, is_net=is_net)


def _nothing(plan: Plan, indicator: Indicator, year: int) -> Actual:
    """A year without any figure: none was due yet, or none has been reported."""
    end = Period(year, QUARTERS_A_YEAR)
    due = last_due(plan.rules, indicator, end, today=plan.figures.today)
    is_due = due is not None and due.year == year
    return Actual(period=None, value=Undefined(Reason.NO_DATA if is_due else Reason.NOT_DUE))
