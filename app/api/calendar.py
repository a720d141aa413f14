"""The reporting calendar: deadlines, extensions, and who has reported what."""

from functools import partial

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from app.api.answers.files import JSON, answer_file, choose_fields, choose_format
from app.api.answers.listing import answer_list, show_fields
from app.api.answers.told import tell_created
from app.api.requests.dependencies import Reader, ReaderDep
from app.api.requests.parameters import PlanPath, Query, require_codes, wanted_periods
from app.api.requests.writing import WriteDep, WriteRoute
from app.formats.tables.table import columns_of
from app.schemas.base import Page
from app.schemas.calendar import (
    Completeness,
    CompletenessQuery,
    ExtensionInput,
    ExtensionView,
    OutstandingFigure,
    PeriodRow,
)
from app.schemas.query import ListQuery
from app.services.calendar.completeness import ReportingFilter, get_completeness, list_periods
from app.services.calendar.extensions import grant_extension
from app.services.state.plan import load_plan_at

router = APIRouter(prefix="/plans/{plan}", tags=["reporting"], route_class=WriteRoute)


@router.get("/periods", summary="List periods", response_model=Page[PeriodRow])
def read_periods(reader: ReaderDep, plan: PlanPath, query: Query[ListQuery]) -> Response:
    """List the quarters of a plan with their deadlines and whether they are open for reports."""
    known = load_plan_at(reader.session, reader.open(plan, query))
    rows = list_periods(reader.session, known)
    return answer_list(reader, query, rows, PeriodRow)


@router.get(
    "/completeness",
    summary="Get completeness",
    response_model=Completeness,
)
def read_completeness(
    reader: ReaderDep, plan: PlanPath, query: Query[CompletenessQuery]
) -> Completeness | Response:
    """Get reporting rates by area, indicator and quarter, and the figures that are outstanding.

    Formats other than JSON list the outstanding figures only.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    require_codes(known, query)
    periods = wanted_periods(known, query)
    wanted = ReportingFilter(
        areas=query.area,
        indicators=query.indicator,
        periods=None if periods is None else {period.index for period in periods},
    )
    found = get_completeness(reader.session, known, wanted)
    return _answer(reader, query, found)


def _answer(
    reader: Reader, query: CompletenessQuery, found: Completeness
) -> Completeness | Response:
    """All of it as JSON, or a file of what is outstanding, to which ``fields`` apply."""
    columns, rows = columns_of(OutstandingFigure), found.outstanding
    form = choose_format(reader, query.format, columns)
    if form != JSON:
        return answer_file(reader, form, columns, rows, total=len(rows), fields=query.fields)
    if query.fields is None:
        return found
    fields = choose_fields([column.name for column in columns], query.fields)
    shown = found.model_dump(mode="json", exclude={"outstanding"})
    return JSONResponse({**shown, "outstanding": [show_fields(row, fields) for row in rows]})


@router.post(
    "/extensions",
    summary="Grant an extension",
    status_code=201,
    response_model=ExtensionView,
)
async def post_extension(write: WriteDep, plan: PlanPath, given: ExtensionInput) -> Response:
    """Reopen a closed quarter, or every one, for one area or all until a given day.

    Needs an administrator's key. A completed plan takes new figures only with an extension. If the
    plan closes no quarter and is not completed, the answer is 409 `never_closes`.
    """
    return await write(plan, partial(grant_extension, given=given), tell_created)
