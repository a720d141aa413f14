"""What an area sends for a period, and what became of each of its figures."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.domain.checks import CONFLICTS, Finding, RawFigure, SoundFigure
from app.domain.period import Period


class Change(StrEnum):
    """What a figure does to the live one. Each figure is counted in exactly one."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


class Mode(StrEnum):
    """Whether one error refuses all, or only its own figure."""

    ATOMIC = "atomic"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFigure:
    """A figure as sent, with what was said beside it."""

    raw: RawFigure
    note: str | None = None
    explanation: str | None = None
    correction_reason: str | None = None
    faults: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What one area sends for one period. ``pointer`` and ``row`` say where it stands."""

    area: str
    period: str
    figures: tuple[SentFigure, ...]
    correction_reason: str | None = None
    pointer: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFigure:
    """The newest submitted or approved figure of an indicator, area and period."""

    value: Decimal | None
    basis: str | None
    missing_reason: str | None
    unit: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFigure:
    """A figure with its change and findings; ``sound`` unless it is rejected."""

    sent: SentFigure
    change: Change
    indicator: str | None = None
    sound: SoundFigure | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A submission with every figure judged."""

    submission: Submission
    period: Period | None
    figures: tuple[JudgedFigure, ...]
    findings: tuple[Finding, ...]

    @property
    def accepted(self) -> tuple[JudgedFigure, ...]:
        """The figures that change something."""
        wanted = {Change.CREATED, Change.UPDATED}
        return tuple(figure for figure in self.figures if figure.change in wanted)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many figures were created, updated, unchanged and rejected."""

    by_change: dict[Change, int] = field(default_factory=dict)

    @classmethod
    def of(cls, judgements: list[Judgement]) -> "Counts":
        """The counts over all submissions."""
        changes = [figure.change for judged in judgements for figure in judged.figures]
        return cls({change: changes.count(change) for change in Change})

    def refused(self) -> "Counts":
        """The counts when nothing is stored: what would have changed is rejected."""
        unchanged = self.by_change[Change.UNCHANGED]
        rejected = sum(self.by_change.values()) - unchanged
        blank = dict.fromkeys(Change, 0)
        return Counts({**blank, Change.UNCHANGED: unchanged, Change.REJECTED: rejected})

    @property
    def is_nothing_taken(self) -> bool:
        """Whether every figure was rejected."""
        return sum(self.by_change.values()) == self.by_change[Change.REJECTED]

    def as_summary(self) -> dict[str, int]:
        """The counts by the names that clients read."""
        return {change.value: self.by_change[change] for change in Change}


def is_conflict_only(findings: tuple[Finding, ...]) -> bool:
    """Whether the state of the plan alone forbids it, so that the answer is 409, not 422."""
    return all(finding.code in CONFLICTS for finding in findings)
