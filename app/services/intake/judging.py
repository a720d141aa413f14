"""Judging what was sent: every figure checked, compared with the live one, questioned, counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from app.domain.accumulation import Measure
from app.domain.checks.figure import SoundFigure, check_figure
from app.domain.checks.finding import Fact, Finding, FindingCode, Severity, shown
from app.domain.checks.first import Surroundings
from app.domain.series import Observed
from app.domain.time.period import Period
from app.schemas.document.indicators import IndicatorEntry
from app.services.calendar.extensions import Extensions
from app.services.intake.live import LiveFigures, find_live
from app.services.intake.questions import ask_questions
from app.services.intake.saying import place_finding, say_of_figure
from app.services.intake.submission import Effect, JudgedFigure, Judgement, SentFigure, Submission
from app.services.intake.sums import check_sum, find_quarters_beside, follow_total
from app.services.state.definitions import PlanDefinition
from app.services.state.texts import read_period


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeRules:
    """What holds for every submission: the plan as defined, and the day in Asia/Shanghai."""

    definition: PlanDefinition
    first_period: Period
    today: date
    extensions: Extensions
    # What is known around an area, for an indicator and a quarter.
    look_around: Callable[[str, str, Period], Surroundings] = lambda *_: Surroundings()
    # Since when new figures need an extension: the plan is completed.
    find_completed: Callable[[], date | None] = lambda: None


def judge(rules: IntakeRules, submission: Submission, live: LiveFigures) -> Judgement:
    """Check a submission in one pass: all findings at once, nothing is stored."""
    period, general = _check_place(rules, submission)
    beside = find_quarters_beside(submission.figures)
    seen: dict[str, SentFigure] = {}
    figures = [
        _judge_check(rules, sent)
        if place in beside
        else _judge_alone(rules, submission, period, sent, live, seen)
        for place, sent in enumerate(submission.figures)
    ]
    if period is not None:
        _check_sums(rules, period, beside, figures, live)
        look_around = partial(rules.look_around, submission.area)
        ask_questions(rules.definition, period, figures, live, look_around)
        is_new = any(each.change is Effect.CREATED and each.sound for each in figures)
        if is_new and not general:
            general += _check_completed(rules, submission, period)
    for figure in figures:
        _finish(figure, is_refused=bool(general))
    for place, total in beside.items():
        follow_total(figures[place], figures[total])
    return Judgement(
        submission=submission, period=period, figures=tuple(figures), general=tuple(general)
    )


def _check_sums(
    rules: IntakeRules,
    period: Period,
    beside: Mapping[int, int],
    figures: list[JudgedFigure],
    live: LiveFigures,
) -> None:
    plan = rules.definition.rules
    for place, total in beside.items():
        code = figures[total].indicator
        if code is not None:
            indicator = rules.definition.indicators[code]
            check_sum(figures[total], figures[place], period, indicator, live, plan)


def _check_place(rules: IntakeRules, submission: Submission) -> tuple[Period | None, list[Finding]]:
    found = []
    areas = rules.definition.areas
    if submission.area not in areas and not submission.is_area_unclear:
        facts: dict[str, Fact] = {"value": shown(submission.area), "allowed": " ".join(areas)}
        found.append(_general(FindingCode.UNKNOWN_AREA, submission, "area", facts))
    try:
        period = read_period(submission.period)
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
    first, end_year = rules.first_period, rules.definition.document.plan.end_year
    is_outside = period.index < first.index or period.year > end_year
    if is_outside or period.last_day >= rules.today:
        facts: dict[str, Fact] = {
            "value": str(period),
            "why": "outside" if is_outside else "future",
            "first": str(first),
            "last": str(Period(end_year, 4)),
            "ends": str(period.last_day),
        }
        return [_general(FindingCode.PERIOD_NOT_OPEN, submission, "period", facts)]
    extended, calendar = rules.extensions.until(submission.area, period), rules.definition.calendar
    since = calendar.closed_since(period, rules.today, extended_until=extended)
    return [] if since is None else [_closed(rules, submission, period, since)]


def _check_completed(rules: IntakeRules, submission: Submission, period: Period) -> list[Finding]:
    """Whether a completed plan takes a new figure: with an extension alone."""
    extended = rules.extensions.until(submission.area, period)
    since = None if extended and rules.today <= extended else rules.find_completed()
    return [] if since is None else [_closed(rules, submission, period, since, why="completed")]


def _closed(
    rules: IntakeRules, submission: Submission, period: Period, since: date, **why: Fact
) -> Finding:
    extended, calendar = rules.extensions.until(submission.area, period), rules.definition.calendar
    facts: dict[str, Fact] = {
        "value": str(period),
        "since": str(since),
        "due": str(calendar.due_on(period)),
        "days": calendar.closes_after_days,
        "extended_until": None if extended is None else str(extended),
    }
    return _general(FindingCode.PERIOD_CLOSED, submission, "period", facts | why)


def _judge_alone(
    rules: IntakeRules,
    submission: Submission,
    period: Period | None,
    sent: SentFigure,
    live: LiveFigures,
    seen: dict[str, SentFigure],
) -> JudgedFigure:
    """A figure, checked and compared, not questioned yet."""
    indicator, checked, findings = _check(rules, sent)
    if indicator is None:
        return _rejected(sent, None, findings)
    first = seen.setdefault(indicator.code, sent)
    if first is not sent:
        findings.append(_duplicate(first, sent))
    if checked is None:
        return _rejected(sent, indicator.code, findings)
    was = find_live(live, indicator.code, period) if period else None
    change = _compare(checked, was)
    if was is not None and change is Effect.UPDATED:
        has_reason = bool(sent.correction_reason or submission.correction_reason)
        findings += [] if has_reason else [_conflict(sent, checked, was, indicator.unit)]
    return JudgedFigure(
        sent=sent,
        indicator=indicator.code,
        sound=checked,
        change=change,
        previous=was.value if was else None,
        findings=findings,
    )


def _judge_check(rules: IntakeRules, sent: SentFigure) -> JudgedFigure:
    """A quarter beside its running total: it must be sound, and changes nothing by itself."""
    indicator, checked, findings = _check(rules, sent)
    if indicator is None or checked is None:
        return _rejected(sent, indicator.code if indicator else None, findings)
    code, change = indicator.code, Effect.UNCHANGED
    return JudgedFigure(sent=sent, indicator=code, sound=checked, change=change, findings=findings)


def _check(
    rules: IntakeRules, sent: SentFigure
) -> tuple[IndicatorEntry | None, SoundFigure | None, list[Finding]]:
    """The indicator and the sound figure, as far as there are, and every error."""
    indicator, found = find_reportable(rules.definition, sent)
    findings = [*sent.faults, *_not_said_yet(sent, found)]
    if indicator is None:
        return None, None, findings
    checked = check_figure(sent.raw, rules.definition.figure_rules[indicator.code])
    if isinstance(checked, list):
        return indicator, None, [*findings, *_not_said_yet(sent, checked)]
    return indicator, checked, findings


def _duplicate(first: SentFigure, second: SentFigure) -> Finding:
    facts: dict[str, Fact] = {"first": first.raw.row, "second": second.raw.row}
    if first.raw.sheet != second.raw.sheet:
        facts |= {"first_sheet": first.raw.sheet, "second_sheet": second.raw.sheet}
    return say_of_figure(FindingCode.DUPLICATE_FIGURE, second, "indicator", facts)


def _finish(figure: JudgedFigure, *, is_refused: bool) -> None:
    """A figure without errors, whose questions are all answered, is taken; any other rejected."""
    is_open = False
    if figure.findings:
        raw, is_explained = figure.sent.raw, bool(figure.sent.explanation)
        kinds = {each.severity for each in figure.findings}
        is_open = Severity.ERROR in kinds or not is_explained
        figure.findings = [place_finding(each, raw.letters, raw.part) for each in figure.findings]
    if is_open or is_refused or figure.sound is None:
        figure.change, figure.sound = Effect.REJECTED, None


def find_reportable(
    definition: PlanDefinition, sent: SentFigure
) -> tuple[IndicatorEntry | None, list[Finding]]:
    """The indicator that a figure is of, or why there is none that takes reports."""
    code = sent.raw.indicator
    indicator = definition.indicators.get(code) if isinstance(code, str) else None
    if indicator is not None and indicator.measure is Measure.REPORTED:
        return indicator, []
    facts: dict[str, Fact] = {"value": shown(code)}
    if indicator is None:
        known = [i.code for i in definition.document.indicators if i.measure is Measure.REPORTED]
        facts["allowed"] = " ".join(known)
        return None, [say_of_figure(FindingCode.UNKNOWN_INDICATOR, sent, "indicator", facts)]
    facts["source"] = " ".join(definition.rules.indicators[indicator.code].parts)
    return None, [say_of_figure(FindingCode.NOT_REPORTABLE, sent, "indicator", facts)]


def _compare(figure: SoundFigure, live: Observed | None) -> Effect:
    if live is None:
        return Effect.CREATED
    is_same = _says(live) == _says(figure) and not _differs_beside(figure, live)
    return Effect.UNCHANGED if is_same else Effect.UPDATED


def _says(figure: SoundFigure | Observed) -> tuple[object, ...]:
    return (figure.value, figure.basis, figure.missing_reason)


def _differs_beside(figure: SoundFigure, live: Observed) -> bool:
    """Whether what is said beside the value differs. A growth that is not sent says nothing."""
    growth, prices = figure.published_growth_percent, figure.price_basis
    return (
        figure.obs_status is not live.obs_status
        or growth not in {None, live.published_growth_percent}
        or prices not in {None, live.price_basis}
    )


def _conflict(sent: SentFigure, figure: SoundFigure, live: Observed, unit: str) -> Finding:
    facts: dict[str, Fact] = {
        "value": shown(figure.missing_reason if figure.value is None else figure.value),
        "live": shown(live.missing_reason if live.value is None else live.value),
        "unit": unit,
        "live_basis": live.basis,
        "live_revision": live.revision,
    }
    if _says(live) == _says(figure):
        facts |= {"why": "beside", **_beside("", figure), **_beside("live_", live)}
    return say_of_figure(FindingCode.ALREADY_REPORTED, sent, "value", facts)


def _not_said_yet(sent: SentFigure, findings: list[Finding]) -> list[Finding]:
    """Without those about a cell whose fault is known: one sentence for one cause."""
    if not sent.faults:
        return findings
    said = {fault.column for fault in sent.faults if fault.column}
    return [finding for finding in findings if finding.column not in said]


def _beside(prefix: str, figure: SoundFigure | Observed) -> dict[str, Fact]:
    growth = figure.published_growth_percent
    return {
        f"{prefix}obs_status": figure.obs_status,
        f"{prefix}growth_percent": None if growth is None else f"{growth:f}",
        f"{prefix}price_basis": figure.price_basis,
    }


def _rejected(sent: SentFigure, indicator: str | None, findings: list[Finding]) -> JudgedFigure:
    return JudgedFigure(sent=sent, indicator=indicator, change=Effect.REJECTED, findings=findings)


def _general(
    code: FindingCode, submission: Submission, name: str, facts: Mapping[str, Fact]
) -> Finding:
    finding = Finding(
        code=code,
        pointer=f"{submission.pointer}/{name}",
        row=submission.row,
        sheet=submission.sheet,
        column=name,
        facts=facts,
    )
    return place_finding(finding, submission.letters, submission.part)
