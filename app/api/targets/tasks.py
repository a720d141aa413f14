"""The tasks of a year beside what the year has brought, and how one is divided among areas."""

from fastapi import APIRouter, Response

from app.api.answers.listing import answer_list
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import (
    IndicatorPath,
    PlanPath,
    Query,
    require_codes,
    require_plan_year,
)
from app.api.requests.strict_json import StrictRoute
from app.domain.time.period import Period
from app.errors.failure import NothingThere, ParametersInvalid
from app.errors.fault import invalid_parameter
from app.schemas.base import Page
from app.schemas.query import PlanQuery
from app.schemas.targets.split import SplitInput, SplitProposal
from app.schemas.targets.tasks import TaskDetail, TaskDetailQuery, TaskQuery, TaskRow
from app.services.gaps.table import GapFilter
from app.services.state.plan import KnownPlan, load_plan_at
from app.services.targets.split import propose_split
from app.services.targets.tasks import YearAsked, get_task, list_tasks

router = APIRouter(prefix="/plans/{plan}", tags=["targets"], route_class=StrictRoute)


@router.get("/tasks", summary="List the tasks of a year", response_model=Page[TaskRow])
def read_tasks(reader: ReaderDep, plan: PlanPath, query: Query[TaskQuery]) -> Response:
    """List the tasks of a year: one row for each indicator and area that has a target or a task.

    A task that was not set is what the path of the target asks of the year. The measures are
    defined in `docs/measures.md`.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    require_codes(known, query)
    wanted = GapFilter(
        indicators=query.indicator,
        areas=query.area,
        goals=query.goal,
        responsible_units=query.responsible_unit,
        ratings=query.rating,
    )
    rows = list_tasks(reader.session, known, _asked(known, query), wanted)
    return answer_list(reader, query, rows, TaskRow)


@router.get("/tasks/{indicator}", summary="Get the task of a year")
def read_task(
    reader: ReaderDep, plan: PlanPath, indicator: IndicatorPath, query: Query[TaskDetailQuery]
) -> TaskDetail:
    """Get the task of one area for a year, with every version of it."""
    known = load_plan_at(reader.session, reader.open(plan, query))
    require_codes(known, query)
    code = known.indicator(indicator).code
    area = query.area or known.definition.root.code
    found = get_task(reader.session, known, _asked(known, query), code, area)
    if found is None:
        raise NothingThere(kind="task", code=indicator)
    return found


@router.post("/targets/split", summary="Split a target")
def split_target(
    reader: ReaderDep, plan: PlanPath, query: Query[PlanQuery], given: SplitInput
) -> SplitProposal:
    """Split a target, or the task of a year, among areas. The parts are whole and sum exactly.

    The answer is a proposal. Nothing is saved until an administrator posts the parts as targets.
    """
    known = load_plan_at(reader.session, reader.open(plan, query))
    return propose_split(reader.session, known, given)


def _asked(known: KnownPlan, query: TaskQuery | TaskDetailQuery) -> YearAsked:
    """The year and quarter that were asked for; ParametersInvalid outside the plan or the year."""
    require_plan_year(known, query.year)
    until = None if query.period is None else Period.parse(query.period).as_quarter
    if until is not None and until.year != query.year:
        span = {"first": f"{query.year}-Q1", "last": f"{query.year}-Q4"}
        raise ParametersInvalid(
            [invalid_parameter("period", query.period, "period_within", **span)]
        )
    return YearAsked(year=query.year, until=until)
