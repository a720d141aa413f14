"""A figure as it is known: its value, how it was reported, and since when."""

from typing import Literal

from pydantic import Field, JsonValue

from app.schemas.base import Answer
from app.schemas.query import FigureQuery
from app.vocabulary import Instant, Number


class ObservationRow(Answer):
    """A figure in one of its versions: the value, how it was reported, and when it was known."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    indicator: str = Field(description="Code of the indicator, for example `value_added`.")
    area: str = Field(description="Code of the area, for example `nanshan`.")
    period: str = Field(description="Quarter of the figure, for example `2024-Q3`.")
    value: Number | None = Field(
        description="Value in the unit of the indicator. Null if the figure is missing, for the "
        "reason in `missing_reason`."
    )
    unit: str = Field(description="Unit of the indicator, for example `亿元`.")
    basis: str | None = Field(
        description="What the figure is a total of: `quarter`, `ytd`, `since_start` or `level`. "
        "Null if the figure is missing."
    )
    missing_reason: str | None = Field(
        description="Reason why there is no value: `not_due`, `not_reported`, `not_applicable`, "
        "`withheld` or `not_yet_available`. Null if there is a value."
    )
    reported_value: Number | None = Field(
        description="Value as it was reported, in `reported_unit`. Null if the figure is missing."
    )
    reported_unit: str | None = Field(
        description="Unit in which the value was reported, for example `万元`. Null if the "
        "figure is missing."
    )
    published_growth_percent: Number | None = Field(
        description="Growth rate published with the figure, in percent. It is never derived. "
        "Null if none was published."
    )
    price_basis: str | None = Field(
        description="Prices at which that growth was published: `constant` (可比价) or `current`. "
        "Null if it was not stated."
    )
    obs_status: str | None = Field(
        description="Status of the figure in the codes of SDMX: `A` (normal), `P` (preliminary, "
        "初步数), `E` (estimated) or `B` (break in the series). Null if the figure is missing."
    )
    rounded: bool = Field(description="True if only a rounded value was published.")
    source: dict[str, JsonValue] = Field(
        description="Publisher or submitter of the figure, and where it can be found."
    )
    report: str | None = Field(
        description="Id of the report that the figure was submitted with. Null for published "
        "figures from the plan file."
    )
    provisional: bool = Field(description="True if the figure has not been approved yet.")
    revision: int = Field(description="Revision of the plan in which the figure became known.")
    valid_from_revision: int = Field(
        description="First revision in which this version was in force."
    )
    valid_to_revision: int | None = Field(
        description="Last revision in which this version was in force. Null for the current "
        "version."
    )
    recorded_at: Instant = Field(description="Instant in UTC at which that revision was recorded.")
    recorded_by: str = Field(description="Owner of the key that made that revision.")
    correction_reason: str | None = Field(
        description="Reason given for changing a figure that was already reported. Null for a "
        "first figure."
    )


class ObservationQuery(FigureQuery):
    """Which figures are listed, and in which of their versions."""

    updated_after: str | None = Field(
        default=None,
        max_length=40,
        description="List only versions that became known after this revision or instant.",
    )
    include_history: bool = Field(
        default=False, description="List every version of each figure, not only one."
    )
    release: Literal["first", "latest"] = Field(
        default="latest",
        description="Version to list: `latest`, or `first` for each figure as it was first "
        "published.",
    )
