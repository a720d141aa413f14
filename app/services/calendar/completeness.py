"""Who has reported what by when: computed from the figures, never from a click."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from app.domain.checks.due import is_due, is_reported_by
from app.domain.checks.finding import Severity
from app.domain.quantity import percent_of
from app.domain.time.period import Period
from app.schemas.calendar import (
    Completeness,
    GroupCounts,
    OutstandingFigure,
    PeriodRow,
    PeriodState,
    ReportingCounts,
)
from app.services.calendar.extensions import Extensions, load_extensions
from app.services.ledger.snapshots import Snapshot
from app.services.state.definitions import PlanDefinition
from app.services.state.figures import FigureKey
from app.services.state.plan import KnownPlan
from app.tables import Figure, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingFilter:
    """Which figures are counted; None means all."""

    areas: Collection[str] | None = None
    indicators: Collection[str] | None = None
    periods: Collection[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Expected:
    """One figure that should be there, and what came of it."""

    area: str
    indicator: str
    period: Period
    due_on: date
    is_overdue: bool
    is_reported: bool
    is_on_time: bool
    missing_reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Questioning:
    """How many reports came, and how many of their figures were queried and explained."""

    reports: int
    questioned: int
    explained: int


def list_periods(session: Session, known: KnownPlan) -> list[PeriodRow]:
    """Every quarter of the plan with its deadlines and state on the snapshot's day."""
    calendar, day = known.definition.calendar, known.snapshot.day
    extended = load_extensions(session, known.snapshot.plan, revision=known.snapshot.revision)
    return [
        PeriodRow(
            period=str(period),
            ends_on=period.last_day,
            due_on=calendar.due_on(period),
            closes_on=calendar.closes_on(period),
            state=_state(known.definition, period, day),
            extended_areas=_extended_areas(known.definition, extended, period, day),
        )
        for period in known.plan.periods()
    ]


def get_completeness(session: Session, known: KnownPlan, wanted: ReportingFilter) -> Completeness:
    """Counts and rates over the quarters that have ended, and what is outstanding."""
    found = list(_expected_figures(session, known, wanted))
    return Completeness(
        plan=known.snapshot.plan,
        revision=known.snapshot.revision,
        day=known.snapshot.day,
        total=ReportingCounts(**_count(found)),
        by_area=_group(found, lambda each: each.area),
        by_indicator=_group(found, lambda each: each.indicator),
        by_period=_group(found, lambda each: str(each.period)),
        outstanding=[
            OutstandingFigure(
                area=each.area,
                indicator=each.indicator,
                period=str(each.period),
                due_on=each.due_on,
                overdue=each.is_overdue,
                missing_reason=each.missing_reason,
            )
            for each in found
            if not each.is_reported
        ],
    )


def count_questioned(session: Session, snapshot: Snapshot) -> Questioning:
    """How many figures of the reports the checks queried, and how many of these say why."""
    of_plan = (Report.plan == snapshot.plan, Report.revision <= snapshot.revision)
    reports = session.exec(select(Report.id, Report.findings).where(*of_plan)).all()
    questioned = {
        (report, finding["indicator"])
        for report, findings in reports
        for finding in json.loads(findings)
        if finding["severity"] == Severity.QUERY.value
    }
    explained = select(Figure.report_id, Figure.indicator).where(
        Figure.plan == snapshot.plan,
        Figure.revision <= snapshot.revision,
        col(Figure.explanation).is_not(None),
    )
    return Questioning(
        reports=len(reports),
        questioned=len(questioned),
        explained=len(questioned & {*session.exec(explained).all()}),
    )


def _extended_areas(
    definition: PlanDefinition, extended: Extensions, period: Period, day: date
) -> list[str]:
    """The areas that report, and those that were named, as long as they still may."""
    named = {area for area, _ in extended.granted}
    areas = [each for each in definition.document.areas if each.reports or each.code in named]
    until = {each.code: extended.until(each.code, period) for each in areas}
    return sorted(code for code, last in until.items() if last is not None and last >= day)


def _state(definition: PlanDefinition, period: Period, day: date) -> PeriodState:
    calendar = definition.calendar
    if day <= period.last_day:
        return PeriodState.UPCOMING
    if day <= calendar.due_on(period):
        return PeriodState.OPEN
    is_closed = calendar.closed_since(period, day) is not None
    return PeriodState.CLOSED if is_closed else PeriodState.LATE


def _expected_figures(
    session: Session, known: KnownPlan, wanted: ReportingFilter
) -> Iterator[_Expected]:
    """Each figure once, however often it was sent; ``not_applicable`` is not expected."""
    day, calendar = known.snapshot.day, known.definition.calendar
    rules, on_time = known.plan.rules, _load_on_time(session, known.snapshot)
    # Those who report, of what they report: what is computed is due as its parts are.
    for indicator in rules.indicators.values():
        for area in (each for each in rules.areas if is_reported_by(rules, indicator, each)):
            for period in known.plan.periods():
                if not is_due(rules, indicator, area, period, today=day):
                    continue
                if not _is_wanted(wanted, area, indicator.code, period):
                    continue
                key = FigureKey(indicator.code, area, str(period))
                found = known.plan.figures.own(indicator, area, period)
                reason = found.missing_reason if found else None
                if reason == "not_applicable":
                    continue
                is_reported = found is not None and found.value is not None
                due_on = calendar.due_on(period)
                yield _Expected(
                    area=area,
                    indicator=indicator.code,
                    period=period,
                    due_on=due_on,
                    is_overdue=not is_reported and day > due_on,
                    is_reported=is_reported,
                    is_on_time=is_reported and key in on_time,
                    missing_reason=reason,
                )


def _is_wanted(wanted: ReportingFilter, area: str, indicator: str, period: Period) -> bool:
    return (
        (wanted.areas is None or area in wanted.areas)
        and (wanted.indicators is None or indicator in wanted.indicators)
        and (wanted.periods is None or period.index in wanted.periods)
    )


def _load_on_time(session: Session, snapshot: Snapshot) -> set[FigureKey]:
    """The figures that some report brought by the due day, whatever became of that report."""
    query = (
        select(Figure.indicator, Figure.area, Figure.period)
        .join(Report, (col(Report.plan) == Figure.plan) & (col(Report.id) == Figure.report_id))
        .where(
            Figure.plan == snapshot.plan,
            Figure.revision <= snapshot.revision,
            col(Figure.value).is_not(None),
            col(Report.late).is_(False),
        )
        .distinct()
    )
    return {FigureKey(*key) for key in session.exec(query)}


def _group(found: list[_Expected], code_of: Callable[[_Expected], str]) -> list[GroupCounts]:
    groups: dict[str, list[_Expected]] = defaultdict(list)
    for each in found:
        groups[code_of(each)].append(each)
    return [GroupCounts(code=code, **_count(group)) for code, group in groups.items()]


def _count(found: list[_Expected]) -> dict[str, Any]:
    expected, reported = len(found), sum(each.is_reported for each in found)
    on_time = sum(each.is_on_time for each in found)
    return {
        "expected": expected,
        "reported": reported,
        "on_time": on_time,
        "overdue": sum(each.is_overdue for each in found),
        "missing_with_reason": sum(each.missing_reason is not None for each in found),
        "reporting_percent": _rate(reported, expected),
        "on_time_percent": _rate(on_time, expected),
    }


def _rate(part: int, whole: int) -> Decimal | None:
    return percent_of(Decimal(part), Decimal(whole)) if whole else None
