"""What a plan is, and the rules that its owner may set."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.base import DocumentPart
from app.vocabulary import Code, DocumentDay, PeriodCode, Text


class PlanHeader(DocumentPart):
    """What the plan is, who issued it, and the years that it covers."""

    code: Code = Field(
        description="Code of the plan: a lower-case slug, for example `shenzhen-software-2025`."
    )
    title_zh: Text = Field(description="Title of the plan in Chinese.")
    title_en: Text = Field(description="Title of the plan in English.")
    publisher_zh: Text = Field(description="Name of the issuing authority in Chinese.")
    publisher_en: Text = Field(description="Name of the issuing authority in English.")
    start_date: DocumentDay = Field(
        description="First day of the plan, from which increments count."
    )
    start_year: StrictInt = Field(description="First year that the plan covers.")
    end_year: StrictInt = Field(description="Last year that the plan covers.")
    follows: Code | None = Field(
        default=None,
        description="Code of the earlier plan that this one follows, whose figures are its "
        "history. Null if it follows none.",
    )
    follows_indicators: dict[Code, Code] = Field(
        default={},
        description="Codes of indicators whose code in the earlier plan is another one, each "
        "with that code.",
    )
    document_no: Text | None = Field(
        default=None, description="Number of the document, if it has one."
    )
    published_on: DocumentDay | None = Field(
        default=None, description="Day on which the plan was issued."
    )
    url: Text | None = Field(default=None, description="Address at which the plan is published.")
    notes: list[Text] = Field(default=[], description="Notes on the text of the plan.")


class BandSettings(DocumentPart):
    """Lower bounds of the rating bands, on the rating index."""

    on_track: Decimal = Field(
        default=Decimal("0.95"),
        description="Rating index from which a target is `on_track`. By default 0.95.",
    )
    acceleration_needed: Decimal = Field(
        default=Decimal("0.60"),
        description="Rating index from which a target is `acceleration_needed`. By default "
        "0.60; below it, down to 0, a target is `off_track`.",
    )

    @model_validator(mode="after")
    def _descend(self) -> Self:
        if not 0 < self.acceleration_needed < self.on_track:
            raise PydanticCustomError("bands_descend", "the bands do not descend")
        return self


class Deadlines(DocumentPart):
    """When reports are due and when a quarter closes. Days are calendar days in Asia/Shanghai."""

    due_day: Annotated[StrictInt, Field(ge=1, le=28)] = Field(
        default=15,
        description="Day of the month after the quarter by which reports are due, from 1 to 28. "
        "By default 15.",
    )
    due_days: dict[PeriodCode, DocumentDay] = Field(
        default={}, description="Due days of single quarters that differ from the rule, by quarter."
    )
    closes_after_days: Annotated[StrictInt, Field(ge=0)] | None = Field(
        default=None,
        description="Days after the due day on which a quarter closes. Null if it never closes.",
    )
    remind_days: Annotated[int, Field(ge=0, le=60)] = Field(
        default=5,
        description="Days before the due day on which web hooks remind areas of figures that are "
        "missing, from 0 to 60. By default 5.",
    )


class SmallCells(DocumentPart):
    """Threshold rule: withholds counts so small that they could identify the units counted."""

    minimum: Annotated[StrictInt, Field(ge=2, le=1000)] = Field(
        default=3,
        description="Threshold, from 2 to 1000: counts above 0 and below it are withheld. By "
        "default 3.",
    )
    indicators: Annotated[list[Code], Field(min_length=1)] = Field(
        description="Codes of the indicators that the rule applies to. Areas must report them as "
        "whole numbers of at least 0, for example numbers of enterprises."
    )


class PlanSettings(DocumentPart):
    """Rules that the owner of the plan may set."""

    review: Literal["manual", "automatic"] = Field(
        default="manual",
        description="`manual`: a reviewer approves each report. `automatic`: reports become "
        "official when they are submitted.",
    )
    bands: BandSettings = Field(
        default=BandSettings(), description="Lower bounds of the rating bands, on the rating index."
    )
    deadlines: Deadlines = Field(
        default=Deadlines(), description="When reports are due and when a quarter closes."
    )
    small_cells: SmallCells | None = Field(
        default=None,
        # A plan that has no such rule says what it always said.
        exclude_if=lambda rule: rule is None,
        description="Threshold rule by which small counts are withheld from the public, together "
        "with the figures from which they could be derived. Absent if the plan has none.",
    )
