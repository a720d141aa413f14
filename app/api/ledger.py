"""The ledger: every entry, and the head that pins them."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import PlanPath, Query
from app.api.requests.strict_json import StrictRoute
from app.schemas.base import Page
from app.schemas.ledger import LedgerHead, LedgerRow
from app.schemas.query import ListQuery, PlanQuery
from app.services.access.keys import Role
from app.services.ledger.rows import get_ledger_head, list_ledger

router = APIRouter(prefix="/plans/{plan}", tags=["ledger"], route_class=StrictRoute)


@router.get("/ledger", summary="List ledger entries", response_model=Page[LedgerRow])
def read_ledger(reader: ReaderDep, plan: PlanPath, query: Query[ListQuery]) -> Response:
    """List every change of a plan: what, when and by whom, oldest first.

    The contents of submissions are shown only to keys that may see the submissions of every
    area.
    """
    caller = reader.principal
    snapshot = reader.open(plan, query, sees_submissions=caller is not None)
    sees_all = caller is not None and caller.role is not Role.REPORTER
    rows = list_ledger(reader.session, snapshot, sees_all=sees_all)
    return answer_list(reader, query, rows, LedgerRow)


@router.get("/ledger/head", summary="Get the head of the ledger")
def read_ledger_head(reader: ReaderDep, plan: PlanPath, query: Query[PlanQuery]) -> LedgerHead:
    """Get the newest revision of a plan and the digest of its whole ledger."""
    is_known = reader.principal is not None
    return get_ledger_head(reader.session, reader.open(plan, query, sees_submissions=is_known))
