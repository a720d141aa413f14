"""The briefing on a plan, as JSON, as a page to print and as a workbook."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response

from app.api.answers.files import XLSX_MEDIA_TYPE
from app.api.requests.accept import require_offered
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import PlanPath, Query, require_period
from app.api.requests.strict_json import StrictRoute
from app.briefing.cells import BriefingPage
from app.briefing.making import find_last_period, get_briefing
from app.briefing.page import make_page
from app.briefing.schema import Briefing, BriefingQuery
from app.briefing.writers import SECURITY_POLICY, write_html, write_workbook
from app.services.state.plan import load_plan_at

router = APIRouter(tags=["gaps"], route_class=StrictRoute)

FORMATS = {"application/json": "json", "text/html": "html", XLSX_MEDIA_TYPE: "xlsx"}
_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/html": {}, XLSX_MEDIA_TYPE: {}},
        "description": "The briefing in the format asked for.",
    }
}


@router.get(
    "/plans/{plan}/briefing",
    summary="Get the briefing of a quarter",
    response_model=Briefing,
    responses=_FORMS,
)
def read_briefing(reader: ReaderDep, plan: PlanPath, query: Query[BriefingQuery]) -> Response:
    """Get the briefing of a quarter: headline, targets, laggards, areas that have not reported,
    and what changed since the last publication.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    wanted = query.format or FORMATS[require_offered(reader.request, tuple(FORMATS))]
    period = find_last_period(known)
    if query.period is not None:
        period = require_period(known, query.period)
    return _answer(get_briefing(reader.session, known, period), wanted, query.lang)


def _answer(briefing: Briefing, wanted: str, language: str) -> Response:
    if wanted == "json":
        return Response(briefing.model_dump_json(), media_type="application/json")
    name = f"{briefing.plan}-{briefing.period}-briefing.xlsx"
    page = make_page(briefing, language)
    return answer_page(page, wanted, name=name, recorded_at=briefing.recorded_at)


def answer_page(page: BriefingPage, wanted: str, *, name: str, recorded_at: datetime) -> Response:
    """A page as HTML, or as a workbook of this name."""
    if wanted == "html":
        headers = {"Content-Security-Policy": SECURITY_POLICY}
        return Response(write_html(page), media_type="text/html; charset=utf-8", headers=headers)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    body = write_workbook(page, recorded_at=recorded_at)
    return Response(body, media_type=XLSX_MEDIA_TYPE, headers=headers)
