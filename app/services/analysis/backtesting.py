"""A plan's own history as a test of its forecasts: how many figures came within the interval."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from app.domain.accumulation import Measure
from app.domain.outlook.backtest import Trial, run_trials
from app.domain.outlook.look_ahead import points_of
from app.domain.plan import Indicator
from app.domain.standing import Plan, stand
from app.domain.target import Target
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.domain.time.spells import Dated
from app.domain.year.course import YearCourse
from app.domain.year.estimate import estimate_year


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRow:
    """How often the nominal 80 % interval held, for one indicator in one area so far ahead."""

    indicator: str
    area: str
    quarters: int
    trials: tuple[Trial, ...]


def backtest(plan: Plan) -> list[BacktestRow]:
    """One row for each indicator, area with a target, and horizon; none without a history.

    The points are those of the projections: of annual flows, and of ratios of them, the values of
    one quarter a year apart, each quarter a series of its own.
    """
    rows: list[BacktestRow] = []
    for indicator in plan.rules.indicators.values():
        for area in plan.rules.areas:
            newest = plan.targets.newest(indicator.code, area)
            if newest is not None and indicator.measure is not Measure.CAGR:
                found = list(_trials(plan, indicator, area, newest.target))
                rows.extend(_cover(indicator.code, area, found))
    return rows


def backtest_years(plan: Plan) -> list[BacktestRow]:
    """The same of full-year estimates: from each of the first three quarters to the year's end.

    Of every amount that adds up within a year, with or without a target, by the years before
    alone; a range needs three of them.
    """
    rows: list[BacktestRow] = []
    for indicator in plan.rules.indicators.values():
        for area in plan.rules.areas:
            rows.extend(_cover(indicator.code, area, list(_year_trials(plan, indicator, area))))
    return rows


def _year_trials(plan: Plan, indicator: Indicator, area: str) -> Iterator[Trial]:
    if not YearCourse(plan=plan, indicator=indicator, area=area).is_accumulating:
        return
    known = plan.figures.periods(indicator, area)
    for end in (each for each in known if each.ends_year):
        either = YearCourse(plan=plan, indicator=indicator, area=area)
        course = replace(either, source=either.total(end).source)
        came = course.brought(end)
        for quarter in range(1, QUARTERS_A_YEAR):
            at = Period(end.year, quarter)
            year = estimate_year(
                course.brought(at),
                quarter,
                history=course.earlier_years(at),
                is_net=indicator.is_net,
            )
            if isinstance(came, Decimal) and isinstance(year.low, Decimal):
                # Where the range of the share reaches 0, the year's has no upper end.
                is_below = not isinstance(year.high, Decimal) or came <= year.high
                is_inside = year.low <= came and is_below
                yield Trial(quarters=QUARTERS_A_YEAR - quarter, is_inside=is_inside)


def _trials(plan: Plan, indicator: Indicator, area: str, target: Target) -> Iterator[Trial]:
    track = plan.track(indicator, area, stand(plan, indicator, area).level.source)
    is_gross = target.start is not None and not indicator.is_net
    series = defaultdict[int, list[Dated[Decimal]]](list)
    for point in track.whole_values(plan.last_period.shift(1)):
        series[point.period.quarter_of_year if track.is_yearly else 0].append(point)
    for points in series.values():
        yield from run_trials(
            points_of(target, points), kind=target.effective_path, is_gross=is_gross
        )


def _cover(indicator: str, area: str, trials: list[Trial]) -> Iterator[BacktestRow]:
    for quarters in sorted({trial.quarters for trial in trials}):
        ahead = tuple(trial for trial in trials if trial.quarters == quarters)
        yield BacktestRow(indicator=indicator, area=area, quarters=quarters, trials=ahead)
