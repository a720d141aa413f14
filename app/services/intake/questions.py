"""Asking about figures: by the area's own history, and by the plan's rules between indicators."""

from app.domain.checks.finding import Fact, FindingCode, Severity
from app.domain.checks.queries import Place, Questions, question_figure
from app.domain.checks.rules import Rule, find_breach
from app.domain.series import Series
from app.domain.time.period import Period
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import RuleEntry
from app.services.intake.draft import Draft, say_of_figure
from app.services.intake.live import LiveFigures
from app.services.intake.submission import Effect
from app.services.state.definitions import PlanDefinition


def ask_questions(
    definition: PlanDefinition,
    period: Period,
    drafts: list[Draft],
    live: LiveFigures,
) -> None:
    """Ask about every sound figure that changes something."""
    start = definition.document.plan.start_date
    changed = [draft for draft in drafts if draft.sound and draft.change is not Effect.UNCHANGED]
    for draft in changed:
        if draft.indicator is None or draft.sound is None:
            continue
        indicator = definition.indicators[draft.indicator]
        others = [o for i, o in live.get(indicator.code, {}).items() if i != period.index]
        history = Series.of(others, accumulation=indicator.accumulation, start=start)
        raw = draft.sent.raw
        place = Place(pointer=raw.pointer, row=raw.row, sheet=raw.sheet, indicator=indicator.code)
        questions = _questions(indicator)
        draft.findings.extend(question_figure(draft.sound, period, history, questions, place))
    _ask_rules(definition, period, changed, live)


def _ask_rules(
    definition: PlanDefinition, period: Period, changed: list[Draft], live: LiveFigures
) -> None:
    """Hold the figures of the period against the plan's rules between indicators."""
    figures = {code: of[period.index] for code, of in live.items() if period.index in of}
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


def _questions(indicator: IndicatorEntry) -> Questions:
    asked = indicator.checks
    return Questions(
        unit=indicator.unit,
        running_total_fell=asked.running_total_fell,
        scale_slip=asked.scale_slip,
        outlier=asked.outlier,
        outlier_threshold=asked.outlier_threshold,
        change_from_constant=asked.change_from_constant,
        jump_percent=asked.jump_percent,
    )
