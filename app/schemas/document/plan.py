"""A plan as data: everything that a plan file states, validated as a whole.

Another plan, another city, another language is another such file and no code.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from app.domain.accumulation import Basis
from app.domain.checks.rules import MissingStrategy
from app.domain.checks.unit import UNITS, Units
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import ObsStatus, PriceBasis
from app.domain.targets import Commitment
from app.schemas.base import DocumentPart
from app.schemas.document.actions import (
    ActionEntry,
    CircumstanceEntry,
    GoalEntry,
    ResponsibleUnitEntry,
)
from app.schemas.document.indicators import IndicatorEntry, UnitEntry
from app.schemas.document.settings import PlanHeader, PlanSettings
from app.vocabulary import Code, PeriodCode, Text


class AreaEntry(DocumentPart):
    """An area that figures are reported for."""

    code: Code = Field(description="Code of the area, for example `nanshan`.")
    name_zh: Text = Field(description="Name of the area in Chinese.")
    name_en: Text = Field(description="Name of the area in English.")
    parent: Code | None = Field(
        description="Code of the area that it lies in. Null for the whole area."
    )
    level: Code = Field(
        description="Level of the area, for example `city`, `district` or `province`."
    )
    official_code: Text | None = Field(
        default=None, description="Code of the area in official statistics. Null if it has none."
    )
    reports: bool = Field(description="True if the area is expected to report.")
    in_sum: bool = Field(
        description="True if the area is added up in the sum of the area above it."
    )
    role_zh: Text | None = Field(
        default=None,
        description="Role of the area in the plan, in Chinese. Null if the plan states none.",
    )
    role_en: Text | None = Field(
        default=None,
        description="Role of the area in the plan, in English. Null if the plan states none.",
    )
    notes: list[Text] = Field(default=[], description="Notes on the area.")


class RuleEntry(DocumentPart):
    """A rule between indicators: the sum of ``left`` must hold against that of ``right``."""

    code: Code
    text_zh: Text
    text_en: Text
    left: Annotated[list[Code], Field(min_length=1)]
    comparator: Comparator
    right: Annotated[list[Code], Field(min_length=1)]
    missing: MissingStrategy = MissingStrategy.SKIP_IF_ANY


class BaselineEntry(DocumentPart):
    """Where a target starts from. It belongs to the target and is not an observation."""

    value: Decimal
    period: PeriodCode


class MilestoneEntry(DocumentPart):
    """A value that the plan asks for on the way."""

    period: PeriodCode
    value: Decimal


class TargetEntry(DocumentPart):
    """A number that the plan commits to, in the indicator's unit or another of its dimension.

    With the comparator ``between`` it is a range, from ``value`` to ``value_high``.
    """

    indicator: Code
    area: Code
    value: Decimal
    value_high: Decimal | None = None
    unit: str
    comparator: Comparator
    comparator_word_zh: Text | None = None
    commitment: Commitment
    commitment_note: Text | None = None
    deadline: PeriodCode
    direction: Direction | None = None
    baseline: BaselineEntry | None = None
    baseline_source: Text | None = None
    path: PathKind
    milestones: list[MilestoneEntry] = Field(default=[])
    clause_zh: Text | None = None
    clause_en: Text | None = None
    goal: Code | None = None
    notes: list[Text] = Field(default=[])
    facts: dict[str, JsonValue] = Field(default={})

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if bool(self.milestones) != (self.path is PathKind.MILESTONES):
            raise PydanticCustomError("milestones_together", "path and milestones disagree")
        if (self.value_high is not None) != (self.comparator is Comparator.BETWEEN):
            raise PydanticCustomError("range_together", "comparator and values disagree")
        return self


class SourceEntry(DocumentPart):
    """Where a published figure was read."""

    publisher: Text
    published_on: Text | None = None
    read_on: Text | None = None
    url: Text | None = None


class ObservationEntry(DocumentPart):
    """A published figure: as published, with its unit, basis and source."""

    indicator: Code
    area: Code
    period: PeriodCode
    basis: Basis
    value: Decimal
    unit: str
    published_growth_percent: Decimal | None = None
    price_basis: PriceBasis | None = None
    obs_status: ObsStatus = ObsStatus.NORMAL
    rounded: bool = False
    source: SourceEntry


class PlanDocument(DocumentPart):
    """A whole plan file."""

    format: Literal["dabiao-plan/1"]
    plan: PlanHeader
    settings: PlanSettings = PlanSettings()
    units: list[UnitEntry] = Field(default=[])
    areas: Annotated[list[AreaEntry], Field(min_length=1)]
    indicators: Annotated[list[IndicatorEntry], Field(min_length=1)]
    targets: list[TargetEntry]
    rules: list[RuleEntry] = Field(default=[])
    goals: list[GoalEntry] = Field(default=[])
    actions: list[ActionEntry] = Field(default=[])
    opportunities: list[CircumstanceEntry] = Field(default=[])
    problems: list[CircumstanceEntry] = Field(default=[])
    responsible_units: list[ResponsibleUnitEntry] = Field(default=[])
    observations: list[ObservationEntry] = Field(default=[])
    ambiguities: list[Text] = Field(default=[])
    context: dict[str, JsonValue] = Field(default={})

    @property
    def known_units(self) -> Units:
        """The built-in units, and those that the plan declares."""
        return {**{each.symbol: each.unit for each in self.units}, **UNITS}
