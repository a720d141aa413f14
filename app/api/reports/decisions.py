"""Decisions on reports: one approved, returned or withdrawn, or many decided on at once."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from app.api.answers.problems import find_fault, tell_fault
from app.api.answers.security import log_refusals
from app.api.answers.told import tell, tell_done
from app.api.reports.preconditions import IfMatch, read_as_seen
from app.api.requests.parameters import PlanPath, Query, ReportPath
from app.api.requests.writing import WriteDep, WriteRoute
from app.errors.fault import Fault
from app.schemas.base import Input
from app.schemas.reports.decisions import (
    ApproveDecision,
    ApproveInput,
    DecidedReportView,
    DecideQuery,
    DecisionsInput,
    DecisionsResult,
    DecisionSummary,
    ReturnDecision,
    ReturnInput,
    WithdrawInput,
)
from app.schemas.reports.views import ReportView
from app.services.ledger.entries import Action
from app.services.reports.decisions import (
    Decisions,
    Ruling,
    decide_report,
    decide_reports,
    withdraw_report,
)

router = APIRouter(prefix="/plans/{plan}/reports", tags=["reports"], route_class=WriteRoute)

OptionalNote = Annotated[ApproveInput | None, Body()]
Nothing = Annotated[WithdrawInput | None, Body()]
_OUTCOMES: dict[int | str, dict[str, Any]] = {
    200: {"model": DecisionsResult, "description": "Nothing was saved: a dry run."},
    207: {
        "model": DecisionsResult,
        "description": "Some decisions were saved, others were refused.",
    },
}


@router.post(
    "/decisions",
    summary="Decide on many reports",
    operation_id="decide_reports",
    status_code=201,
    response_model=DecisionsResult,
    response_description="The decisions were saved.",
    responses=_OUTCOMES,
)
async def decide(
    request: Request,
    write: WriteDep,
    plan: PlanPath,
    query: Query[DecideQuery],
    given: DecisionsInput,
    if_match: IfMatch = None,
) -> Response:
    """Approve or return many reports in one revision. Needs a reviewer's key; you cannot review
    your own reports.

    Answers 201 if the decisions were saved, 200 for a dry run, and 207 if some were refused
    (`mode=partial`). With `If-Match`, every report must still have one of the tags given.
    """
    sent = [_read(each, f"/decisions/{place}") for place, each in enumerate(given.decisions)]
    work = partial(
        decide_reports,
        sent=sent,
        is_partial=query.mode == "partial",
        as_seen=read_as_seen(if_match),
    )
    tell_it = partial(_tell, request=request, count=len(sent), is_dry_run=query.dry_run)
    return await write(plan, work, tell_it, is_dry_run=query.dry_run)


@router.post("/{report}/approve", summary="Approve a report", response_model=ReportView)
async def approve(
    write: WriteDep,
    plan: PlanPath,
    report: ReportPath,
    if_match: IfMatch = None,
    given: OptionalNote = None,
) -> Response:
    """Approve a report, which makes its figures official. Needs a reviewer's key; you cannot
    review your own report.
    """
    note = given.note if given else None
    ruling = Ruling(report=report, action=Action.APPROVE, note=note)
    return await write(
        plan, partial(decide_report, ruling=ruling, as_seen=read_as_seen(if_match)), tell_done
    )


@router.post("/{report}/return", summary="Return a report", response_model=ReportView)
async def return_to_area(
    write: WriteDep,
    plan: PlanPath,
    report: ReportPath,
    given: ReturnInput,
    if_match: IfMatch = None,
) -> Response:
    """Return a report to its area with the reason. Needs a reviewer's key; you cannot review your
    own report.
    """
    ruling = Ruling(
        report=report,
        action=Action.RETURN,
        reason_code=given.reason_code,
        reason=given.reason,
    )
    return await write(
        plan, partial(decide_report, ruling=ruling, as_seen=read_as_seen(if_match)), tell_done
    )


@router.post("/{report}/withdraw", summary="Withdraw a report", response_model=ReportView)
async def withdraw(
    write: WriteDep,
    plan: PlanPath,
    report: ReportPath,
    if_match: IfMatch = None,
    given: Nothing = None,  # noqa: ARG001 - an empty body is allowed, nothing else
) -> Response:
    """Withdraw a report that has not been decided on. Needs a key of the area that submitted it."""
    work = partial(withdraw_report, report_id=report, as_seen=read_as_seen(if_match))
    return await write(plan, work, tell_done)


class _AnyDecision(BaseModel):
    """What a decision must say before it is known which one it is."""

    model_config = ConfigDict(extra="ignore")

    report: str
    decision: Literal["approve", "return"]


_DECISIONS: Mapping[object, type[Input]] = MappingProxyType(
    {"approve": ApproveDecision, "return": ReturnDecision}
)


def _read(sent: object, pointer: str) -> Ruling | list[Fault]:
    """One decision of many, or what is wrong with it."""
    kind = sent.get("decision") if isinstance(sent, dict) else None
    model = _DECISIONS.get(kind, _AnyDecision) if isinstance(kind, str) else _AnyDecision
    try:
        said = model.model_validate(sent).model_dump()
    except ValidationError as invalid:
        return [find_fault(each, pointer) for each in invalid.errors()]
    action = Action(said.pop("decision"))
    return Ruling(**said, action=action, pointer=pointer)


def _tell(decisions: Decisions, *, request: Request, count: int, is_dry_run: bool) -> Response:
    reports = [
        DecidedReportView(
            id=each.report.id,
            status=each.status,
            area=each.report.area,
            period=each.report.period,
            figures=each.figures,
        )
        for each in decisions.decided
    ]
    approved = sum(each.status == "approved" for each in reports)
    result = DecisionsResult(
        applied=not is_dry_run,
        revision=decisions.revision,
        reports=reports,
        summary=DecisionSummary(
            approved=approved,
            returned=len(reports) - approved,
            rejected=count - len(reports),
        ),
        errors=[tell_fault(request, each) for each in decisions.faults],
    )
    log_refusals(request, decisions.faults)
    if decisions.faults:
        return tell(result, 207)
    return tell(result, 200 if is_dry_run else 201)
