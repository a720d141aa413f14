"""Targets beside their actuals, every version of them, and their revision."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, JsonValue, Tag

from app.domain.path import Comparator, PathKind
from app.schemas.base import Answer, Columns, Input
from app.schemas.evaluate import BaselineInput, MilestoneInput, Value
from app.schemas.query import Codes, ListQuery
from app.schemas.targets.tasks import SavedTask
from app.vocabulary import Number, PeriodCode, Text


class TargetRow(Columns):
    """A target beside its latest actual and gap."""

    plan: str
    indicator: str
    indicator_name_zh: str
    indicator_name_en: str
    area: str = Field(description="Code of the area that the target is for.")
    goal: str | None = Field(
        description="Code of the goal that the target belongs to. Null if it belongs to none."
    )
    unit: str
    target: Number
    target_high: Number | None
    comparator: str
    direction: Literal["increase", "decrease"] = Field(
        description="Direction that the plan wants: `increase` or `decrease`."
    )
    commitment: str
    deadline: str
    clause_zh: str | None = Field(
        description="The words of the plan in Chinese. Null if they are not given."
    )
    clause_en: str | None = Field(
        description="The words of the plan in English. Null if they are not given."
    )
    baseline: Number | None
    baseline_period: str | None
    path: str
    valid_from: str | None = Field(
        description="First period that the target holds for. Null if it holds for all."
    )
    period: str | None
    actual: Number | None
    actual_basis: str | None
    gap: Number | None
    gap_percent: Number | None
    attainment_percent: Number | None
    progress_percent: Number | None
    elapsed_percent: Number | None
    rating: str
    areas_expected: int | None
    areas_reported: int | None
    revision: int = Field(description="Newest revision among the figures and targets used.")
    missing_areas: list[str]
    reasons: dict[str, str]
    flags: list[str]


class TargetVersion(Answer):
    """One version of a target, as it was set or revised."""

    revision: int = Field(description="Revision of the plan that recorded the version.")
    value: Number = Field(
        description="Target value X, in the unit of the indicator. Of a range, the lower end."
    )
    value_high: Number | None = Field(
        description="Upper end of a range, in the unit of the indicator. Null if the target is no "
        "range."
    )
    comparator: str = Field(
        description="When the target is met: `gt` (above X), `gte` (at least X), `lte` (at most "
        "X), `lt` (below X) or `between` (from `value` to `value_high`, both included)."
    )
    deadline: str = Field(
        description="Period by which the target is to be met, for example `2025`."
    )
    path: str = Field(
        description="Path from the baseline to the target: `linear`, `geometric` or `milestones`."
    )
    baseline: Number | None = Field(
        description="Baseline value B, in the unit of the indicator. Null if none was given."
    )
    baseline_period: str | None = Field(
        description="Period of the baseline, for example `2021`. Null if there is none."
    )
    valid_from: str | None = Field(
        description="First period that the version holds for. Null if it holds for all."
    )
    reason: str | None = Field(
        description="Reason for the revision. Null for the target as first set by the plan."
    )


class TargetDetail(TargetRow):
    """A target with its latest actual and gap, and every version of it."""

    history: list[TargetVersion] = Field(description="Every version of the target, oldest first.")
    facts: dict[str, JsonValue] = Field(
        description="Other statements of the plan about the target."
    )
    notes: list[str] = Field(description="Notes on the target and its ambiguities.")


class TargetRevision(Input):
    """A new version of a target.

    What is left out stays as it was, or is taken from the target of the whole area.
    """

    indicator: str = Field(
        max_length=64, description="Code of the indicator, for example `value_added`."
    )
    area: str | None = Field(
        default=None,
        max_length=64,
        description="Code of the area, for example `nanshan`. By default the whole area.",
    )
    value: Value = Field(description="New target value X, in `unit`. Of a range, the lower end.")
    value_high: Value | None = Field(
        default=None,
        description="Upper end of a range, in `unit`. Required if the comparator is `between`, "
        "otherwise left out.",
    )
    unit: str | None = Field(
        default=None,
        max_length=16,
        description="Unit of the value. By default the unit of the indicator.",
    )
    year: Annotated[int, Field(ge=1000, le=2999, strict=True)] | None = Field(
        default=None,
        description="Year of the plan that the value is the task of, for example 2025. By "
        "default the value is the target over the years of the plan. A task has no path, "
        "milestones, baseline, range or `valid_from`.",
    )
    valid_from: PeriodCode | None = Field(
        default=None,
        description="First period that the new version holds for, for example `2024-Q1`. By "
        "default it holds for all.",
    )
    path: PathKind | None = Field(
        default=None,
        description="Path from the baseline to the target: `linear`, `geometric` or `milestones`.",
    )
    milestones: Annotated[list[MilestoneInput], Field(max_length=100)] | None = Field(
        default=None,
        description="Values on the way, in `unit`. Required if `path` is `milestones`, "
        "otherwise left out.",
    )
    comparator: Comparator | None = Field(
        default=None,
        description="When the target is met: `gt` (above X), `gte` (at least X), `lte` (at most "
        "X), `lt` (below X) or `between` (from `value` to `value_high`, both included).",
    )
    baseline: BaselineInput | None = Field(
        default=None, description="The value that the target starts from, in `unit`."
    )
    reason: Text = Field(description="Reason for the revision. It is recorded in the ledger.")


class TargetRevisions(Input):
    """Several new versions of targets, recorded in one revision of the plan."""

    targets: Annotated[list[TargetRevision], Field(min_length=1, max_length=1000)] = Field(
        description="The new versions, each for one indicator and area. At most 1,000."
    )

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
    """A target after its revision."""

    indicator: str = Field(description="Code of the indicator that the target is for.")
    area: str = Field(description="Code of the area that the target is for.")


class RevisionResult(Answer):
    """The outcome of revising targets."""

    applied: bool = Field(
        description="True if anything was saved. False if every target is already as requested."
    )
    revision: int = Field(description="Newest revision of the plan.")
    targets: list[RevisedTarget] = Field(
        description="The targets that were saved, as they are now."
    )
    tasks: list[SavedTask] = Field(
        description="The tasks of years that were saved, as they are now."
    )


class TargetQuery(ListQuery):
    """Which targets are listed."""

    indicator: Codes | None = Field(
        default=None,
        description="Codes of the indicators to include, for example `value_added`. Repeatable.",
    )
    area: Codes | None = Field(
        default=None,
        description="Codes of the areas to include, for example `nanshan`. Repeatable.",
    )
    goal: Codes | None = Field(
        default=None, description="Codes of the goals whose targets are included. Repeatable."
    )
