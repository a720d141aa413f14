"""The briefing on a plan at the end of a quarter (季度监测通报)."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.schemas.base import Answer
from app.schemas.calendar import OutstandingFigure
from app.schemas.gaps.row import GapRow
from app.schemas.plans import Headline
from app.schemas.publications import FigureChange, RowChange
from app.schemas.query import AsOfQuery
from app.vocabulary import Instant, Number, PeriodCode


class Label(Answer):
    """What a code is called."""

    zh: str = Field(description="In Chinese.")
    en: str = Field(description="In English.")
    unit: str | None = Field(description="An indicator's unit; null for an area.")


class BriefingTarget(GapRow):
    """A target at the briefing's quarter, beside the quarter before as it is known now."""

    previous_actual: Number | None = Field(description="The actual a quarter earlier.")
    previous_rating: str | None = Field(
        description="The rating a quarter earlier; null where the target did not hold then."
    )


class AreaReporting(Answer):
    """What an area has reported for the quarter, and what it has not."""

    area: str = Field(description="The area's code.")
    expected: int = Field(description="Figures that it should report.")
    reported: int = Field(description="Of these, those with a value; 0: the area is silent.")
    outstanding: list[OutstandingFigure] = Field(description="The figures without a value.")


class Since(Answer):
    """The revision that changes are counted from."""

    revision: int = Field(description="Its number.")
    recorded_at: Instant = Field(description="When it was recorded.")
    publication: str | None = Field(
        description="The publication that froze it; null: known when the quarter before ended."
    )


class BriefingChanges(Answer):
    """What became known since the last publication; official figures up to the quarter."""

    since: Since | None = Field(
        description="The newest earlier publication, else what was known when the quarter before "
        "ended; null where there is neither, and then nothing is compared."
    )
    new_figures: list[FigureChange] = Field(description="Figures where there was none.")
    restated: list[FigureChange] = Field(description="Figures that were there and differ now.")
    moved: list[RowChange] = Field(description="Targets and ratings that differ at the quarter.")


class Briefing(Answer):
    """A plan at the end of a quarter, as known at a revision."""

    plan: str = Field(description="The plan's code.")
    title_zh: str = Field(description="Its title in Chinese.")
    title_en: str = Field(description="Its title in English.")
    area: str = Field(description="The whole area, which the headline is about.")
    period: str = Field(description="The quarter.")
    view: str = Field(description="official or provisional.")
    revision: int = Field(description="The revision that this is known at.")
    recorded_at: Instant = Field(description="When that revision was recorded.")
    day: date = Field(description="The day in Asia/Shanghai that deadlines were judged on.")
    simulated: bool = Field(description="Whether this is a demonstration with simulated figures.")
    headline: Headline = Field(description="Counts over the targets of the whole area.")
    areas_expected: int = Field(description="Areas that should have reported by now.")
    areas_silent: int = Field(description="Of these, those that reported nothing at all.")
    targets: list[BriefingTarget] = Field(description="Every target, in the plan's order.")
    laggards: list[BriefingTarget] = Field(
        description="Those that lag or were missed, worst first."
    )
    silent: list[AreaReporting] = Field(description="Areas that have not reported everything.")
    changes: BriefingChanges = Field(description="What became known since the last publication.")
    indicators: dict[str, Label] = Field(description="The plan's indicators by code.")
    areas: dict[str, Label] = Field(description="The plan's areas by code.")


class BriefingQuery(AsOfQuery):
    """Which briefing, in which language and form."""

    period: PeriodCode = Field(description="The quarter; a year is its last quarter.")
    lang: Literal["zh", "en"] = Field(default="zh", description="The language of page and sheets.")
    format: Literal["json", "html", "xlsx"] | None = Field(
        default=None, description="json (default), html or xlsx; goes before the Accept header."
    )
