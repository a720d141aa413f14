"""What the queries of reads share. Unknown parameters are refused: a typo never widens one."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.domain.time.period import Period
from app.schemas.base import Input
from app.vocabulary import PeriodCode, View

_DIGITS = re.compile(r"-?[0-9]{1,40}", re.ASCII)


def _plain_digits(value: object) -> object:
    """A number as written here: the models would also take 1_0, 1.0, +1 and blanks around it."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise PydanticCustomError("whole_number", "a whole number in plain digits is needed")
    return value


Codes = Annotated[list[str], Field(max_length=200)]
Count = Annotated[int, BeforeValidator(_plain_digits)]


class FormatQuery(Input):
    """The format of the answer, and which columns it has."""

    format: Literal["json", "csv", "xlsx", "parquet", "jsonstat"] | None = Field(
        default=None,
        description="Format of the answer: `json` (default), `csv`, `xlsx`, `parquet` or "
        "`jsonstat`. Takes precedence over the `Accept` header. `jsonstat` "
        "(JSON-stat 2.0) is available for tables with an indicator, an area and a "
        "period in each row.",
    )
    fields: str | None = Field(
        default=None,
        max_length=4000,
        description="Columns to include, separated by commas, for example "
        "`actual,target,rating`. The codes that identify a row are always included. By default "
        "every column.",
    )


class PageQuery(FormatQuery):
    """Which rows of a list are given, in which order."""

    limit: Annotated[Count, Field(ge=1, le=1000)] | None = Field(
        default=None,
        description="Maximum number of rows, from 1 to 1,000. By default 100 in JSON and all "
        "rows in the other formats.",
    )
    offset: Annotated[Count, Field(ge=0, le=10_000_000)] = Field(
        default=0, description="Number of rows to skip. By default 0."
    )
    sort: str | None = Field(
        default=None,
        description="Columns to sort by, separated by commas. A minus sign before a column "
        "sorts it in descending order, for example `-gap_percent`. Ratings are sorted by "
        "severity, the worst first. Nulls are last.",
    )


class AsOfQuery(Input):
    """As known when, and by whom."""

    view: View = Field(
        default=View.OFFICIAL,
        description="Figures to use: `official` (approved) or `provisional` (submitted ones "
        "too, marked), which needs a key.",
    )
    as_of: str | None = Field(
        default=None,
        max_length=64,
        description="Answer as it was known then: a revision number, an instant such as "
        "`2025-01-31T09:00:00Z`, a day such as `2025-01-31` (its end in Asia/Shanghai), or the "
        "name of a publication. By default as known now.",
    )


class ListQuery(AsOfQuery, PageQuery):
    """A list as known when."""


class PlanQuery(AsOfQuery):
    """One plan as known when."""


class SelectionQuery(Input):
    """Which indicators, areas and periods are wanted; each may be given more than once."""

    indicator: Codes | None = Field(
        default=None,
        description="Codes of the indicators to include, for example `value_added`. Repeatable.",
    )
    area: Codes | None = Field(
        default=None,
        description="Codes of the areas to include, for example `nanshan`. Repeatable.",
    )
    period: Annotated[list[PeriodCode], Field(max_length=200)] | None = Field(
        default=None,
        description="Periods to include, for example `2024-Q3`; a year is its fourth quarter. "
        "Repeatable.",
    )
    start_period: PeriodCode | None = Field(
        default=None,
        description="First period to include, for example `2023-Q1`; a year begins with its "
        "first quarter.",
    )
    end_period: PeriodCode | None = Field(
        default=None,
        description="Last period to include, for example `2024-Q4`; a year ends with its fourth "
        "quarter.",
    )

    @field_validator("end_period")
    @classmethod
    def _runs_forward(cls, last: str | None, so_far: ValidationInfo) -> str | None:
        first = so_far.data.get("start_period")
        if first is not None and last is not None:
            begin, end = Period.parse(first), Period.parse(last)
            if end.as_quarter.index < begin.as_first_quarter.index:
                raise PydanticCustomError("range_forward", "it ends before it", {"first": first})
        return last


class FigureQuery(ListQuery, SelectionQuery):
    """A list of figures, or of what is made of them."""

    area_level: Codes | None = Field(
        default=None,
        description="Levels of the areas to include, for example `district`. Repeatable.",
    )


class NoQuery(Input):
    """No parameters: any is refused."""
