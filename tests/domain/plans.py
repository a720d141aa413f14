"""A plan as a value, for tests: a province that sums two cities, and a few indicators."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.accumulation import Accumulation, AreaRule, Basis, Frequency, Measure
from app.domain.columns import FigureColumns, SeriesKey
from app.domain.figures import Figures
from app.domain.path import Comparator, Direction, PathKind
from app.domain.plan import Area, Indicator, PlanRules
from app.domain.rating import Bands
from app.domain.series import Observed
from app.domain.standing import Plan
from app.domain.target import Target
from app.domain.targets import SetTarget, Targets
from app.domain.time.period import Period

D = Decimal
REVENUE = Indicator(code="revenue", unit="亿元", accumulation=Accumulation.ANNUAL_FLOW)
STAFF = Indicator(code="staff", unit="人", accumulation=Accumulation.LEVEL, is_count=True)
RESEARCH = Indicator(code="research", unit="亿元", accumulation=Accumulation.ANNUAL_FLOW)
SHARE = Indicator(
    code="share",
    unit="%",
    accumulation=Accumulation.RATIO,
    measure=Measure.RATIO,
    numerator="research",
    denominator="revenue",
)
GROWTH = Indicator(
    code="growth",
    unit="%",
    accumulation=Accumulation.ANNUAL_FLOW,
    measure=Measure.CAGR,
    of="revenue",
    frequency=Frequency.YEAR,
    area_rule=AreaRule.NONE,
)
RULES = PlanRules(
    start=date(2021, 1, 1),
    first_year=2021,
    last_year=2025,
    indicators={each.code: each for each in (REVENUE, STAFF, RESEARCH, SHARE, GROWTH)},
    areas={
        each.code: each
        for each in (
            Area(code="province", reports=False),
            Area(code="east", parent="province", in_sum=True),
            Area(code="west", parent="province", in_sum=True),
            Area(code="port", parent="province"),
        )
    },
    bands=Bands(),
)
_BASES = {Accumulation.ANNUAL_FLOW: Basis.YTD, Accumulation.LEVEL: Basis.LEVEL}


def columns(*figures: tuple[str, str, str, int], revision: int = 1) -> FigureColumns:
    """Figures by indicator, area and period."""
    found: dict[SeriesKey, dict[int, Observed]] = {}
    for indicator, area, period, value in figures:
        observed = Observed(
            period=Period.parse(period),
            value=D(value),
            basis=_BASES[RULES.indicators[indicator].accumulation],
            revision=revision,
        )
        found.setdefault(SeriesKey(indicator, area), {})[observed.period.index] = observed
    return found


def set_target(
    value: int, *, indicator: str = "revenue", area: str = "province", **facts: Any
) -> SetTarget:
    """A target from 100 in 2020, by the end of 2025."""
    target = Target(
        value=D(value),
        comparator=Comparator.GTE,
        deadline=Period(2025),
        direction=Direction.INCREASE,
        path=PathKind.LINEAR,
        baseline=D(100),
        baseline_period=Period(2020),
    )
    first = SetTarget(
        indicator=indicator,
        area=area,
        revision=1,
        target=target,
        base=D(100),
        base_period=Period(2020),
    )
    return replace(first, **facts)


def make_plan(figures: FigureColumns, *targets: SetTarget) -> Plan:
    """A plan with these figures and targets."""
    return Plan(RULES, Figures(RULES, figures), Targets(targets))
