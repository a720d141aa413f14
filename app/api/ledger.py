"""The ledger: every entry, and the head that pins them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import Reader, ReaderDep
from app.api.requests.parameters import PlanPath, Query
from app.api.requests.strict_json import StrictRoute
from app.schemas.base import Page
from app.schemas.ledger import LedgerHead, LedgerRow
from app.schemas.query import Count, ListQuery, PlanQuery
from app.services.ledger.rows import get_ledger_entry, get_ledger_head, list_ledger
from app.services.ledger.snapshots import Snapshot

RevisionPath = Annotated[
    Count, Path(ge=1, le=999_999_999, description="Revision that the entry made, for example `7`.")
]

router = APIRouter(prefix="/plans/{plan}", tags=["ledger"], route_class=StrictRoute)


@router.get("/ledger", summary="List ledger entries", response_model=Page[LedgerRow])
def read_ledger(reader: ReaderDep, plan: PlanPath, query: Query[ListQuery]) -> Response:
    """List every change of a plan: what, when and by whom, oldest first.

    The contents of submissions are shown only to keys that may see the submissions of every
    area, and who submitted for which area and quarter only to keys that may see the submission.
    A payload of more than 128 KiB is given as its size; `ledger/{revision}` gives it whole.
    """
    snapshot = _open(reader, plan, query)
    rows = list_ledger(reader.session, snapshot, principal=reader.principal)
    return answer_list(reader, query, rows, LedgerRow)


@router.get("/ledger/head", summary="Get the head of the ledger", operation_id="get_ledger_head")
def read_ledger_head(reader: ReaderDep, plan: PlanPath, query: Query[PlanQuery]) -> LedgerHead:
    """Get the newest revision of a plan and the digest of its whole ledger."""
    return get_ledger_head(reader.session, _open(reader, plan, query))


@router.get("/ledger/{revision}", summary="Get a ledger entry")
def read_ledger_entry(
    reader: ReaderDep, plan: PlanPath, revision: RevisionPath, query: Query[PlanQuery]
) -> LedgerRow:
    """Get one change of a plan in full, however large it is."""
    snapshot = _open(reader, plan, query)
    return get_ledger_entry(reader.session, snapshot, revision, principal=reader.principal)


def _open(reader: Reader, plan: str, query: ListQuery | PlanQuery) -> Snapshot:
    """The plan up to its newest entry, for the public up to its newest official one."""
    return reader.open(plan, query, sees_submissions=reader.principal is not None)
