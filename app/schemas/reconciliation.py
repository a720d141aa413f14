"""Each whole beside the sum of its parts, figures and targets."""

from typing import Annotated

from pydantic import Field

from app.schemas.gaps.row import Context, RowPlace
from app.schemas.query import Codes, ListQuery
from app.vocabulary import Number, PeriodCode


class ReconciliationRow(Context, RowPlace):
    """An area's own figure beside the sum of the areas below it, and its target beside theirs."""

    period: str | None = Field(description="The quarter; null where there is no figure at all.")
    unit: str = Field(description="Of figures, targets and differences.")
    basis: str = Field(description="What both figures are: ytd, since_start, level or ratio.")
    reported: Number | None = Field(description="The area's own figure.")
    summed: Number | None = Field(description="The sum of the figures of the areas below it.")
    difference: Number | None = Field(description="reported - summed.")
    difference_percent: Number | None = Field(description="The difference in percent of reported.")
    provisional: bool = Field(description="Whether any input awaits approval.")
    areas_expected: int = Field(description="Areas that the sum should cover.")
    areas_reported: int = Field(description="Areas that it does cover.")
    target: Number | None = Field(description="The area's target, X.")
    targets_summed: Number | None = Field(description="The sum of the targets of those below it.")
    target_difference: Number | None = Field(
        description="target - targets_summed: what no area below has been given."
    )
    areas_with_target: int = Field(description="Areas below that have a target of their own.")
    areas_without_target: list[str] = Field(description="Areas below that have none.")
    revision: int = Field(description="The newest revision among the row's inputs.")


class ReconciliationQuery(ListQuery):
    """Which wholes are held against their parts."""

    indicator: Codes | None = Field(default=None, description="Indicator codes.")
    area: Codes | None = Field(default=None, description="Area codes.")
    period: Annotated[list[PeriodCode], Field(max_length=200)] | None = Field(
        default=None, description="Periods: 2024-Q3; by default every one with a figure."
    )
    start_period: PeriodCode | None = Field(default=None, description="The first period wanted.")
    end_period: PeriodCode | None = Field(default=None, description="The last period wanted.")
