"""The final assessment of a plan: put together from its ledger, when its deadlines are past."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from app.domain.bulletin.ending import MET, end_of
from app.domain.quantity import Reason, Undefined
from app.domain.rating import Rating
from app.domain.targets import SetTarget
from app.schemas.assessment import (
    AssessedStatement,
    AssessedTarget,
    CorrectedFigure,
    FinalAssessment,
    LastNote,
    RecordQuality,
)
from app.schemas.plans import Label
from app.schemas.progress import ProgressView
from app.services.analysis.detail import list_spells
from app.services.analysis.shares import area_targets, first_common_period, list_contributions
from app.services.calendar.completeness import (
    ReportingFilter,
    count_questioned,
    get_completeness,
)
from app.services.calendar.ending import find_state, require_over
from app.services.calendar.progress import list_actions, list_goals
from app.services.gaps.table import to_row
from app.services.plans.deployments import is_marked
from app.services.plans.portfolio import count_headline
from app.services.publications.restatements import Correction, list_corrections, of_series
from app.services.state.plan import KnownPlan


def get_assessment(session: Session, known: KnownPlan, *, language: str) -> FinalAssessment:
    """How every target ended, with the last word on goals and actions and the quality of it all.

    PlanRunning while figures of a deadline may still come on time, told in a language.
    """
    require_over(known, language)
    document, snapshot = known.definition.document, known.snapshot
    corrections = list_corrections(session, snapshot)
    targets = [_assess(known, each, corrections) for each in _targets(known)]
    root = known.definition.root.code
    deadlines = [each.target.deadline.as_quarter for each in _targets(known)]
    last = max(deadlines, key=lambda each: each.index, default=known.plan.last_period)
    return FinalAssessment(
        plan=snapshot.plan,
        title_zh=document.plan.title_zh,
        title_en=document.plan.title_en,
        area=root,
        period=str(last),
        state=find_state(known),
        view=snapshot.view,
        revision=snapshot.revision,
        recorded_at=snapshot.recorded_at,
        day=snapshot.day,
        simulated=is_marked(session),
        headline=count_headline([row for row in targets if row.area == root]),
        targets=targets,
        statements=[*_statements(session, known)],
        record=_record(session, known, corrections),
        indicators={
            each.code: Label(zh=each.name_zh, en=each.name_en, unit=each.unit)
            for each in document.indicators
        },
        areas={
            each.code: Label(zh=each.name_zh, en=each.name_en, unit=None) for each in document.areas
        },
    )


def _targets(known: KnownPlan) -> Iterator[SetTarget]:
    """The newest version of every target, by indicator and area in the order of the plan."""
    for indicator in known.plan.rules.indicators:
        for area in known.plan.rules.areas:
            held = known.plan.targets.newest(indicator, area)
            if held is not None:
                yield held


def _assess(known: KnownPlan, held: SetTarget, corrections: Sequence[Correction]) -> AssessedTarget:
    ending, rules = end_of(known.plan, held), known.plan.rules
    standing, needed = ending.standing, ending.needed_rate
    row, level = to_row(known, standing), rules.level_of(standing.indicator)
    first = first_common_period(known.plan, standing)
    targets = area_targets(known.plan, standing, first, is_notional=False)
    parts = list_contributions(known.plan, standing, first, targets)
    areas = (held.area, *rules.summands(level, held.area))
    reasons = row.reasons
    if isinstance(needed, Undefined):
        reasons = reasons | {"needed_rate": needed.reason.value}
    if ending.first_met is None:
        why = reasons.get("actual") or Reason.NOT_APPLICABLE.value
        reasons = reasons | {"first_met_period": why}
    is_rated = row.rating is not Rating.UNABLE_TO_ASSESS
    if not is_rated:
        why = reasons.get("actual") or Reason.PARTIAL_COVERAGE.value
        reasons = reasons | {"met": why}
    return AssessedTarget.model_construct(
        **{**dict(row), "reasons": reasons},
        met=row.rating in MET if is_rated else None,
        needed_rate=None if isinstance(needed, Undefined) else needed,
        first_met_period=None if ending.first_met is None else str(ending.first_met),
        rating_history=list_spells(ending.ratings),
        restatements=[_restated(each) for each in of_series(corrections, level.parts, areas)],
        from_period=str(first) if first and parts else None,
        contributions=parts,
    )


def _restated(found: Correction) -> CorrectedFigure:
    return CorrectedFigure(
        **found.key._asdict(),
        before=found.before,
        after=found.after,
        reason=found.reason,
        recorded_at=found.recorded_at,
        revision=found.revision,
    )


def _statements(session: Session, known: KnownPlan) -> Iterator[AssessedStatement]:
    """Goals without a number, then actions."""
    for goal in list_goals(session, known.snapshot):
        for each in goal.qualitative:
            yield AssessedStatement(
                code=each.code,
                kind="goal",
                goal=goal.code,
                text_zh=each.text_zh,
                text_en=each.text_en,
                last_note=_last(each.progress),
            )
    for action in list_actions(session, known.snapshot):
        yield AssessedStatement(
            code=action.code,
            kind=action.kind,
            goal=None,
            text_zh=action.title_zh,
            text_en=action.title_en,
            last_note=_last(action.progress),
        )


def _last(notes: Sequence[ProgressView]) -> LastNote | None:
    """The newest note, without the name of the account that wrote it."""
    return (
        LastNote.model_validate(notes[0], from_attributes=True, extra="ignore") if notes else None
    )


def _record(session: Session, known: KnownPlan, corrections: Sequence[Correction]) -> RecordQuality:
    found = get_completeness(session, known, ReportingFilter())
    asked = count_questioned(session, known.snapshot)
    # Where nobody reports, every figure is as published, and none is late.
    unknown = {} if asked.reports else {"on_time_percent": None}
    return RecordQuality(
        **{**found.total.model_dump(), **unknown},
        reports=asked.reports,
        corrections=len(corrections),
        questioned=asked.questioned,
        explained=asked.explained,
        by_area=[each.model_copy(update=unknown) for each in found.by_area],
    )
