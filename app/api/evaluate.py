"""The calculator behind every gap; it stores nothing."""

from fastapi import APIRouter

from app.api.requests.parameters import Query
from app.api.requests.strict_json import StrictRoute
from app.schemas.evaluate import EvaluateInput
from app.schemas.gaps.row import Calculation
from app.schemas.query import NoQuery
from app.services.gaps.evaluate import evaluate

router = APIRouter(tags=["gaps"], route_class=StrictRoute)


@router.post("/evaluate", summary="Evaluate a target")
def calculate(
    given: EvaluateInput,
    query: Query[NoQuery],  # noqa: ARG001 - it refuses every parameter
) -> Calculation:
    """Calculate the measures and rating of a target from its baseline and figures.

    The rules are those of the gap table. Nothing is saved.
    """
    return evaluate(given)
