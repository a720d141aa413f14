"""A plan as data: everything that a plan file states, validated as a whole.

Another plan, another city, another language is another such file and no code.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from app.domain.accumulation import Accumulation, AreaRule, Basis, Frequency, Measure
from app.domain.checks.rules import MissingStrategy
from app.domain.path import PathKind
from app.domain.quantity import UNITS
from app.domain.target import Commitment, Comparator, Direction
from app.vocabulary import Code, PeriodCode, Text


class DocumentPart(BaseModel):
    """Any part of a plan file: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanHeader(DocumentPart):
    """What the plan is, who issued it, and the years that it covers."""

    code: Code
    title_zh: Text
    title_en: Text
    publisher_zh: Text
    publisher_en: Text
    start_date: date
    start_year: int
    end_year: int
    document_no: Text | None = None
    published_on: date | None = None
    url: Text | None = None
    notes: list[Text] = []


class BandSettings(DocumentPart):
    """The lower bounds of the rating bands on the index."""

    on_track: Decimal = Decimal("0.95")
    acceleration_needed: Decimal = Decimal("0.60")

    @model_validator(mode="after")
    def _descend(self) -> Self:
        if not 0 < self.acceleration_needed < self.on_track:
            raise PydanticCustomError("bands_descend", "the bands do not descend")
        return self


class Deadlines(DocumentPart):
    """When reports are due and when a quarter closes (days in Asia/Shanghai)."""

    due_day: Annotated[int, Field(ge=1, le=28)] = 15
    due_days: dict[PeriodCode, date] = {}
    closes_after_days: Annotated[int, Field(ge=0)] | None = None


class PlanSettings(DocumentPart):
    """The rules of a plan that its owner may set."""

    review: Literal["manual", "automatic"] = "manual"
    bands: BandSettings = BandSettings()
    deadlines: Deadlines = Deadlines()


class AreaEntry(DocumentPart):
    """An area that figures are about. ``in_sum``: counted in its parent's sum."""

    code: Code = Field(description="The area's code.")
    name_zh: Text = Field(description="Its name in Chinese.")
    name_en: Text = Field(description="Its name in English.")
    parent: Code | None = Field(description="The area it lies in; null for the whole.")
    level: Code = Field(description="city, district, province, ...")
    official_code: Text | None = Field(default=None, description="Its code in official statistics.")
    reports: bool = Field(description="Whether it is expected to report.")
    in_sum: bool = Field(description="Whether it counts in the sum of the area above.")
    role_zh: Text | None = Field(default=None, description="Its role in the plan, in Chinese.")
    role_en: Text | None = Field(default=None, description="Its role in English.")
    notes: list[Text] = Field(default=[], description="Notes on the area.")


class IndicatorChecks(DocumentPart):
    """Which questions the intake asks about a figure of this indicator."""

    integer: bool = False
    negative_allowed: bool = False
    running_total_fell: bool = True
    scale_slip: bool = True
    outlier: Literal["modified_z", "z", "off"] = "modified_z"
    outlier_threshold: Decimal = Decimal("3.5")
    change_from_constant: bool = True
    jump_percent: Decimal | None = None


