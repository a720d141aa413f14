"""A target divided among areas: what is asked, and the proposal. Nothing is stored."""

from typing import Annotated

from pydantic import Field

from app.domain.year.split import SplitBy
from app.schemas.base import Answer, Input
from app.schemas.evaluate import Value
from app.vocabulary import Number

AreaCode = Annotated[str, Field(max_length=64)]
Weight = Annotated[Value, Field(ge=0)]


class SplitInput(Input):
    """What is divided, among which areas, and what the parts are proportional to."""

    indicator: str = Field(
        max_length=64, description="Code of the indicator, for example `value_added`."
    )
    by: SplitBy = Field(
        description="What the parts are proportional to: nothing (`equal`), what each area brought "
        "in the last full year (`past_share`), that carried on at the growth of the same year "
        "(`past_growth`), or `weights`."
    )
    year: Annotated[int, Field(ge=1000, le=2999, strict=True)] | None = Field(
        default=None,
        description="Year whose task is divided, for example 2025. By default the target over the "
        "years of the plan is.",
    )
    value: Value | None = Field(
        default=None,
        description="Amount to divide, in the unit of the indicator. By default the task or the "
        "target of the area that is divided.",
    )
    area: AreaCode | None = Field(
        default=None, description="Code of the area that is divided. By default the whole area."
    )
    areas: Annotated[list[AreaCode], Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description="Codes of the areas that get a part. By default every area that is counted "
        "in the sum.",
    )
    weights: Annotated[dict[AreaCode, Weight], Field(min_length=1, max_length=200)] | None = Field(
        default=None,
        description="Weight of each area that gets a part, by code. Required with `by` as "
        "`weights`, otherwise left out.",
    )


class SplitPart(Answer):
    """The part of one area in a proposal."""

    area: str = Field(description="Code of the area, for example `nanshan`.")
    weight: Number = Field(description="What the part is proportional to; of equal parts 1.")
    share_percent: Number = Field(description="Part as a percentage of the amount divided.")
    value: Number = Field(description="Part of the area, in `unit`.")


class SplitProposal(Answer):
    """Parts that sum exactly to the whole. To make them targets, post them to `targets`."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    indicator: str = Field(description="Code of the indicator that is divided.")
    area: str = Field(description="Code of the area that is divided.")
    year: int | None = Field(
        description="Year whose task is divided. Null for the target over the years of the plan."
    )
    by: SplitBy = Field(description="What the parts are proportional to, as it was asked.")
    unit: str = Field(description="Unit of all values, that of the indicator.")
    value: Number = Field(description="Amount that is divided, in `unit`.")
    weights_year: int | None = Field(
        description="Full year whose figures are the weights. Null unless they are of the past."
    )
    parts: list[SplitPart] = Field(description="The parts, in the order of the plan's areas.")
