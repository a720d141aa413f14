"""Judging what was sent: every figure checked, compared with the live one, counted once."""

from collections.abc import Collection, Mapping
from datetime import date

from sqlmodel import Session, col, select

from app.domain.accumulation import Measure
from app.domain.checks import (
    FigureRule,
    Finding,
    FindingCode,
    SoundFigure,
    check_figure,
    shown,
)
from app.domain.period import Period
from app.schemas.plan_document import IndicatorEntry
from app.services.definitions import PlanDefinition
from app.services.observations import find_pending_figures
from app.services.submission import (
    Change,
    JudgedFigure,
    Judgement,
    LiveFigure,
    SentFigure,
    Submission,
)
from app.tables import Figure, Observation
from app.tables import Plan as LedgerPlan

LiveFigures = Mapping[tuple[str, str, str], LiveFigure]


def judge(
    definition: PlanDefinition,
    submission: Submission,
    live: LiveFigures,
    *,
    first_period: Period,
    today: date,
) -> Judgement:
    """Check a submission in one pass: all findings at once, nothing is stored.

    ``first_period``: the earliest one that is open; ``today`` in Asia/Shanghai.
    """
    period, general = _check_place(definition, submission, first_period, today)
    seen: dict[str, SentFigure] = {}
    figures = tuple(
        _judge_figure(definition, submission, sent, live, seen, is_refused=bool(general))
        for sent in submission.figures
    )
    found = [finding for figure in figures for finding in figure.findings]
    return Judgement(
        submission=submission, period=period, figures=figures, findings=(*general, *found)
    )


def load_live_figures(
    session: Session, definition: PlanDefinition, plan: LedgerPlan, areas: Collection[str]
) -> LiveFigures:
    """The newest submitted or approved figure of each area, period and indicator."""
    query = select(Observation).where(
        Observation.plan == plan.code, col(Observation.area).in_(areas)
    )
    rows: list[Observation | Figure] = [*session.exec(query).all()]
    pending = find_pending_figures(session, plan.code, revision=plan.revision)
    rows += [figure for figure in pending if figure.area in areas]
    return {
        (row.area, row.period, row.indicator): LiveFigure(
            value=row.value,
            basis=row.basis,
            missing_reason=row.missing_reason,
            unit=definition.indicators[row.indicator].unit,
            revision=row.revision,
        )
        for row in sorted(rows, key=lambda each: each.revision)
    }


def _check_place(
    definition: PlanDefinition, submission: Submission, first_period: Period, today: date
) -> tuple[Period | None, list[Finding]]:
    found = []
    if submission.area not in definition.areas:
        facts = {"value": shown(submission.area), "allowed": " ".join(definition.areas)}
        found.append(_general(FindingCode.UNKNOWN_AREA, submission, "area", facts))
    try:
        period = Period.parse(submission.period)
    except ValueError:
        period = None
    if period is None or period.quarter is None:
        facts = {"value": shown(submission.period)}
        found.append(_general(FindingCode.PERIOD_INVALID, submission, "period", facts))
        return None, found
    last = Period(definition.document.plan.end_year, 4)
    is_outside = not first_period.index <= period.index <= last.index
    if is_outside or period.last_day >= today:
        why = "outside" if is_outside else "future"
        facts = {"value": str(period), "why": why, "first": str(first_period), "last": str(last)}
        facts["ends"] = str(period.last_day)
        found.append(_general(FindingCode.PERIOD_NOT_OPEN, submission, "period", facts))
    return period, found


def _judge_figure(
    definition: PlanDefinition,
    submission: Submission,
    sent: SentFigure,
    live: LiveFigures,
    seen: dict[str, SentFigure],
    *,
    is_refused: bool,
) -> JudgedFigure:
    indicator, findings = _find_indicator(definition, sent)
    findings = [*sent.faults, *findings]
    if indicator is None:
        return _rejected(sent, None, findings)
    if indicator.code in seen:
        facts = {"first": seen[indicator.code].raw.row, "second": sent.raw.row}
        findings.append(_of_figure(FindingCode.DUPLICATE_FIGURE, sent, "indicator", facts))
    seen.setdefault(indicator.code, sent)
    checked = check_figure(sent.raw, _rule(indicator))
    if isinstance(checked, list):
        return _rejected(sent, indicator.code, [*findings, *checked])
    was = live.get((submission.area, submission.period, indicator.code))
    change = _compare(checked, was)
    reason = sent.correction_reason or submission.correction_reason
    if was is not None and change is Change.UPDATED and not reason:
        findings.append(_conflict(sent, checked, was))
    if findings or is_refused:
        return _rejected(sent, indicator.code, findings)
    return JudgedFigure(sent=sent, change=change, indicator=indicator.code, sound=checked)


def _find_indicator(
    definition: PlanDefinition, sent: SentFigure
) -> tuple[IndicatorEntry | None, list[Finding]]:
    code = sent.raw.indicator
    if not isinstance(code, str) or code not in definition.indicators:
        known = [i.code for i in definition.document.indicators if i.measure is Measure.REPORTED]
        facts = {"value": shown(code), "allowed": " ".join(known)}
        return None, [_of_figure(FindingCode.UNKNOWN_INDICATOR, sent, "indicator", facts)]
    indicator = definition.indicators[code]
    if indicator.measure is not Measure.REPORTED:
        source = " ".join(definition.reported_parts(indicator))
        facts = {"value": code, "source": source}
        return None, [_of_figure(FindingCode.NOT_REPORTABLE, sent, "indicator", facts)]
    return indicator, []


def _rule(indicator: IndicatorEntry) -> FigureRule:
    return FigureRule(
        indicator=indicator.code,
        unit=indicator.unit,
        accumulation=indicator.accumulation,
        is_integer=indicator.checks.integer,
        is_negative_allowed=indicator.checks.negative_allowed,
    )


def _compare(figure: SoundFigure, live: LiveFigure | None) -> Change:
    if live is None:
        return Change.CREATED
    was = (live.value, live.basis, live.missing_reason)
    return (
        Change.UNCHANGED
        if was == (figure.value, figure.basis, figure.missing_reason)
        else (Change.UPDATED)
    )


def _conflict(sent: SentFigure, figure: SoundFigure, live: LiveFigure) -> Finding:
    facts = {
        "value": shown(figure.missing_reason if figure.value is None else figure.value),
        "live": shown(live.missing_reason if live.value is None else live.value),
        "unit": live.unit,
        "live_basis": live.basis,
        "live_revision": live.revision,
    }
    return _of_figure(FindingCode.ALREADY_REPORTED, sent, "value", facts)


def _rejected(sent: SentFigure, indicator: str | None, findings: list[Finding]) -> JudgedFigure:
    return JudgedFigure(
        sent=sent, change=Change.REJECTED, indicator=indicator, findings=tuple(findings)
    )


def _of_figure(
    code: FindingCode, sent: SentFigure, name: str, facts: Mapping[str, str | int | None]
) -> Finding:
    known = sent.raw.indicator if isinstance(sent.raw.indicator, str) else None
    return Finding(
        code=code,
        pointer=f"{sent.raw.pointer}/{name}",
        row=sent.raw.row,
        indicator=None if known is None else shown(known),
        facts=facts,
    )


def _general(
    code: FindingCode, submission: Submission, name: str, facts: Mapping[str, str | int | None]
) -> Finding:
    return Finding(
        code=code, pointer=f"{submission.pointer}/{name}", row=submission.row, facts=facts
    )
