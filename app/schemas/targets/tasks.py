"""The tasks of a year beside what the year has brought, and every version of one."""

from typing import Annotated

from pydantic import Field

from app.domain.path import Comparator
from app.domain.rating import Rating
from app.domain.year.task import TaskSource
from app.schemas.base import Answer, Columns, Input
from app.schemas.query import AsOfQuery, Codes, Count, ListQuery
from app.vocabulary import Number, PeriodCode, Text

PlanYear = Annotated[Count, Field(ge=1000, le=2999)]


class TaskRow(Columns):
    """The task of one year beside what the year has brought so far."""

    plan: str
    indicator: str
    indicator_name_zh: str
    indicator_name_en: str
    area: str
    area_name_zh: str
    area_name_en: str
    year: int
    period: str | None
    unit: str
    task: Number | None
    task_source: TaskSource | None
    comparator: str | None
    year_with_arrears: Number | None
    year_actual: Number | None
    actual_source: str | None
    provisional: bool
    year_gap: Number | None
    year_attainment_percent: Number | None
    year_elapsed_percent: Number | None
    seasonal_elapsed_percent: Number | None
    full_year_estimate: Number | None
    full_year_low: Number | None
    full_year_high: Number | None
    year_estimated_gap: Number | None
    year_rating: Rating
    year_rating_index: Number | None
    rating: Rating
    areas_expected: int | None
    areas_reported: int | None
    goal: str | None
    responsible_units: list[str]
    revision: int
    missing_areas: list[str]
    reasons: dict[str, str]
    flags: list[str]


class TaskVersion(Answer):
    """One version of the task of a year, as it was set or revised."""

    year: int = Field(description="Year that the task is for, for example 2025.")
    revision: int = Field(description="Revision of the plan that recorded the version.")
    value: Number = Field(
        description="What the year is to bring, in the unit of the indicator. Of an increment, "
        "what is to be added within the year."
    )
    comparator: Comparator = Field(
        description="When the task is met: `gt` (above the value), `gte` (at least), `lte` (at "
        "most) or `lt` (below)."
    )
    reason: str | None = Field(
        description="Reason that was given for the version. Null in a plan file without one."
    )


class SavedTask(TaskVersion):
    """The task of an area for a year after it was set or revised."""

    indicator: str = Field(description="Code of the indicator that the task is for.")
    area: str = Field(description="Code of the area that the task is for.")


class TaskDetail(TaskRow):
    """The task of one year with every version of it."""

    history: list[TaskVersion] = Field(
        description="Every version of the task that was set, oldest first. Empty where the task "
        "is what the path asks for."
    )


class TaskQuery(ListQuery):
    """Which tasks are listed: of which year, up to which of its quarters."""

    year: PlanYear = Field(description="Year of the tasks, for example 2025. Required.")
    period: PeriodCode | None = Field(
        default=None,
        description="Quarter of the year up to which figures count, for example `2025-Q3`. By "
        "default each row is about the latest quarter of the year that has a figure.",
    )
    indicator: Codes | None = Field(
        default=None,
        description="Codes of the indicators to include, for example `value_added`. Repeatable.",
    )
    area: Codes | None = Field(
        default=None,
        description="Codes of the areas to include, for example `nanshan`. Repeatable.",
    )
    goal: Codes | None = Field(
        default=None, description="Codes of the goals whose indicators are included. Repeatable."
    )
    responsible_unit: Codes | None = Field(
        default=None,
        description="Codes of responsible units. Rows of the indicators that their actions "
        "serve are included. Repeatable.",
    )
    rating: Codes | None = Field(
        default=None,
        description="Ratings of the year to include, for example `off_track`. Repeatable.",
    )


class TaskFormQuery(AsOfQuery):
    """The year that the form is for."""

    year: PlanYear = Field(description="Year of the tasks, for example 2025. Required.")


class TaskFileQuery(Input):
    """The reason of all that a file sets."""

    reason: Text | None = Field(
        default=None,
        description="Reason for every row of the file that gives none. It is recorded in the "
        "ledger.",
    )


class TaskDetailQuery(AsOfQuery):
    """Which task is given, and up to which quarter of its year."""

    year: PlanYear = Field(description="Year of the task, for example 2025. Required.")
    area: str | None = Field(
        default=None,
        max_length=64,
        description="Code of the area, for example `nanshan`. By default the whole area.",
    )
    period: PeriodCode | None = Field(
        default=None,
        description="Quarter of the year up to which figures count, for example `2025-Q3`. By "
        "default the latest quarter of the year that has a figure.",
    )
