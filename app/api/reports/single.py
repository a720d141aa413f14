"""One report: submitted, read and decided on."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from app.api.answers.listing import answer_list
from app.api.reports.bodies import read_submission, tell_status, view_findings
from app.api.requests.dependencies import Now, ReaderDep, WriterDep, WriteSession
from app.api.requests.idempotency import WriteRoute
from app.api.requests.parameters import Query
from app.schemas.base import Page
from app.schemas.query import PlanQuery
from app.schemas.reports import (
    ApproveInput,
    ReportInput,
    ReportQuery,
    ReportView,
    ReturnInput,
    SubmissionResult,
    SubmitQuery,
    Summary,
    WithdrawInput,
)
from app.services.intake.decisions import approve_report, return_report, withdraw_report
from app.services.intake.reports import ReportFilter, get_report, list_reports
from app.services.intake.submission import Mode
from app.services.intake.submitting import submit_reports
from app.services.ledger.snapshots import take_snapshot

router = APIRouter(prefix="/plans/{plan}", tags=["reports"], route_class=WriteRoute)

OptionalNote = Annotated[ApproveInput | None, Body()]
Nothing = Annotated[WithdrawInput | None, Body()]


@router.get("/reports", summary="What was submitted", response_model=Page[ReportView])
def read_reports(reader: ReaderDep, plan: str, query: Query[ReportQuery]) -> Response:
    """The submissions that the caller may see, newest first."""
    principal = reader.require_key()
    wanted = ReportFilter(areas=query.area, periods=query.period, statuses=query.status)
    rows = list_reports(reader.session, reader.open(plan, query), principal, wanted)
    return answer_list(reader, query, rows, ReportView)


@router.get("/reports/{report}", summary="One submission")
def read_report(reader: ReaderDep, plan: str, report: str, query: Query[PlanQuery]) -> ReportView:
    """Figures, findings, decisions, and what the caller may do."""
    principal = reader.require_key()
    return get_report(reader.session, reader.open(plan, query), report, principal)


@router.post("/reports", summary="Submit one area's figures for one quarter", status_code=201)
def submit(
    session: WriteSession,
    caller: WriterDep,
    now: Now,
    plan: str,
    query: Query[SubmitQuery],
    given: ReportInput,
    response: Response,
) -> SubmissionResult:
    """201 when stored, 200 when nothing changed or for a dry run, 207 when partly rejected."""
    attempt = session.begin_nested()
    outcome = submit_reports(
        session,
        caller,
        plan_code=plan,
        submissions=[read_submission(given)],
        mode=Mode(query.mode),
        now=now,
    )
    snapshot = take_snapshot(session, plan, now=now)
    stored = [get_report(session, snapshot, each.id, caller) for each in outcome.reports]
    # One path: a dry run does everything, and undoes it.
    _ = attempt.rollback() if query.dry_run else attempt.commit()
    response.status_code = tell_status(outcome, is_dry_run=query.dry_run)
    is_applied = bool(stored) and not query.dry_run
    if is_applied:
        response.headers["Location"] = f"/api/v1/plans/{plan}/reports/{stored[0].id}"
    return SubmissionResult(
        applied=is_applied,
        report=stored[0] if stored else None,
        summary=Summary(**outcome.counts.as_summary()),
        findings=view_findings(outcome, caller),
    )


@router.post("/reports/{report}/approve", summary="Make a report's figures official")
def approve(
    session: WriteSession,
    caller: WriterDep,
    now: Now,
    plan: str,
    report: str,
    given: OptionalNote = None,
) -> ReportView:
    """By a reviewer whose owner did not submit it."""
    note = given.note if given else None
    return approve_report(session, caller, plan_code=plan, report_id=report, note=note, now=now)


@router.post("/reports/{report}/return", summary="Send a report back with the reason")
def return_to_area(
    session: WriteSession, caller: WriterDep, now: Now, plan: str, report: str, given: ReturnInput
) -> ReportView:
    """By a reviewer whose owner did not submit it."""
    return return_report(
        session,
        caller,
        plan_code=plan,
        report_id=report,
        reason_code=given.reason_code,
        reason=given.reason,
        now=now,
    )


@router.post("/reports/{report}/withdraw", summary="Take a report back")
def withdraw(
    session: WriteSession,
    caller: WriterDep,
    now: Now,
    plan: str,
    report: str,
    given: Nothing = None,  # noqa: ARG001 - an empty body is allowed, nothing else
) -> ReportView:
    """By its own district, while it waits for a decision."""
    return withdraw_report(session, caller, plan_code=plan, report_id=report, now=now)
