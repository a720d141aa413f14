"""Reconciliation: each whole beside the sum of its parts."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import PlanPath, Query, require_codes, wanted_periods
from app.api.requests.strict_json import StrictRoute
from app.schemas.base import Page
from app.schemas.reconciliation import ReconciliationQuery, ReconciliationRow
from app.services.analysis.reconciliation import list_reconciliation
from app.services.state.plan import load_plan_at

router = APIRouter(prefix="/plans/{plan}", tags=["analysis"], route_class=StrictRoute)


@router.get(
    "/reconciliation",
    summary="Reconcile figures",
    response_model=Page[ReconciliationRow],
)
def read_reconciliation(
    reader: ReaderDep, plan: PlanPath, query: Query[ReconciliationQuery]
) -> Response:
    """Compare the figure and target of each area with the sums over the areas below it.

    There is one row for each indicator, area that is made up of others, and period with a
    figure.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    require_codes(known, query)
    rows = list_reconciliation(
        known,
        indicators=query.indicator,
        areas=query.area,
        periods=wanted_periods(known, query),
    )
    return answer_list(reader, query, rows, ReconciliationRow)
