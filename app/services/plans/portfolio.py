"""The portfolio, one plan, and the overview that a dashboard polls."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session

from app.domain.bulletin.ending import MET
from app.domain.plan import Indicator
from app.domain.quantity import Undefined
from app.domain.rating import Rating
from app.domain.standing import Standing, stand_as_of
from app.domain.targets import Commitment
from app.domain.time.period import Period
from app.schemas.base import Answer
from app.schemas.gaps.row import GapRow
from app.schemas.plans import (
    Headline,
    Overview,
    PlanSummary,
    PlanView,
    SettingsView,
    TargetStanding,
)
from app.services.analysis.outlook import grow_to_date
from app.services.analysis.series_points import series_of
from app.services.calendar.ending import find_state
from app.services.gaps.table import (
    GapFilter,
    row_key,
    row_of,
    stand_at_latest,
    wanted_indicators,
)
from app.services.ledger.snapshots import Snapshot, take_snapshots
from app.services.state.plan import KnownPlan, load_plan_at

# A row with its series takes some 30 KiB, and its JSON some 6 KiB.
_TARGET_WEIGHT, _JSON_WEIGHT = 300, 60
_FIELDS = set(TargetStanding.model_fields)


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
        opportunities=document.opportunities,
        problems=document.problems,
        context=document.context,
    )


def get_overview(
    known: KnownPlan, wanted: GapFilter, *, area: str | None, period: Period | None
) -> Overview:
    """Every target of an area with actual, gap, rating and series; by default of the whole area.

    ``period``: as of this quarter; by default each at its latest.
    """
    snapshot, header = known.snapshot, known.definition.document.plan
    place = area or known.definition.root.code
    chosen = wanted_indicators(known, wanted)
    standings = _standings(known, chosen, place, period)
    targets = [_target_standing(known, each, is_latest=period is None) for each in standings]
    return Overview(
        plan=snapshot.plan,
        title_zh=header.title_zh,
        title_en=header.title_en,
        area=place,
        period=None if period is None else str(period),
        revision=snapshot.revision,
        recorded_at=snapshot.recorded_at,
        view=snapshot.view,
        headline=count_headline(targets),
        targets=targets,
    )


def write_overview(known: KnownPlan, overview: Overview) -> bytes:
    """The JSON of an overview; that of a target at its latest period is kept with the plan."""
    rest = _write(overview.model_copy(update={"targets": []}))
    is_latest = overview.period is None
    targets = [_write_target(known, each, is_latest=is_latest) for each in overview.targets]
    # The targets are its last field.
    return b"%b%b]}" % (rest.removesuffix(b"]}"), b",".join(targets))


def _write_target(known: KnownPlan, target: TargetStanding, *, is_latest: bool) -> bytes:
    if not is_latest:
        return _write(target)
    place, name = row_key(known, target.indicator, target.area), ("json", target.area)
    write = partial(_write, target)
    return known.plan.memory.recall(place, name, write, weight=_JSON_WEIGHT)


def _write(part: Answer) -> bytes:
    return part.model_dump_json().encode()


def count_headline(rows: Sequence[GapRow]) -> Headline:
    """The counts over the targets of the whole area."""
    missed = [row for row in rows if row.rating is Rating.MISSED]
    aspirational = [row for row in missed if row.commitment == Commitment.ASPIRATIONAL]
    counts = _count(row.rating for row in rows)
    return Headline(
        targets=len(rows),
        by_rating=counts,
        achieved=sum(counts[rating.value] for rating in MET),
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
        state=find_state(known),
        ratings=_count(each.assessment.rating for each in _root_standings(known)),
    )


def _root_standings(known: KnownPlan) -> list[Standing]:
    rules = known.plan.rules
    return list(_standings(known, rules.indicators.values(), rules.root, None))


def _standings(
    known: KnownPlan, indicators: Iterable[Indicator], area: str, period: Period | None
) -> Iterator[Standing]:
    """The targets of an area: all of them at their latest, or those that hold for a period."""
    plan = known.plan
    for indicator in indicators:
        if plan.targets.at(indicator.code, area, period) is not None:
            yield (
                stand_at_latest(known, indicator, area)
                if period is None
                else stand_as_of(plan, indicator, area, period)
            )


def _count(ratings: Iterable[Rating]) -> dict[str, int]:
    counts = Counter(ratings)
    return {rating.value: counts[rating] for rating in Rating}


def _target_standing(known: KnownPlan, standing: Standing, *, is_latest: bool) -> TargetStanding:
    """A target as the overview has it; what it is at the latest period is kept with the plan."""
    if not is_latest:
        return _make_target_standing(known, standing)
    return known.plan.memory.recall(
        row_key(known, standing.indicator.code, standing.area),
        ("target", standing.area),
        lambda: _make_target_standing(known, standing),
        weight=_TARGET_WEIGHT,
    )


def _make_target_standing(known: KnownPlan, standing: Standing) -> TargetStanding:
    row = row_of(known, standing)
    series = [point for point in series_of(known.plan, standing) if point.actual is not None]
    growth = grow_to_date(known.plan, standing)
    why = growth.reason.value if isinstance(growth, Undefined) else None
    reasons = row.reasons if why is None else row.reasons | {"year_to_date_yoy_percent": why}
    return TargetStanding.model_construct(
        _fields_set=_FIELDS,
        **{**dict(row), "reasons": reasons},
        year_to_date_yoy_percent=None if isinstance(growth, Undefined) else growth,
        series=series,
    )
