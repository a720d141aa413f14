"""Taking in reports: one path for a dry run, a single report and a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import Session

from app.domain.calendar import day_in_shanghai
from app.domain.checks import Finding
from app.errors import SubmissionRefused
from app.schemas.report import ReportView
from app.services.definitions import PlanDefinition, get_definition
from app.services.intake import judge, load_live_figures
from app.services.keys import Principal, Role
from app.services.ledger import Action, Change, append, lock_plan, written
from app.services.observations import find_pending_figures
from app.services.official import Content, official_observation
from app.services.report_views import get_report
from app.services.snapshots import take_snapshot
from app.services.submission import Counts, JudgedFigure, Judgement, Mode, Submission
from app.services.targets import find_first_period, load_targets
from app.tables import Figure, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a submission; ``reports`` is empty when nothing changed."""

    reports: tuple[ReportView, ...]
    counts: Counts
    findings: tuple[Finding, ...]


def submit_reports(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    submissions: list[Submission],
    mode: Mode,
    now: datetime,
) -> Outcome:
    """Take in what areas sent, in one revision.

    Raises SubmissionRefused with every finding when an error forbids all
    (``atomic``), or when nothing at all can be taken (``partial``).
    AreaNotAllowed, RoleNotAllowed, PlanUnknown.
    """
    plan = lock_plan(session, plan_code)
    _require_reporter(principal, plan_code, submissions)
    definition = get_definition(session, plan_code, revision=plan.revision)
    judged = _judge_all(session, definition, plan, submissions, now)
    counts = Counts.of(judged)
    findings = tuple(finding for each in judged for finding in each.findings)
    if findings and (mode is Mode.ATOMIC or counts.is_nothing_taken):
        raise SubmissionRefused(findings, counts.refused().as_summary())
    taken = [each for each in judged if each.accepted]
    if not taken:
        return Outcome(reports=(), counts=counts, findings=findings)
    entry = append(
        session, plan, _change(session, definition, plan, principal, taken, now), now=now
    )
    snapshot = take_snapshot(session, plan_code, now=now)
    ids = [report_id(entry.revision, place) for place in range(1, len(taken) + 1)]
    reports = tuple(get_report(session, snapshot, each, principal) for each in ids)
    return Outcome(reports=reports, counts=counts, findings=findings)


def report_id(revision: int, place: int) -> str:
    """The id of the n-th report of a revision: the same wherever the ledger is replayed."""
    return f"r{revision}-{place}"


def _require_reporter(principal: Principal, plan: str, submissions: list[Submission]) -> None:
    principal.require_plan(plan)
    principal.require_role(Role.REPORTER, Role.REVIEWER)
    for submission in submissions:
        principal.require_area(submission.area)


def _judge_all(
    session: Session,
    definition: PlanDefinition,
    plan: Plan,
    submissions: list[Submission],
    now: datetime,
) -> list[Judgement]:
    areas = {submission.area for submission in submissions}
    live = load_live_figures(session, definition, plan, areas)
    targets = load_targets(session, plan.code, revision=plan.revision)
    first = find_first_period(targets, definition)
    today = day_in_shanghai(now)
    return [judge(definition, each, live, first_period=first, today=today) for each in submissions]


def _change(
    session: Session,
    definition: PlanDefinition,
    plan: Plan,
    principal: Principal,
    taken: list[Judgement],
    now: datetime,
) -> Change:
    is_automatic = definition.document.settings.review == "automatic"
    pending = find_pending_figures(session, plan.code, revision=plan.revision)
    reports: list[JsonValue] = []
    for place, judged in enumerate(taken, start=1):
        content = _report_payload(definition, judged, pending, now)
        content["id"] = report_id(plan.revision + 1, place)
        if is_automatic:
            content["observations"] = [
                official_observation(figure, content, publisher=principal.owner)
                for figure in content["figures"]
            ]
        reports.append(content)
    first = taken[0]
    subject = f"{first.submission.area} {first.period}"
    status = "approved" if is_automatic else "submitted"
    return Change(
        actor=principal.owner,
        action=Action.SUBMIT,
        subject=subject if len(taken) == 1 else f"{len(taken)} reports",
        payload={"status": status, "reports": reports},
    )


def _report_payload(
    definition: PlanDefinition, judged: Judgement, pending: Sequence[Figure], now: datetime
) -> Content:
    if judged.period is None:
        raise ValueError("a judgement that is taken has a period")
    due = definition.calendar.due_on(judged.period)
    codes = {figure.indicator for figure in judged.accepted}
    return {
        "area": judged.submission.area,
        "period": str(judged.period),
        "late": day_in_shanghai(now) > due,
        "correction_reason": judged.submission.correction_reason,
        "findings": [finding_payload(finding) for finding in judged.findings],
        "figures": [_figure_payload(figure) for figure in judged.accepted],
        "supersedes": list(_replaced(judged, codes, pending)),
    }


def _figure_payload(figure: JudgedFigure) -> JsonValue:
    sound = figure.sound
    if sound is None:
        raise ValueError("a figure that is taken is sound")
    return {
        "indicator": figure.indicator,
        "value": written(sound.value),
        "missing_reason": sound.missing_reason,
        "basis": sound.basis,
        "reported_value": written(sound.reported_value),
        "reported_unit": sound.reported_unit,
        "explanation": figure.sent.explanation,
        "note": figure.sent.note,
        "change": figure.change,
    }


def finding_payload(finding: Finding) -> JsonValue:
    """A finding as it is kept: its facts, so that it can be read in any language."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "pointer": finding.pointer,
        "row": finding.row,
        "indicator": finding.indicator,
        "facts": dict(finding.facts),
    }


def _replaced(judged: Judgement, codes: set[str | None], pending: Sequence[Figure]) -> list[str]:
    """The waiting reports of which this submission replaces the last figure."""
    place = (judged.submission.area, str(judged.period))
    left: dict[str, set[str]] = {}
    for figure in pending:
        is_replaced = (figure.area, figure.period) == place and figure.indicator in codes
        remaining = left.setdefault(figure.report_id, set())
        if not is_replaced:
            remaining.add(figure.indicator)
    return [each for each, remaining in left.items() if not remaining]
