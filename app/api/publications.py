"""Publications, and what differs between two revisions."""

from functools import partial

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.answers.told import tell_created
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import PlanPath, PublicationPath, Query
from app.api.requests.writing import WriteDep, WriteRoute
from app.schemas.base import Page
from app.schemas.publications import Difference, DiffQuery, PublicationInput, PublicationView
from app.schemas.query import ListQuery, PlanQuery
from app.services.publications.differences import get_difference
from app.services.publications.publications import get_publication, list_publications, publish

router = APIRouter(prefix="/plans/{plan}", tags=["publications"], route_class=WriteRoute)


@router.get("/publications", summary="List publications", response_model=Page[PublicationView])
def read_publications(reader: ReaderDep, plan: PlanPath, query: Query[ListQuery]) -> Response:
    """List the publications of a plan, oldest first, and whether their figures have been corrected
    since.
    """
    rows = list_publications(reader.session, reader.open(plan, query))
    return answer_list(reader, query, rows, PublicationView)


@router.get("/publications/{name}", summary="Get a publication")
def read_publication(
    reader: ReaderDep, plan: PlanPath, name: PublicationPath, query: Query[PlanQuery]
) -> PublicationView:
    """Get one publication. To read the plan as it was published, give its name or revision as
    `as_of`.
    """
    return get_publication(reader.session, reader.open(plan, query), name)


@router.get("/diff", summary="Compare two revisions", operation_id="compare_revisions")
def read_difference(reader: ReaderDep, plan: PlanPath, query: Query[DiffQuery]) -> Difference:
    """Compare two revisions or publications: figures with the reasons for their change,
    totals, targets, gaps and ratings, and tasks of years, before and after.
    """
    first = reader.open(plan, PlanQuery(as_of=query.from_))
    second = reader.open(plan, PlanQuery(as_of=query.to))
    # Only between two revisions is the answer the same for ever.
    is_fixed = query.from_.isdigit() and (query.to or "").isdigit()
    reader.request.state.is_immutable = is_fixed
    return get_difference(reader.session, first, second)


@router.post(
    "/publications",
    summary="Publish the current revision",
    operation_id="publish_revision",
    status_code=201,
    response_model=PublicationView,
)
async def post_publication(write: WriteDep, plan: PlanPath, given: PublicationInput) -> Response:
    """Freeze the current revision under a name. A publication never changes. Needs an
    administrator's key.
    """
    return await write(plan, partial(publish, given=given), tell_created)
