"""What a plan measures: its indicators, how their figures add up, and what is checked."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from app.domain.accumulation import Accumulation, AreaRule, Frequency, Measure
from app.domain.checks.unit import Unit
from app.domain.path import Direction
from app.schemas.base import DocumentPart
from app.vocabulary import Code, PeriodCode, Text


class UnitEntry(DocumentPart):
    """A unit of measure that the plan adds to the built-in ones."""

    symbol: Annotated[str, StringConstraints(pattern=r"^\S{1,16}$")] = Field(
        description="Symbol of the unit, as figures are reported in it, for example `吨标准煤`."
    )
    dimension: Code = Field(
        description="What it measures: units of one dimension convert into each other. A slug of "
        "the plan, or a built-in one: `yuan`, `person`, `area` or `count`."
    )
    factor: Annotated[Decimal, Field(gt=0, max_digits=28, decimal_places=12)] = Field(
        description="How many of the dimension's base unit it holds, exactly. The built-in "
        "dimensions have 元, 人, 平方米 and 家 or 个 as base units."
    )
    name_en: Text | None = Field(
        default=None, description="Name of the unit in English. By default the symbol."
    )

    @property
    def unit(self) -> Unit:
        """The unit that it declares."""
        return Unit(symbol=self.symbol, dimension=self.dimension, factor=self.factor)


class IndicatorChecks(DocumentPart):
    """Checks on reported figures of an indicator."""

    integer: StrictBool = Field(default=False, description="True if figures must be whole numbers.")
    negative_allowed: StrictBool = Field(
        default=False, description="True if figures may be negative."
    )
    running_total_fell: StrictBool = Field(
        default=True, description="Query a running total that is lower than the one before."
    )
    scale_slip: StrictBool = Field(
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
    change_from_constant: StrictBool = Field(
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
