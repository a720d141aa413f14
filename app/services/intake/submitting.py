"""Taking in reports: one path for a dry run, a single report, a batch and a file.

Submissions are judged one by one and written in bundles, so that a file of any size needs
little memory; one ledger entry and one revision hold them all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial

from pydantic import JsonValue
from sqlmodel import Session

from app.domain.checks.finding import Finding, PlanNames
from app.domain.time.calendar import day_in_shanghai
from app.errors.reports import SubmissionRefused
from app.services.access.keys import Principal, Role
from app.services.calendar.ending import find_completed_since
from app.services.intake.judging import IntakeRules, judge
from app.services.intake.live import (
    AreaFigures,
    KnownIntake,
    apply_judgement,
    keep_known,
    load_area,
    load_known,
)
from app.services.intake.submission import (
    Counts,
    Judgement,
    Mode,
    Sent,
    Submission,
    describe_judgement,
)
from app.services.intake.surroundings import Neighbourhood
from app.services.ledger.entries import (
    Action,
    Payload,
    PlanHead,
    close_entry,
    lock_plan,
    open_entry,
    ordered_json,
    sha256,
)
from app.services.ledger.recording import NewEntry, Recording, SentReport
from app.services.publications.restatements import find_restatement
from app.services.reports.earlier import (
    AsSeen,
    find_resubmitted,
    require_newest_as_seen,
)
from app.services.reports.reports import NewReport

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
    resubmits: str | None


@dataclass(slots=True)
class Outcome:
    """What became of submissions; ``reports`` is empty when nothing changed."""

    status: str
    revision: int
    # What the plan calls things, in the sender's language.
    names: PlanNames
    # Where exactly one was stored.
    only: NewReport | None = None
    reports: list[TakenReport] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    findings: list[Finding] = field(default_factory=list)
    blocking: list[Finding] = field(default_factory=list)

    def add(self, judged: Judgement) -> None:
        """Count a submission and keep what was said of it."""
        self.counts.add(judged)
        if not (said := judged.findings):
            return
        self.findings.extend(said[: MOST_FINDINGS - len(self.findings)])
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
    known: KnownIntake
    rules: IntakeRules
    neighbourhood: Neighbourhood
    entry: NewEntry
    recording: Recording
    status: str
    parts: list[JsonValue] = field(default_factory=list)
    # The area at hand.
    area: str | None = None
    figures: AreaFigures = field(default_factory=lambda: AreaFigures({}, {}))
    newest: SentReport | None = None


def submit_reports(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    sent: Sent,
    mode: Mode,
    now: datetime,
    as_seen: AsSeen | None = None,
    on_judged: Callable[[Judgement, PlanNames], None] | None = None,
) -> Outcome:
    """Take in what areas sent, in one revision.

    ``sent`` gives submissions area by area, each area's in the order of time, so that
    later ones are held against earlier ones. ``on_judged`` sees every judgement.
    PreconditionFailed where the newest report for an area and period does not read ``as_seen``.
    Raises SubmissionRefused with every finding when an error forbids all
    (``atomic``), or when nothing at all can be taken (``partial``);
    AreaNotAllowed, RoleNotAllowed, PlanUnknown.
    """
    intake = _open(session, principal, plan_code, now)
    names = intake.rules.definition.names_in(principal.language)
    outcome = Outcome(status=intake.status, revision=intake.entry.revision, names=names)
    taken: Judgement | None = None  # The next one is held against it.
    for submission in sent(intake.rules.definition):
        if taken is not None:
            apply_judgement(taken, intake.figures.live, intake.rules.definition.rules)
            intake.neighbourhood.follow(taken)
            taken = None
        judged = _judge(intake, submission)
        if as_seen is not None and not judged.general:
            place = (submission.area, str(judged.period))
            require_newest_as_seen(session, principal, intake.plan, place, as_seen, now)
        outcome.add(judged)
        if on_judged is not None:
            on_judged(judged, outcome.names)
        is_hopeless = mode is Mode.ATOMIC and bool(outcome.blocking)
        if judged.accepted and not is_hopeless:
            outcome.reports.append(_store(intake, judged))
            taken = judged
    is_nothing = outcome.counts.is_nothing_taken
    outcome.sort()
    if outcome.blocking and (mode is Mode.ATOMIC or is_nothing):
        outcome.counts.refuse()
        raise SubmissionRefused(outcome.blocking, outcome.counts.as_summary(), outcome.names)
    if outcome.reports:
        _close(intake, outcome)
    return outcome


def _open(session: Session, principal: Principal, plan_code: str, now: datetime) -> _Intake:
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.REPORTER, Role.REVIEWER)
    known = load_known(session, plan)
    is_automatic = known.definition.document.settings.review == "automatic"
    recording = Recording(session.connection)
    neighbourhood = Neighbourhood(session, plan, known, recording)
    return _Intake(
        session=session,
        plan=plan,
        principal=principal,
        known=known,
        rules=IntakeRules(
            definition=known.definition,
            first_period=known.first_period,
            today=day_in_shanghai(now),
            extensions=known.extensions,
            look_around=neighbourhood.around,
            find_completed=cache(partial(_find_completed, session, plan, known, now)),
        ),
        neighbourhood=neighbourhood,
        entry=open_entry(plan, actor=principal.owner, action=Action.SUBMIT, now=now),
        recording=recording,
        status="approved" if is_automatic else "submitted",
    )


def _find_completed(
    session: Session, plan: PlanHead, known: KnownIntake, now: datetime
) -> date | None:
    held, today = known.targets.all_newest(), day_in_shanghai(now)
    return find_completed_since(session, plan, known.definition, held, today=today)


def _judge(intake: _Intake, submission: Submission) -> Judgement:
    if submission.area in intake.rules.definition.areas:
        intake.principal.require_area(submission.area)
    if submission.area != intake.area:
        intake.area = submission.area
        known = intake.known.areas.get(submission.area)
        # What is known stays as it is: the write may be undone.
        intake.figures = (
            known.copy()
            if known
            else load_area(intake.session, intake.plan, submission.area, intake.rules.definition)
        )
    return judge(intake.rules, submission, intake.figures.live)


def _store(intake: _Intake, judged: Judgement) -> TakenReport:
    place = len(intake.parts) + 1
    content = _report_payload(intake, judged, place)
    text = ordered_json(content)
    intake.recording.add_part(intake.entry, place, text)
    intake.newest = intake.recording.record_part(intake.entry, content)
    intake.parts.append(sha256(text))
    if intake.recording.waiting >= MOST_ROWS:
        intake.recording.write()
    return TakenReport(
        id=str(content["id"]),
        area=judged.submission.area,
        period=str(judged.period),
        late=bool(content["late"]),
        figures=len(judged.accepted),
        resubmits=None if content["resubmits"] is None else str(content["resubmits"]),
    )


def _close(intake: _Intake, outcome: Outcome) -> None:
    first, count = outcome.reports[0], len(outcome.reports)
    subject = f"{first.area} {first.period}" if count == 1 else f"{count} reports"
    payload: Payload = {"status": intake.status, "parts": intake.parts}
    intake.recording.leave(intake.session)
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
    areas: dict[str, AreaFigures | None] = dict.fromkeys(each.area for each in outcome.reports)
    if count == 1 and first.area == intake.area and intake.newest is not None:
        new = outcome.only = NewReport(intake.rules.definition, *intake.newest.as_read())
        is_official = intake.status == "approved"
        rules = intake.rules.definition.rules
        intake.figures.add(new.report.id, new.figures, rules, is_official=is_official)
        areas[first.area] = intake.figures
    keep_known(intake.session, intake.plan, intake.known.at(intake.plan.revision, areas))


def _report_payload(intake: _Intake, judged: Judgement, place: int) -> Payload:
    if judged.period is None:
        raise ValueError("a judgement that is taken has a period")
    due = intake.rules.definition.calendar.due_on(judged.period)
    content: Payload = {
        "id": f"r{intake.entry.revision}-{place}",
        "status": intake.status,
        **describe_judgement(judged),
        "late": intake.rules.today > due,
        "resubmits": _resubmitted(intake, judged),
        "supersedes": list(_replaced(intake, judged)),
    }
    return dict(sorted(content.items()))


def _resubmitted(intake: _Intake, judged: Judgement) -> str | None:
    area, period = judged.submission.area, str(judged.period)
    if period not in intake.figures.returned_periods:
        return None
    indicators = frozenset(str(figure.indicator) for figure in judged.accepted)
    return find_resubmitted(intake.session, intake.plan, area, period, indicators)


def _replaced(intake: _Intake, judged: Judgement) -> Iterable[str]:
    """The waiting reports of which this submission replaces the last figure."""
    if not intake.figures.waiting:
        return
    keys = {(str(judged.period), str(figure.indicator)) for figure in judged.accepted}
    for report, waiting in intake.figures.waiting.items():
        if waiting and waiting <= keys:
            yield report
        waiting.difference_update(keys)
