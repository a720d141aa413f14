"""The final assessment of a plan (终期评估): how each target ended, and how good the record is."""

from datetime import date
from typing import Literal

from pydantic import Field

from app.schemas.base import Answer
from app.schemas.calendar import GroupCounts, ReportingCounts
from app.schemas.gaps.detail import ContributionView, RatingSpell
from app.schemas.gaps.row import GapRow
from app.schemas.plans import Headline, Label, PlanState
from app.schemas.query import AsOfQuery
from app.vocabulary import Instant, Number


class CorrectedFigure(Answer):
    """A figure that was corrected after it had become official."""

    indicator: str = Field(description="Code of the indicator, for example `value_added`.")
    area: str = Field(description="Code of the area, for example `nanshan`.")
    period: str = Field(description="Quarter that the figure is for, for example `2024-Q3`.")
    before: Number | None = Field(
        description="Value before the correction, in the unit of the indicator. Null if a reason "
        "for its absence was on record."
    )
    after: Number | None = Field(
        description="Value after the correction, in the unit of the indicator. Null if the value "
        "was withdrawn."
    )
    reason: str | None = Field(
        description="Reason given for the correction. Null if it was published without one."
    )
    recorded_at: Instant = Field(description="Instant in UTC at which the correction was recorded.")
    revision: int = Field(description="Revision of the plan that made the correction official.")


class AssessedTarget(GapRow):
    """A target at its deadline, with the way that led there."""

    met: bool | None = Field(
        description="True if the target was met, false if it was missed. Null if it cannot be "
        "assessed; `reasons` says why."
    )
    needed_rate: Number | None = Field(
        description="Yearly rate from the baseline that would have ended exactly at the target. "
        "Compare `achieved_rate`: in `unit` a year on a linear path, in percent a year on a "
        "geometric one."
    )
    first_met_period: str | None = Field(
        description="First period that met the target, from the figures known now. Null if none "
        "did. A target that was met once can still be missed."
    )
    rating_history: list[RatingSpell] = Field(
        description="Ratings up to the deadline, oldest first, from the figures known now."
    )
    restatements: list[CorrectedFigure] = Field(
        description="Corrections of the official figures that the target rests on, oldest first."
    )
    from_period: str | None = Field(
        description="Period that `contributions` are counted from. Null if the value is not a sum "
        "of areas, or if there is no period at which all of them are known."
    )
    contributions: list[ContributionView] = Field(
        description="What each area contributed to the change since `from_period`. Empty if the "
        "value is not a sum of areas."
    )


class LastNote(Answer):
    """The newest progress note on a goal or an action."""

    status: str = Field(
        description="How far it was: `not_started`, `in_progress`, `delayed`, `completed` or "
        "`stopped`."
    )
    note: str = Field(description="What was done, as it was noted.")
    evidence: str | None = Field(
        description="Document or address that shows it. Null if none was given."
    )
    noted_at: Instant = Field(description="Instant in UTC at which the note was recorded.")
    revision: int = Field(description="Revision of the plan that recorded the note.")


class AssessedStatement(Answer):
    """A goal without a number, or an action, with its newest progress note."""

    code: str = Field(description="Code of the goal or action, unique within the plan.")
    kind: Literal["goal", "task", "project", "safeguard"] = Field(
        description="`goal` for a goal without a number, or the kind of the action: `task`, "
        "`project` or `safeguard`."
    )
    goal: str | None = Field(
        description="Code of the goal that a goal without a number belongs to. Null for an action."
    )
    text_zh: str = Field(description="Text of the goal or title of the action, in Chinese.")
    text_en: str = Field(description="Text of the goal or title of the action, in English.")
    last_note: LastNote | None = Field(
        description="Newest progress note. Null if no progress was ever noted."
    )


class RecordQuality(ReportingCounts):
    """How complete, punctual and reliable the reporting was, over all quarters of the plan."""

    on_time_percent: Number | None = Field(
        description="Share of expected figures that were reported on time, in percent. Null if no "
        "report was ever submitted: then every figure is as published."
    )
    reports: int = Field(description="Number of reports submitted.")
    corrections: int = Field(description="Number of corrections of official figures.")
    questioned: int = Field(
        description="Number of reported figures that the checks queried, for example as a jump."
    )
    explained: int = Field(description="Number of these figures that were explained.")
    by_area: list[GroupCounts] = Field(
        description="Counts for each area that was expected to report."
    )


class FinalAssessment(Answer):
    """The final assessment of a plan (终期评估)."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    title_zh: str = Field(description="Title of the plan in Chinese.")
    title_en: str = Field(description="Title of the plan in English.")
    area: str = Field(description="Code of the whole area, which the headline is about.")
    period: str = Field(description="Quarter of the last deadline, for example `2025-Q4`.")
    state: PlanState = Field(
        description="`ended`: some figures of the deadlines are not there. `completed`: all are in."
    )
    view: str = Field(
        description="Figures used: `official` (approved) or `provisional` (submitted ones too)."
    )
    revision: int = Field(description="Revision of the plan that the assessment is based on.")
    recorded_at: Instant = Field(description="Instant in UTC at which that revision was recorded.")
    day: date = Field(description="Day in Asia/Shanghai on which deadlines were judged.")
    simulated: bool = Field(description="True for a demonstration with simulated figures.")
    headline: Headline = Field(description="Counts over the targets of the whole area.")
    targets: list[AssessedTarget] = Field(
        description="Every target at its own deadline, in the order of the plan."
    )
    statements: list[AssessedStatement] = Field(
        description="Goals without a number and actions, in the order of the plan, each with its "
        "newest progress note."
    )
    record: RecordQuality = Field(description="Quality of the record behind the assessment.")
    indicators: dict[str, Label] = Field(description="Names and units of the indicators, by code.")
    areas: dict[str, Label] = Field(description="Names of the areas, by code.")


class AssessmentQuery(AsOfQuery):
    """The language and format of the final assessment."""

    lang: Literal["zh", "en"] = Field(
        default="zh",
        description="Language of the page and the workbook: `zh` (default) or `en`. JSON has both.",
    )
    format: Literal["json", "html", "xlsx"] | None = Field(
        default=None,
        description="Format of the answer: `json` (default), `html` or `xlsx`. Takes precedence "
        "over the `Accept` header.",
    )
