"""The figures, in any of their versions."""

from collections.abc import Collection
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
from app.errors.failure import ParametersInvalid
from app.errors.fault import invalid_parameter
from app.schemas.base import Page
from app.schemas.observations import ObservationQuery, ObservationRow
from app.services.ledger.snapshots import Snapshot
from app.services.state.observations import (
    Release,
    count_observations,
    find_changed,
    list_by_indicator,
    list_observations,
)
from app.services.state.plan import KnownPlan, load_plan_at
from app.vocabulary import View

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
    release = Release.ALL if query.include_history else Release(query.release)
    updated_after = _updated_after(query.updated_after, snapshot)
    areas, periods = _wanted_areas(known, query), wanted_periods(known, query)
    wanted = None if periods is None else {str(period) for period in periods}
    order = {code: place for place, code in enumerate(known.definition.indicators)}

    def read(codes: Collection[str] | None) -> list[ObservationRow]:
        rows = list_observations(
            reader.session,
            snapshot,
            units={code: entry.unit for code, entry in known.definition.indicators.items()},
            wanted=release,
            updated_after=updated_after,
            indicators=codes,
            areas=areas,
        )
        chosen = [
            row
            for row in rows
            if (codes is None or row.indicator in codes)
            and (areas is None or row.area in areas)
            and (wanted is None or row.period in wanted)
        ]
        return sorted(chosen, key=lambda r: (order[r.indicator], r.area, r.period, r.revision))

    # What waits for a decision, and what became known lately, is not counted beforehand.
    if snapshot.view is View.PROVISIONAL:
        return answer_list(reader, query, read(query.indicator), ObservationRow)
    if updated_after is not None:
        changed = find_changed(reader.session, snapshot, updated_after)
        codes = [c for c in changed if query.indicator is None or c in query.indicator]
        return answer_list(reader, query, read(codes), ObservationRow)
    counts = count_observations(
        reader.session,
        snapshot,
        wanted=release,
        indicators=query.indicator,
        areas=areas,
        periods=wanted,
    )
    in_order = {code: counts[code] for code in order if code in counts}
    rows = list_by_indicator(in_order, lambda code: read([code]))
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
