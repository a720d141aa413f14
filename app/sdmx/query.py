"""The query parameters of SDMX-REST, with ``asOf`` and ``format`` on all of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.domain.time.period import Period
from app.schemas.base import Input
from app.schemas.query import Count

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @classmethod
    def parse(cls, written: str) -> "Span":
        """The days of a year, quarter, month, day or instant; ValueError for anything else."""
        if _MONTH.fullmatch(written):
            first = date.fromisoformat(f"{written}-01")
            return cls(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
        try:
            period = Period.parse(written.removesuffix("-A1"))
        except ValueError:
            day = datetime.fromisoformat(written).date()
            return cls(day, day)
        return cls(period.first_day, period.last_day)


def _is_span(written: str) -> str:
    try:
        Span.parse(written)
    except (ValueError, OverflowError) as error:
        raise PydanticCustomError("sdmx_period", "not a period") from error
    return written


_Expression = Annotated[str, Field(max_length=2000)]
_Positive = Annotated[Count, Field(ge=1, le=1_000_000)]
_Period = Annotated[str, AfterValidator(_is_span)]


class SdmxQuery(Input):
    """As known when, and in which format."""

    as_of: str | None = Field(
        default=None,
        alias="asOf",
        max_length=64,
        description="Answer as it was known then: an instant such as `2025-01-31T09:00:00Z`, "
        "or a day such as `2025-01-31` (its end in Asia/Shanghai); "
        "for a single dataflow also a revision number or the name of a publication.",
    )
    format: (
        Literal[
            "structure",
            "jsonstructure",
            "genericdata",
            "structurespecificdata",
            "csvdata",
            "jsondata",
        ]
        | None
    ) = Field(
        default=None,
        description="Format of the answer. Takes precedence over the `Accept` header. Without "
        "`formatVersion` XML is SDMX-ML 2.1, and CSV and JSON are 2.0.0.",
    )
    format_version: Literal["1.0", "1.0.0", "2.0", "2.0.0", "2.1", "3.0", "3.0.0"] | None = Field(
        default=None,
        alias="formatVersion",
        description="Version of the format: `3.0` gives SDMX-ML 3.0 for `structure` and "
        "`structurespecificdata`, `1.0` gives SDMX-JSON 1.0 and SDMX-CSV 1.0.",
    )


class SdmxStructureQuery(SdmxQuery):
    """How much detail the artefacts have, and which related ones are included."""

    detail: Literal[
        "full",
        "allstubs",
        "referencestubs",
        "allcompletestubs",
        "referencecompletestubs",
        "referencepartial",
        "raw",
    ] = Field(
        default="full", description="Amount of detail. Stubs have only id, version and names."
    )
    references: str = Field(
        default="none",
        max_length=200,
        description="Related artefacts to include: `none`, `parents`, `parentsandsiblings`, "
        "`ancestors`, `children`, `descendants`, `all`, or kinds of artefacts "
        "separated by commas.",
    )


class SdmxFilterQuery(SdmxQuery):
    """Which observations are wanted."""

    updated_after: str | None = Field(
        default=None,
        alias="updatedAfter",
        max_length=40,
        description="Include only observations that became known after this instant or revision.",
    )

    @property
    def filters(self) -> dict[str, str]:
        """Expressions by component, such as c[REF_AREA]=east,west."""
        names = {
            each.alias[2:-1]: getattr(self, name)
            for name, each in type(self).model_fields.items()
            if each.alias is not None and each.alias.startswith("c[")
        }
        return {name: written for name, written in names.items() if written is not None}


class SdmxDataQuery(SdmxFilterQuery):
    """Which observations are wanted, and how they are arranged."""

    first: _Positive | None = Field(
        default=None,
        alias="firstNObservations",
        description="Number of periods to include from the beginning of each series.",
    )
    last: _Positive | None = Field(
        default=None,
        alias="lastNObservations",
        description="Number of periods to include from the end of each series.",
    )
    dimension_at_observation: Literal["TIME_PERIOD", "AllDimensions"] = Field(
        default="TIME_PERIOD",
        alias="dimensionAtObservation",
        description="`TIME_PERIOD` groups observations in series; `AllDimensions` gives a flat "
        "list.",
    )
    include_history: bool = Field(
        default=False,
        alias="includeHistory",
        description="Include every version of each figure, not only the one in force.",
    )


class _PeriodFilters(SdmxFilterQuery):
    """Bounds of the period, as SDMX-REST 1 writes them."""

    start_period: _Period | None = Field(
        default=None,
        alias="startPeriod",
        description="First period to include: a year, quarter, month, day or instant, for "
        "example `2023-Q1`.",
    )
    end_period: _Period | None = Field(
        default=None,
        alias="endPeriod",
        description="Last period to include: a year, quarter, month, day or instant, for "
        "example `2024-Q4`.",
    )

    @field_validator("end_period")
    @classmethod
    def _runs_forward(cls, last: str | None, so_far: ValidationInfo) -> str | None:
        first = so_far.data.get("start_period")
        if first and last and Span.parse(last).last < Span.parse(first).first:
            raise PydanticCustomError("range_forward", "it ends before it", {"first": first})
        return last

    @property
    def filters(self) -> dict[str, str]:
        """The bounds as SDMX-REST 2 writes them."""
        bounds = [
            *([f"ge:{Span.parse(self.start_period).first}"] if self.start_period else []),
            *([f"le:{Span.parse(self.end_period).last}"] if self.end_period else []),
        ]
        return {"TIME_PERIOD": "+".join(bounds)} if bounds else {}


class SdmxData1Query(SdmxDataQuery, _PeriodFilters):
    """Data queries of SDMX-REST 1."""

    detail: Literal["full", "dataonly", "serieskeysonly", "nodata"] = Field(
        default="full",
        description="Amount of detail: `full`, `dataonly` without attributes, `serieskeysonly` "
        "or `nodata` without observations.",
    )

    @property
    def columns(self) -> tuple[str, bool]:
        """Which attributes are told (all, series or none), and whether values are."""
        attributes = {"full": "all", "nodata": "series"}.get(self.detail, "none")
        return attributes, self.detail in {"full", "dataonly"}


class _ComponentFilters(SdmxFilterQuery):
    """Filters by component: values separated by commas, conditions joined by plus
    (`ge:2020+le:2021`).
    """

    freq: _Expression | None = Field(
        default=None,
        alias="c[FREQ]",
        description="Frequencies to include: `Q` for quarterly, `A` for annual.",
    )
    indicator: _Expression | None = Field(
        default=None,
        alias="c[INDICATOR]",
        description="Codes of the indicators to include, separated by commas.",
    )
    ref_area: _Expression | None = Field(
        default=None,
        alias="c[REF_AREA]",
        description="Codes of the areas to include, separated by commas.",
    )
    time_period: _Expression | None = Field(
        default=None,
        alias="c[TIME_PERIOD]",
        description="Periods to include, for example `ge:2020-Q1+le:2021`.",
    )
    obs_value: _Expression | None = Field(
        default=None,
        alias="c[OBS_VALUE]",
        description="Values to include, for example `gt:1000`, in the unit of the indicator.",
    )
    obs_status: _Expression | None = Field(
        default=None,
        alias="c[OBS_STATUS]",
        description="Statuses of observations to include, for example `A` for normal values.",
    )
    rating: _Expression | None = Field(
        default=None,
        alias="c[RATING]",
        description="Ratings to include, for the dataflow of the gap table.",
    )


class SdmxData2Query(SdmxDataQuery, _ComponentFilters):
    """Data queries of SDMX-REST 2."""

    attributes: Literal["dsd", "all", "series", "none"] = Field(
        default="dsd",
        description="Attributes to include: `series`, `none`, or `dsd` and `all`, which mean "
        "all of them.",
    )
    measures: Literal["all", "none"] = Field(
        default="all", description="Measures to include: `all`, or `none` to leave the values out."
    )

    @property
    def columns(self) -> tuple[str, bool]:
        """Which attributes are told (all, series or none), and whether values are."""
        return self.attributes.replace("dsd", "all"), self.measures == "all"


class _WhatIsThere(SdmxFilterQuery):
    """For which values there are observations."""

    references: str = Field(
        default="none",
        max_length=200,
        description="Related artefacts to include: `none`, `all`, or kinds of artefacts "
        "separated by commas.",
    )
    mode: Literal["exact"] = Field(
        default="exact", description="`exact`: the values that the same data query would find."
    )


class SdmxAvailability1Query(_WhatIsThere, _PeriodFilters):
    """Availability queries of SDMX-REST 1."""


class SdmxAvailabilityQuery(_WhatIsThere, _ComponentFilters):
    """Availability queries of SDMX-REST 2."""
