"""What would follow: the gap rows of a plan with some figures assumed. Nothing is stored."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal

from app.domain.accumulation import Accumulation, Basis, Measure
from app.domain.checks.figure import Finding, FindingCode, RawFigure, SoundFigure, check_figure
from app.domain.outlook.assumption import assume, grow, just_meeting
from app.domain.series import Observed
from app.domain.target import Target
from app.domain.time.period import Period
from app.errors import Fault, ParametersInvalid, found_in_field, invalid_field
from app.schemas.document.plan import IndicatorEntry
from app.schemas.gaps.row import GapRow
from app.schemas.scenarios import AssumedFigure, GrowthInput, ScenarioInput
from app.services.gaps.observations import SeriesKey
from app.services.gaps.standings import Plan, find_default_period
from app.services.gaps.table import GapFilter, list_gaps
from app.services.intake.judging import figure_rule, find_reportable
from app.services.intake.submission import SentFigure


@dataclass(frozen=True, slots=True)
class _Assumptions:
    """The figures assumed so far, and every fault of what was asked."""

    plan: Plan
    figures: dict[SeriesKey, dict[int, Observed]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, indicator: str, area: str, figures: Collection[Observed]) -> None:
        """Assume figures of an indicator in an area."""
        known = self.figures.setdefault((indicator, area), {})
        known.update({each.period.index: each for each in figures})

    def has(self, indicator: str, area: str, period: Period) -> bool:
        """Whether a figure is assumed for the period."""
        return period.index in self.figures.get((indicator, area), {})

    def applied(self) -> Plan:
        """The plan as it would be; ParametersInvalid names every fault."""
        if self.faults:
            raise ParametersInvalid(self.faults)
        return replace(self.plan, figures=self.plan.figures.assuming(self.figures))


def run_scenario(plan: Plan, given: ScenarioInput, *, with_explanation: bool) -> list[GapRow]:
    """The rows of the indicators that the scenario is about, and of those derived from them.

    A scenario that names none is about all. ParametersInvalid names every contradiction.
    """
    assumed = _Assumptions(plan)
    for place, figure in enumerate(given.figures):
        _assume_figure(assumed, figure, place)
    _check_growth(assumed, given.growth)
    known = assumed.applied()
    for place, growth in enumerate(given.growth):
        _assume_growth(assumed, known, growth, place)
    grown = assumed.applied()
    if given.targets_met:
        _assume_targets_met(assumed, grown)
    named = {code for code, _ in assumed.figures} | {each.indicator for each in given.growth}
    wanted = GapFilter(
        indicators=_touched(plan, named) if named and not given.targets_met else None,
        periods=[Period.parse(given.period).as_quarter] if given.period else None,
    )
    return list_gaps(assumed.applied(), wanted, with_explanation=with_explanation)


def _assume_figure(assumed: _Assumptions, given: AssumedFigure, place: int) -> None:
    plan, at, period = assumed.plan, f"/figures/{place}", Period.parse(given.period).as_quarter
    indicator = _check_place(assumed, given, at, place)
    first, last = plan.first_period, plan.last_period
    if not first.index <= period.index <= last.index:
        span = {"first": str(first), "last": str(last)}
        fault = invalid_field(f"{at}/period", given.period, "period_within", **span)
        assumed.faults.append(fault)
    if indicator is None:
        return
    raw = RawFigure(
        pointer=at, row=place + 1, value=given.value, unit=given.unit, basis=given.basis
    )
    checked = check_figure(raw, figure_rule(indicator))
    if isinstance(checked, SoundFigure):
        if assumed.has(indicator.code, given.area, period):
            assumed.faults.append(_twice(at, given.period))
        basis = Basis(given.basis)
        figure = Observed(period=period, value=checked.value, basis=basis)
        assumed.add(indicator.code, given.area, [figure])
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


def _assume_growth(assumed: _Assumptions, known: Plan, given: GrowthInput, place: int) -> None:
    """Grow what the figures, assumed ones included, say last; before any other growth."""
    indicator = known.definition.indicators[given.indicator]
    at = find_default_period(known, indicator, given.area)
    actual = None if at is None else known.figures.actual(indicator, given.area, at)
    value = None if actual is None or actual.is_partial else actual.value
    if at is None or not isinstance(value, Decimal):
        assumed.faults.append(invalid_field(f"/growth/{place}", given.area, "growth_from"))
        return
    until = _deadline(known, indicator, given.area)
    figures = grow(value, given.percent, at=at, until=until, accumulation=indicator.accumulation)
    assumed.add(given.indicator, given.area, figures)


def _assume_targets_met(assumed: _Assumptions, known: Plan) -> None:
    for code, area in known.targets.versions:
        indicator = known.definition.indicators[code]
        _, target = known.target_at(indicator, area, None)
        if target is None or not _can_be_met(known, indicator, area, target):
            continue
        deadline = target.deadline.as_quarter
        actual = known.figures.actual(indicator, area, deadline).value
        has_met = isinstance(actual, Decimal) and target.is_met_by(actual)
        if not has_met and not assumed.has(code, area, deadline):
            value = just_meeting(target, is_count=indicator.checks.integer)
            assumed.add(code, area, [assume(value, deadline, indicator.accumulation)])


def _can_be_met(plan: Plan, indicator: IndicatorEntry, area: str, target: Target) -> bool:
    """Whether an area below the whole could report a figure that is the target's value."""
    is_below = plan.definition.areas[area].parent is not None
    is_flow = indicator.accumulation is Accumulation.ANNUAL_FLOW
    has_value = target.deadline.ends_year or not is_flow
    return is_below and has_value and indicator.measure is Measure.REPORTED


def _deadline(plan: Plan, indicator: IndicatorEntry, area: str) -> Period:
    """The deadline of the area's target, or of the whole's; else the plan's end."""
    for code in (area, plan.definition.root.code):
        _, target = plan.target_at(indicator, code, None)
        if target is not None:
            return target.deadline.as_quarter
    return plan.last_period


def _touched(plan: Plan, named: set[str]) -> set[str]:
    definition = plan.definition
    return {
        each.code
        for each in definition.document.indicators
        if named & set(definition.reported_parts(each))
    }


def _check_place(
    assumed: _Assumptions, given: AssumedFigure | GrowthInput, at: str, place: int
) -> IndicatorEntry | None:
    definition = assumed.plan.definition
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
