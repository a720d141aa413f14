"""Judging what was sent: every figure checked, compared with the live one, questioned, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.domain.accumulation import Measure
from app.domain.checks.figure import FigureRule, SoundFigure, check_figure
from app.domain.checks.finding import Fact, Finding, FindingCode, Severity, shown
from app.domain.series import Observed
from app.domain.time.period import Period
from app.schemas.document.plan import IndicatorEntry
from app.services.intake.draft import Draft, say_of_figure
from app.services.intake.live import LiveFigures
from app.services.intake.questions import ask_questions
from app.services.intake.submission import Effect, JudgedFigure, Judgement, SentFigure, Submission
from app.services.state.definitions import PlanDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRules:
    """What holds for every submission: the plan as defined, and the day in Asia/Shanghai."""

    definition: PlanDefinition
    first_period: Period
    today: date
    extended_until: Mapping[tuple[str, int], date]


def judge(rules: IntakeRules, submission: Submission, live: LiveFigures) -> Judgement:
    """Check a submission in one pass: all findings at once, nothing is stored."""
    period, general = _check_place(rules, submission)
    seen: dict[str, SentFigure] = {}
    drafts = [_draft(rules, submission, period, sent, live, seen) for sent in submission.figures]
    if period is not None:
        ask_questions(rules.definition, period, drafts, live)
    return Judgement(
        submission=submission,
        period=period,
        figures=tuple(_finish(draft, is_refused=bool(general)) for draft in drafts),
        general=tuple(general),
    )


def _check_place(rules: IntakeRules, submission: Submission) -> tuple[Period | None, list[Finding]]:
    found = []
    areas = rules.definition.areas
    if submission.area not in areas:
        facts: dict[str, Fact] = {"value": shown(submission.area), "allowed": " ".join(areas)}
        found.append(_general(FindingCode.UNKNOWN_AREA, submission, "area", facts))
    try:
        period = Period.parse(submission.period)
    except ValueError:
        period = None
    if period is None or period.quarter is None:
        facts = {"value": shown(submission.period)}
        found.append(_general(FindingCode.PERIOD_INVALID, submission, "period", facts))
        return None, found
    found.extend(_check_open(rules, submission, period))
    return period, found


def _check_open(rules: IntakeRules, submission: Submission, period: Period) -> list[Finding]:
    """Whether the period takes reports: within the plan, over, and not closed."""
    last = Period(rules.definition.document.plan.end_year, 4)
    is_outside = not rules.first_period.index <= period.index <= last.index
    facts: dict[str, Fact] = {"value": str(period)}
    if is_outside or period.last_day >= rules.today:
        facts |= {
            "why": "outside" if is_outside else "future",
            "first": str(rules.first_period),
            "last": str(last),
            "ends": str(period.last_day),
        }
        return [_general(FindingCode.PERIOD_NOT_OPEN, submission, "period", facts)]
    calendar = rules.definition.calendar
    extended = rules.extended_until.get((submission.area, period.index))
    since = calendar.closed_since(period, rules.today, extended_until=extended)
    if since is None:
        return []
    facts |= {
        "since": str(since),
        "due": str(calendar.due_on(period)),
        "days": calendar.closes_after_days,
        "extended_until": None if extended is None else str(extended),
    }
    return [_general(FindingCode.PERIOD_CLOSED, submission, "period", facts)]


def _draft(
    rules: IntakeRules,
    submission: Submission,
    period: Period | None,
    sent: SentFigure,
    live: LiveFigures,
    seen: dict[str, SentFigure],
) -> Draft:
    indicator, findings = find_reportable(rules.definition, sent)
    findings = [*sent.faults, *findings]
    if indicator is None:
        return _rejected(sent, None, findings)
    if indicator.code in seen:
        facts: dict[str, Fact] = {
            "first": seen[indicator.code].raw.row,
            "second": sent.raw.row,
        }
        findings.append(say_of_figure(FindingCode.DUPLICATE_FIGURE, sent, "indicator", facts))
    seen.setdefault(indicator.code, sent)
    checked = check_figure(sent.raw, figure_rule(indicator))
    if isinstance(checked, list):
        return _rejected(sent, indicator.code, [*findings, *checked])
    was = live.get(indicator.code, {}).get(period.index) if period else None
    change = _compare(checked, was)
    has_reason = bool(sent.correction_reason or submission.correction_reason)
    if was is not None and change is Effect.UPDATED and not has_reason:
        findings.append(_conflict(sent, checked, was, indicator.unit))
    return Draft(
        sent=sent,
        indicator=indicator.code,
        sound=checked,
        change=change,
        previous=was.value if was else None,
        findings=findings,
    )


def _finish(draft: Draft, *, is_refused: bool) -> JudgedFigure:
    """A figure without errors, whose questions are all answered, is taken."""
    open_findings = [
        finding
        for finding in draft.findings
        if finding.severity is Severity.ERROR or not draft.sent.explanation
    ]
    is_taken = draft.sound is not None and not open_findings and not is_refused
    return JudgedFigure(
        sent=draft.sent,
        change=draft.change if is_taken else Effect.REJECTED,
        indicator=draft.indicator,
        sound=draft.sound if is_taken else None,
        previous=draft.previous,
        findings=tuple(draft.findings),
    )


def find_reportable(
    definition: PlanDefinition, sent: SentFigure
) -> tuple[IndicatorEntry | None, list[Finding]]:
    """The indicator that a figure is of, or why there is none that takes reports."""
    code = sent.raw.indicator
    facts: dict[str, Fact] = {"value": shown(code)}
    if not isinstance(code, str) or code not in definition.indicators:
        known = [i.code for i in definition.document.indicators if i.measure is Measure.REPORTED]
        facts["allowed"] = " ".join(known)
        return None, [say_of_figure(FindingCode.UNKNOWN_INDICATOR, sent, "indicator", facts)]
    indicator = definition.indicators[code]
    if indicator.measure is not Measure.REPORTED:
        facts["source"] = " ".join(definition.rules.indicators[code].parts)
        return None, [say_of_figure(FindingCode.NOT_REPORTABLE, sent, "indicator", facts)]
    return indicator, []


def figure_rule(indicator: IndicatorEntry) -> FigureRule:
    """What the plan allows for figures of the indicator."""
    return FigureRule(
        indicator=indicator.code,
        unit=indicator.unit,
        accumulation=indicator.accumulation,
        is_integer=indicator.checks.integer,
        is_negative_allowed=indicator.checks.negative_allowed,
    )


def _compare(figure: SoundFigure, live: Observed | None) -> Effect:
    if live is None:
        return Effect.CREATED
    was = (live.value, live.basis, live.missing_reason)
    now = (figure.value, figure.basis, figure.missing_reason)
    return Effect.UNCHANGED if was == now else Effect.UPDATED


def _conflict(sent: SentFigure, figure: SoundFigure, live: Observed, unit: str) -> Finding:
    facts: dict[str, Fact] = {
        "value": shown(figure.missing_reason if figure.value is None else figure.value),
        "live": shown(live.missing_reason if live.value is None else live.value),
        "unit": unit,
        "live_basis": live.basis,
        "live_revision": live.revision,
    }
    return say_of_figure(FindingCode.ALREADY_REPORTED, sent, "value", facts)


def _rejected(sent: SentFigure, indicator: str | None, findings: list[Finding]) -> Draft:
    return Draft(
        sent=sent, indicator=indicator, sound=None, change=Effect.REJECTED, findings=findings
    )


def _general(
    code: FindingCode, submission: Submission, name: str, facts: Mapping[str, Fact]
) -> Finding:
    return Finding(
        code=code,
        pointer=f"{submission.pointer}/{name}",
        row=submission.row,
        sheet=submission.sheet,
        column=name,
        facts=facts,
    )
