"""A plan as data: everything that a plan file states, validated as a whole.

Another plan, another city, another language is another such file and no code.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from app.domain.accumulation import Accumulation, AreaRule, Basis, Frequency, Measure
from app.domain.checks.rules import MissingStrategy
from app.domain.checks.unit import UNITS
from app.domain.path import Direction, PathKind
from app.domain.quantity import ObsStatus, PriceBasis
from app.domain.target import Comparator
from app.domain.targets import Commitment
from app.schemas.base import DocumentPart
from app.schemas.document.actions import (
    ActionEntry,
    CircumstanceEntry,
    GoalEntry,
    ResponsibleUnitEntry,
)
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


class IndicatorChecks(DocumentPart):
    """Checks on reported figures of an indicator."""

    integer: bool = Field(default=False, description="True if figures must be whole numbers.")
    negative_allowed: bool = Field(default=False, description="True if figures may be negative.")
    running_total_fell: bool = Field(
        default=True, description="Query a running total that is lower than the one before."
    )
    scale_slip: bool = Field(
        default=True, description="Query a figure that seems to be in the wrong unit."
    )
    outlier: Literal["modified_z", "z", "off"] = Field(
        default="modified_z",
        description="Method of querying unusual figures: `modified_z`, `z` or `off`.",
    )
    outlier_threshold: Decimal = Field(
        default=Decimal("3.5"),
        description="Score of that method beyond which a figure is queried. By default 3.5.",
    )
    change_from_constant: bool = Field(
        default=True, description="Query a figure that differs after a series of equal ones."
    )
    jump_percent: Decimal | None = Field(
        default=None,
        description="Change in percent beyond which a figure is queried. Null if it is not "
        "checked.",
    )


class BreakEntry(DocumentPart):
    """A break in the series of an indicator: from a period on, figures mean something else."""

    period: PeriodCode = Field(
        description="First period of the new series, for example `2024-Q1`; a year begins with "
        "its first quarter."
    )
    text_zh: Text = Field(description="What changed, in Chinese.")
    text_en: Text = Field(description="What changed, in English.")


class IndicatorEntry(DocumentPart):
    """An indicator: what is measured, in which unit, and how its figures add up."""

    code: Code = Field(description="Code of the indicator, for example `value_added`.")
    name_zh: Text = Field(description="Name of the indicator in Chinese.")
    name_en: Text = Field(description="Name of the indicator in English.")
    definition_zh: Text | None = Field(
        default=None,
        description="Definition of the indicator in Chinese. Null if the plan gives none.",
    )
    definition_en: Text | None = Field(
        default=None,
        description="Definition of the indicator in English. Null if the plan gives none.",
    )
    unit: str = Field(
        description="Unit of the indicator, in which its figures are given, for example `亿元`."
    )
    measure: Measure = Field(
        default=Measure.REPORTED,
        description="`reported`: areas report it. `cagr`: average yearly growth of another "
        "indicator. `ratio`: one indicator divided by another.",
    )
    of: Code | None = Field(
        default=None,
        description="Code of the indicator whose growth it is. Null unless `measure` is `cagr`.",
    )
    numerator: Code | None = Field(
        default=None,
        description="Code of the indicator that is divided. Null unless `measure` is `ratio`.",
    )
    denominator: Code | None = Field(
        default=None,
        description="Code of the indicator that it is divided by. Null unless `measure` is "
        "`ratio`.",
    )
    accumulation: Accumulation = Field(
        description="How figures add up over time: `annual_flow`, `increment`, `level` or `ratio`."
    )
    frequency: Frequency = Field(
        default=Frequency.QUARTER,
        description="How often it is reported: every `quarter`, or each `year` with the fourth "
        "quarter.",
    )
    area_rule: AreaRule = Field(
        default=AreaRule.SUM,
        description="How figures combine over areas: `sum`, or `none` if they cannot be added up.",
    )
    direction: Direction = Field(
        default=Direction.INCREASE,
        description="Direction that the plan wants: `increase` or `decrease`.",
    )
    price_basis: Literal["current", "constant", "not_stated"] | None = Field(
        default=None,
        description="Prices that values are in: `current`, `constant` or `not_stated`. Null if "
        "it is not an amount of money.",
    )
    net_or_gross: Literal["net", "gross", "not_stated"] | None = Field(
        default=None,
        description="Whether decreases are deducted: `net`, `gross` or `not_stated`. Null if "
        "this does not apply.",
    )
    breaks: list[BreakEntry] = Field(
        default=[],
        description="Breaks in the series: a new definition or another scope. No growth or trend "
        "is calculated across one.",
    )
    checks: IndicatorChecks = Field(
        default=IndicatorChecks(),
        description="Checks that reported figures of the indicator must pass.",
    )
    ambiguities: list[Text] = Field(
        default=[], description="Points that the plan leaves open, and how they are read here."
    )
    notes: list[Text] = Field(
        default=[], description="Notes on the text of the plan about the indicator."
    )
    facts: dict[str, JsonValue] = Field(
        default={}, description="Other statements of the plan about the indicator."
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.unit not in UNITS:
            facts = {"unit": self.unit, "allowed": " ".join(UNITS)}
            raise PydanticCustomError("unknown_unit", "the unit is not known", facts)
        needed = {
            Measure.REPORTED: (),
            Measure.CAGR: ("of",),
            Measure.RATIO: ("numerator", "denominator"),
        }[self.measure]
        for field in ("of", "numerator", "denominator"):
            if (getattr(self, field) is not None) != (field in needed):
                facts = {"measure": self.measure.value, "field": field}
                if field in needed:
                    raise PydanticCustomError("measure_needs", "a field is missing", facts)
                raise PydanticCustomError("measure_takes_no", "a field is too many", facts)
        if (self.measure is Measure.RATIO) != (self.accumulation is Accumulation.RATIO):
            raise PydanticCustomError("ratio_together", "measure and accumulation disagree")
        return self


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
    """A number that the plan commits to, in the indicator's unit or another of its dimension."""

    indicator: Code
    area: Code
    value: Decimal
    unit: str
    comparator: Comparator
    comparator_word_zh: Text | None = None
    commitment: Commitment
    commitment_note: Text | None = None
    deadline: PeriodCode
    direction: Direction = Direction.INCREASE
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
