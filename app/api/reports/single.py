"""One report: submitted, read and decided on."""

from typing import Annotated

from fastapi import APIRouter, Body, Response

from app.api.answers.listing import answer_list
from app.api.reports.bodies import read_submission, tell_status, view_findings
from app.api.requests.dependencies import Now, ReaderDep, WriterDep, WriteSession
from app.api.requests.idempotency import WriteRoute
from app.api.requests.parameters import PlanPath, Query, ReportPath
from app.schemas.base import Page
from app.schemas.query import PlanQuery
from app.schemas.reports.inputs import (
    ApproveInput,
    ReportInput,
    ReportQuery,
    ReturnInput,
    SubmitQuery,
    WithdrawInput,
)
from app.schemas.reports.views import ReportView, SubmissionResult, Summary
from app.services.intake.decisions import approve_report, return_report, withdraw_report
from app.services.intake.reports import ReportFilter, get_report, list_reports
from app.services.intake.submission import Mode
from app.services.intake.submitting import submit_reports
from app.services.ledger.snapshots import take_snapshot

router = APIRouter(prefix="/plans/{plan}", tags=["reports"], route_class=WriteRoute)

OptionalNote = Annotated[ApproveInput | None, Body()]
Nothing = Annotated[WithdrawInput | None, Body()]


@router.get("/reports", summary="List reports", response_model=Page[ReportView])
def read_reports(reader: ReaderDep, plan: PlanPath, query: Query[ReportQuery]) -> Response:
    """List the reports that the caller may see, newest first."""
    principal = reader.require_key()
    wanted = ReportFilter(areas=query.area, periods=query.period, statuses=query.status)
    rows = list_reports(reader.session, reader.open(plan, query), principal, wanted)
    return answer_list(reader, query, rows, ReportView)


@router.get("/reports/{report}", summary="Get a report")
def read_report(
    reader: ReaderDep, plan: PlanPath, report: ReportPath, query: Query[PlanQuery]
) -> ReportView:
    """Get a report with its figures, findings and decisions, and the decisions that the caller may
    make on it.
    """
    principal = reader.require_key()
    return get_report(reader.session, reader.open(plan, query), report, principal)


@router.post("/reports", summary="Submit a report", status_code=201)
def submit(
    session: WriteSession,
    caller: WriterDep,
    now: Now,
    plan: PlanPath,
    query: Query[SubmitQuery],
    given: ReportInput,
    response: Response,
) -> SubmissionResult:
    """Submit the figures of one area for one quarter.

    Answers 201 if the report was stored, 200 if nothing changed or for a dry run, and 207 if
    some figures were rejected (`mode=partial`).
    """
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


@router.post("/reports/{report}/approve", summary="Approve a report")
def approve(
    session: WriteSession,
    caller: WriterDep,
    now: Now,
    plan: PlanPath,
    report: ReportPath,
    given: OptionalNote = None,
) -> ReportView:
    """Approve a report, which makes its figures official. Needs a reviewer's key; you cannot
    review your own report.
    """
    note = given.note if given else None
    return approve_report(session, caller, plan_code=plan, report_id=report, note=note, now=now)


@router.post("/reports/{report}/return", summary="Return a report")
def return_to_area(
    session: WriteSession,
    caller: WriterDep,
    now: Now,
    plan: PlanPath,
    report: ReportPath,
    given: ReturnInput,
) -> ReportView:
    """Return a report to its area with the reason. Needs a reviewer's key; you cannot review your
    own report.
    """
    return return_report(
        session,
        caller,
        plan_code=plan,
        report_id=report,
        reason_code=given.reason_code,
        reason=given.reason,
        now=now,
    )


@router.post("/reports/{report}/withdraw", summary="Withdraw a report")
def withdraw(
    session: WriteSession,
    caller: WriterDep,
    now: Now,
    plan: PlanPath,
    report: ReportPath,
    given: Nothing = None,  # noqa: ARG001 - an empty body is allowed, nothing else
) -> ReportView:
    """Withdraw a report that has not been decided on. Needs a key of the area that submitted it."""
    return withdraw_report(session, caller, plan_code=plan, report_id=report, now=now)
