"""What an area sends for a period, and what became of each of its figures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from pydantic import JsonValue

from app.domain.checks.figure import RawFigure, SoundFigure
from app.domain.checks.finding import CONFLICTS, Finding, Severity
from app.domain.time.period import Period
from app.services.ledger.entries import Payload, written
from app.services.state.definitions import PlanDefinition


class Effect(StrEnum):
    """What a figure does to the live one. Each figure is counted in exactly one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Mode(StrEnum):
    """Whether one error refuses all, or only its own figure."""

    ATOMIC = "atomic"
    PARTIAL = "partial"


# Not frozen, like all that there is one of for every figure: making a frozen one takes longer.
@dataclass(slots=True, kw_only=True)
class SentFigure:
    """A figure as sent, with what was said beside it."""

    raw: RawFigure
    note: str | None = None
    explanation: str | None = None
    correction_reason: str | None = None
    faults: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What one area sends for one period. ``pointer``, ``row`` and the rest say where it is."""

    area: str
    period: str
    figures: tuple[SentFigure, ...]
    correction_reason: str | None = None
    pointer: str = ""
    row: int | None = None
    sheet: str | None = None
    letters: Mapping[str, str] = field(default_factory=dict)
    part: int = 0

    @property
    def is_area_unclear(self) -> bool:
        """Whether each row says for itself why its area is not known."""
        return all(any(f.column == "area" for f in each.faults) for each in self.figures)


# What was sent, once it is known which words the plan uses.
Sent = Callable[[PlanDefinition], Iterable[Submission]]


def merge_submissions(submissions: Sequence[Submission]) -> list[Submission]:
    """One submission for each area and quarter, area by area, each area's in the order of time.

    A figure that two of them hold is then found as the duplicate that it is.
    """
    by_place: dict[tuple[str, str], list[Submission]] = {}
    for each in submissions:
        by_place.setdefault((each.area, each.period), []).append(each)
    return [_merge(by_place[place]) for place in sorted(by_place)]


def _merge(submissions: list[Submission]) -> Submission:
    first = submissions[0]
    if len(submissions) == 1:
        return first
    figures = [
        replace(figure, correction_reason=figure.correction_reason or each.correction_reason)
        for each in submissions
        for figure in each.figures
    ]
    return replace(first, figures=tuple(figures), correction_reason=None)


@dataclass(slots=True, kw_only=True)
class JudgedFigure:
    """A figure with its change and findings; when all is said, ``sound`` unless it is rejected."""

    sent: SentFigure
    change: Effect
    findings: list[Finding]
    indicator: str | None = None
    sound: SoundFigure | None = None
    previous: Decimal | None = None
    # The quarter that was given beside a running total, in the indicator's unit.
    quarter: Decimal | None = None


# Without slots: what was accepted is asked for again and again.
@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A submission with every figure judged; ``general`` findings forbid all of them."""

    submission: Submission
    period: Period | None
    figures: tuple[JudgedFigure, ...]
    general: tuple[Finding, ...] = ()

    @cached_property
    def accepted(self) -> tuple[JudgedFigure, ...]:
        """The figures that change something."""
        created, updated = Effect.CREATED, Effect.UPDATED
        figures = [
            each for each in self.figures if each.change is created or each.change is updated
        ]
        return tuple(figures)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that the checks said, questions that were answered included."""
        said = [each for figure in self.figures for each in figure.findings]
        return (*self.general, *said)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What forbids figures: all of it must be mended, or explained."""
        refused = [figure for figure in self.figures if figure.change is Effect.REJECTED]
        return (*self.general, *(each for figure in refused for each in figure.findings))


class Counts:
    """How many figures were created, updated, unchanged and rejected."""

    def __init__(self) -> None:
        self.by_change = dict.fromkeys(Effect, 0)

    def add(self, judged: Judgement) -> None:
        """Count each figure of a submission once."""
        changes = [figure.change for figure in judged.figures]
        for change, known in self.by_change.items():
            self.by_change[change] = known + changes.count(change)

    def refuse(self) -> None:
        """Count what would have changed as rejected: nothing is stored."""
        for change in (Effect.CREATED, Effect.UPDATED):
            self.by_change[Effect.REJECTED] += self.by_change[change]
            self.by_change[change] = 0

    @property
    def is_nothing_taken(self) -> bool:
        """Whether every figure was rejected."""
        return sum(self.by_change.values()) == self.by_change[Effect.REJECTED]

    def as_summary(self) -> dict[str, int]:
        """The counts by the names that clients read."""
        return {change.value: count for change, count in self.by_change.items()}


def is_conflict_only(findings: Sequence[Finding]) -> bool:
    """Whether the state of the plan alone forbids it, so that the answer is 409, not 422."""
    return all(finding.code in CONFLICTS for finding in findings)


def is_question_only(findings: Sequence[Finding]) -> bool:
    """Whether explanations alone are missing."""
    return all(finding.severity is Severity.QUERY for finding in findings)


def describe_judgement(judged: Judgement) -> Payload:
    """What the ledger keeps of a report: its figures as sent, what the checks said of them.

    What is in it has its names in the order of the ledger, where they are sorted.
    """
    return {
        "area": judged.submission.area,
        "period": str(judged.period),
        "correction_reason": _correction_reason(judged),
        "findings": [_finding_payload(finding) for finding in judged.findings],
        "figures": [_figure_payload(figure) for figure in judged.accepted],
    }


def _finding_payload(finding: Finding) -> JsonValue:
    """A finding as it is kept: its facts, so that it can be read in any language."""
    return {
        "cell": finding.cell,
        "code": str(finding.code),
        "column": finding.column,
        "facts": dict(sorted(finding.facts.items())),
        "indicator": finding.indicator,
        "pointer": finding.pointer,
        "row": finding.row,
        "severity": str(finding.severity),
        "sheet": finding.sheet,
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
        "basis": _code(sound.basis),
        "change": str(figure.change),
        "explanation": figure.sent.explanation,
        "indicator": figure.indicator,
        "missing_reason": _code(sound.missing_reason),
        "note": figure.sent.note,
        "obs_status": str(sound.obs_status),
        "previous_value": written(figure.previous),
        "price_basis": _code(sound.price_basis),
        "published_growth_percent": written(sound.published_growth_percent),
        "quarter_value": written(figure.quarter),
        "reported_unit": sound.reported_unit,
        "reported_value": written(sound.reported_value),
        "value": written(sound.value),
    }


def _code(each: StrEnum | None) -> str | None:
    """The text alone: what writes JSON looks at a member of an enumeration for long."""
    return None if each is None else str(each)
