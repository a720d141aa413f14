"""Revising a target, or giving an area one of its own."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from app.domain.comparator import Comparator
from app.domain.path import PathKind
from app.schemas.base import Answer, Input
from app.schemas.evaluate import BaselineInput, MilestoneInput, Value
from app.schemas.plan import TargetVersion
from app.vocabulary import PeriodCode, Text


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
