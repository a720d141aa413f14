"""Reports as a caller sees them: status, figures, findings, decisions, allowed actions."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from app.domain.checks.finding import Finding, FindingCode, PlanNames, Severity
from app.domain.checks.risk import change_percent, risk_of
from app.errors.access import Hidden
from app.errors.failure import NothingThere
from app.schemas.reports.views import DecisionView, FigureView, FindingView, ReportView
from app.services.access.keys import Principal, Role
from app.services.ledger.recording import StoredRow
from app.services.ledger.snapshots import Snapshot
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.pending import find_pending_figures
from app.tables import Decision, Figure, Observation, Report
from app.words.findings import say_finding

_SHOWN = [name for name in FigureView.model_fields if name in Figure.model_fields]


class ReportLine(NamedTuple):
    """A figure by the report that it came with."""

    report: str
    indicator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """Which reports are wanted; None means all."""

    areas: Sequence[str] | None = None
    periods: Sequence[str] | None = None
    statuses: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class NewReport:
    """The one report of an intake, as it would be read."""

    definition: PlanDefinition
    report: StoredRow
    figures: list[StoredRow]
    decisions: list[StoredRow]


def load_report(session: Session, plan: str, report_id: str, principal: Principal) -> Report:
    """The report, for a caller who may see it; NothingThere for everybody else."""
    report = session.get(Report, (plan, report_id))
    if report is None:
        raise NothingThere(kind="report", code=report_id)
    if not _may_see(principal, report):
        raise Hidden(kind="report", code=report_id)
    return report


def get_report(
    session: Session, snapshot: Snapshot, report_id: str, principal: Principal
) -> ReportView:
    """One report as it stood at the snapshot."""
    report = load_report(session, snapshot.plan, report_id, principal)
    if report.revision > snapshot.revision:
        raise NothingThere(kind="report", code=report_id)
    return _view_all(session, snapshot, [report], principal)[0]


def view_new_report(new: NewReport, principal: Principal) -> ReportView:
    """The report that was just stored: nothing has replaced it."""
    lines = {ReportLine(new.report.id, each.indicator) for each in new.figures}
    return _view(new.definition, new.report, new.figures, new.decisions, lines, principal)


def list_reports(
    session: Session, snapshot: Snapshot, principal: Principal, wanted: ReportFilter
) -> list[ReportView]:
    """The reports that the caller may see, newest first."""
    query = select(Report).where(Report.plan == snapshot.plan, Report.revision <= snapshot.revision)
    if wanted.areas is not None:
        query = query.where(col(Report.area).in_(wanted.areas))
    if wanted.periods is not None:
        query = query.where(col(Report.period).in_(wanted.periods))
    query = query.order_by(col(Report.revision).desc(), col(Report.id))
    visible = [report for report in session.exec(query) if _may_see(principal, report)]
    views = _view_all(session, snapshot, visible, principal)
    return [view for view in views if wanted.statuses is None or view.status in wanted.statuses]


def status_of(session: Session, report: Report, *, revision: int) -> str:
    """The status of a report at a revision: that of its last decision, else submitted."""
    query = (
        select(Decision.status)
        .where(
            Decision.plan == report.plan,
            Decision.report_id == report.id,
            Decision.revision <= revision,
        )
        .order_by(col(Decision.revision).desc())
    )
    return session.exec(query).first() or "submitted"


def view_finding(finding: Finding, language: str, names: PlanNames) -> FindingView:
    """A finding in the reader's language, in which the names are."""
    return FindingView(
        pointer=finding.pointer,
        row=finding.row,
        sheet=finding.sheet,
        column=finding.column,
        cell=finding.cell,
        code=finding.code,
        severity=finding.severity.value,
        indicator=finding.indicator,
        message=say_finding(finding, language, names),
        facts=dict(finding.facts),
    )


