"""Asking about figures: by the area's own history, and by the plan's rules between indicators."""

from collections.abc import Iterator
from datetime import date

from app.domain.checks.figure import RawFigure, SoundFigure
from app.domain.checks.finding import Fact, Finding, FindingCode, Severity
from app.domain.checks.first import find_doubt, is_first
from app.domain.checks.queries import Questions, ask, question_figure
from app.domain.checks.rules import Rule, find_breach
from app.domain.time.period import Period
from app.schemas.document.plan import RuleEntry
from app.services.intake.live import LiveFigures, find_live, history_of
from app.services.intake.saying import say_of_figure
from app.services.intake.submission import Effect, JudgedFigure
from app.services.intake.surroundings import LookAround
from app.services.state.definitions import PlanDefinition


def ask_questions(
    definition: PlanDefinition,
    period: Period,
    figures: list[JudgedFigure],
    live: LiveFigures,
    look_around: LookAround,
) -> None:
    """Ask about every sound figure that changes something."""
    rules = definition.rules
    changed = [each for each in figures if each.sound and each.change is not Effect.UNCHANGED]
    for figure in changed:
        code, sound, raw = figure.indicator, figure.sound, figure.sent.raw
        if code is None or sound is None:
            continue
        history = history_of(live, code, rules, without=period)
        asked, replaced = definition.questions[code], find_live(live, code, period)
        figure.findings += question_figure(sound, period, history, asked, raw, replaced=replaced)
        if is_first(history):
            figure.findings += _doubt(sound, period, asked, raw, look_around, rules.start)
    if definition.document.rules:
        _ask_rules(definition, period, changed, live)


def _doubt(
    figure: SoundFigure,
    period: Period,
    asked: Questions,
    raw: RawFigure,
    look_around: LookAround,
    start: date | None,
) -> Iterator[Finding]:
    """Hold a first figure against what is known around its area."""
    if not figure.value:
        return
    surroundings = look_around(str(raw.indicator), period)
    doubt = find_doubt(figure.at(period), surroundings, start, is_count=asked.is_count)
    if doubt is not None:
        yield ask(FindingCode.IMPLAUSIBLE_FIRST, raw, asked.unit, period, figure.value, doubt)


def _ask_rules(
    definition: PlanDefinition, period: Period, changed: list[JudgedFigure], live: LiveFigures
) -> None:
    """Hold the figures of the period against the plan's rules between indicators."""
    known = {code: each for code, of in live.items() if (each := of.at(period)) is not None}
    for figure in changed:
        if figure.indicator is not None and figure.sound is not None:
            known[figure.indicator] = figure.sound.at(period)
    for entry in definition.document.rules:
        rule = _rule(entry)
        concerned = [each for each in changed if each.indicator in rule.indicators]
        breach = find_breach(rule, known) if concerned else None
        if breach is not None:
            figure = concerned[0]
            facts: dict[str, Fact] = {
                "rule": entry.code,
                "rule_en": entry.text_en,
                "rule_zh": entry.text_zh,
                "left": f"{breach.left:f}",
                "right": f"{breach.right:f}",
                "unit": definition.indicators[str(figure.indicator)].unit,
            }
            figure.findings.append(
                say_of_figure(
                    FindingCode.RULE_VIOLATED, figure.sent, "value", facts, severity=Severity.QUERY
                )
            )


def _rule(entry: RuleEntry) -> Rule:
    return Rule(
        code=entry.code,
        left=tuple(entry.left),
        comparator=entry.comparator,
        right=tuple(entry.right),
        missing=entry.missing,
    )
