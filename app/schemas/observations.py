"""A figure as it is known: its value, how it was reported, and since when."""

from typing import Literal

from pydantic import Field, JsonValue

from app.schemas.base import Answer
from app.schemas.query import FigureQuery
from app.vocabulary import Instant, Number


class ObservationRow(Answer):
    """One figure, in one of its versions."""

    plan: str = Field(description="The plan's code.")
    indicator: str = Field(description="The indicator's code.")
    area: str = Field(description="The area's code.")
    period: str = Field(description="The quarter that the figure is of.")
    value: Number | None = Field(description="The figure in the indicator's unit.")
    unit: str = Field(description="The indicator's unit.")
    basis: str | None = Field(description="Since when it counts: quarter, ytd, since_start, level.")
    missing_reason: str | None = Field(description="Why there is no figure.")
    reported_value: Number | None = Field(description="The figure as it was sent.")
    reported_unit: str | None = Field(description="The unit that it was sent in.")
    published_growth_percent: Number | None = Field(description="Growth as published, not derived.")
    rounded: bool = Field(description="Whether only a rounded figure was published.")
    source: dict[str, JsonValue] = Field(description="Who published or submitted it, and where.")
    report: str | None = Field(description="The report that it came in.")
    provisional: bool = Field(description="Whether it awaits approval.")
    revision: int = Field(description="The revision that it became known at.")
    valid_from_revision: int = Field(description="The first revision that this version holds for.")
    valid_to_revision: int | None = Field(description="The last one; null while it is current.")
    recorded_at: Instant = Field(description="When it became known to the system.")
    recorded_by: str = Field(description="Who made it known.")
    correction_reason: str | None = Field(
        description="Why it took the place of another, as its report said."
    )


class ObservationQuery(FigureQuery):
    """The figures."""

    updated_after: str | None = Field(
        default=None, max_length=40, description="Known after this revision or instant only."
    )
    include_history: bool = Field(default=False, description="Every version of each figure.")
    release: Literal["first", "latest"] = Field(
        default="latest", description="Each figure as it was first published, or as it is now."
    )
