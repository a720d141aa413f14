"""Targets, gaps, and the calculator."""

from fastapi import APIRouter, Response

from app.api.dependencies import ReaderDep
from app.api.listing import answer_list
from app.api.parameters import Query
from app.api.strict_json import StrictRoute
from app.domain.rating import Rating
from app.domain.time.period import Period
from app.errors import Fault, NothingThere, ParametersInvalid
from app.schemas.analysis import GapDetail
from app.schemas.base import Page
from app.schemas.evaluate import EvaluateInput
from app.schemas.gap import Calculation, GapRow
from app.schemas.plan import TargetDetail, TargetRow
from app.schemas.query import (
    CompletenessQuery,
    FigureQuery,
    GapDetailQuery,
    GapQuery,
    NoQuery,
    PlanQuery,
    ReconciliationQuery,
    TargetQuery,
)
from app.services.analysis.detail import get_detail
from app.services.gaps.evaluation import evaluate
from app.services.gaps.standings import Plan, load_plan_at, stand
from app.services.gaps.table import GapFilter, list_gaps
from app.services.targets.rows import get_target, list_targets

router = APIRouter(tags=["gaps"], route_class=StrictRoute)


@router.get("/plans/{plan}/gaps", summary="The gap table", response_model=Page[GapRow])
def read_gaps(reader: ReaderDep, plan: str, query: Query[GapQuery]) -> Response:
    """One row per indicator and area, and per period where periods are asked for."""
    known = load_plan_at(reader.session, reader.open(plan, query), query.indicator)
    require_codes(known, query)
    wanted = GapFilter(
        indicators=query.indicator,
        areas=query.area,
        area_levels=query.area_level,
        periods=wanted_periods(known, query),
        ratings=query.rating,
        goals=query.goal,
        responsible_units=query.responsible_unit,
        carry_forward=query.carry_forward,
    )
    rows = list_gaps(known, wanted, with_explanation=query.explain)
    return answer_list(reader, query, rows, GapRow, also=("explain",) if query.explain else ())


@router.get("/plans/{plan}/gaps/{indicator}", summary="One target in full")
def read_gap(
    reader: ReaderDep, plan: str, indicator: str, query: Query[GapDetailQuery]
) -> GapDetail:
    """The row with its series against the path, and each area's part in it."""
    known = load_plan_at(reader.session, reader.open(plan, query), [indicator])
    entry = known.definition.indicator(indicator)
    require_codes(known, query)
    area = query.area or known.definition.root.code
    period = Period.parse(query.period).as_quarter if query.period else None
    first = Period.parse(query.from_period).as_quarter if query.from_period else None
    standing = stand(known, entry, area, period, carry_forward=query.carry_forward)
    at = standing.period
    if first is not None and at is not None and first.index > at.index:
        facts = {"value": str(query.from_period), "rule": "period_until", "period": str(at)}
        fault = Fault(code="invalid", parameter="from_period", facts=facts)
        raise ParametersInvalid([fault])
    is_notional = query.allocation == "notional"
    return get_detail(known, standing, from_period=first, is_notional=is_notional)


@router.get(
    "/plans/{plan}/targets",
    summary="The targets beside actual and gap",
    response_model=Page[TargetRow],
)
def read_targets(reader: ReaderDep, plan: str, query: Query[TargetQuery]) -> Response:
    """Every target at its latest period."""
    known = load_plan_at(reader.session, reader.open(plan, query), query.indicator)
    require_codes(known, query)
    rows = list_targets(known, indicators=query.indicator, areas=query.area, goals=query.goal)
    return answer_list(reader, query, rows, TargetRow)


@router.get("/plans/{plan}/targets/{indicator}", summary="One target with its versions")
def read_target(
    reader: ReaderDep, plan: str, indicator: str, query: Query[PlanQuery]
) -> TargetDetail:
    """The whole area's target, and how it was revised."""
    known = load_plan_at(reader.session, reader.open(plan, query), [indicator])
    found = get_target(known, indicator, known.definition.root.code)
    if found is None:
        raise NothingThere(kind="target", code=indicator)
    return found


@router.post("/evaluate", summary="The calculator behind every gap")
def calculate(
    given: EvaluateInput,
    query: Query[NoQuery],  # noqa: ARG001 - it refuses every parameter
) -> Calculation:
    """Baseline, target and observations in, a gap row out. Nothing is stored."""
    return evaluate(given)


def wanted_periods(
    plan: Plan, query: FigureQuery | CompletenessQuery | ReconciliationQuery
) -> list[Period] | None:
    """The quarters that were asked for, or None where none were."""
    if query.period is not None:
        asked = {Period.parse(text).as_quarter for text in query.period}
    elif query.start_period is None and query.end_period is None:
        return None
    else:
        asked = set(plan.periods())
    first = Period.parse(query.start_period) if query.start_period else None
    last = Period.parse(query.end_period) if query.end_period else None
    return [
        period
        for period in sorted(asked, key=lambda each: each.index)
        if (first is None or first.as_first_quarter.index <= period.index)
        and (last is None or period.index <= last.index)
    ]


def require_codes(
    plan: Plan,
    query: FigureQuery | TargetQuery | GapDetailQuery | CompletenessQuery | ReconciliationQuery,
) -> None:
    """ParametersInvalid for a code that the plan does not have: a typo is no empty answer."""
    definition = plan.definition
    document = definition.document
    known: dict[str, set[str]] = {
        "indicator": set(definition.indicators),
        "area": set(definition.areas),
        "area_level": {area.level for area in document.areas},
        "goal": {goal.code for goal in document.goals},
        "responsible_unit": {unit.code for unit in document.responsible_units},
        "rating": {rating.value for rating in Rating},
    }
    faults = [
        Fault(
            code="unknown_code",
            parameter=name,
            facts={"value": code, "allowed": " ".join(sorted(allowed))},
        )
        for name, allowed in known.items()
        for code in _codes(getattr(query, name, None))
        if code not in allowed
    ]
    if faults:
        raise ParametersInvalid(faults)


def _codes(asked: str | list[str] | None) -> list[str]:
    return [asked] if isinstance(asked, str) else asked or []
