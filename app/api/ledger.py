"""The ledger: every entry, and the head that pins them."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import Query
from app.api.requests.strict_json import StrictRoute
from app.schemas.base import Page
from app.schemas.ledger import LedgerHead, LedgerRow
from app.schemas.query import ListQuery, PlanQuery
from app.services.access.keys import Role
from app.services.ledger.rows import get_ledger_head, list_ledger

router = APIRouter(prefix="/plans/{plan}", tags=["ledger"], route_class=StrictRoute)


@router.get("/ledger", summary="What changed, when, by whom", response_model=Page[LedgerRow])
def read_ledger(reader: ReaderDep, plan: str, query: Query[ListQuery]) -> Response:
    """Every entry. What submissions hold is shown to keys that see all of it."""
    snapshot = reader.open(plan, query)
    caller = reader.principal
    sees_all = caller is not None and caller.role is not Role.REPORTER
    rows = list_ledger(reader.session, snapshot, sees_all=sees_all)
    return answer_list(reader, query, rows, LedgerRow)


@router.get("/ledger/head", summary="The newest revision and its digest, to pin")
def read_ledger_head(reader: ReaderDep, plan: str, query: Query[PlanQuery]) -> LedgerHead:
    """The head of the plan's ledger."""
    return get_ledger_head(reader.session, reader.open(plan, query))
