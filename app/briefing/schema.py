"""The briefing on a plan at the end of a quarter (季度监测通报)."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.domain.parts.place import RankBy
from app.schemas.base import Answer
from app.schemas.calendar import OutstandingFigure
from app.schemas.gaps.detail import ContributionView
from app.schemas.gaps.row import GapRow
from app.schemas.plans import Headline, Label
from app.schemas.publications import RowChange
from app.schemas.query import AsOfQuery
from app.schemas.targets.tasks import TaskRow
from app.vocabulary import Instant, Number, PeriodCode


class BriefingTarget(GapRow):
    """A target at the quarter of the briefing, compared with the quarter before."""

    previous_actual: Number | None = Field(
        description="Actual one quarter earlier, in `unit`, as it is known now."
    )
    previous_rating: str | None = Field(
        description="Rating one quarter earlier. Null if the target did not hold then."
    )


class AreaContribution(ContributionView):
    """What an area contributed to the change of an indicator on a year before (贡献率、拉动点)."""

    indicator: str = Field(description="Code of the indicator, for example `value_added`.")
    from_period: str = Field(description="Quarter a year before, from which the change counts.")
    period: str = Field(description="Quarter up to which the change counts.")


class AreaReporting(Answer):
    """What an area has reported for the quarter, and what is outstanding."""

    area: str = Field(description="Code of the area, for example `nanshan`.")
    expected: int = Field(description="Number of figures that the area should report.")
    reported: int = Field(
        description="Number of these figures that have a value. 0 if the area has reported nothing."
    )
    outstanding: list[OutstandingFigure] = Field(description="Expected figures that have no value.")


class Since(Answer):
    """The revision that changes are counted from."""

    revision: int = Field(description="Number of the earlier revision.")
    recorded_at: Instant = Field(description="Instant in UTC at which that revision was recorded.")
    publication: str | None = Field(
        description="Name of the publication that froze it. Null if it is the state at the end "
        "of the previous quarter."
    )


class BriefingFigure(Answer):
    """A figure that is new or was corrected. Who did it is in the ledger, not in a briefing."""

    indicator: str = Field(description="Code of the indicator, for example `value_added`.")
    area: str = Field(description="Code of the area, for example `nanshan`.")
    period: str = Field(description="Quarter of the figure, for example `2024-Q3`.")
    before: Number | None = Field(
        description="Value before, in the unit of the indicator. Null if there was none."
    )
    after: Number | None = Field(
        description="Value now, in the unit of the indicator. Null if there is none."
    )
    revision: int = Field(description="Revision that made the latest of the changes.")
    reason: str | None = Field(
        description="Reason given for the correction. Null for a first figure."
    )


class BriefingChanges(Answer):
    """What changed since the last publication, in official figures up to the quarter."""

    since: Since | None = Field(
        description="Newest earlier publication, or else the state at the end of the previous "
        "quarter. Null if there is neither; nothing is compared then."
    )
    new_figures: list[BriefingFigure] = Field(description="Figures that did not exist before.")
    restated: list[BriefingFigure] = Field(description="Figures that have been corrected since.")
    moved: list[RowChange] = Field(
        description="Targets and ratings that changed, at the quarter of the briefing."
    )


class Briefing(Answer):
    """A briefing on a plan at the end of a quarter (季度监测通报)."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    title_zh: str = Field(description="Title of the plan in Chinese.")
    title_en: str = Field(description="Title of the plan in English.")
    area: str = Field(description="Code of the whole area, which the headline is about.")
    period: str = Field(description="Quarter of the briefing, for example `2024-Q4`.")
    view: str = Field(
        description="Figures used: `official` (approved) or `provisional` (submitted ones too)."
    )
    revision: int = Field(description="Revision of the plan that the briefing is based on.")
    recorded_at: Instant = Field(description="Instant in UTC at which that revision was recorded.")
    day: date = Field(description="Day in Asia/Shanghai on which deadlines were judged.")
    simulated: bool = Field(description="True for a demonstration with simulated figures.")
    headline: Headline = Field(description="Counts over the targets of the whole area.")
    areas_expected: int = Field(
        description="Number of areas that should have reported for the quarter."
    )
    areas_silent: int = Field(description="Number of these areas that have reported nothing.")
    ranking: list[GapRow] = Field(
        description="Areas by rank in the first target of the plan that is a sum of areas, best "
        "first, with those that have no rank at the end. Empty if there are no areas to rank."
    )
    ranking_by: RankBy = Field(
        description="Measure that areas are ranked by: `progress_percent` if every area that has "
        "a value also has a target, else `actual`."
    )
    tasks: list[TaskRow] = Field(
        description="Tasks of the year, beside what it brought, in a briefing of a fourth quarter. "
        "Empty in other quarters."
    )
    targets: list[BriefingTarget] = Field(
        description="Every target that holds for the quarter, in the order of the plan."
    )
    laggards: list[BriefingTarget] = Field(
        description="Targets that are behind or were missed, the most urgent first."
    )
    contributions: list[AreaContribution] = Field(
        description="What each area contributed to the change on a year before, for each target "
        "of the whole area whose actual is a sum of areas. Empty without one."
    )
    silent: list[AreaReporting] = Field(
        description="Areas with outstanding figures, in the order of the plan."
    )
    changes: BriefingChanges = Field(description="What changed since the last publication.")
    indicators: dict[str, Label] = Field(description="Names and units of the indicators, by code.")
    areas: dict[str, Label] = Field(description="Names of the areas, by code.")


class BriefingQuery(AsOfQuery):
    """The quarter, language and format of the briefing."""

    period: PeriodCode | None = Field(
        default=None,
        description="Quarter of the briefing, for example `2024-Q4`; a year is its fourth "
        "quarter. By default the last quarter with figures.",
    )
    lang: Literal["zh", "en"] = Field(
        default="zh",
        description="Language of the page and the workbook: `zh` (default) or `en`. JSON has both.",
    )
    format: Literal["json", "html", "xlsx"] | None = Field(
        default=None,
        description="Format of the answer: `json` (default), `html` or `xlsx`. Takes precedence "
        "over the `Accept` header.",
    )
