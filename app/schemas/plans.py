"""Plans as clients see them: the portfolio, one plan, and its headline."""

from datetime import date
from enum import StrEnum

from pydantic import Field, JsonValue

from app.schemas.base import Answer
from app.schemas.document.actions import CircumstanceEntry
from app.schemas.document.indicators import IndicatorChecks, IndicatorEntry
from app.schemas.document.settings import BandSettings, PlanSettings
from app.schemas.gaps.detail import SeriesPoint
from app.schemas.gaps.row import GapRow
from app.schemas.query import Codes, PageQuery, PlanQuery
from app.vocabulary import Instant, Number, PeriodCode


class PlanState(StrEnum):
    """Whether a plan is over."""

    RUNNING = "running"
    ENDED = "ended"
    COMPLETED = "completed"


class PlanSummary(Answer):
    """A plan with its counts of targets by rating."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    title_zh: str = Field(description="Title of the plan in Chinese.")
    title_en: str = Field(description="Title of the plan in English.")
    publisher_zh: str = Field(description="Name of the issuing authority in Chinese.")
    publisher_en: str = Field(description="Name of the issuing authority in English.")
    document_no: str | None = Field(description="Number of the document. Null if it has none.")
    published_on: date | None = Field(
        description="Day on which the plan was issued. Null if it is not known."
    )
    url: str | None = Field(
        description="Address at which the plan is published. Null if it is not known."
    )
    start_year: int = Field(description="First year that the plan covers.")
    end_year: int = Field(description="Last year that the plan covers.")
    follows: str | None = Field(
        description="Code of the earlier plan whose figures are the history of this one. Null if "
        "it follows none."
    )
    root_area: str = Field(
        description="Code of the area that the plan is for, for example `shenzhen`. All other "
        "areas lie in it."
    )
    revision: int = Field(description="Revision of the plan that the answer is based on.")
    recorded_at: Instant = Field(description="Instant in UTC at which that revision was recorded.")
    state: PlanState = Field(
        description="`running`: figures of a deadline may still come on time. `ended`: they can no "
        "longer, and some are not there. `completed`: the figures of all deadlines are in."
    )
    ratings: dict[str, int] = Field(
        description='Number of targets of the whole area by rating, for example `{"on_track": 4}`.'
    )


class BandsView(BandSettings):
    """Lower bounds of the rating bands, on the rating index."""

    on_track: Number = Field(description="Rating index from which a target is `on_track`.")
    acceleration_needed: Number = Field(
        description="Rating index from which a target is `acceleration_needed`. Below it, down "
        "to 0, a target is `off_track`."
    )


class SettingsView(PlanSettings):
    """Rules that the owner of the plan has set."""

    bands: BandsView = Field(description="Values of the rating index from which ratings begin.")


class ChecksView(IndicatorChecks):
    """Checks on the figures of an indicator, with their limits."""

    outlier_threshold: Number = Field(
        description="Distance from the usual, on the scale of `outlier`, beyond which a figure "
        "is queried."
    )
    jump_percent: Number | None = Field(
        description="Change against the previous figure, in percent, beyond which a figure is "
        "queried. Null if it is not checked."
    )


class IndicatorView(IndicatorEntry):
    """An indicator: what is measured, in which unit, and how its figures add up."""

    checks: ChecksView = Field(
        description="Checks that reported figures of the indicator must pass."
    )


class PlanView(PlanSummary):
    """A plan with its rules and texts."""

    start_date: date = Field(description="First day of the plan, from which increments count.")
    settings: SettingsView = Field(
        description="Rules for review, rating bands, deadlines and small counts."
    )
    ambiguities: list[str] = Field(
        description="Points that the plan leaves open, and how they are read here."
    )
    notes: list[str] = Field(description="Notes on the text of the plan.")
    opportunities: list[CircumstanceEntry] = Field(
        description="Opportunities that the plan states. Empty if none are known."
    )
    problems: list[CircumstanceEntry] = Field(
        description="Problems that the plan states. Empty if none are known."
    )
    context: dict[str, JsonValue] = Field(
        description="Other statements of the plan that are not targets."
    )


class TargetStanding(GapRow):
    """A target with its actual, gap and rating, and the series for a small chart."""

    year_to_date_yoy_percent: Number | None = Field(
        description="Growth of `year_to_date` on the same quarters a year before (累计同比), in "
        "percent. Null unless the indicator is an annual flow with a comparable base."
    )
    series: list[SeriesPoint] = Field(
        description="Actuals beside the path, each quarter since the baseline, oldest first."
    )


class Label(Answer):
    """The name of an indicator or area."""

    zh: str = Field(description="Name in Chinese, as tables show it.")
    en: str = Field(description="Name in English, as tables show it.")
    unit: str | None = Field(
        description="Unit of the indicator, for example `亿元`. Null for an area."
    )


class Headline(Answer):
    """Counts for the top of a dashboard. Missed aspirational targets are counted apart."""

    targets: int = Field(description="Number of targets of the whole area.")
    by_rating: dict[str, int] = Field(
        description='Number of targets by rating, for example `{"on_track": 4}`.'
    )
    achieved: int = Field(description="Number of targets rated `achieved` or `achieved_early`.")
    missed: int = Field(
        description="Number of stated targets rated `missed`. Aspirational ones are not included."
    )
    missed_aspirational: int = Field(
        description="Number of aspirational targets (力争) rated `missed`."
    )
    unable_to_assess: int = Field(description="Number of targets that cannot be rated.")


class Overview(Answer):
    """Everything that a dashboard needs, in one answer."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    title_zh: str = Field(description="Title of the plan in Chinese.")
    title_en: str = Field(description="Title of the plan in English.")
    area: str = Field(description="Code of the area that the targets are for.")
    period: str | None = Field(
        description="Quarter that the overview is as of, for example `2024-Q2`. Each target is at "
        "the latest period up to it that figures were due for. Null if no period was "
        "asked for: each target is at its latest."
    )
    revision: int = Field(description="Revision of the plan that the answer is based on.")
    recorded_at: Instant = Field(description="Instant in UTC at which that revision was recorded.")
    view: str = Field(
        description="Figures used: `official` (approved) or `provisional` (submitted ones too)."
    )
    headline: Headline = Field(description="Counts over the targets of the area.")
    targets: list[TargetStanding] = Field(
        description="Every target of the area, in the order of the plan."
    )


class OverviewQuery(PlanQuery):
    """Which targets the overview has, as of when."""

    area: str | None = Field(
        default=None,
        description="Code of the area, for example `nanshan`. By default the whole area.",
    )
    period: PeriodCode | None = Field(
        default=None,
        description="Quarter that the overview is as of, for example `2024-Q2`; a year is its "
        "fourth quarter. Each target is given at the latest period up to it that figures "
        "were due for: an annual target at the last fourth quarter. By default each at "
        "its latest.",
    )
    goal: Codes | None = Field(
        default=None, description="Codes of the goals whose targets are included. Repeatable."
    )
    responsible_unit: Codes | None = Field(
        default=None,
        description="Codes of responsible units. Targets of the indicators that their actions "
        "serve are included. Repeatable.",
    )


class PlansQuery(PageQuery):
    """Which plans are listed, and as known when."""

    as_of: str | None = Field(
        default=None,
        max_length=40,
        description="Answer as it was known at this instant, for example "
        "`2025-01-31T09:00:00Z`, or at the end of this day in Asia/Shanghai. By default as known "
        "now.",
    )
