"""What would follow: the gap rows of a plan with some figures assumed. Nothing is stored."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.domain.accumulation import Accumulation, Measure
from app.domain.checks.figure import RawFigure, SoundFigure, check_figure
from app.domain.checks.finding import Finding, FindingCode
from app.domain.columns import SeriesKey
from app.domain.outlook.assumption import assume, grow, just_meeting
from app.domain.plan import Indicator
from app.domain.series import Observed
from app.domain.standing import Plan
from app.domain.target import Target
from app.domain.time.period import Period
from app.errors.failure import ParametersInvalid
from app.errors.fault import Fault, found_in_field, invalid_field
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.gaps.row import GapRow
from app.schemas.scenarios import AssumedFigure, GrowthInput, ScenarioInput
from app.services.gaps.table import GapFilter, list_gaps
from app.services.intake.judging import find_reportable
from app.services.intake.submission import SentFigure
from app.services.state.plan import KnownPlan


@dataclass(frozen=True, slots=True)
class _Assumptions:
    """The figures assumed so far, and every fault of what was asked."""

    known: KnownPlan
    figures: dict[SeriesKey, dict[int, Observed]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, indicator: str, area: str, figures: Collection[Observed]) -> None:
        """Assume figures of an indicator in an area."""
        known = self.figures.setdefault(SeriesKey(indicator, area), {})
        for each in figures:
            known[each.period.index] = replace(each, indicator=indicator, area=area)

    def has(self, indicator: str, area: str, period: Period) -> bool:
        """Whether a figure is assumed for the period."""
        return period.index in self.figures.get(SeriesKey(indicator, area), {})

    def applied(self) -> KnownPlan:
        """The plan as it would be; ParametersInvalid names every fault."""
        if self.faults:
            raise ParametersInvalid(self.faults)
        plan = self.known.plan
        assumed = plan.with_figures(plan.figures.assuming(self.figures), self.figures)
        return replace(self.known, plan=assumed)


def run_scenario(
    known: KnownPlan, given: ScenarioInput, *, with_explanation: bool
) -> Sequence[GapRow]:
    """The rows of the indicators that the scenario is about, and of those derived from them.

    A scenario that names none is about all. ParametersInvalid names every contradiction.
    """
    assumed = _Assumptions(known)
    for place, figure in enumerate(given.figures):
        _assume_figure(assumed, figure, place)
    _check_growth(assumed, given.growth)
    stated = assumed.applied().plan
    for place, growth in enumerate(given.growth):
        _assume_growth(assumed, stated, growth, place)
    grown = assumed.applied().plan
    if given.targets_met:
        _assume_targets_met(assumed, grown)
    named = {code for code, _ in assumed.figures} | {each.indicator for each in given.growth}
    wanted = GapFilter(
        indicators=_touched(known.plan, named) if named and not given.targets_met else None,
        periods=[Period.parse(given.period).as_quarter] if given.period else None,
    )
    return list_gaps(assumed.applied(), wanted, with_explanation=with_explanation)


def _assume_figure(assumed: _Assumptions, given: AssumedFigure, place: int) -> None:
    at, period = f"/figures/{place}", Period.parse(given.period).as_quarter
    indicator = _check_place(assumed, given, at, place)
    first, last = assumed.known.plan.first_period, assumed.known.plan.last_period
    if not first.index <= period.index <= last.index:
        span = {"first": str(first), "last": str(last)}
        fault = invalid_field(f"{at}/period", given.period, "period_within", **span)
        assumed.faults.append(fault)
    if indicator is None:
        return
    raw = RawFigure(
        pointer=at, row=place + 1, value=given.value, unit=given.unit, basis=given.basis
    )
    checked = check_figure(raw, assumed.known.definition.figure_rules[indicator.code])
    if isinstance(checked, SoundFigure):
        if assumed.has(indicator.code, given.area, period):
            assumed.faults.append(_twice(at, given.period))
        assumed.add(indicator.code, given.area, [checked.at(period)])
    else:
        assumed.faults.extend(map(found_in_field, checked))


def _check_growth(assumed: _Assumptions, growth: list[GrowthInput]) -> None:
    seen = set()
    for place, given in enumerate(growth):
        at, key = f"/growth/{place}", (given.indicator, given.area)
        _check_place(assumed, given, at, place)
        if key in seen:
            assumed.faults.append(_twice(at, f"{given.indicator} {given.area}"))
        seen.add(key)


def _assume_growth(assumed: _Assumptions, stated: Plan, given: GrowthInput, place: int) -> None:
    """Grow what the figures, assumed ones included, say last; before any other growth."""
    indicator = stated.rules.indicators[given.indicator]
    at = stated.track(indicator, given.area).default_period()
    actual = None if at is None else stated.figures.actual(indicator, given.area, at)
    value = None if actual is None or actual.is_partial else actual.value
    if at is None or not isinstance(value, Decimal):
        assumed.faults.append(invalid_field(f"/growth/{place}", given.area, "growth_from"))
        return
    until = _deadline(stated, indicator, given.area)
    figures = grow(value, given.percent, at=at, until=until, accumulation=indicator.accumulation)
    assumed.add(given.indicator, given.area, figures)


def _assume_targets_met(assumed: _Assumptions, grown: Plan) -> None:
    for each in grown.targets.all_newest():
        indicator, area, target = grown.rules.indicators[each.indicator], each.area, each.target
        if not _can_be_met(grown, indicator, area, target):
            continue
        deadline = target.deadline.as_quarter
        actual = grown.figures.actual(indicator, area, deadline).value
        has_met = isinstance(actual, Decimal) and target.is_met_by(actual)
        if not has_met and not assumed.has(indicator.code, area, deadline):
            value = just_meeting(target, is_count=indicator.is_count)
            assumed.add(indicator.code, area, [assume(value, deadline, indicator.accumulation)])


def _can_be_met(plan: Plan, indicator: Indicator, area: str, target: Target) -> bool:
    """Whether an area below the whole could report a figure that is the target's value."""
    is_below = plan.rules.areas[area].parent is not None
    is_flow = indicator.accumulation is Accumulation.ANNUAL_FLOW
    has_value = target.deadline.ends_year or not is_flow
    return is_below and has_value and indicator.measure is Measure.REPORTED


def _deadline(plan: Plan, indicator: Indicator, area: str) -> Period:
    """The deadline of the area's target, or of the whole's; else the plan's end."""
    for code in (area, plan.rules.root):
        newest = plan.targets.newest(indicator.code, code)
        if newest is not None:
            return newest.target.deadline.as_quarter
    return plan.last_period


def _touched(plan: Plan, named: set[str]) -> set[str]:
    return {each.code for part in named for each in plan.rules.counting(part)}


def _check_place(
    assumed: _Assumptions, given: AssumedFigure | GrowthInput, at: str, place: int
) -> IndicatorEntry | None:
    definition = assumed.known.definition
    raw = RawFigure(pointer=at, row=place + 1, indicator=given.indicator)
    indicator, findings = find_reportable(definition, SentFigure(raw=raw))
    assumed.faults.extend(map(found_in_field, findings))
    if given.area not in definition.areas:
        facts = {"value": given.area, "allowed": " ".join(definition.areas)}
        found = Finding(code=FindingCode.UNKNOWN_AREA, pointer=f"{at}/area", facts=facts)
        assumed.faults.append(found_in_field(found))
    return indicator


def _twice(pointer: str, value: str) -> Fault:
    return invalid_field(pointer, value, "named_once")
