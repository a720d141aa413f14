"""Publications: a revision frozen under a name; and what differs between two revisions."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.schemas.base import Answer, Input
from app.vocabulary import Instant, Number, Text

# ``as_of`` takes a name, a revision number and a day: none of them is another.
_NO_NAME = re.compile(r"[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _is_name(text: str) -> str:
    if _NO_NAME.fullmatch(text):
        raise PydanticCustomError("publication_name", "a number or a day")
    return text


PublicationName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$", max_length=64),
    AfterValidator(_is_name),
    # With a letter in the first word, or a second word: no number.
    Field(
        json_schema_extra={
            "pattern": "^([0-9]*[a-z][a-z0-9]*|[a-z0-9]+[-_][a-z0-9]+)([-_][a-z0-9]+)*$"
        }
    ),
]


class PublicationInput(Input):
    """A name under which the current revision is frozen."""

    name: Annotated[
        PublicationName,
        Field(
            description="Name of the publication, unique within the plan, for example "
            "`2024-annual`: lower-case letters and digits, with single hyphens or underscores "
            "between them. A number or a day is no name."
        ),
    ]
    note: Text | None = Field(
        default=None, description="Note on what the publication is for, if any."
    )


class PublicationView(Answer):
    """A revision frozen under a name. Give either as `as_of` to read the plan as published."""

    name: str = Field(description="Name of the publication, for example `annual-2024`.")
    revision: int = Field(description="Revision of the plan that was frozen.")
    published_at: Instant = Field(description="Instant in UTC at which the publication was made.")
    published_by: str = Field(description="Owner of the key that made the publication.")
    note: str | None = Field(description="What the publication is for. Null if nothing was said.")
    superseded: bool = Field(description="True if figures that it shows have been corrected since.")


class FigureChange(Answer):
    """An official figure that differs between two revisions."""

    indicator: str = Field(description="Code of the indicator, for example `value_added`.")
    area: str = Field(description="Code of the area, for example `nanshan`.")
    period: str = Field(description="Quarter of the figure, for example `2024-Q3`.")
    before: Number | None = Field(
        description="Value at the first revision, in the unit of the indicator. Null if there "
        "was none."
    )
    after: Number | None = Field(
        description="Value at the second revision, in the unit of the indicator. Null if there "
        "is none."
    )
    revision: int = Field(description="Revision that made the latest of the changes.")
    reason: str | None = Field(
        description="Reason given for the correction. Null for a first figure."
    )
    changed_by: str = Field(description="Owner of the key that made the change official.")


class RowChange(Answer):
    """A total, target or rating that differs between two revisions."""

    indicator: str = Field(description="Code of the indicator, for example `value_added`.")
    area: str = Field(description="Code of the area, for example `shenzhen`.")
    period: str | None = Field(description="Quarter of the row. Null if the target has no figures.")
    field: str = Field(
        description="Field that differs: `target`, `target_high`, `actual`, `gap`, `rating` or "
        "`areas_reported`."
    )
    before: Number | str | None = Field(
        description="Value of the field at the first revision. Null if there was none."
    )
    after: Number | str | None = Field(
        description="Value of the field at the second revision. Null if there is none."
    )


class TaskChange(Answer):
    """The task of a year that differs between two revisions."""

    indicator: str = Field(description="Code of the indicator, for example `value_added`.")
    area: str = Field(description="Code of the area, for example `nanshan`.")
    year: int = Field(description="Year of the task, for example 2024.")
    before: Number | None = Field(
        description="Task at the first revision, in the unit of the indicator. Null if none was "
        "set."
    )
    after: Number | None = Field(
        description="Task at the second revision, in the unit of the indicator. Null if none was "
        "set."
    )
    comparator_before: str | None = Field(
        description="Comparator of the task at the first revision. Null if none was set."
    )
    comparator_after: str | None = Field(
        description="Comparator of the task at the second revision. Null if none was set."
    )
    revision: int = Field(description="Revision that set the later of the two.")
    reason: str | None = Field(
        description="Reason given for the later of the two. Null if the plan was loaded with it."
    )


class Difference(Answer):
    """What differs between two revisions of a plan."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    from_revision: int = Field(description="Number of the first revision compared.")
    to_revision: int = Field(description="Number of the second revision compared.")
    figures: list[FigureChange] = Field(
        description="Official figures that differ, before and after."
    )
    rows: list[RowChange] = Field(
        description="Totals, targets, gaps and ratings that differ, before and after."
    )
    tasks: list[TaskChange] = Field(description="Tasks of years that differ, before and after.")


class DiffQuery(Input):
    """The two revisions to compare."""

    from_: str = Field(
        alias="from",
        max_length=64,
        description="First revision: a revision number, an instant, a day or the name of a "
        "publication.",
    )
    to: str | None = Field(
        default=None,
        max_length=64,
        description="Second revision: a revision number, an instant, a day or the name of a "
        "publication. By default the newest.",
    )
