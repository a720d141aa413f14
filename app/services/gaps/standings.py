"""How a plan stands: every indicator in every area, at a period or at its latest one."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from sqlmodel import Session

from app.domain.accumulation import Measure
from app.domain.coverage import Actual, ActualSource, HistoryPoint
from app.domain.gap import Assessment, assess
from app.domain.growth import GrowthTarget, assess_growth, growth_since, is_base_restated
from app.domain.quantity import Reason, Undefined
from app.domain.rating import LATE, WELL, Flag, RatedPeriod, rate_only
from app.domain.series import ActualBasis
from app.domain.target import Target
from app.domain.time.period import Period, quarters_between
from app.schemas.document.plan import IndicatorEntry
from app.services.gaps.figures import Figures
from app.services.gaps.observations import load_known_figures
from app.services.ledger.snapshots import Snapshot
from app.services.plans.definitions import PlanDefinition, get_definition
from app.services.targets.loading import Targets, load_targets, to_target
from app.tables import Target as TargetRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One indicator in one area: target, actual and assessment.

    ``level`` is what the actual was derived from: another indicator's value for
    a growth target, the actual itself for all others.
    """

    indicator: IndicatorEntry
    area: str
    period: Period | None
    target_row: TargetRow | None
    target: Target | None
    actual: Actual
    level: Actual
    assessment: Assessment
    flags: tuple[Flag, ...]

    @property
    def revision(self) -> int:
        """The newest revision among the inputs, 0 without any."""
        revisions = [each.revision for each in self.actual.inputs]
        return max([*revisions, self.target_row.revision if self.target_row else 0])

    @property
    def is_assumed(self) -> bool:
        """Whether any input was never recorded: a figure that a scenario assumes."""
        return any(each.revision == 0 for each in self.actual.inputs)


@dataclass(frozen=True)
class Plan:
    """A plan as one snapshot knows it."""

    snapshot: Snapshot
    definition: PlanDefinition
    figures: Figures
    targets: Targets

    @cached_property
    def last_period(self) -> Period:
        """The quarter that the plan ends with."""
        return Period(self.definition.document.plan.end_year, 4)

    @cached_property
    def first_period(self) -> Period:
        """The earliest quarter that figures may be about: that of the earliest baseline's year."""
        rows = [row for versions in self.targets.versions.values() for row in versions]
        years = [Period.parse(row.baseline_period).year for row in rows if row.baseline_period]
        return Period(min([*years, self.definition.document.plan.start_year]), 1)

    def periods(self) -> list[Period]:
        """Every quarter that the plan is about."""
        return list(quarters_between(self.first_period, self.last_period))

    def target_at(
        self, indicator: IndicatorEntry, area: str, period: Period | None
    ) -> tuple[TargetRow, Target] | tuple[None, None]:
        """The target that holds for a period (None: the newest), stored and at work."""
        row = self.targets.at(indicator.code, area, period)
        if row is None:
            return None, None
        return row, to_target(row, indicator, self.definition.document.plan.start_date)

    def level_indicator(self, indicator: IndicatorEntry) -> IndicatorEntry:
        """The indicator whose levels are held against the target: ``of`` for average growth."""
        if indicator.measure is Measure.CAGR and indicator.of is not None:
            return self.definition.indicators[indicator.of]
        return indicator


def load_plan_at(
    session: Session, snapshot: Snapshot, indicators: Collection[str] | None = None
) -> Plan:
    """The plan with the figures of these indicators (default: all); codes unknown to it have none.

    A table of one indicator needs no more: reading the figures takes most of its time.
    """
    definition = get_definition(session, snapshot.plan, revision=snapshot.revision)
    wanted = definition.indicators.values()
    parts = {
        part
        for each in wanted
        if indicators is None or each.code in indicators
        for part in definition.reported_parts(each)
    }
    known = load_known_figures(session, snapshot, parts)
    return Plan(
        snapshot=snapshot,
        definition=definition,
        figures=Figures(definition, known, snapshot),
        targets=load_targets(session, snapshot.plan, revision=snapshot.revision),
    )


def stand(
    plan: Plan,
    indicator: IndicatorEntry,
    area: str,
    period: Period | None = None,
    *,
    carry_forward: int = 0,
) -> Standing:
    """How an indicator stands in an area at a period; by default at its latest one."""
    asked = period or find_default_period(plan, indicator, area, carry_forward=carry_forward)
    row, target = plan.target_at(indicator, area, asked)
    level = _level_at(plan, indicator, area, asked, target, carry_forward)
    if indicator.measure is Measure.CAGR and (row is None or target is None):
        # Growth counts from its target's base: an area without one has no growth to show.
        no_base = Undefined(Reason.NO_TARGET if asked else Reason.NO_DATA)
        actual = replace(level, value=no_base, basis=None, source=None, inputs=())
        assessment = assess(None, actual, bands=plan.definition.bands)
    elif indicator.measure is Measure.CAGR and row is not None and target is not None:
        growth = GrowthTarget(target=target, base_level=row.baseline or Decimal(0))
        actual = growth_since(growth, level)
        assessment = assess_growth(growth, actual, level, plan.definition.bands)
    else:
        actual = level
        assessment = assess(
            target,
            actual,
            history=_history(plan, indicator, area, target, actual),
            bands=plan.definition.bands,
            is_net=indicator.net_or_gross == "net",
        )
    return Standing(
        indicator=indicator,
        area=area,
        period=asked,
        target_row=row,
        target=target,
        actual=actual,
        level=level,
        assessment=assessment,
        flags=_flags(plan, indicator, area, target, assessment, asked),
    )


