"""The figures, in any of their versions."""

from datetime import datetime

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import (
    PlanPath,
    Query,
    read_threshold,
    require_codes,
    wanted_periods,
)
from app.api.requests.strict_json import StrictRoute
from app.errors import ParametersInvalid, invalid_parameter
from app.schemas.base import Page
from app.schemas.observations import ObservationQuery, ObservationRow
from app.services.ledger.snapshots import Snapshot
from app.services.state.observations import Release, list_observations
from app.services.state.plan import load_plan_at

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
    rows = list_observations(
        reader.session,
        snapshot,
        units={code: entry.unit for code, entry in known.definition.indicators.items()},
        wanted=Release.ALL if query.include_history else Release(query.release),
        updated_after=_updated_after(query.updated_after, snapshot),
        indicators=query.indicator,
        areas=query.area,
    )
    periods = wanted_periods(known, query)
    wanted = None if periods is None else {str(period) for period in periods}
    levels = {area.code: area.level for area in known.definition.document.areas}
    chosen = [
        row
        for row in rows
        if (query.indicator is None or row.indicator in query.indicator)
        and (query.area is None or row.area in query.area)
        and (query.area_level is None or levels[row.area] in query.area_level)
        and (wanted is None or row.period in wanted)
    ]
    order = {code: place for place, code in enumerate(known.definition.indicators)}
    chosen.sort(key=lambda row: (order[row.indicator], row.area, row.period, row.revision))
    return answer_list(reader, query, chosen, ObservationRow)


def _updated_after(text: str | None, snapshot: Snapshot) -> int | datetime | None:
    """The revision or instant; ParametersInvalid after ``as_of``: nothing can be there."""
    if text is None:
        return None
    threshold = read_threshold(text)
    if snapshot.as_of is None:
        return threshold
    if isinstance(threshold, int):
        is_past = threshold > snapshot.revision
    else:
        is_past = threshold > snapshot.as_of
    if is_past:
        newest = snapshot.revision
        fault = invalid_parameter("updated_after", text, "after_as_of", revision=newest)
        raise ParametersInvalid([fault])
    return threshold
