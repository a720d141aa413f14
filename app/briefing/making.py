"""The briefing on a plan at the end of a quarter: put together from what all other reads answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal

from sqlmodel import Session

from app.briefing.bulletin import list_year_contributions
from app.briefing.schema import (
    AreaReporting,
    Briefing,
    BriefingChanges,
    BriefingFigure,
    BriefingTarget,
    Since,
)
from app.domain.accumulation import AreaRule
from app.domain.outlook.sensitivity import SEVERITY
from app.domain.parts.place import RankBy
from app.domain.quantity import Reason
from app.domain.rating import LATE, Rating
from app.domain.standing import stand_as_of
from app.domain.time.calendar import SHANGHAI
from app.domain.time.period import Period
from app.schemas.gaps.row import GapRow
from app.schemas.plans import Label
from app.schemas.targets.tasks import TaskRow
from app.services.calendar.completeness import ReportingFilter, get_completeness
from app.services.gaps.table import GapFilter, to_row
from app.services.ledger.snapshots import Snapshot, find_revision_at, take_snapshot
from app.services.plans.deployments import is_marked
from app.services.plans.portfolio import count_headline
from app.services.publications.differences import get_difference
from app.services.publications.publications import list_publications
from app.services.state.plan import KnownPlan
from app.services.targets.tasks import YearAsked, list_tasks
from app.vocabulary import View

_LAGGING = {Rating.MISSED, *LATE}


def get_briefing(session: Session, known: KnownPlan, period: Period) -> Briefing:
    """Headline, targets, laggards, silent areas and changes at a quarter of the plan.

    Every figure is that of the gap table, of completeness and of the differences between two
    revisions; nothing is computed here.
    """
    document = known.definition.document
    root = known.definition.root.code
    targets = list(_targets(known, period))
    reporting = list(_reporting(session, known, period))
    ranking, ranking_by = _rank(known, period)
    return Briefing(
        plan=known.snapshot.plan,
        title_zh=document.plan.title_zh,
        title_en=document.plan.title_en,
        area=root,
        period=str(period),
        view=known.snapshot.view,
        revision=known.snapshot.revision,
        recorded_at=known.snapshot.recorded_at,
        day=known.snapshot.day,
        simulated=is_marked(session),
        headline=count_headline([row for row in targets if row.area == root]),
        areas_expected=len(reporting),
        areas_silent=sum(each.reported == 0 for each in reporting),
        ranking=ranking,
        ranking_by=ranking_by,
        tasks=_tasks(session, known, period),
        targets=targets,
        laggards=sorted((row for row in targets if row.rating in _LAGGING), key=_urgency),
        contributions=[*list_year_contributions(known, period)],
        silent=[each for each in reporting if each.outstanding],
        changes=_changes(session, known.snapshot, period),
        indicators={
            each.code: Label(zh=each.name_zh, en=each.name_en, unit=each.unit)
            for each in document.indicators
        },
        areas={
            each.code: Label(zh=each.name_zh, en=each.name_en, unit=None) for each in document.areas
        },
    )


def find_last_period(known: KnownPlan) -> Period:
    """The last quarter that has figures; without any, the last of the plan that has ended."""
    plan, day = known.plan, known.snapshot.day
    ended = [each for each in plan.periods() if each.last_day < day] or [plan.first_period]
    for period in reversed(ended):
        for indicator in plan.rules.indicators.values():
            for area in plan.rules.areas:
                found = plan.figures.own(indicator, area, period)
                if found is not None and found.value is not None:
                    return period
    return ended[-1]


def _rank(known: KnownPlan, period: Period) -> tuple[list[GapRow], RankBy]:
    """The areas below the whole, ranked in the first target that is a sum of theirs."""
    root, rules = known.definition.root.code, known.plan.rules
    leading = next(
        (
            each
            for each in rules.indicators.values()
            if each.area_rule is AreaRule.SUM
            and known.plan.targets.at(each.code, root, period) is not None
        ),
        None,
    )
    areas = [code for code, area in rules.areas.items() if area.parent == root and area.in_sum]
    if leading is None or not areas:
        return [], RankBy.ACTUAL
    standings = [stand_as_of(known.plan, leading, area, period) for area in areas]
    is_judged = all(each.target is not None for each in standings)
    by = RankBy.PROGRESS_PERCENT if is_judged else RankBy.ACTUAL
    rows = [to_row(known, each, rank_by=by) for each in standings]
    if all(row.rank is None for row in rows):
        return [], by
    return sorted(rows, key=lambda row: (row.rank is None, row.rank)), by


def _tasks(session: Session, known: KnownPlan, period: Period) -> list[TaskRow]:
    """The tasks that the year had, at its end."""
    if not period.ends_year:
        return []
    asked = YearAsked(year=period.year, until=period)
    found = list_tasks(session, known, asked, GapFilter())
    return [row for row in found if row.task is not None]


def _targets(known: KnownPlan, period: Period) -> Iterator[BriefingTarget]:
    """Every target that holds for the quarter, of the whole area and of the others.

    Each stands at the latest period up to the quarter that figures were due for.
    """
    for indicator in known.plan.rules.indicators.values():
        for area in known.plan.rules.areas:
            if known.plan.targets.at(indicator.code, area, period) is None:
                continue
            row = to_row(known, stand_as_of(known.plan, indicator, area, period))
            before = to_row(known, stand_as_of(known.plan, indicator, area, period.shift(-1)))
            rating = None if before.target is None else before.rating.value
            unknown = {} if rating else {"previous_rating": Reason.NO_TARGET.value}
            if before.actual is None:
                unknown["previous_actual"] = before.reasons["actual"]
            yield BriefingTarget.model_construct(
                **{**dict(row), "reasons": row.reasons | unknown},
                previous_actual=before.actual,
                previous_rating=rating,
            )


def _urgency(row: BriefingTarget) -> tuple[int, bool, Decimal, Decimal]:
    """Missed before late, then by the index that the rating stands on, then by the gap."""
    index, gap = row.rating_index, row.gap_percent
    return (
        SEVERITY.index(row.rating),
        index is None,
        Decimal(0) if index is None else index,
        Decimal(0) if gap is None else -gap,
    )


def _reporting(session: Session, known: KnownPlan, period: Period) -> Iterator[AreaReporting]:
    found = get_completeness(session, known, ReportingFilter(periods={period.index}))
    counts = {each.code: each for each in found.by_area}
    for area in known.definition.areas:
        if area in counts:
            yield AreaReporting(
                area=area,
                expected=counts[area].expected,
                reported=counts[area].reported,
                outstanding=[figure for figure in found.outstanding if figure.area == area],
            )


def _changes(session: Session, snapshot: Snapshot, period: Period) -> BriefingChanges:
    since = _find_since(session, snapshot, period)
    if since is None:
        return BriefingChanges(since=None, new_figures=[], restated=[], moved=[])
    first = take_snapshot(
        session,
        snapshot.plan,
        as_of=str(since.revision),
        pending_areas=snapshot.pending_areas,
        now=snapshot.recorded_at,
    )
    # What waits for a decision is in the targets of a provisional briefing, marked; it changes
    # nothing that was published.
    second = replace(snapshot, view=View.OFFICIAL)
    found = get_difference(session, first, second, period=period)
    figures = [
        BriefingFigure(**each.model_dump(exclude={"changed_by"}))
        for each in found.figures
        if Period.parse(each.period).index <= period.index
    ]
    return BriefingChanges(
        since=since,
        new_figures=[each for each in figures if each.before is None and each.after is not None],
        restated=[each for each in figures if each.before is not None],
        moved=[each for each in found.rows if each.field in {"target", "rating"}],
    )


def _find_since(session: Session, snapshot: Snapshot, period: Period) -> Since | None:
    """The newest publication of an earlier revision, else what the last quarter ended with."""
    earlier = [
        each for each in list_publications(session, snapshot) if each.revision < snapshot.revision
    ]
    if earlier:
        newest = earlier[-1]
        revision, name = newest.revision, newest.name
    else:
        begins = datetime.combine(period.first_day, time(), SHANGHAI)
        known = find_revision_at(session, snapshot.plan, begins)
        if known is None or known >= snapshot.revision:
            return None
        revision, name = known, None
    at = take_snapshot(session, snapshot.plan, as_of=str(revision), now=snapshot.recorded_at)
    return Since(revision=revision, recorded_at=at.recorded_at, publication=name)
