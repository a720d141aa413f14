"""Targets beside their actuals, every version of them, and their revision."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, JsonValue, Tag

from app.domain.path import PathKind
from app.domain.target import Comparator
from app.schemas.base import Answer, Input
from app.schemas.evaluate import BaselineInput, MilestoneInput, Value
from app.schemas.query import Codes, ListQuery
from app.vocabulary import Number, PeriodCode, Text


class TargetRow(Answer):
    """A target beside its latest actual and gap."""

    plan: str = Field(description="The plan's code.")
    indicator: str = Field(description="The indicator's code.")
    indicator_name_zh: str = Field(description="Its name in Chinese.")
    indicator_name_en: str = Field(description="Its name in English.")
    area: str = Field(description="The area's code.")
    goal: str | None = Field(description="The goal that it stands under.")
    unit: str = Field(description="The indicator's unit.")
    target: Number = Field(description="X, in the unit.")
    comparator: str = Field(description="gt, gte, lte or lt.")
    direction: Literal["increase", "decrease"] = Field(description="Which way it should go.")
    commitment: str = Field(description="stated, or aspirational (力争).")
    deadline: str = Field(description="The period by which it is to be met.")
    clause_zh: str | None = Field(description="The plan's own words.")
    clause_en: str | None = Field(description="The clause in English.")
    baseline: Number | None = Field(description="B, in the unit; 0 for an increment.")
    baseline_period: str | None = Field(description="The period of the baseline.")
    path: str = Field(description="linear, geometric or milestones.")
    valid_from: str | None = Field(description="The first period it holds for; null for all.")
    period: str | None = Field(description="The period of the actual.")
    actual: Number | None = Field(description="V, in the unit.")
    actual_basis: str | None = Field(description="What the actual is a total of.")
    gap: Number | None = Field(description="d(X - V); positive is still to go.")
    gap_percent: Number | None = Field(description="The gap in percent of the target.")
    attainment_percent: Number | None = Field(description="V of X in percent.")
    progress_percent: Number | None = Field(description="(V-B)/(X-B) in percent.")
    elapsed_percent: Number | None = Field(description="Time gone, percent.")
    rating: str = Field(description="The rating's code.")
    areas_expected: int | None = Field(description="Areas that the sum should cover.")
    areas_reported: int | None = Field(description="Areas that it does cover.")
    revision: int = Field(description="The newest revision among the inputs.")
    missing_areas: list[str] = Field(description="Expected areas without a figure.")
    reasons: dict[str, str] = Field(description="A reason code for every null field.")
    flags: list[str] = Field(description="Qualifications of values that are there.")


class TargetVersion(Answer):
    """One version of a target."""

    revision: int = Field(description="Known since this revision.")
    value: Number = Field(description="X, in the unit.")
    comparator: str = Field(description="gt, gte, lte or lt.")
    deadline: str = Field(description="The period by which it is to be met.")
    path: str = Field(description="linear, geometric or milestones.")
    baseline: Number | None = Field(description="B, in the unit, as given.")
    baseline_period: str | None = Field(description="The period of the baseline.")
    valid_from: str | None = Field(description="The first period it holds for; null for all.")
    reason: str | None = Field(description="Why it was revised.")


class TargetDetail(TargetRow):
    """A target with every version of it."""

    history: list[TargetVersion] = Field(description="Every version, oldest first.")
    facts: dict[str, JsonValue] = Field(description="What else the plan says of it.")
    notes: list[str] = Field(description="Notes and ambiguities.")


class TargetRevision(Input):
    """A new value for a target. What is left out stays as it was, or as the whole's."""

    indicator: str = Field(max_length=64, description="The indicator's code.")
    area: str | None = Field(default=None, max_length=64, description="By default the whole.")
    value: Value = Field(description="X, in the unit.")
    unit: str | None = Field(default=None, max_length=16, description="By default its own.")
    valid_from: PeriodCode | None = Field(
        default=None, description="The first period it holds for; by default all of them."
    )
    path: PathKind | None = Field(default=None, description="linear, geometric, milestones.")
    milestones: Annotated[list[MilestoneInput], Field(max_length=100)] | None = None
    comparator: Comparator | None = Field(default=None, description="gt, gte, lte or lt.")
    baseline: BaselineInput | None = Field(default=None, description="In the same unit.")
    reason: Text = Field(description="Why; kept in the ledger.")


class TargetRevisions(Input):
    """Several revisions at once, in one revision of the plan."""

    targets: Annotated[list[TargetRevision], Field(min_length=1, max_length=1000)]

    def by_pointer(self) -> dict[str, TargetRevision]:
        """The revisions by where they stand in the request (RFC 6901)."""
        return {f"/targets/{place}": each for place, each in enumerate(self.targets)}


def _shape(given: object) -> str:
    return "several" if isinstance(given, dict) and "targets" in given else "one"


# Told apart by what is there, so that only the faults of the shape that was meant are named.
OneOrSeveral = Annotated[
    Annotated[TargetRevision, Tag("one")] | Annotated[TargetRevisions, Tag("several")],
    Discriminator(_shape),
]


class RevisedTarget(TargetVersion):
    """A target as it is from now on."""

    indicator: str = Field(description="The indicator's code.")
    area: str = Field(description="The area's code.")


class RevisionResult(Answer):
    """What became of a revision."""

    applied: bool = Field(description="Whether anything was stored.")
    revision: int = Field(description="The plan's newest revision.")
    targets: list[RevisedTarget] = Field(description="The targets that were stored.")


class TargetQuery(ListQuery):
    """Which targets."""

    indicator: Codes | None = Field(default=None, description="Indicator codes.")
    area: Codes | None = Field(default=None, description="Area codes.")
    goal: Codes | None = Field(default=None, description="Goal codes.")
