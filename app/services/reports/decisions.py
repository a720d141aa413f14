"""Decisions on reports: approved, returned or withdrawn, each once; one or many in one revision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from sqlmodel import Session

from app.errors.failure import NothingThere, fail_at
from app.errors.fault import Fault, invalid_field
from app.errors.reports import (
    AlreadyDecided,
    DecisionsRefused,
    PreconditionFailed,
    SelfApproval,
    Superseded,
)
from app.schemas.reports.decisions import ReturnReason
from app.schemas.reports.views import ReportView
from app.services.access.keys import Principal, Role
from app.services.ledger.entries import Action, Change, Payload, PlanHead, append, lock_plan
from app.services.ledger.snapshots import take_snapshot
from app.services.publications.restatements import append_official
from app.services.reports.earlier import AsSeen, require_as_seen
from app.services.reports.reports import get_report, load_report, status_of
from app.services.state.pending import find_pending_figures
from app.tables import Report

# What may forbid a decision on a report, and no other decision beside it.
_OF_ONE = (NothingThere, SelfApproval, AlreadyDecided, Superseded, PreconditionFailed)
_STATUS: Mapping[Action, Literal["approved", "returned"]] = MappingProxyType(
    {Action.APPROVE: "approved", Action.RETURN: "returned"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a reviewer decides on a report. ``pointer`` says where it is in the request."""

    report: str
    action: Action
    note: str | None = None
    reason_code: ReturnReason | None = None
    reason: str | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedReport:
    """A report that was decided on, and how many of its figures the decision was about."""

    report: Report
    status: Literal["approved", "returned"]
    figures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What became of many decisions: the revision that holds them, and what forbids the others."""

    revision: int
    decided: list[DecidedReport]
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class _Decision:
    """A decision that may be taken: on which report, and what the ledger will say of it."""

    action: Action
    report: Report
    payload: Payload
    figures: int


def decide_report(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    ruling: Ruling,
    as_seen: AsSeen | None = None,
    now: datetime,
) -> ReportView:
    """Approve a report, so that its remaining figures are official, or return it to its area.

    SelfApproval for its submitter's owner; PreconditionFailed where it does not read ``as_seen``;
    AlreadyDecided; Superseded when newer submissions replaced all of its figures.
    """
    plan = _open(session, principal, plan_code)
    decision = _judge(session, principal, plan, ruling, as_seen, now)
    _append(session, principal, plan, [decision], now)
    return _read(session, principal, plan, ruling.report, now)


def decide_reports(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    sent: Sequence[Ruling | list[Fault]],
    is_partial: bool,
    as_seen: AsSeen | None = None,
    now: datetime,
) -> Decisions:
    """Decide on many reports in one revision; the rules of each are those of a single one.

    Of what was sent, a decision that cannot be read is the list of its faults. DecisionsRefused
    with every fault if there is any; with ``is_partial``, if no decision is left.
    """
    plan = _open(session, principal, plan_code)
    decisions, faults, known = list[_Decision](), list[Fault](), set[str]()
    for each in sent:
        found: _Decision | list[Fault] = (
            _try(session, principal, plan, each, known, as_seen, now)
            if isinstance(each, Ruling)
            else each
        )
        if isinstance(found, _Decision):
            decisions.append(found)
        else:
            faults.extend(found)
    if not decisions or (faults and not is_partial):
        raise DecisionsRefused(faults)
    _append(session, principal, plan, decisions, now)
    return Decisions(
        revision=plan.revision,
        decided=[
            DecidedReport(report=each.report, status=_STATUS[each.action], figures=each.figures)
            for each in decisions
        ],
        faults=faults,
    )


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
    payload: Payload = {"report": report_id}
    change = Change(
        actor=principal.owner, action=Action.WITHDRAW, subject=report_id, payload=payload
    )
    append(session, plan, change, now=now)
    return _read(session, principal, plan, report_id, now)


def _open(session: Session, principal: Principal, plan_code: str) -> PlanHead:
    """The plan, locked, for one who may review its reports."""
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.REVIEWER)
    return plan


def _try(
    session: Session,
    principal: Principal,
    plan: PlanHead,
    ruling: Ruling,
    known: set[str],
    as_seen: AsSeen | None,
    now: datetime,
) -> _Decision | list[Fault]:
    """One decision of several, or what forbids it; ``known``: the reports decided on before it."""
    pointer = f"{ruling.pointer}/report"
    if ruling.report in known:
        return [invalid_field(pointer, ruling.report, "decided_twice")]
    known.add(ruling.report)
    try:
        return _judge(session, principal, plan, ruling, as_seen, now)
    except _OF_ONE as failure:
        return [fail_at(pointer, failure)]


def _judge(
    session: Session,
    principal: Principal,
    plan: PlanHead,
    ruling: Ruling,
    as_seen: AsSeen | None,
    now: datetime,
) -> _Decision:
    """The decision on a report that waits, is another's, and reads as the reviewer has seen it."""
    report = load_report(session, plan.code, ruling.report, principal)
    if report.submitted_by == principal.owner:
        raise SelfApproval(report=report.id, owner=principal.owner)
    require_as_seen(session, principal, plan, report.id, as_seen, now)
    _require_undecided(session, plan, report)
    pending = find_pending_figures(session, plan.code, revision=plan.revision, reports=[report.id])
    payload: Payload = {"report": report.id}
    if ruling.action is Action.RETURN:
        payload |= {"reason_code": ruling.reason_code, "reason": ruling.reason}
    elif pending:
        payload |= {"note": ruling.note, "indicators": [each.indicator for each in pending]}
    else:
        raise Superseded(report=report.id)
    return _Decision(ruling.action, report, payload, len(pending))


def _require_undecided(session: Session, plan: PlanHead, report: Report) -> None:
    status = status_of(session, report, revision=plan.revision)
    if status == "superseded":
        raise Superseded(report=report.id)
    if status != "submitted":
        raise AlreadyDecided(report=report.id, status=status)


def _append(
    session: Session,
    principal: Principal,
    plan: PlanHead,
    decisions: Sequence[_Decision],
    now: datetime,
) -> None:
    """One entry for all of the decisions; a single one is an entry of its own kind."""
    approvals = [each for each in decisions if each.action is Action.APPROVE]
    # The subject is for everybody, who know nothing of the returns beside approvals.
    about = approvals or decisions
    action, payload = about[0].action, about[0].payload
    subject = about[0].report.id if len(about) == 1 else f"{len(about)} reports"
    if len(decisions) > 1:
        action = Action.DECIDE
        payload = {"decisions": [{"decision": d.action, **d.payload} for d in decisions]}
    change = Change(actor=principal.owner, action=action, subject=subject, payload=payload)
    if approvals:
        append_official(session, plan, change, now=now)
    else:
        append(session, plan, change, now=now)


def _read(
    session: Session, principal: Principal, plan: PlanHead, report_id: str, now: datetime
) -> ReportView:
    snapshot = take_snapshot(session, plan.code, now=now)
    return get_report(session, snapshot, report_id, principal)
