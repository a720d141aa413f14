"""Asking about figures: by the area's own history, and by the plan's rules between indicators."""

from collections.abc import Iterator
from datetime import date

from app.domain.checks.figure import SoundFigure
from app.domain.checks.finding import Fact, Finding, FindingCode, Severity
from app.domain.checks.first import find_doubt, is_first
from app.domain.checks.queries import Place, Questions, ask, question_figure
from app.domain.checks.rules import Rule, find_breach
from app.domain.time.period import Period
from app.schemas.document.plan import RuleEntry
from app.services.intake.draft import Draft, say_of_figure
from app.services.intake.live import LiveFigures, find_live, history_of
from app.services.intake.submission import Effect
from app.services.intake.surroundings import LookAround
from app.services.state.definitions import PlanDefinition


def ask_questions(
    definition: PlanDefinition,
    period: Period,
    drafts: list[Draft],
    live: LiveFigures,
    look_around: LookAround,
) -> None:
    """Ask about every sound figure that changes something."""
    rules = definition.rules
    changed = [draft for draft in drafts if draft.sound and draft.change is not Effect.UNCHANGED]
    for draft in changed:
        if draft.indicator is None or draft.sound is None:
            continue
        code, raw = draft.indicator, draft.sent.raw
        history = history_of(live, code, rules, without=period)
        place = Place(pointer=raw.pointer, row=raw.row, sheet=raw.sheet, indicator=code)
        questions, replaced = definition.questions[code], find_live(live, code, period)
        draft.findings.extend(
            question_figure(draft.sound, period, history, questions, place, replaced=replaced)
        )
        if is_first(history):
            found = _doubt(draft.sound, period, questions, place, look_around, rules.start)
            draft.findings.extend(found)
    if definition.document.rules:
        _ask_rules(definition, period, changed, live)


def _doubt(
    figure: SoundFigure,
    period: Period,
    asked: Questions,
    place: Place,
    look_around: LookAround,
    start: date | None,
) -> Iterator[Finding]:
    """Hold a first figure against what is known around its area."""
    if not figure.value:
        return
    surroundings = look_around(place.indicator, period)
    doubt = find_doubt(figure.at(period), surroundings, start, is_count=asked.is_count)
    if doubt is not None:
        yield ask(FindingCode.IMPLAUSIBLE_FIRST, place, asked.unit, period, figure.value, doubt)


def _ask_rules(
    definition: PlanDefinition, period: Period, changed: list[Draft], live: LiveFigures
) -> None:
    """Hold the figures of the period against the plan's rules between indicators."""
    figures = {code: each for code, of in live.items() if (each := of.at(period)) is not None}
    for draft in changed:
        if draft.indicator is not None and draft.sound is not None:
            figures[draft.indicator] = draft.sound.at(period)
    for entry in definition.document.rules:
        rule = _rule(entry)
        concerned = [draft for draft in changed if draft.indicator in rule.indicators]
        breach = find_breach(rule, figures) if concerned else None
        if breach is not None:
            draft = concerned[0]
            facts: dict[str, Fact] = {
                "rule": entry.code,
                "rule_en": entry.text_en,
                "rule_zh": entry.text_zh,
                "left": f"{breach.left:f}",
                "right": f"{breach.right:f}",
                "unit": definition.indicators[str(draft.indicator)].unit,
            }
            draft.findings.append(
                say_of_figure(
                    FindingCode.RULE_VIOLATED, draft.sent, "value", facts, severity=Severity.QUERY
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
