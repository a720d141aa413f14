"""Publications: a revision frozen under a name; and what differs between two revisions."""

from typing import Annotated

from pydantic import Field

from app.schemas.base import Answer, Input
from app.vocabulary import Code, Instant, Number, Text


class PublicationInput(Input):
    """The name that the present revision is frozen under."""

    name: Annotated[Code, Field(description="A lower-case slug, unique within the plan.")]
    note: Text | None = Field(default=None, description="What it is for.")


class PublicationView(Answer):
    """A named frozen vintage: read everything of it with ``as_of`` its revision or its name."""

    name: str = Field(description="Its name.")
    revision: int = Field(description="The revision that it froze.")
    published_at: Instant = Field(description="When it was frozen.")
    published_by: str = Field(description="By which owner.")
    note: str | None = Field(description="What it is for.")
    superseded: bool = Field(description="Whether figures that it shows were restated since.")


class FigureChange(Answer):
    """An official figure that differs, before and after."""

    indicator: str = Field(description="The indicator.")
    area: str = Field(description="The area.")
    period: str = Field(description="The quarter.")
    before: Number | None = Field(description="The value at the first revision.")
    after: Number | None = Field(description="The value at the second revision.")
    revision: int = Field(description="The revision that changed it last.")
    reason: str | None = Field(description="Why, as the correction said.")
    changed_by: str = Field(description="Who made it official.")


class RowChange(Answer):
    """A total, target or rating that differs, before and after."""

    indicator: str = Field(description="The indicator.")
    area: str = Field(description="The area.")
    period: str | None = Field(description="The period of the row.")
    field: str = Field(description="What differs: target, actual, gap, rating or areas_reported.")
    before: Number | str | None = Field(description="At the first revision.")
    after: Number | str | None = Field(description="At the second revision.")


class Difference(Answer):
    """What differs between two revisions of a plan."""

    plan: str = Field(description="The plan's code.")
    from_revision: int = Field(description="The first revision.")
    to_revision: int = Field(description="The second revision.")
    figures: list[FigureChange] = Field(description="Official figures that differ.")
    rows: list[RowChange] = Field(description="Totals, targets, gaps and ratings that differ.")


class DiffQuery(Input):
    """Two revisions, instants or publications to compare."""

    from_: str = Field(alias="from", max_length=64, description="The first of the two.")
    to: str | None = Field(default=None, max_length=64, description="By default the present.")
