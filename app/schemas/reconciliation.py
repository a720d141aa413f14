"""Each whole beside the sum of its parts, figures and targets."""

from pydantic import Field

from app.schemas.gaps.row import Context, RowPlace
from app.schemas.query import ListQuery, SelectionQuery
from app.vocabulary import Number


class ReconciliationRow(Context, RowPlace):
    """The figure and target of an area beside the sums over the areas below it."""

    period: str | None = Field(
        description="The quarter, for example `2024-Q3`. Null if there are no figures at all."
    )
    unit: str = Field(description="Unit of figures, targets and differences, for example `亿元`.")
    basis: str = Field(
        description="What both figures are: `ytd`, `since_start`, `level` or `ratio`."
    )
    reported: Number | None = Field(
        description="Figure reported for the area itself, in `unit`. Null if there is none."
    )
    summed: Number | None = Field(
        description="Sum of the figures of the areas below it, in `unit`. Null if none of them "
        "is known."
    )
    difference: Number | None = Field(
        description="`reported` minus `summed`, in `unit`. Positive if the area reports more "
        "than its parts. Null if areas are missing from the sum."
    )
    difference_percent: Number | None = Field(
        description="`difference` as a percentage of the absolute value of `reported`. Null if "
        "that is 0."
    )
    provisional: bool = Field(description="True if any figure used awaits approval.")
    areas_expected: int = Field(description="Number of areas that the sum should cover.")
    areas_reported: int = Field(description="Number of these areas that have a value.")
    target: Number | None = Field(
        description="Target of the area itself, in `unit`. Null if it has none."
    )
    targets_summed: Number | None = Field(
        description="Sum of the targets of the areas below it, in `unit`. Null if none of them "
        "has one."
    )
    target_difference: Number | None = Field(
        description="`target` minus `targets_summed`, in `unit`: what has not been assigned to "
        "any area below. Negative if more was assigned than the target."
    )
    areas_with_target: int = Field(description="Number of areas below that have their own target.")
    areas_without_target: list[str] = Field(
        description="Codes of the areas below that have no target."
    )
    revision: int = Field(description="Newest revision among the figures and targets used.")


class ReconciliationQuery(ListQuery, SelectionQuery):
    """Which areas are compared with their parts."""
