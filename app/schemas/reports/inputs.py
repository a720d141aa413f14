"""What is sent about reports: figures, and which reports are wanted."""

from typing import Annotated, Literal

from pydantic import Field

from app.domain.accumulation import Basis, MissingReason
from app.domain.checks.figure import MAGNITUDE_LIMIT, REPORTED_LIMIT
from app.domain.quantity import ObsStatus, PriceBasis
from app.schemas.base import Input
from app.schemas.query import AsOfQuery, Codes, ListQuery
from app.vocabulary import PeriodCode, Text

_LIMIT = float(REPORTED_LIMIT)
_GROWTH_LIMIT = float(MAGNITUDE_LIMIT)
STATUSES = ("submitted", "approved", "returned", "withdrawn", "superseded")


class FigureInput(Input):
    """One figure of a report, or the reason why there is none."""

    indicator: Annotated[str, Field(max_length=64)] = Field(
        description="Code of the indicator, for example `value_added`."
    )
    value: Annotated[float, Field(gt=-_LIMIT, lt=_LIMIT)] | None = Field(
        default=None, description="Value of the figure, in `unit`. Left out if there is none."
    )
    unit: str | None = Field(
        default=None,
        description="Unit of the value: 元, 万元, 亿元, 人, 万人, 平方米, 家 or another "
        "of the indicator's kind. Required with a value.",
    )
    basis: Basis | None = Field(
        default=None,
        description="What the value is a total of: the quarter alone (`quarter`), the year "
        "so far (`ytd`), the plan so far (`since_start`), or the end of the quarter (`level`). "
        "Required with a value.",
    )
    missing_reason: MissingReason | None = Field(
        default=None, description="Reason why there is no value. Required without a value."
    )
    growth_percent: Annotated[float, Field(gt=-_GROWTH_LIMIT, lt=_GROWTH_LIMIT)] | None = Field(
        default=None,
        description="Growth rate published with the figure, in percent: 11.2 for 11.2 %. "
        "Left out if none was published. It is kept beside the value and never derived.",
    )
    price_basis: PriceBasis | None = Field(
        default=None,
        description="Prices at which the growth was published: `constant` (可比价) or "
        "`current`. Left out if it was not stated.",
    )
    obs_status: ObsStatus = Field(
        default=ObsStatus.NORMAL,
        description="Status of the figure in the codes of SDMX: `A` (normal), `P` "
        "(preliminary, 初步数), `E` (estimated) or `B` (break in the series). By default `A`.",
    )
    note: Text | None = Field(default=None, description="Note to keep with the figure, if any.")


class ReportInput(Input):
    """One area's figures for one quarter."""

    area: Annotated[str, Field(max_length=64)] = Field(
        description="Code of the area that reports, for example `nanshan`."
    )
    period: Annotated[str, Field(max_length=16)] = Field(
        description="The quarter that the figures are for, for example `2024-Q3`."
    )
    # What is wrong with a figure is that figure's finding, never a refusal of the body: each is
    # shown as a `FigureInput`, and anything is taken.
    figures: Annotated[list[object], Field(min_length=1, max_length=1000)] = Field(
        description="The figures, one for each indicator. At most 1,000."
    )
    explanations: dict[str, Text] | None = Field(
        default=None,
        description="Explanations of figures that were queried, by code of the indicator.",
    )
    correction_reason: Text | None = Field(
        default=None,
        description="Reason why figures that were already reported are changed. Required if any "
        "is.",
    )


class BatchInput(Input):
    """Many reports, submitted in one request."""

    reports: Annotated[list[ReportInput], Field(min_length=1, max_length=10_000)] = Field(
        description="The reports, each for one area and quarter. At most 10,000."
    )


class ReportQuery(ListQuery):
    """Which reports are listed. A key is always needed, because reports are not official."""

    area: Codes | None = Field(
        default=None,
        description="Codes of the areas to include, for example `nanshan`. Repeatable.",
    )
    period: Annotated[list[PeriodCode], Field(max_length=200)] | None = Field(
        default=None, description="Quarters to include, for example `2024-Q3`. Repeatable."
    )
    status: Codes | None = Field(
        default=None,
        description="Statuses to include: `submitted`, `approved`, `returned`, `withdrawn` or "
        "`superseded`. Repeatable.",
    )


class TemplateQuery(AsOfQuery):
    """The area and quarter of the form."""

    area: str | None = Field(
        default=None,
        max_length=64,
        description="Code of the area that the form is for. By default one form for every area "
        "that reports.",
    )
    period: PeriodCode = Field(description="The quarter to report, for example `2024-Q3`.")


class SubmitQuery(Input):
    """How a submission is handled."""

    dry_run: bool = Field(
        default=False,
        description="Check everything and answer as if it were submitted, but store nothing.",
    )
    mode: Literal["atomic", "partial"] = Field(
        default="atomic",
        description="`atomic`: one error refuses everything. `partial`: figures without errors "
        "are saved.",
    )
