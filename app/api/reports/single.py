"""One report: submitted and read."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from fastapi import APIRouter, Response
from sqlmodel import Session

from app.api.answers.listing import answer_list
from app.api.answers.told import tell, tell_done
from app.api.reports.bodies import outcomes_as, read_submission, tell_status, view_findings
from app.api.reports.preconditions import IfMatch, read_as_seen
from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import PlanPath, Query, ReportPath, require_codes
from app.api.requests.writing import WriteDep, WriteRoute
from app.schemas.base import Page
from app.schemas.query import PlanQuery
from app.schemas.reports.inputs import ReportInput, ReportQuery, SubmitQuery
from app.schemas.reports.views import ReportView, SubmissionResult, Summary
from app.services.access.keys import Principal
from app.services.intake.submission import Mode, Submission
from app.services.intake.submitting import Outcome, submit_reports
from app.services.reports.earlier import AsSeen
from app.services.reports.reports import ReportFilter, get_report, list_reports, view_new_report
from app.services.state.plan import load_plan_at

router = APIRouter(prefix="/plans/{plan}", tags=["reports"], route_class=WriteRoute)


@router.get("/reports", summary="List reports", response_model=Page[ReportView])
def read_reports(reader: ReaderDep, plan: PlanPath, query: Query[ReportQuery]) -> Response:
    """List the reports that the caller may see, newest first."""
    principal = reader.require_key()
    snapshot = reader.open(plan, query, sees_submissions=True)
    require_codes(load_plan_at(reader.session, snapshot), query)
    wanted = ReportFilter(areas=query.area, periods=query.period, statuses=query.status)
    rows = list_reports(reader.session, snapshot, principal, wanted)
    return answer_list(reader, query, rows, ReportView)


@router.get("/reports/{report}", summary="Get a report", response_model=ReportView)
def read_report(
    reader: ReaderDep, plan: PlanPath, report: ReportPath, query: Query[PlanQuery]
) -> Response:
    """Get a report with its figures, findings and decisions, and the decisions that the caller may
    make on it.
    """
    principal = reader.require_key()
    snapshot = reader.open(plan, query, sees_submissions=True)
    # Told as a write tells it, so that a client may name the tag of what it has read.
    return tell_done(get_report(reader.session, snapshot, report, principal))


@router.post(
    "/reports",
    summary="Submit a report",
    status_code=201,
    response_model=SubmissionResult,
    response_description="The report was saved.",
    responses=outcomes_as(SubmissionResult),
)
async def submit(
    write: WriteDep,
    plan: PlanPath,
    query: Query[SubmitQuery],
    given: ReportInput,
    if_match: IfMatch = None,
) -> Response:
    """Submit the figures of one area for one quarter.

    Answers 201 if the report was saved, 200 if nothing changed or for a dry run, and 207 if
    some figures were rejected (`mode=partial`). With `If-Match`, the newest report for the area and
    quarter must still be the one that was read.
    """
    work = partial(
        _submit,
        submission=read_submission(given),
        mode=Mode(query.mode),
        as_seen=read_as_seen(if_match),
    )
    tell_it = partial(_tell, plan=plan, caller=write.principal, is_dry_run=query.dry_run)
    return await write(plan, work, tell_it, is_dry_run=query.dry_run)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Submitted:
    """What became of a report, and how it is read now; None where nothing was stored."""

    outcome: Outcome
    report: ReportView | None


def _submit(
    session: Session,
    caller: Principal,
    *,
    plan_code: str,
    submission: Submission,
    mode: Mode,
    as_seen: AsSeen | None,
    now: datetime,
) -> _Submitted:
    outcome = submit_reports(
        session,
        caller,
        plan_code=plan_code,
        sent=lambda _: [submission],
        mode=mode,
        as_seen=as_seen,
        now=now,
    )
    report = None if outcome.only is None else view_new_report(outcome.only, caller)
    return _Submitted(outcome=outcome, report=report)


def _tell(submitted: _Submitted, *, plan: str, caller: Principal, is_dry_run: bool) -> Response:
    outcome, report = submitted.outcome, submitted.report
    is_applied = report is not None and not is_dry_run
    place = f"/api/v1/plans/{plan}/reports/{report.id}" if report and is_applied else None
    result = SubmissionResult(
        applied=is_applied,
        report=report,
        summary=Summary(**outcome.counts.as_summary()),
        findings=view_findings(outcome, caller),
    )
    return tell(result, tell_status(outcome, is_dry_run=is_dry_run), location=place)
