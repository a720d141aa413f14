"""Who has reported what by when: computed from the figures, never from a click."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import repeat
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.accumulation import MissingReason
from app.domain.checks.due import falls_due, is_reported_by
from app.domain.checks.finding import Severity
from app.domain.columns import SeriesKey, numbers_of
from app.domain.disclosure.cut import Withheld
from app.domain.quantity import percent_of
from app.domain.series import Observed
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
from app.services.state.plan import KnownPlan
from app.services.state.texts import BETWEEN, read_period
from app.tables import Figure, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingFilter:
    """Which figures are counted; None means all."""

    areas: Collection[str] | None = None
    indicators: Collection[str] | None = None
    periods: Collection[int] | None = None


class _Owed(NamedTuple):
    """The quarters that an area owes figures of an indicator for, and what came of them."""

    key: SeriesKey
    reasons: Mapping[int, MissingReason | None]
    expected: AbstractSet[int]
    reported: AbstractSet[int]
    on_time: AbstractSet[int]
    overdue: AbstractSet[int]
    missing_with_reason: AbstractSet[int]


# What is counted of each.
_COUNTED = _Owed._fields[2:]


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
    found = [owed for owed in _list_owed(session, known, wanted) if owed.expected]
    names = {period.index: str(period) for period in known.plan.periods()}
    by_period = _count(found, lambda _, quarters: map(names.__getitem__, quarters))
    return Completeness(
        plan=known.snapshot.plan,
        revision=known.snapshot.revision,
        day=known.snapshot.day,
        total=ReportingCounts(**_rated({name: each.total() for name, each in by_period.items()})),
        by_area=_group(_count(found, lambda key, quarters: repeat(key.area, len(quarters)))),
        by_indicator=_group(
            _count(found, lambda key, quarters: repeat(key.indicator, len(quarters)))
        ),
        by_period=sorted(_group(by_period), key=lambda each: each.code),
        outstanding=[
            OutstandingFigure(
                area=owed.key.area,
                indicator=owed.key.indicator,
                period=names[index],
                due_on=known.definition.calendar.due_on(Period.from_index(index)),
                overdue=index in owed.overdue,
                missing_reason=owed.reasons.get(index),
            )
            for owed in found
            for index in sorted(owed.expected - owed.reported)
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


def _list_owed(session: Session, known: KnownPlan, wanted: ReportingFilter) -> Iterator[_Owed]:
    """Each series whose figures are due, in the plan's order; ``not_applicable`` is not expected.

    Those who report, of what they report: what is computed is due as its parts are.
    """
    day, rules, calendar = known.snapshot.day, known.plan.rules, known.definition.calendar
    on_time = _load_on_time(session, known.snapshot, wanted)
    periods = [each for each in known.plan.periods() if _is_in(each.index, wanted.periods)]
    late = {each.index for each in periods if day > calendar.due_on(each)}
    for indicator in rules.indicators.values():
        if not _is_in(indicator.code, wanted.indicators):
            continue
        due = {each.index for each in periods if falls_due(rules, indicator, each, today=day)}
        for area in rules.areas:
            if _is_in(area, wanted.areas) and is_reported_by(rules, indicator, area):
                key = SeriesKey(indicator.code, area)
                column = known.plan.figures.all_series.column(key)
                yield _owed(key, column, due=due, late=late, on_time=on_time.get(key, frozenset()))


def _owed(
    key: SeriesKey,
    column: Mapping[int, Observed],
    *,
    due: AbstractSet[int],
    late: AbstractSet[int],
    on_time: AbstractSet[int],
) -> _Owed:
    there = numbers_of(column).keys() & due
    # What is withheld was reported all the same.
    hidden = {i for i in due - there if isinstance(column.get(i), Withheld)}
    reported = there | hidden
    silent = due - reported
    reasons = {index: column[index].missing_reason for index in silent if index in column}
    expected = due - {i for i, why in reasons.items() if why is MissingReason.NOT_APPLICABLE}
    return _Owed(
        key=key,
        reasons=reasons,
        expected=expected,
        reported=reported,
        on_time=reported & on_time,
        overdue=silent & expected & late,
        missing_with_reason=reasons.keys() & expected,
    )


def _is_in(each: object, wanted: Collection[object] | None) -> bool:
    return wanted is None or each in wanted


def _load_on_time(
    session: Session, snapshot: Snapshot, wanted: ReportingFilter
) -> Mapping[SeriesKey, AbstractSet[int]]:
    """The quarters whose figures some report brought by the due day, whatever became of it."""
    key = (col(Figure.indicator), col(Figure.area))
    query = (
        sa.select(*key, sa.func.aggregate_strings(col(Figure.period), BETWEEN))
        .join(Report, (col(Report.plan) == Figure.plan) & (col(Report.id) == Figure.report_id))
        .where(
            col(Figure.plan) == snapshot.plan,
            col(Figure.revision) <= snapshot.revision,
            col(Figure.value).is_not(None),
            col(Report.late).is_(False),
        )
        .group_by(*key)
    )
    for column, codes in zip(key, (wanted.indicators, wanted.areas), strict=True):
        query = query if codes is None else query.where(column.in_(codes))
    return {
        SeriesKey(indicator, area): {read_period(text).index for text in periods.split(BETWEEN)}
        for indicator, area, periods in session.connection().execute(query)
    }


def _count(
    found: Iterable[_Owed], codes_of: Callable[[SeriesKey, AbstractSet[int]], Iterable[str]]
) -> Mapping[str, Counter[str]]:
    """How many figures there are of each kind, by the code that each of them is counted under."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
    for owed in found:
        for name, quarters in zip(_COUNTED, owed[2:], strict=True):
            if quarters:
                counts[name].update(codes_of(owed.key, quarters))
    return counts


def _group(counts: Mapping[str, Counter[str]]) -> list[GroupCounts]:
    return [
        GroupCounts(code=code, **_rated({name: each[code] for name, each in counts.items()}))
        for code in counts["expected"]
    ]


def _rated(counts: Mapping[str, int]) -> dict[str, Any]:
    expected = counts["expected"]
    return {
        **counts,
        "reporting_percent": _rate(counts["reported"], expected),
        "on_time_percent": _rate(counts["on_time"], expected),
    }


def _rate(part: int, whole: int) -> Decimal | None:
    return percent_of(Decimal(part), Decimal(whole)) if whole else None