class IndicatorEntry(DocumentPart):
    """What is measured, in which unit, and how it accumulates."""

    code: Code = Field(description="The indicator's code.")
    name_zh: Text = Field(description="Its name in Chinese.")
    name_en: Text = Field(description="Its name in English.")
    definition_zh: Text | None = Field(default=None, description="What it counts, in Chinese.")
    definition_en: Text | None = Field(default=None, description="What it counts, in English.")
    unit: str = Field(description="The unit of every figure of it.")
    measure: Measure = Field(default=Measure.REPORTED, description="reported, cagr or ratio.")
    of: Code | None = Field(default=None, description="The indicator whose growth it is (cagr).")
    numerator: Code | None = Field(default=None, description="The part above (ratio).")
    denominator: Code | None = Field(default=None, description="The part below (ratio).")
    accumulation: Accumulation = Field(description="annual_flow, increment, level or ratio.")
    frequency: Frequency = Field(default=Frequency.QUARTER, description="quarter or year.")
    area_rule: AreaRule = Field(default=AreaRule.SUM, description="sum, or none.")
    direction: Direction = Field(default=Direction.INCREASE, description="Which way it should go.")
    price_basis: Literal["current", "constant", "not_stated"] | None = Field(
        default=None, description="Current or constant prices."
    )
    net_or_gross: Literal["net", "gross", "not_stated"] | None = Field(
        default=None, description="What leaves is taken off, or not."
    )
    checks: IndicatorChecks = Field(default=IndicatorChecks(), description="What the intake asks.")
    ambiguities: list[Text] = Field(default=[], description="What the plan leaves open.")
    notes: list[Text] = Field(default=[], description="Notes on the text.")
    facts: dict[str, JsonValue] = Field(default={}, description="What else the plan says of it.")

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
    milestones: list[MilestoneEntry] = []
    clause_zh: Text | None = None
    clause_en: Text | None = None
    goal: Code | None = None
    notes: list[Text] = []
    facts: dict[str, JsonValue] = {}

    @model_validator(mode="after")
    def _agree(self) -> Self:
        implied = self.comparator.direction
        if implied is not None and implied is not self.direction:
            facts = {"comparator": self.comparator.value, "direction": implied.value}
            raise PydanticCustomError("direction_of_comparator", "the two disagree", facts)
        if bool(self.milestones) != (self.path is PathKind.MILESTONES):
            raise PydanticCustomError("milestones_together", "path and milestones disagree")
        return self


class QualitativeGoal(DocumentPart):
    """A goal without a number."""

    code: Code
    text_zh: Text
    text_en: Text


class GoalEntry(DocumentPart):
    """A goal: the targets and the qualitative goals under it."""

    code: Code
    title_zh: Text
    title_en: Text
    indicators: list[Code] = []
    qualitative: list[QualitativeGoal] = []
    notes: list[Text] = []


class Serves(DocumentPart):
    """What an action is for, and whether the plan says so or a reader inferred it."""

    goals: list[Code] = []
    indicators: list[Code] = []
    basis: Literal["stated", "inferred"]


class ActionEntry(DocumentPart):
    """A task, project or safeguard with the units responsible for it."""

    code: Code = Field(description="The action's code.")
    kind: Literal["task", "project", "safeguard"] = Field(description="task, project or safeguard.")
    ordinal_zh: Text | None = Field(default=None, description="Its number in the plan.")
    title_zh: Text = Field(description="Its title in Chinese.")
    title_en: Text = Field(description="Its title in English.")
    summary_zh: Text | None = Field(default=None, description="What is to be done, in Chinese.")
    summary_en: Text | None = Field(default=None, description="What is to be done, in English.")
    responsible_units: list[Code] = Field(description="Codes of the units.")
    first_listed_unit: Code | None = Field(default=None, description="The one listed first.")
    lead_is_designated: bool = Field(default=False, description="Whether it is named as leading.")
    serves: Serves | None = Field(default=None, description="Goals and indicators it is for.")
    notes: list[Text] = Field(default=[], description="Notes on the text.")


class ResponsibleUnitEntry(DocumentPart):
    """A body that the plan makes responsible; ``code`` is one a person can read."""

    code: Code = Field(description="The unit's code.")
    name_zh: Text = Field(description="Its name in Chinese.")
    name_en: Text = Field(description="Its name in English.")
    name_en_basis: Text | None = Field(default=None, description="Where the English name is from.")
    kind: Code = Field(description="What kind of body it is.")
    notes: list[Text] = Field(default=[], description="Notes on the unit.")


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
    rules: list[RuleEntry] = []
    goals: list[GoalEntry] = []
    actions: list[ActionEntry] = []
    responsible_units: list[ResponsibleUnitEntry] = []
    observations: list[ObservationEntry] = []
    ambiguities: list[Text] = []
    context: dict[str, JsonValue] = {}
