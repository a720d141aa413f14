"""The figures, in any of their versions."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import Reader, ReaderDep
from app.api.requests.parameters import (
    PlanPath,
    Query,
    read_threshold,
    require_codes,
    wanted_periods,
)
from app.api.requests.strict_json import StrictRoute
from app.errors.failure import ParametersInvalid
from app.errors.fault import invalid_parameter
from app.schemas.base import Page
from app.schemas.observations import ObservationQuery, ObservationRow
from app.services.ledger.snapshots import Snapshot, find_revision_at
from app.services.state.keys import FigureFilter, Release
from app.services.state.observations import list_observations
from app.services.state.plan import KnownPlan, load_plan_at

router = APIRouter(prefix="/plans/{plan}", tags=["figures"], route_class=StrictRoute)


@router.get(
    "/observations",
    summary="List figures",
    operation_id="list_observations",
    response_model=Page[ObservationRow],
)
def read_observations(
    reader: ReaderDep, plan: PlanPath, query: Query[ObservationQuery]
) -> Response:
    """List figures in the unit of their indicator and as they were reported, one row each. With
    `include_history` there is one row for each version.
    """
    snapshot = reader.open(plan, query)
    known = load_plan_at(reader.session, snapshot)
    require_codes(known, query)
    areas, periods = _wanted_areas(known, query), wanted_periods(known, query)
    wanted = FigureFilter(
        indicators=tuple(
            code
            for code in known.plan.rules.indicators
            if query.indicator is None or code in query.indicator
        ),
        areas=None if areas is None else frozenset(areas),
        periods=None if periods is None else frozenset(map(str, periods)),
        release=Release.ALL if query.include_history else Release(query.release),
        since=_updated_after(reader, query.updated_after, snapshot),
    )
    rows = list_observations(reader.session, known, wanted)
    return answer_list(reader, query, rows, ObservationRow)


def _wanted_areas(known: KnownPlan, query: ObservationQuery) -> list[str] | None:
    """The codes of the areas that were asked for, by code and level; None for all."""
    if query.area_level is None:
        return query.area
    return [
        area.code
        for area in known.definition.document.areas
        if area.level in query.area_level and (query.area is None or area.code in query.area)
    ]


def _updated_after(reader: Reader, text: str | None, snapshot: Snapshot) -> int:
    """The revision that is meant; ParametersInvalid after ``as_of``: nothing can be there."""
    if text is None:
        return 0
    threshold, as_of = read_threshold(text), snapshot.as_of
    if isinstance(threshold, int):
        since, is_past = threshold, as_of is not None and threshold > snapshot.revision
    else:
        since = find_revision_at(reader.session, snapshot.plan, threshold) or 0
        is_past = as_of is not None and threshold > as_of
    if is_past:
        fault = invalid_parameter("updated_after", text, "after_as_of", revision=snapshot.revision)
        raise ParametersInvalid([fault])
    return since
