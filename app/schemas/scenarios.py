"""A scenario: what is assumed. The answer is gap rows; nothing is stored."""

from typing import Annotated

from pydantic import Field

from app.schemas.base import Input
from app.schemas.evaluate import Value
from app.schemas.query import ListQuery
from app.vocabulary import PeriodCode


class GrowthInput(Input):
    """Assumed growth of an indicator in an area, from its latest actual to the deadline."""

    indicator: str = Field(
        max_length=64, description="Code of the indicator, for example `value_added`."
    )
    area: str = Field(max_length=64, description="Code of the area, for example `nanshan`.")
    percent: Annotated[Value, Field(gt=-100, le=1000)] = Field(
        description="Assumed growth in percent a year, compounded. Negative for a decline; more "
        "than -100, at most 1,000."
    )


class AssumedFigure(Input):
    """An assumed figure, given as in a report."""

    indicator: str = Field(
        max_length=64, description="Code of the indicator, for example `value_added`."
    )
    area: str = Field(max_length=64, description="Code of the area, for example `nanshan`.")
    period: PeriodCode = Field(
        description="Quarter of the figure, for example `2025-Q4`; `2025` means the same."
    )
    value: Value = Field(description="Assumed value of the figure, in `unit`.")
    unit: str = Field(
        max_length=16,
        description="Unit of the value: 元, 万元, 亿元, 人, 万人, 平方米, 家 or another of the "
        "indicator's kind.",
    )
    basis: str = Field(
        max_length=16,
        description="What the figure is a total of: `quarter`, `ytd`, `since_start` or `level`.",
    )


class ScenarioInput(Input):
    """Assumptions of a scenario. Everything that is not named stays as it is known."""

    period: PeriodCode | None = Field(
        default=None, description="Period of the rows. By default the latest period of each row."
    )
    growth: Annotated[list[GrowthInput], Field(max_length=1000)] = Field(
        default=[],
        description="Indicators that are assumed to grow steadily, each in one area. Growth "
        "starts from the latest actual, assumed figures included.",
    )
    figures: Annotated[list[AssumedFigure], Field(max_length=1000)] = Field(
        default=[], description="Figures that are assumed. They take precedence over reported ones."
    )
    targets_met: bool = Field(
        default=False,
        description="If true, every area below the whole just meets its own target at the "
        "deadline, unless growth or a figure is assumed for it or it has already "
        "met it.",
    )


class ScenarioQuery(ListQuery):
    """As known when, and what the rows show."""

    explain: bool = Field(default=False, description="Add formulas and inputs to each row.")
