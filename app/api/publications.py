"""Publications, and what differs between two revisions."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import Now, ReaderDep, WriterDep, WriteSession
from app.api.requests.idempotency import WriteRoute
from app.api.requests.parameters import Query
from app.schemas.base import Page
from app.schemas.publications import Difference, DiffQuery, PublicationInput, PublicationView
from app.schemas.query import ListQuery, PlanQuery
from app.services.ledger.differences import get_difference
from app.services.ledger.publications import get_publication, list_publications, publish

router = APIRouter(prefix="/plans/{plan}", tags=["publications"], route_class=WriteRoute)


@router.get("/publications", summary="Named frozen vintages", response_model=Page[PublicationView])
def read_publications(reader: ReaderDep, plan: str, query: Query[ListQuery]) -> Response:
    """Oldest first; each says whether its figures were restated since."""
    rows = list_publications(reader.session, reader.open(plan, query))
    return answer_list(reader, query, rows, PublicationView)


@router.get("/publications/{name}", summary="One publication")
def read_publication(
    reader: ReaderDep, plan: str, name: str, query: Query[PlanQuery]
) -> PublicationView:
    """Read everything by it with ``as_of`` its revision, or its name."""
    return get_publication(reader.session, reader.open(plan, query), name)


@router.get("/diff", summary="What differs between two revisions or publications")
def read_difference(reader: ReaderDep, plan: str, query: Query[DiffQuery]) -> Difference:
    """Figures with reasons; totals, targets, gaps and ratings, before and after."""
    first = reader.open(plan, PlanQuery(as_of=query.from_))
    second = reader.open(plan, PlanQuery(as_of=query.to))
    # Only between two revisions is the answer the same for ever.
    is_fixed = query.from_.isdigit() and (query.to or "").isdigit()
    reader.request.state.is_immutable = is_fixed
    return get_difference(reader.session, first, second)


@router.post("/publications", summary="Freeze the present revision", status_code=201)
def post_publication(
    session: WriteSession, caller: WriterDep, now: Now, plan: str, given: PublicationInput
) -> PublicationView:
    """By an administrator; a publication never changes."""
    return publish(session, caller, plan_code=plan, given=given, now=now)
