"""Plans as clients see them: the portfolio, one plan, and its headline."""

from datetime import date

from pydantic import Field, JsonValue

from app.schemas.base import Answer
from app.schemas.document.plan import BandSettings, IndicatorChecks, IndicatorEntry, PlanSettings
from app.schemas.gaps.detail import SeriesPoint
from app.schemas.gaps.row import GapRow
from app.schemas.query import PageQuery
from app.vocabulary import Instant, Number


class PlanSummary(Answer):
    """One plan of the portfolio."""

    plan: str = Field(description="The plan's code.")
    title_zh: str = Field(description="Its title in Chinese.")
    title_en: str = Field(description="Its title in English.")
    publisher_zh: str = Field(description="Who issued it, in Chinese.")
    publisher_en: str = Field(description="Who issued it, in English.")
    document_no: str | None = Field(description="The number of the document.")
    published_on: date | None = Field(description="The day it was issued.")
    url: str | None = Field(description="Where it can be read.")
    start_year: int = Field(description="The first year that it covers.")
    end_year: int = Field(description="The last year that it covers.")
    root_area: str = Field(description="The area that all others lie in.")
    revision: int = Field(description="The newest revision of the plan.")
    recorded_at: Instant = Field(description="When that revision was recorded.")
    ratings: dict[str, int] = Field(description="Targets of the whole area, by rating.")


class BandsView(BandSettings):
    """The rating bands, as numbers."""

    on_track: Number
    acceleration_needed: Number


class SettingsView(PlanSettings):
    """The rules of a plan that its owner may set."""

    bands: BandsView


class ChecksView(IndicatorChecks):
    """Which questions the intake asks, their limits as numbers."""

    outlier_threshold: Number
    jump_percent: Number | None


class IndicatorView(IndicatorEntry):
    """An indicator as clients see it."""

    checks: ChecksView = Field(description="What the intake asks.")


class PlanView(PlanSummary):
    """One plan with its rules and texts."""

    start_date: date = Field(description="The plan's first day: increments count from it.")
    settings: SettingsView = Field(description="Review, rating bands and deadlines.")
    ambiguities: list[str] = Field(description="What the plan leaves open.")
    notes: list[str] = Field(description="Notes on the document.")
    context: dict[str, JsonValue] = Field(description="What else the plan says.")


class TargetStanding(GapRow):
    """A target with its actual, gap and rating, and its series for a sparkline."""

    goal: str | None = Field(description="The goal that it stands under.")
    series: list[SeriesPoint] = Field(description="Values since the baseline, ascending.")


class Headline(Answer):
    """The counts on top of a dashboard. Aspirational targets are counted apart."""

    targets: int = Field(description="Targets of the whole area.")
    by_rating: dict[str, int] = Field(description="Targets by rating.")
    achieved: int = Field(description="achieved and achieved_early.")
    missed: int = Field(description="Stated targets that were missed.")
    missed_aspirational: int = Field(description="Targets under 力争 that were missed.")
    unable_to_assess: int = Field(description="Targets that cannot be rated.")


class Overview(Answer):
    """All that a dashboard needs in one poll."""

    plan: str = Field(description="The plan's code.")
    title_zh: str = Field(description="Its title in Chinese.")
    title_en: str = Field(description="Its title in English.")
    area: str = Field(description="The area that the targets are of.")
    revision: int = Field(description="The revision that this is known at.")
    recorded_at: Instant = Field(description="When that revision was recorded.")
    view: str = Field(description="official or provisional.")
    headline: Headline = Field(description="Counts over the targets.")
    targets: list[TargetStanding] = Field(description="Every target of the whole area.")


class PlansQuery(PageQuery):
    """The portfolio."""

    as_of: str | None = Field(default=None, max_length=40, description="An instant.")
