"""A scenario: what is assumed. The answer is gap rows; nothing is stored."""

from typing import Annotated

from pydantic import Field

from app.schemas.base import Input
from app.schemas.evaluate import Value
from app.schemas.query import ListQuery
from app.vocabulary import PeriodCode


class GrowthInput(Input):
    """A figure that goes on growing from its last actual to the deadline."""

    indicator: str = Field(max_length=64, description="The indicator's code.")
    area: str = Field(max_length=64, description="The area's code.")
    percent: Annotated[Value, Field(gt=-100, le=1000)] = Field(
        description="Percent a year, compounded; below 0 it falls."
    )


class AssumedFigure(Input):
    """A figure as a report would bring it."""

    indicator: str = Field(max_length=64, description="The indicator's code.")
    area: str = Field(max_length=64, description="The area's code.")
    period: PeriodCode = Field(description="2025-Q4, or 2025 for the same.")
    value: Value = Field(description="The figure, in `unit`.")
    unit: str = Field(max_length=16, description="元 万元 亿元 人 万人 平方米 家 ...")
    basis: str = Field(max_length=16, description="quarter, ytd, since_start or level.")


class ScenarioInput(Input):
    """What is assumed; what is not named stays as it is known."""

    period: PeriodCode | None = Field(
        default=None, description="The rows' period; by default each row's latest one."
    )
    growth: Annotated[list[GrowthInput], Field(max_length=1000)] = Field(
        default=[], description="Growth from the last actual, assumed figures included."
    )
    figures: Annotated[list[AssumedFigure], Field(max_length=1000)] = Field(
        default=[], description="Figures; they go before reported ones."
    )
    targets_met: bool = Field(
        default=False,
        description="Every area below the whole just meets its own target at the deadline, unless "
        "growth or a figure says otherwise, or it is known to have met it.",
    )


class ScenarioQuery(ListQuery):
    """What the rows of a scenario are known by, and show."""

    explain: bool = Field(default=False, description="Add formulas and inputs to each row.")
