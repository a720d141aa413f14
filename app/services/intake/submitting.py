"""Taking in reports: one path for a dry run, a single report, a batch and a file.

Submissions are judged one by one and written in bundles, so that a file of any size needs
little memory; one ledger entry and one revision hold them all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import JsonValue
from sqlmodel import Session

from app.domain.checks.finding import Finding, PlanNames
from app.domain.time.calendar import day_in_shanghai
from app.errors import SubmissionRefused
from app.services.access.keys import Principal, Role
from app.services.calendar.extensions import load_extensions
from app.services.intake.judging import IntakeRules, judge
from app.services.intake.live import LiveFigures, apply_judgement, load_live_figures
from app.services.intake.submission import Counts, JudgedFigure, Judgement, Mode, Sent, Submission
from app.services.ledger.entries import (
    Action,
    Payload,
    PlanHead,
    add_part,
    close_entry,
    lock_plan,
    open_entry,
    written,
)
from app.services.ledger.recording import NewEntry, Recording
from app.services.publications.restatements import find_restatement
from app.services.state.definitions import get_definition
from app.services.state.pending import find_pending_figures
from app.services.state.targets import load_targets

# Beyond this many findings the rest are counted only: the answer stays of a size to read.
MOST_FINDINGS = 10_000
# Stored when so many rows wait, so that a large file does not fill the memory.
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenReport:
    """A report that was stored."""

    id: str
    area: str
    period: str
    late: bool
    figures: int


@dataclass(slots=True)
class Outcome:
    """What became of submissions; ``reports`` is empty when nothing changed."""

    status: str
    revision: int
    # What the plan calls things, in the sender's language.
    names: PlanNames
    reports: list[TakenReport] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    findings: list[Finding] = field(default_factory=list)
    blocking: list[Finding] = field(default_factory=list)

    def add(self, judged: Judgement) -> None:
        """Count a submission and keep what was said of it."""
        self.counts.add(judged)
        room = MOST_FINDINGS - len(self.findings)
        self.findings.extend(judged.findings[:room])
        self.blocking.extend(judged.blocking[: MOST_FINDINGS - len(self.blocking)])

    def sort(self) -> None:
        """Put what was said into the order in which it was sent."""
        for findings in (self.findings, self.blocking):
            findings.sort(key=lambda finding: finding.place)


@dataclass(slots=True)
class _Intake:
    """One write in the making: what it knows, and the entry that it fills."""

    session: Session
    plan: PlanHead
    principal: Principal
    rules: IntakeRules
    entry: NewEntry
    recording: Recording
    status: str
    parts: list[JsonValue] = field(default_factory=list)
    area: str | None = None
    live: LiveFigures = field(default_factory=dict)
    # The figures that wait for a decision, by report, in the area at hand.
    waiting: dict[str, set[tuple[str, str]]] = field(default_factory=dict)


def submit_reports(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    sent: Sent,
    mode: Mode,
    now: datetime,
    on_judged: Callable[[Judgement, PlanNames], None] | None = None,
) -> Outcome:
    """Take in what areas sent, in one revision.

    ``sent`` gives submissions area by area, each area's in the order of time, so that
    later ones are held against earlier ones. ``on_judged`` sees every judgement.
    Raises SubmissionRefused with every finding when an error forbids all
    (``atomic``), or when nothing at all can be taken (``partial``);
    AreaNotAllowed, RoleNotAllowed, PlanUnknown.
    """
    intake = _open(session, principal, plan_code, now)
    names = intake.rules.definition.names_in(principal.language)
    outcome = Outcome(status=intake.status, revision=intake.entry.revision, names=names)
    for submission in sent(intake.rules.definition):
        judged = _judge(intake, submission)
        outcome.add(judged)
        if on_judged is not None:
            on_judged(judged, outcome.names)
        is_hopeless = mode is Mode.ATOMIC and bool(outcome.blocking)
        if judged.accepted and not is_hopeless:
            outcome.reports.append(_store(intake, judged, now))
            apply_judgement(judged, intake.live)
    is_nothing = outcome.counts.is_nothing_taken
    outcome.sort()
    if outcome.blocking and (mode is Mode.ATOMIC or is_nothing):
        outcome.counts.refuse()
        raise SubmissionRefused(outcome.blocking, outcome.counts.as_summary(), outcome.names)
    if outcome.reports:
        _close(intake, outcome)
    return outcome


def finding_payload(finding: Finding) -> JsonValue:
    """A finding as it is kept: its facts, so that it can be read in any language."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "pointer": finding.pointer,
        "row": finding.row,
        "sheet": finding.sheet,
        "column": finding.column,
        "cell": finding.cell,
        "indicator": finding.indicator,
        "facts": dict(finding.facts),
    }


