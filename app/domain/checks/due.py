"""Due: whether a figure is owed for a period. Whatever needs a figure that is not, is no gap.

Asked by gaps, coverage, completeness, forms and briefings alike (docs/measures.md#due).
"""

from datetime import date

from app.domain.accumulation import AreaRule, Frequency, Measure
from app.domain.plan import Indicator, PlanRules
from app.domain.time.period import Period, quarters_between


def is_due(
    rules: PlanRules, indicator: Indicator, area: str, period: Period, *, today: date | None
) -> bool:
    """Whether the area owes a figure: it reports the indicator, which falls due for the period.

    What is computed from other indicators is due where all of these are. ``today`` None: a question
    without a calendar, to which every figure is due.
    """
    if today is None:
        return True
    parts = [rules.indicators[code] for code in indicator.parts]
    reports = all(is_reported_by(rules, part, area) for part in parts)
    return reports and falls_due(rules, indicator, period, today=today)


def falls_due(
    rules: PlanRules, indicator: Indicator, period: Period, *, today: date | None
) -> bool:
    """Whether anyone owes figures for the period: it is of the plan, over, and they fall on it."""
    if today is None:
        return True
    is_covered = rules.first_year <= period.year <= rules.last_year
    return is_covered and period.last_day < today and falls_on(rules, indicator, period)


def last_due(
    rules: PlanRules, indicator: Indicator, until: Period, *, today: date | None
) -> Period | None:
    """The latest period up to this one that figures are due for; None before the first."""
    for period in reversed([*quarters_between(Period(rules.first_year, 1), until)]):
        if falls_due(rules, indicator, period, today=today):
            return period
    return None


def falls_on(rules: PlanRules, indicator: Indicator, period: Period) -> bool:
    """Whether a figure belongs to the quarter: of an annual indicator, to the fourth alone."""
    parts = (rules.indicators[code] for code in indicator.parts)
    frequencies = {each.frequency for each in (indicator, *parts)}
    return period.ends_year or Frequency.YEAR not in frequencies


def is_reported_by(rules: PlanRules, indicator: Indicator, area: str) -> bool:
    """Whether the area is to report it: of an indicator that is not summed, the whole alone is."""
    found = rules.areas[area]
    is_asked = indicator.area_rule is AreaRule.SUM or found.parent is None
    return found.reports and is_asked and indicator.measure is Measure.REPORTED
