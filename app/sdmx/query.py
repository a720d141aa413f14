"""The query parameters of SDMX-REST, with ``asOf`` and ``format`` on all of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
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
        description="An instant; for one dataflow also a revision number or a publication.",
    )
    format: (
        Literal["structure", "jsonstructure", "genericdata", "structurespecificdata", "csvdata"]
        | None
    ) = Field(default=None, description="The newest version of it; goes before the Accept header.")


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


class SdmxFilterQuery(SdmxQuery):
    """Which observations."""

    updated_after: str | None = Field(
        default=None,
        alias="updatedAfter",
        max_length=40,
        description="Known after this instant or revision only.",
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

    start_period: _Period | None = Field(
        default=None, alias="startPeriod", description="A year, quarter, month, day or instant."
    )
    end_period: _Period | None = Field(
        default=None, alias="endPeriod", description="A year, quarter, month, day or instant."
    )
    detail: Literal["full", "dataonly", "serieskeysonly", "nodata"] = Field(
        default="full", description="What of the series is told."
    )

    @property
    def filters(self) -> dict[str, str]:
        """The bounds as SDMX-REST 2 writes them."""
        bounds = [
            *([f"ge:{Span.parse(self.start_period).first}"] if self.start_period else []),
            *([f"le:{Span.parse(self.end_period).last}"] if self.end_period else []),
        ]
        return {"TIME_PERIOD": "+".join(bounds)} if bounds else {}

    @property
    def columns(self) -> tuple[str, bool]:
        """Which attributes are told (all, series or none), and whether values are."""
        attributes = {"full": "all", "nodata": "series"}.get(self.detail, "none")
        return attributes, self.detail in {"full", "dataonly"}


class _ComponentFilters(SdmxFilterQuery):
    """Filters by component: values after commas, conditions joined by plus (ge:2020+le:2021)."""

    freq: _Expression | None = Field(default=None, alias="c[FREQ]", description="Q or A.")
    indicator: _Expression | None = Field(
        default=None, alias="c[INDICATOR]", description="Indicator codes."
    )
    ref_area: _Expression | None = Field(
        default=None, alias="c[REF_AREA]", description="Area codes."
    )
    time_period: _Expression | None = Field(
        default=None, alias="c[TIME_PERIOD]", description="Periods, such as ge:2020-Q1+le:2021."
    )
    obs_value: _Expression | None = Field(
        default=None, alias="c[OBS_VALUE]", description="Values, such as gt:1000."
    )
    obs_status: _Expression | None = Field(
        default=None, alias="c[OBS_STATUS]", description="Statuses of figures."
    )
    rating: _Expression | None = Field(
        default=None, alias="c[RATING]", description="Ratings, in the gap table."
    )


class SdmxData2Query(SdmxDataQuery, _ComponentFilters):
    """Data by SDMX-REST 2."""

    attributes: Literal["dsd", "all", "series", "none"] = Field(
        default="dsd", description="Which attributes are told; dsd and all are the same here."
    )
    measures: Literal["all", "none"] = Field(
        default="all", description="none leaves the values out."
    )

    @property
    def columns(self) -> tuple[str, bool]:
        """Which attributes are told (all, series or none), and whether values are."""
        return self.attributes.replace("dsd", "all"), self.measures == "all"


class SdmxAvailabilityQuery(_ComponentFilters):
    """For which values there are data."""

    references: str = Field(
        default="none",
        max_length=200,
        description="none, all, or kinds of artefacts separated by commas.",
    )
    mode: Literal["exact"] = Field(default="exact", description="What the same query would find.")
