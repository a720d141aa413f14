"""Decisions on reports: approved, returned or withdrawn, each once."""

from datetime import datetime

from pydantic import JsonValue
from sqlmodel import Session

from app.errors.reports import AlreadyDecided, SelfApproval, Superseded
from app.schemas.reports.inputs import ReturnReason
from app.schemas.reports.views import ReportView
from app.services.access.keys import Principal, Role
from app.services.ledger.entries import Action, Change, PlanHead, append, lock_plan
from app.services.ledger.snapshots import take_snapshot
from app.services.publications.restatements import append_official
from app.services.reports.earlier import AsSeen, require_as_seen
from app.services.reports.reports import get_report, load_report, status_of
from app.services.state.pending import find_pending_figures
from app.tables import Report


def approve_report(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    report_id: str,
    note: str | None,
    as_seen: AsSeen | None = None,
    now: datetime,
) -> ReportView:
    """Make a report's remaining figures official, in one revision.

    SelfApproval for its submitter's owner; PreconditionFailed where it does not read ``as_seen``;
    AlreadyDecided; Superseded when newer submissions replaced all of them.
    """
    plan = lock_plan(session, plan_code)
    _undecided(session, principal, plan, report_id, as_seen, now)
    figures = find_pending_figures(session, plan_code, revision=plan.revision, reports=[report_id])
    if not figures:
        raise Superseded(report=report_id)
    payload: dict[str, JsonValue] = {
        "report": report_id,
        "note": note,
        "indicators": [figure.indicator for figure in figures],
    }
    return _decide(session, principal, plan, report_id, Action.APPROVE, payload, now)


def return_report(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    report_id: str,
    reason_code: ReturnReason,
    reason: str,
    as_seen: AsSeen | None = None,
    now: datetime,
) -> ReportView:
    """Send a report back to its district with the reason; official figures stay as they are."""
    plan = lock_plan(session, plan_code)
    _undecided(session, principal, plan, report_id, as_seen, now)
    payload: dict[str, JsonValue] = {
        "report": report_id,
        "reason_code": reason_code,
        "reason": reason,
    }
    return _decide(session, principal, plan, report_id, Action.RETURN, payload, now)


def withdraw_report(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    report_id: str,
    as_seen: AsSeen | None = None,
    now: datetime,
) -> ReportView:
    """Take a report back, by its own district, while it waits for a decision."""
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.REPORTER)
    report = load_report(session, plan_code, report_id, principal)
    principal.require_area(report.area)
    require_as_seen(session, principal, plan, report_id, as_seen, now)
    _require_undecided(session, plan, report)
    payload: dict[str, JsonValue] = {"report": report_id}
    return _decide(session, principal, plan, report_id, Action.WITHDRAW, payload, now)


def _undecided(
    session: Session,
    principal: Principal,
    plan: PlanHead,
    report_id: str,
    as_seen: AsSeen | None,
    now: datetime,
) -> None:
    """That a reviewer may decide on the report, which reads as they have seen it."""
    principal.require_plan(plan.code)
    principal.require_role(Role.REVIEWER)
    report = load_report(session, plan.code, report_id, principal)
    if report.submitted_by == principal.owner:
        raise SelfApproval(report=report_id, owner=principal.owner)
    require_as_seen(session, principal, plan, report_id, as_seen, now)
    _require_undecided(session, plan, report)


def _require_undecided(session: Session, plan: PlanHead, report: Report) -> None:
    status = status_of(session, report, revision=plan.revision)
    if status == "superseded":
        raise Superseded(report=report.id)
    if status != "submitted":
        raise AlreadyDecided(report=report.id, status=status)


def _decide(
    session: Session,
    principal: Principal,
    plan: PlanHead,
    report_id: str,
    action: Action,
    payload: dict[str, JsonValue],
    now: datetime,
) -> ReportView:
    change = Change(actor=principal.owner, action=action, subject=report_id, payload=payload)
    if action is Action.APPROVE:
        append_official(session, plan, change, now=now)
    else:
        append(session, plan, change, now=now)
    snapshot = take_snapshot(session, plan.code, now=now)
    return get_report(session, snapshot, report_id, principal)
