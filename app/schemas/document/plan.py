"""A plan as data: everything that a plan file states, validated as a whole.

Another plan, another city, another language is another such file and no code.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    JsonValue,
    StrictBool,
    StrictInt,
    ValidationInfo,
    model_validator,
)
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
    reports: StrictBool = Field(description="True if the area is expected to report.")
    in_sum: StrictBool = Field(
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

    code: Code = Field(description="Code of the rule, unique within the plan.")
    text_zh: Text = Field(description="The rule in Chinese.")
    text_en: Text = Field(description="The rule in English.")
    left: Annotated[list[Code], Field(min_length=1)] = Field(
        description="Codes of the indicators whose sum is compared."
    )
    comparator: Comparator = Field(
        description="How the sums must compare: `gt`, `gte`, `lte` or `lt`."
    )
    right: Annotated[list[Code], Field(min_length=1)] = Field(
        description="Codes of the indicators whose sum it is compared with."
    )
    missing: MissingStrategy = Field(
        default=MissingStrategy.SKIP_IF_ANY,
        description="What a missing figure does: skips the rule, or counts as nothing.",
    )


class BaselineEntry(DocumentPart):
    """Where a target starts from. It belongs to the target and is not an observation."""

    value: Decimal = Field(
        description="Value that the target starts from, in the unit of the target."
    )
    period: PeriodCode = Field(
        description="Period of the baseline, for example `'2021'` in quotation marks."
    )


class MilestoneEntry(DocumentPart):
    """A value that the plan asks for on the way."""

    period: PeriodCode = Field(
        description="Period of the milestone, for example `'2023'` or `2024-Q2`."
    )
    value: Decimal = Field(description="Value asked for at that period, in the unit of the target.")


def _require_value(value: object, so_far: ValidationInfo) -> object:
    """A draft leaves targets open: whoever loads it is told which."""
    if value is None:
        place = {name: str(so_far.data.get(name, "?")) for name in ("indicator", "area")}
        facts = {"indicator": place["indicator"], "area": place["area"]}
        raise PydanticCustomError("target_open", "no value yet", facts)
    return value


class TargetEntry(DocumentPart):
    """A number that the plan commits to, in the indicator's unit or another of its dimension.

    With the comparator ``between`` it is a range, from ``value`` to ``value_high``.
    """

    indicator: Code = Field(description="Code of the indicator that the target is for.")
    area: Code = Field(description="Code of the area that the target is for.")
    value: Annotated[Decimal, BeforeValidator(_require_value)] = Field(
        description="Target value, in `unit`. Of a range, the lower end."
    )
    value_high: Decimal | None = Field(
        default=None,
        description="Upper end of a range, in `unit`. Only with the comparator `between`.",
    )
    unit: str = Field(
        description="Unit of the target: that of the indicator, or another of its dimension."
    )
    comparator: Comparator = Field(
        description="When the target is met: `gt` (above), `gte` (at least), `lte` (at most), "
        "`lt` (below) or `between` (within a range, ends included)."
    )
    comparator_word_zh: Text | None = Field(
        default=None, description="The word of the plan for the comparator, in Chinese."
    )
    commitment: Commitment = Field(
        description="How binding the plan makes it: `stated` (明确目标) or `aspirational` "
        "(力争目标)."
    )
    commitment_note: Text | None = Field(
        default=None, description="Note on how binding the target is."
    )
    deadline: PeriodCode = Field(
        description="Period by which the target is to be met, for example `'2025'` in quotation "
        "marks."
    )
    direction: Direction | None = Field(
        default=None,
        description="Direction that the plan wants, if it is not that of the indicator: "
        "`increase` or `decrease`.",
    )
    baseline: BaselineEntry | None = Field(
        default=None, description="Where the target starts from."
    )
    baseline_source: Text | None = Field(default=None, description="Where the baseline was read.")
    path: PathKind = Field(
        description="Path from the baseline to the target: `linear`, `geometric` or `milestones`."
    )
    milestones: list[MilestoneEntry] = Field(
        default=[], description="Values on the way. Only with the path `milestones`."
    )
    clause_zh: Text | None = Field(default=None, description="The words of the plan in Chinese.")
    clause_en: Text | None = Field(default=None, description="The words of the plan in English.")
    goal: Code | None = Field(
        default=None, description="Code of the goal that the target belongs to."
    )
    notes: list[Text] = Field(default=[], description="Notes on the target.")
    facts: dict[str, JsonValue] = Field(
        default={},
        description="Other statements of the plan about the target. Decimals in quotation marks.",
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if bool(self.milestones) != (self.path is PathKind.MILESTONES):
            raise PydanticCustomError("milestones_together", "path and milestones disagree")
        if (self.value_high is not None) != (self.comparator is Comparator.BETWEEN):
            raise PydanticCustomError("range_together", "comparator and values disagree")
        return self


class TaskEntry(DocumentPart):
    """The task of an area for one year of the plan, beside its target over the years."""

    indicator: Code = Field(description="Code of the indicator that the task is for.")
    area: Code = Field(description="Code of the area that has the task.")
    year: StrictInt = Field(description="Year of the plan that the task is for.")
    value: Decimal = Field(
        description="What the year must bring, in `unit`: of increments the addition of the year, "
        "else the value at its end."
    )
    unit: str = Field(
        description="Unit of the task: that of the indicator, or another of its dimension."
    )
    comparator: Comparator | None = Field(
        default=None,
        description="When the task is met: `gt`, `gte`, `lte` or `lt`. By default as the target "
        "over the years, of the area or else of the whole area.",
    )


class SourceEntry(DocumentPart):
    """Where a published figure was read."""

    publisher: Text = Field(description="Who published the figure.")
    published_on: Text | None = Field(default=None, description="When it was published.")
    read_on: Text | None = Field(default=None, description="When it was read.")
    url: Text | None = Field(default=None, description="Address at which it is published.")


class ObservationEntry(DocumentPart):
    """A published figure: as published, with its unit, basis and source."""

    indicator: Code = Field(description="Code of the indicator.")
    area: Code = Field(description="Code of the area.")
    period: PeriodCode = Field(description="Quarter of the figure, for example `2024-Q4`.")
    basis: Basis = Field(
        description="What the figure is a total of: `quarter`, `ytd` (the year so far), "
        "`since_start` (the plan so far) or `level` (the end of the quarter)."
    )
    value: Decimal = Field(description="The figure as published, in `unit`.")
    unit: str = Field(description="Unit of the figure.")
    published_growth_percent: Decimal | None = Field(
        default=None, description="Growth published with the figure, in percent."
    )
    price_basis: PriceBasis | None = Field(
        default=None, description="Prices of that growth: `constant` or `current`."
    )
    obs_status: ObsStatus = Field(
        default=ObsStatus.NORMAL,
        description="Status in the codes of SDMX: `A` (normal), `P` (preliminary), `E` "
        "(estimated) or `B` (break in the series).",
    )
    rounded: StrictBool = Field(
        default=False, description="True if the figure was rounded before it was published."
    )
    source: SourceEntry = Field(description="Where the figure was read.")


class PlanDocument(DocumentPart):
    """A whole plan file."""

    format: Literal["dabiao-plan/1"] = Field(
        description="Version of the form of this file, always `dabiao-plan/1`."
    )
    plan: PlanHeader = Field(description="What the plan is, who issued it, and its years.")
    settings: PlanSettings = Field(
        default=PlanSettings(), description="Rules that the owner of the plan may set."
    )
    units: list[UnitEntry] = Field(
        default=[], description="Units of measure that the plan adds to the built-in ones."
    )
    areas: Annotated[list[AreaEntry], Field(min_length=1)] = Field(
        description="Areas that figures are reported for, exactly one of them without a parent."
    )
    indicators: Annotated[list[IndicatorEntry], Field(min_length=1)] = Field(
        description="What the plan measures."
    )
    targets: list[TargetEntry] = Field(description="The numbers that the plan commits to.")
    tasks: list[TaskEntry] = Field(
        default=[], description="Tasks of single years. A year without one follows the path."
    )
    rules: list[RuleEntry] = Field(
        default=[], description="Rules between indicators, checked when figures are reported."
    )
    goals: list[GoalEntry] = Field(
        default=[], description="Goals, with the indicators and qualitative goals under them."
    )
    actions: list[ActionEntry] = Field(default=[], description="Tasks, projects and safeguards.")
    opportunities: list[CircumstanceEntry] = Field(
        default=[], description="Opportunities that the plan states as its ground."
    )
    problems: list[CircumstanceEntry] = Field(
        default=[], description="Problems that the plan states as its ground."
    )
    responsible_units: list[ResponsibleUnitEntry] = Field(
        default=[], description="Authorities that the plan makes responsible."
    )
    observations: list[ObservationEntry] = Field(
        default=[], description="Published figures that the plan is loaded with."
    )
    ambiguities: list[Text] = Field(
        default=[], description="Points that the plan leaves open, and how they are read here."
    )
    context: dict[str, JsonValue] = Field(
        default={}, description="Anything else to keep with the plan. Decimals in quotation marks."
    )

    @property
    def known_units(self) -> Units:
        """The built-in units, and those that the plan declares."""
        return {**{each.symbol: each.unit for each in self.units}, **UNITS}
