"""The final assessment of a plan, as JSON, as a page to print and as a workbook."""

from typing import Any

from fastapi import APIRouter, Response

from app.api.answers.files import XLSX_MEDIA_TYPE
from app.api.answers.problems import MEDIA_TYPE
from app.api.requests.accept import choose_language, require_offered
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import PlanPath, Query
from app.api.requests.strict_json import StrictRoute
from app.assessment.page import make_page
from app.briefing.routes import FORMATS, answer_page
from app.schemas.assessment import AssessmentQuery, FinalAssessment
from app.services.plans.assessment import get_assessment
from app.services.state.plan import load_plan_at

router = APIRouter(tags=["gaps"], route_class=StrictRoute)

_FORMS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"text/html": {}, XLSX_MEDIA_TYPE: {}},
        "description": "The final assessment in the format asked for.",
    },
    409: {
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        "description": "Figures of a deadline may still come on time; `errors` lists them.",
    },
}


@router.get(
    "/plans/{plan}/assessment",
    summary="Get the final assessment",
    response_model=FinalAssessment,
    responses=_FORMS,
)
def read_assessment(reader: ReaderDep, plan: PlanPath, query: Query[AssessmentQuery]) -> Response:
    """Get the final assessment of a plan (终期评估): how each target ended, the newest note on each
    goal and action, and the quality of the record.

    While figures of a deadline may still come on time, the answer is 409 `plan_running`, which
    lists them.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    wanted = query.format or FORMATS[require_offered(reader.request, tuple(FORMATS))]
    language = choose_language(reader.request.headers.get("accept-language"))
    found = get_assessment(reader.session, known, language=language)
    if wanted == "json":
        return Response(found.model_dump_json(), media_type="application/json")
    page = make_page(found, query.lang)
    name = f"{found.plan}-assessment.xlsx"
    return answer_page(page, wanted, name=name, recorded_at=found.recorded_at)
