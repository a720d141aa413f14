"""The portfolio, one plan, and the overview that a dashboard polls."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session

from app.domain.quantity import Reason
from app.domain.rating import Rating
from app.domain.standing import Standing, stand_with_target
from app.domain.targets import Commitment
from app.schemas.gaps.row import GapRow
from app.schemas.plans import (
    Headline,
    Overview,
    PlanSummary,
    PlanView,
    SettingsView,
    TargetStanding,
)
from app.services.analysis.series_points import series_of
from app.services.gaps.table import to_row
from app.services.ledger.snapshots import Snapshot, take_snapshots
from app.services.state.plan import KnownPlan, load_plan_at

_ACHIEVED = {Rating.ACHIEVED, Rating.ACHIEVED_EARLY}


def list_plan_summaries(
    session: Session, *, as_of: str | None, only: str | None, now: datetime
) -> list[PlanSummary]:
    """Every plan that was there; ``only``: the one plan that the caller's key is for.

    AsOfInvalid where none was there yet.
    """
    snapshots = take_snapshots(session, as_of=as_of, only=only, now=now)
    return [_summary(load_plan_at(session, each)) for each in snapshots]


def get_plan_view(session: Session, snapshot: Snapshot) -> PlanView:
    """One plan with its rules and texts."""
    known = load_plan_at(session, snapshot)
    document = known.definition.document
    return PlanView(
        **_summary(known).model_dump(),
        start_date=document.plan.start_date,
        settings=SettingsView.model_validate(document.settings, from_attributes=True),
        ambiguities=document.ambiguities,
        notes=document.plan.notes,
        context=document.context,
    )


def get_overview(session: Session, snapshot: Snapshot) -> Overview:
    """Every target of the whole area with actual, gap, rating and series."""
    known = load_plan_at(session, snapshot)
    targets = [_target_standing(known, standing) for standing in _root_standings(known)]
    header = known.definition.document.plan
    return Overview(
        plan=snapshot.plan,
        title_zh=header.title_zh,
        title_en=header.title_en,
        area=known.definition.root.code,
        revision=snapshot.revision,
        recorded_at=snapshot.recorded_at,
        view=snapshot.view,
        headline=count_headline(targets),
        targets=targets,
    )


def count_headline(rows: Sequence[GapRow]) -> Headline:
    """The counts over the targets of the whole area."""
    missed = [row for row in rows if row.rating is Rating.MISSED]
    aspirational = [row for row in missed if row.commitment == Commitment.ASPIRATIONAL]
    counts = _count(row.rating for row in rows)
    return Headline(
        targets=len(rows),
        by_rating=counts,
        achieved=sum(counts[rating.value] for rating in _ACHIEVED),
        missed=len(missed) - len(aspirational),
        missed_aspirational=len(aspirational),
        unable_to_assess=counts[Rating.UNABLE_TO_ASSESS.value],
    )


def _summary(known: KnownPlan) -> PlanSummary:
    header = known.definition.document.plan
    shared = set(PlanSummary.model_fields) & set(type(header).model_fields)
    return PlanSummary(
        **header.model_dump(include=shared),
        plan=header.code,
        root_area=known.definition.root.code,
        revision=known.snapshot.revision,
        recorded_at=known.snapshot.recorded_at,
        ratings=_count(each.assessment.rating for each in _root_standings(known)),
    )


def _root_standings(known: KnownPlan) -> list[Standing]:
    plan, root = known.plan, known.plan.rules.root
    return [
        stand_with_target(plan, indicator, root)
        for indicator in plan.rules.indicators.values()
        if plan.targets.newest(indicator.code, root) is not None
    ]


def _count(ratings: Iterable[Rating]) -> dict[str, int]:
    counts = Counter(ratings)
    return {rating.value: counts[rating] for rating in Rating}


def _target_standing(known: KnownPlan, standing: Standing) -> TargetStanding:
    row = to_row(known, standing)
    held = standing.set_target
    goal = None if held is None else known.stored_targets.row_of(held).goal
    series = [point for point in series_of(known.plan, standing) if point.actual is not None]
    unstated = {} if goal is not None else {"goal": Reason.NOT_APPLICABLE.value}
    return TargetStanding.model_construct(
        **{**dict(row), "reasons": row.reasons | unstated}, goal=goal, series=series
    )