def _view_all(
    session: Session, snapshot: Snapshot, reports: list[Report], principal: Principal
) -> list[ReportView]:
    """The views, with one query for each kind of part."""
    definition = get_definition(session, snapshot.plan, revision=snapshot.revision)
    ids = [report.id for report in reports]
    figures: dict[str, list[Figure]] = defaultdict(list)
    of_plan = select(Figure).where(Figure.plan == snapshot.plan, col(Figure.report_id).in_(ids))
    for figure in session.exec(of_plan.order_by(col(Figure.position))):
        figures[figure.report_id].append(figure)
    decisions: dict[str, list[Decision]] = defaultdict(list)
    made = select(Decision).where(
        Decision.plan == snapshot.plan,
        col(Decision.report_id).in_(ids),
        Decision.revision <= snapshot.revision,
    )
    for decision in session.exec(made.order_by(col(Decision.revision))):
        decisions[decision.report_id].append(decision)
    standing = _standing_figures(session, snapshot, ids)
    return [
        _view(definition, report, figures[report.id], decisions[report.id], standing, principal)
        for report in reports
    ]


def _standing_figures(session: Session, snapshot: Snapshot, ids: list[str]) -> set[ReportLine]:
    """The figures of these reports that wait for a decision, or became official by one."""
    pending = find_pending_figures(session, snapshot.plan, revision=snapshot.revision, reports=ids)
    official = select(Observation).where(
        Observation.plan == snapshot.plan,
        Observation.revision <= snapshot.revision,
        col(Observation.report_id).in_(ids),
    )
    waiting = {ReportLine(figure.report_id, figure.indicator) for figure in pending}
    return waiting | {ReportLine(str(o.report_id), o.indicator) for o in session.exec(official)}


def _view(
    definition: PlanDefinition,
    report: Report | StoredRow,
    figures: Sequence[Figure | StoredRow],
    decisions: Sequence[Decision | StoredRow],
    standing: set[ReportLine],
    principal: Principal,
) -> ReportView:
    status = decisions[-1].status if decisions else "submitted"
    names = definition.names_in(principal.language)
    findings = [_finding(each) for each in json.loads(report.findings)]
    queries = sum(finding.severity is Severity.QUERY for finding in findings)
    changes = [change_percent(each.value, each.previous_value) for each in figures]
    largest = max((change for change in changes if change is not None), default=None)
    return ReportView(
        id=report.id,
        status=status,
        revision=report.revision,
        area=report.area,
        period=report.period,
        late=report.late,
        submitted_at=report.submitted_at,
        submitted_by=report.submitted_by,
        correction_reason=report.correction_reason,
        resubmits=report.resubmits,
        figures=[_view_figure(definition, each, status, standing) for each in figures],
        findings=[view_finding(finding, principal.language, names) for finding in findings],
        decisions=[DecisionView.model_validate(each) for each in decisions],
        queries=queries,
        largest_change_percent=largest,
        risk=risk_of(queries=queries, largest_change=largest, is_late=report.late),
        allowed_actions=_allowed_actions(report, status, principal),
    )


def _view_figure(
    definition: PlanDefinition, figure: Figure | StoredRow, status: str, standing: set[ReportLine]
) -> FigureView:
    is_standing = ReportLine(figure.report_id, figure.indicator) in standing
    is_replaced = status in {"submitted", "approved"} and not is_standing
    content = {name: getattr(figure, name) for name in _SHOWN}
    unit = definition.indicator(figure.indicator).unit
    return FigureView(**content, unit=unit, status="superseded" if is_replaced else status)


def _finding(content: dict[str, Any]) -> Finding:
    known = {"code": FindingCode(content["code"]), "severity": Severity(content["severity"])}
    return Finding(**content | known)


def _allowed_actions(report: Report | StoredRow, status: str, principal: Principal) -> list[str]:
    if status != "submitted":
        return []
    if principal.role is Role.REVIEWER and principal.owner != report.submitted_by:
        return ["approve", "return"]
    is_own = principal.role is Role.REPORTER and report.area in principal.areas
    return ["withdraw"] if is_own else []


def _may_see(principal: Principal, report: Report) -> bool:
    return principal.role is not Role.REPORTER or report.area in principal.areas
