"""What the queries of reads share. Unknown parameters are refused: a typo never widens one."""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.schemas.base import Input
from app.vocabulary import PeriodCode, View

_DIGITS = re.compile(r"-?[0-9]{1,40}", re.ASCII)


def _plain_digits(value: object) -> object:
    """A number as written here: the models would also take 1_0, 1.0, +1 and blanks around it."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise PydanticCustomError("whole_number", "a whole number in plain digits is needed")
    return value


# PostgreSQL fails when it is asked for a text with NUL.
_Code = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Codes = Annotated[list[_Code], Field(max_length=200)]
Count = Annotated[int, BeforeValidator(_plain_digits)]


class FormatQuery(Input):
    """In which format the answer comes."""

    format: Literal["json", "csv", "xlsx", "parquet", "jsonstat"] | None = Field(
        default=None,
        description="json by default; goes before the Accept header. jsonstat (2.0) is there for "
        "rows of an indicator, an area and a period.",
    )


class PageQuery(FormatQuery):
    """Which rows of a list, in which order."""

    limit: Annotated[Count, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Rows a page: 100 by default; a file holds all unless told."
    )
    offset: Annotated[Count, Field(ge=0, le=10_000_000)] = Field(
        default=0, description="Rows to pass over."
    )
    sort: str | None = Field(
        default=None, description="Columns separated by commas; -column descends."
    )


class AsOfQuery(Input):
    """As known when, and by whom."""

    view: View = Field(default=View.OFFICIAL, description="provisional needs a key.")
    as_of: str | None = Field(
        default=None, max_length=64, description="A revision number, an instant, or a publication."
    )


class ListQuery(AsOfQuery, PageQuery):
    """A list as known when."""


class PlanQuery(AsOfQuery):
    """One plan as known when."""


class FigureQuery(ListQuery):
    """Which indicators, areas and periods; each may be given more than once."""

    indicator: Codes | None = Field(default=None, description="Indicator codes.")
    area: Codes | None = Field(default=None, description="Area codes.")
    area_level: Codes | None = Field(default=None, description="Area levels: district, ...")
    period: Annotated[list[PeriodCode], Field(max_length=200)] | None = Field(
        default=None, description="Periods: 2024-Q3, or 2024 for its last quarter."
    )
    start_period: PeriodCode | None = Field(default=None, description="The first period wanted.")
    end_period: PeriodCode | None = Field(default=None, description="The last period wanted.")


class NoQuery(Input):
    """No parameters: any is refused."""
