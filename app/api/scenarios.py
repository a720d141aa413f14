"""Scenarios: the gap rows that would follow from assumed figures."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import PlanPath, Query
from app.api.requests.strict_json import StrictRoute
from app.schemas.base import Page
from app.schemas.gaps.row import GapRow
from app.schemas.scenarios import ScenarioInput, ScenarioQuery
from app.services.analysis.scenarios import run_scenario
from app.services.state.plan import load_plan_at

router = APIRouter(prefix="/plans/{plan}", tags=["analysis"], route_class=StrictRoute)


@router.post(
    "/scenarios",
    summary="Run a scenario",
    response_model=Page[GapRow],
)
def ask_scenario(
    reader: ReaderDep, plan: PlanPath, query: Query[ScenarioQuery], given: ScenarioInput
) -> Response:
    """Calculate the gap rows that would follow from assumed figures and growth, for the indicators
    that the assumptions are about. Nothing is saved.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    rows = run_scenario(known, given, with_explanation=query.explain)
    return answer_list(reader, query, rows, GapRow, also=("explain",) if query.explain else ())
