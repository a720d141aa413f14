"""The query parameters of the reads. Unknown ones are refused: a typo never widens a query."""

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


class PlansQuery(PageQuery):
    """The portfolio."""

    as_of: str | None = Field(default=None, max_length=40, description="An instant.")


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


class TargetQuery(ListQuery):
    """Which targets."""

    indicator: Codes | None = Field(default=None, description="Indicator codes.")
    area: Codes | None = Field(default=None, description="Area codes.")
    goal: Codes | None = Field(default=None, description="Goal codes.")


class GapQuery(FigureQuery):
    """The gap table."""

    rating: Codes | None = Field(default=None, description="Ratings.")
    goal: Codes | None = Field(default=None, description="Goal codes.")
    responsible_unit: Codes | None = Field(
        default=None, description="Units; the indicators that their actions serve."
    )
    carry_forward: Annotated[Count, Field(ge=0, le=40)] = Field(
        default=0, description="Quarters that levels and running totals are carried on."
    )
    explain: bool = Field(default=False, description="Add formulas and inputs to each row.")


class ReconciliationQuery(ListQuery):
    """Which wholes are held against their parts."""

    indicator: Codes | None = Field(default=None, description="Indicator codes.")
    area: Codes | None = Field(default=None, description="Area codes.")
    period: Annotated[list[PeriodCode], Field(max_length=200)] | None = Field(
        default=None, description="Periods: 2024-Q3; by default every one with a figure."
    )
    start_period: PeriodCode | None = Field(default=None, description="The first period wanted.")
    end_period: PeriodCode | None = Field(default=None, description="The last period wanted.")


class ScenarioQuery(ListQuery):
    """What the rows of a scenario are known by, and show."""

    explain: bool = Field(default=False, description="Add formulas and inputs to each row.")


class NoQuery(Input):
    """No parameters: any is refused."""


class GapDetailQuery(AsOfQuery):
    """One target in full."""

    area: str | None = Field(default=None, description="The area; by default the whole.")
    period: PeriodCode | None = Field(default=None, description="By default the latest.")
    from_period: PeriodCode | None = Field(
        default=None, description="Since when changes count; by default the baseline's period."
    )
    allocation: Literal["notional"] | None = Field(
        default=None,
        description="Split the target over areas that have none, by their values at from_period.",
    )
    carry_forward: Annotated[Count, Field(ge=0, le=40)] = Field(
        default=0, description="Quarters that levels and running totals are carried on."
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


class EventQuery(Input):
    """Since when a listener wants to be told."""

    updated_after: str | None = Field(
        default=None, max_length=40, description="This revision; 0 for all; by default the newest."
    )


class DiffQuery(Input):
    """Two revisions, instants or publications to compare."""

    from_: str = Field(alias="from", max_length=64, description="The first of the two.")
    to: str | None = Field(default=None, max_length=64, description="By default the present.")


class CompletenessQuery(AsOfQuery, FormatQuery):
    """Which figures are counted. A file lists those that are outstanding."""

    indicator: Codes | None = Field(default=None, description="Indicator codes.")
    area: Codes | None = Field(default=None, description="Area codes.")
    period: Annotated[list[PeriodCode], Field(max_length=200)] | None = Field(
        default=None, description="Periods: 2024-Q3, or 2024 for its last quarter."
    )
    start_period: PeriodCode | None = Field(default=None, description="The first period wanted.")
    end_period: PeriodCode | None = Field(default=None, description="The last period wanted.")


class ReportQuery(ListQuery):
    """The submissions. They are not official, so a key is always needed."""

    area: Codes | None = Field(default=None, description="Area codes.")
    period: Annotated[list[PeriodCode], Field(max_length=200)] | None = Field(
        default=None, description="Quarters: 2024-Q3."
    )
    status: Codes | None = Field(default=None, description="submitted, approved, returned, ...")


class TemplateQuery(AsOfQuery):
    """Which form is wanted."""

    area: str | None = Field(
        default=None, max_length=64, description="One area; by default every one that reports."
    )
    period: PeriodCode = Field(description="The quarter.")


class BriefingQuery(AsOfQuery):
    """Which briefing, in which language and form."""

    period: PeriodCode = Field(description="The quarter; a year is its last quarter.")
    lang: Literal["zh", "en"] = Field(default="zh", description="The language of page and sheets.")
    format: Literal["json", "html", "xlsx"] | None = Field(
        default=None, description="json (default), html or xlsx; goes before the Accept header."
    )


class SubmitQuery(Input):
    """How a submission is taken."""

    dry_run: bool = Field(default=False, description="The same answer; nothing is stored.")
    mode: Literal["atomic", "partial"] = Field(
        default="atomic", description="One error refuses all, or only its own figure."
    )
