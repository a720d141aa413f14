"""What figures leave to ask: wholes against their parts, and what would follow if."""

from fastapi import APIRouter, Response

from app.api.dependencies import ReaderDep
from app.api.gaps import require_codes, wanted_periods
from app.api.listing import answer_list
from app.api.parameters import Query
from app.api.strict_json import StrictRoute
from app.schemas.analysis import ReconciliationRow
from app.schemas.base import Page
from app.schemas.gap import GapRow
from app.schemas.query import ReconciliationQuery, ScenarioQuery
from app.schemas.scenario import ScenarioInput
from app.services.analysis.reconciliation import list_reconciliation
from app.services.analysis.scenarios import run_scenario
from app.services.gaps.standings import load_plan_at

router = APIRouter(prefix="/plans/{plan}", tags=["analysis"], route_class=StrictRoute)


@router.get(
    "/reconciliation",
    summary="Each whole beside the sum of its parts, figures and targets",
    response_model=Page[ReconciliationRow],
)
def read_reconciliation(
    reader: ReaderDep, plan: str, query: Query[ReconciliationQuery]
) -> Response:
    """One row per indicator, area that sums others, and period with a figure."""
    known = load_plan_at(reader.session, reader.open(plan, query), query.indicator)
    require_codes(known, query)
    rows = list_reconciliation(
        known,
        indicators=query.indicator,
        areas=query.area,
        periods=wanted_periods(known, query),
    )
    return answer_list(reader, query, rows, ReconciliationRow)


@router.post(
    "/scenarios",
    summary="The gap rows that would follow from assumed figures",
    response_model=Page[GapRow],
)
def ask_scenario(
    reader: ReaderDep, plan: str, query: Query[ScenarioQuery], given: ScenarioInput
) -> Response:
    """Rows of the indicators that the scenario is about. Nothing is stored."""
    known = load_plan_at(reader.session, reader.open(plan, query))
    rows = run_scenario(known, given, with_explanation=query.explain)
    return answer_list(reader, query, rows, GapRow, also=("explain",) if query.explain else ())