def stand_with_target(plan: Plan, indicator: IndicatorEntry, area: str) -> Standing:
    """How an area's target stands at the latest period, or where it begins if that is later."""
    found, newest = stand(plan, indicator, area), plan.targets.newest(indicator.code, area)
    if found.target_row is not None or newest is None or newest.valid_from is None:
        return found
    return stand(plan, indicator, area, Period.parse(newest.valid_from).as_quarter)


def find_default_period(
    plan: Plan, indicator: IndicatorEntry, area: str, *, carry_forward: int = 0
) -> Period | None:
    """The latest period between baseline and deadline with a whole actual, else with any.

    None when there is no figure at all. Never today's date.
    """
    level_of = plan.level_indicator(indicator)
    _, target = plan.target_at(indicator, area, None)
    fallback = None
    for period in reversed(plan.figures.periods(level_of, area)):
        if not _is_within(target, period):
            continue
        actual = plan.figures.actual(level_of, area, period, carry_forward=carry_forward)
        if isinstance(actual.value, Undefined):
            continue
        if actual.source is ActualSource.REPORTED or not actual.is_partial:
            return period
        fallback = fallback or period
    return fallback


def ratings_until(
    plan: Plan, indicator: IndicatorEntry, area: str, until: Period
) -> Iterator[RatedPeriod]:
    """The rating at each earlier period that has an actual, by the figures known now."""
    _, newest = plan.target_at(indicator, area, None)
    level_of, bands = plan.level_indicator(indicator), plan.definition.bands
    for period in plan.figures.periods(level_of, area):
        if period.index >= until.index or not _is_within(newest, period):
            continue
        row, target = plan.target_at(indicator, area, period)
        actual = plan.figures.actual(level_of, area, period)
        if row is None or target is None or isinstance(actual.value, Undefined):
            continue
        if indicator.measure is Measure.CAGR:
            growth = GrowthTarget(target=target, base_level=row.baseline or Decimal(0))
            rating = assess_growth(growth, growth_since(growth, actual), actual, bands).rating
        else:
            rating = rate_only(target, actual, bands)
        yield RatedPeriod(period=period, rating=rating)


def whole_values(plan: Plan, indicator: IndicatorEntry, area: str) -> Iterator[HistoryPoint]:
    """Every comparable value with full coverage, ascending, nothing carried forward."""
    for period in plan.figures.periods(indicator, area):
        actual = plan.figures.actual(indicator, area, period)
        if isinstance(actual.value, Decimal) and not actual.is_partial:
            yield HistoryPoint(period=period, value=actual.value)


def _level_at(
    plan: Plan,
    indicator: IndicatorEntry,
    area: str,
    asked: Period | None,
    target: Target | None,
    carry_forward: int,
) -> Actual:
    """The actual at a period. Past the deadline the value of the deadline's period counts."""
    level_of = plan.level_indicator(indicator)
    if asked is None:
        nothing = plan.figures.actual(level_of, area, plan.last_period.shift(1))
        return replace(nothing, period=None, value=Undefined(Reason.NO_DATA), source=None)
    overdue = 0 if target is None else max(0, asked.quarters_since(target.deadline))
    actual = plan.figures.actual(level_of, area, asked.shift(-overdue), carry_forward=carry_forward)
    return replace(actual, oldest_age=actual.oldest_age + overdue) if overdue else actual


def _history(
    plan: Plan,
    indicator: IndicatorEntry,
    area: str,
    target: Target | None,
    actual: Actual,
) -> tuple[HistoryPoint, ...]:
    """Earlier comparable values of the same kind, with full coverage (section 5)."""
    if target is None or actual.data_period is None:
        return ()
    step = 4 if actual.basis in {ActualBasis.TTM, ActualBasis.FULL_YEAR} else 1
    at = actual.data_period
    return tuple(
        point
        for point in whole_values(plan, indicator, area)
        if (distance := at.quarters_since(point.period)) > 0 and distance % step == 0
    )


def _flags(
    plan: Plan,
    indicator: IndicatorEntry,
    area: str,
    target: Target | None,
    assessment: Assessment,
    asked: Period | None,
) -> tuple[Flag, ...]:
    if asked is None:
        return ()
    level_of = plan.level_indicator(indicator)
    now = plan.figures.own(level_of, area, asked)
    before = plan.figures.own(level_of, area, asked.shift(-4))
    conditions = [
        (is_base_restated(now, before), Flag.BASE_RESTATED),
        (
            target is not None and asked.quarters_since(target.deadline) > 0,
            Flag.DEADLINE_PASSED,
        ),
        (
            assessment.rating in WELL
            and any(each.rating in LATE for each in ratings_until(plan, indicator, area, asked)),
            Flag.RECOVERED,
        ),
    ]
    return tuple(flag for holds, flag in conditions if holds)


def _is_within(target: Target | None, period: Period) -> bool:
    if target is None:
        return True
    is_after = target.baseline_period is None or period.quarters_since(target.baseline_period) > 0
    return is_after and period.quarters_since(target.deadline) <= 0
