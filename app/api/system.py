"""What operators and tools ask: health, readiness and the caller."""

from fastapi import APIRouter, Request, Response
from pydantic import Field

from app.api.requests.dependencies import Now, ReaderDep, get_caller
from app.api.requests.parameters import Query
from app.readiness import READY, Readiness
from app.schemas.base import Answer
from app.schemas.query import NoQuery

router = APIRouter(tags=["health"])
caller_router = APIRouter(tags=["keys"])
# Prometheus' text format.
_METRICS = "text/plain; version=1.0.0; charset=utf-8"


class Health(Answer):
    """The state of the service."""

    status: str = Field(description="`ok`, or what is wrong in a few words.")


class Me(Answer):
    """The key that was sent: its owner, and what it may do."""

    owner: str = Field(description="Owner of the key, under whose name changes are recorded.")
    role: str = Field(
        description="Role of the key: `reader`, `reporter`, `reviewer` or `administrator`."
    )
    areas: list[str] = Field(
        description="Codes of the areas that a reporter reports for. Empty for other roles."
    )
    responsible_unit: str | None = Field(
        description="Code of the responsible unit that the key may act for. Null if it acts for "
        "none."
    )
    plan: str | None = Field(
        description="Code of the only plan that the key is for. Null if it is for all plans."
    )


@router.get("/healthz", summary="Check that the process is alive", operation_id="check_health")
async def read_health() -> Health:
    """Answer as long as the process is alive. Nothing else is checked."""
    return Health(status=READY)


@router.get(
    "/readyz",
    summary="Check that the service is ready",
    operation_id="check_readiness",
    responses={503: {"model": Health, "description": "The service is not ready."}},
)
async def read_readiness(request: Request, response: Response) -> Health:
    """Check that the database can be reached and written, and has the schema of this version.
    Answers 503 within a second if not.
    """
    readiness: Readiness = request.app.state.readiness
    status = await readiness.tell()
    if status != READY:
        response.status_code = 503
        response.headers["Retry-After"] = "2"
    return Health(status=status)


@router.get("/metrics", include_in_schema=False)
async def read_metrics(request: Request, now: Now) -> Response:
    """The metrics of this process, and those of the plans for a key that sees all."""
    known = request.app.state
    caller = None
    if (header := request.headers.get("authorization")) is not None:
        request.state.caller = await known.callers.find(header, await known.watch.read(), now)
        caller = get_caller(request)
    told: bytes = await known.metrics.tell(caller)
    return Response(told, media_type=_METRICS)


@caller_router.get("/me", summary="Get the caller")
def read_me(
    reader: ReaderDep,
    query: Query[NoQuery],  # noqa: ARG001 - it refuses every parameter
) -> Me:
    """Get the owner, role and areas of the key that was sent."""
    caller = reader.require_key()
    return Me(
        owner=caller.owner,
        role=caller.role,
        areas=sorted(caller.areas),
        responsible_unit=caller.responsible_unit,
        plan=caller.plan,
    )