def _open(session: Session, principal: Principal, plan_code: str, now: datetime) -> _Intake:
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.REPORTER, Role.REVIEWER)
    definition = get_definition(session, plan_code, revision=plan.revision)
    rules = definition.rules
    targets = load_targets(session, plan_code, rules, revision=plan.revision).targets
    is_automatic = definition.document.settings.review == "automatic"
    return _Intake(
        session=session,
        plan=plan,
        principal=principal,
        rules=IntakeRules(
            definition=definition,
            first_period=targets.first_period(rules),
            today=day_in_shanghai(now),
            extended_until=load_extensions(session, plan_code, revision=plan.revision),
        ),
        entry=open_entry(plan, actor=principal.owner, action=Action.SUBMIT, now=now),
        recording=Recording(session.connection()),
        status="approved" if is_automatic else "submitted",
    )


def _judge(intake: _Intake, submission: Submission) -> Judgement:
    if submission.area in intake.rules.definition.areas:
        intake.principal.require_area(submission.area)
    if submission.area != intake.area:
        intake.area = submission.area
        intake.live = load_live_figures(intake.session, intake.plan, submission.area)
        intake.waiting = _load_waiting(intake, submission.area)
    return judge(intake.rules, submission, intake.live)


def _load_waiting(intake: _Intake, area: str) -> dict[str, set[tuple[str, str]]]:
    waiting: dict[str, set[tuple[str, str]]] = {}
    revision = intake.plan.revision
    pending = find_pending_figures(intake.session, intake.plan.code, revision=revision, area=area)
    for figure in pending:
        waiting.setdefault(figure.report_id, set()).add((figure.period, figure.indicator))
    return waiting


def _store(intake: _Intake, judged: Judgement, now: datetime) -> TakenReport:
    place = len(intake.parts) + 1
    content = _report_payload(intake, judged, place, now)
    intake.parts.append(add_part(intake.recording, intake.entry, place, content))
    if intake.recording.waiting >= MOST_ROWS:
        intake.recording.write()
    return TakenReport(
        id=str(content["id"]),
        area=judged.submission.area,
        period=str(judged.period),
        late=bool(content["late"]),
        figures=len(judged.accepted),
    )


def _close(intake: _Intake, outcome: Outcome) -> None:
    first, count = outcome.reports[0], len(outcome.reports)
    subject = f"{first.area} {first.period}" if count == 1 else f"{count} reports"
    payload: Payload = {"status": intake.status, "parts": intake.parts}
    intake.recording.write()
    if intake.status == "approved":
        # Where review is automatic, their figures are official already.
        payload |= find_restatement(intake.session, intake.plan, intake.entry)
    close_entry(
        intake.session,
        intake.plan,
        intake.entry,
        subject=subject,
        payload=payload,
        is_recorded=True,
    )


def _report_payload(intake: _Intake, judged: Judgement, place: int, now: datetime) -> Payload:
    if judged.period is None:
        raise ValueError("a judgement that is taken has a period")
    due = intake.rules.definition.calendar.due_on(judged.period)
    return {
        "id": f"r{intake.entry.revision}-{place}",
        "status": intake.status,
        "area": judged.submission.area,
        "period": str(judged.period),
        "late": day_in_shanghai(now) > due,
        "correction_reason": _correction_reason(judged),
        "findings": [finding_payload(finding) for finding in judged.findings],
        "figures": [_figure_payload(figure) for figure in judged.accepted],
        "supersedes": list(_replaced(intake, judged)),
    }


def _correction_reason(judged: Judgement) -> str | None:
    """The report's reason, or those of its rows, each once."""
    reasons = [judged.submission.correction_reason]
    reasons += [figure.sent.correction_reason for figure in judged.accepted]
    known = dict.fromkeys(reason for reason in reasons if reason)
    return "; ".join(known) or None


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
        "published_growth_percent": written(sound.published_growth_percent),
        "price_basis": sound.price_basis,
        "obs_status": sound.obs_status,
        "explanation": figure.sent.explanation,
        "note": figure.sent.note,
        "change": figure.change,
        "previous_value": written(figure.previous),
        "quarter_value": written(figure.quarter),
    }


def _replaced(intake: _Intake, judged: Judgement) -> Iterable[str]:
    """The waiting reports of which this submission replaces the last figure."""
    keys = {(str(judged.period), str(figure.indicator)) for figure in judged.accepted}
    for report, waiting in intake.waiting.items():
        if waiting and waiting <= keys:
            yield report
        waiting.difference_update(keys)
