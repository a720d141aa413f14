"""A plan's own history as a test of its projections: how many figures came within the interval."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.domain.accumulation import Measure
from app.domain.outlook.backtest import Trial, run_trials
from app.domain.outlook.look_ahead import points_of
from app.domain.plan import Indicator
from app.domain.standing import Plan, stand
from app.domain.target import Target
from app.domain.time.spells import Dated


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
