"""The query parameters of SDMX-REST, and ``asOf`` and ``format`` on all of it."""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.base import Input
from app.schemas.query import Count

_Text = Annotated[str, Field(max_length=2000)]
_Positive = Annotated[Count, Field(ge=1, le=1_000_000)]


class SdmxQuery(Input):
    """As known when, and in which format."""

    as_of: str | None = Field(
        default=None,
        alias="asOf",
        max_length=64,
        description="An instant; for one dataflow also a revision number or a publication.",
    )
    format: (
        Literal["structure", "jsonstructure", "genericdata", "structurespecificdata", "csvdata"]
        | None
    ) = Field(default=None, description="Goes before the Accept header.")
    format_version: str | None = Field(
        default=None,
        alias="formatVersion",
        max_length=16,
        description="The version of the format; by default the newest.",
    )


class SdmxStructureQuery(SdmxQuery):
    """How much is told of the artefacts, and of those around them."""

    detail: Literal[
        "full",
        "allstubs",
        "referencestubs",
        "allcompletestubs",
        "referencecompletestubs",
        "referencepartial",
        "raw",
    ] = Field(default="full", description="Stubs have id, version and names only.")
    references: str = Field(
        default="none",
        max_length=200,
        description="none, parents, parentsandsiblings, ancestors, children, descendants, all, or "
        "kinds of artefacts separated by commas.",
    )


class SdmxSchemaQuery(SdmxQuery):
    """The structure that data of a flow have."""

    dimension_at_observation: Literal["TIME_PERIOD", "AllDimensions"] | None = Field(
        default=None,
        alias="dimensionAtObservation",
        description="Makes no difference to the structure.",
    )


class SdmxFilterQuery(SdmxQuery):
    """Which observations."""

    updated_after: str | None = Field(
        default=None,
        alias="updatedAfter",
        max_length=40,
        description="Known after this instant or revision only.",
    )


class SdmxDataQuery(SdmxFilterQuery):
    """Which observations, and how they are packed."""

    first: _Positive | None = Field(
        default=None, alias="firstNObservations", description="The first so many of each series."
    )
    last: _Positive | None = Field(
        default=None, alias="lastNObservations", description="The last so many of each series."
    )
    dimension_at_observation: Literal["TIME_PERIOD", "AllDimensions"] = Field(
        default="TIME_PERIOD",
        alias="dimensionAtObservation",
        description="TIME_PERIOD for series, AllDimensions for a flat list.",
    )
    include_history: bool = Field(
        default=False, alias="includeHistory", description="Every version of each figure."
    )


class SdmxData1Query(SdmxDataQuery):
    """Data by SDMX-REST 1."""

    start_period: _Text | None = Field(
        default=None, alias="startPeriod", description="A year, quarter, month, day or instant."
    )
    end_period: _Text | None = Field(
        default=None, alias="endPeriod", description="A year, quarter, month, day or instant."
    )
    detail: Literal["full", "dataonly", "serieskeysonly", "nodata"] = Field(
        default="full", description="What of the series is told."
    )


class _ComponentFilters(SdmxFilterQuery):
    """Filters by component: values after commas, conditions joined by plus (ge:2020+le:2021)."""

    freq: _Text | None = Field(default=None, alias="c[FREQ]", description="Q or A.")
    indicator: _Text | None = Field(
        default=None, alias="c[INDICATOR]", description="Indicator codes."
    )
    ref_area: _Text | None = Field(default=None, alias="c[REF_AREA]", description="Area codes.")
    time_period: _Text | None = Field(
        default=None, alias="c[TIME_PERIOD]", description="Periods, such as ge:2020-Q1+le:2021."
    )
    obs_value: _Text | None = Field(
        default=None, alias="c[OBS_VALUE]", description="Values, such as gt:1000."
    )
    obs_status: _Text | None = Field(
        default=None, alias="c[OBS_STATUS]", description="Statuses of figures."
    )
    basis: _Text | None = Field(default=None, alias="c[BASIS]", description="Bases of figures.")
    rating: _Text | None = Field(
        default=None, alias="c[RATING]", description="Ratings, in the gap table."
    )

    @property
    def filters(self) -> dict[str, str]:
        """The expressions that are there, by component."""
        names = {
            each.alias[2:-1]: getattr(self, name)
            for name, each in _ComponentFilters.model_fields.items()
            if each.alias and each.alias.startswith("c[")
        }
        return {name: expression for name, expression in names.items() if expression is not None}


class SdmxData2Query(SdmxDataQuery, _ComponentFilters):
    """Data by SDMX-REST 2."""

    attributes: _Text = Field(
        default="dsd", description="dsd, all, none, series, obs, or ids separated by commas."
    )
    measures: Literal["all", "none", "OBS_VALUE"] = Field(
        default="all", description="none leaves the values out."
    )


class SdmxAvailabilityQuery(_ComponentFilters):
    """For which values there are data."""

    references: str = Field(
        default="none",
        max_length=200,
        description="none, all, or kinds of artefacts separated by commas.",
    )
    mode: Literal["exact"] = Field(default="exact", description="What the same query would find.")
