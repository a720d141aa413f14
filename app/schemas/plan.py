"""Plans as clients see them: the portfolio, one plan, and its headline."""

from datetime import date
from typing import Literal

from pydantic import Field, JsonValue

from app.schemas.base import Answer
from app.schemas.document.plan import Bands, IndicatorChecks, IndicatorEntry, PlanSettings
from app.schemas.gap import GapRow
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


class BandsView(Bands):
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


class SeriesPoint(Answer):
    """A value beside the path at one period."""

    period: str = Field(description="The quarter.")
    actual: Number | None = Field(description="The comparable value, in the unit.")
    actual_basis: str | None = Field(description="What it is a total of.")
    path_value: Number | None = Field(description="What the path asks for, in the unit.")
    gap: Number | None = Field(description="The gap to the target, in the unit.")
    rating: str | None = Field(description="The rating at the period, by what is known now.")
    provisional: bool = Field(description="Whether any input awaits approval.")
    areas_reported: int | None = Field(description="Areas that the sum covers.")
    reason: str | None = Field(description="Why there is no actual.")


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


class TargetRow(Answer):
    """A target beside its latest actual and gap."""

    plan: str = Field(description="The plan's code.")
    indicator: str = Field(description="The indicator's code.")
    indicator_name_zh: str = Field(description="Its name in Chinese.")
    indicator_name_en: str = Field(description="Its name in English.")
    area: str = Field(description="The area's code.")
    goal: str | None = Field(description="The goal that it stands under.")
    unit: str = Field(description="The indicator's unit.")
    target: Number = Field(description="X, in the unit.")
    comparator: str = Field(description="gt, gte, lte or lt.")
    direction: Literal["increase", "decrease"] = Field(description="Which way it should go.")
    commitment: str = Field(description="stated, or aspirational (力争).")
    deadline: str = Field(description="The period by which it is to be met.")
    clause_zh: str | None = Field(description="The plan's own words.")
    clause_en: str | None = Field(description="The clause in English.")
    baseline: Number | None = Field(description="B, in the unit; 0 for an increment.")
    baseline_period: str | None = Field(description="The period of the baseline.")
    path: str = Field(description="linear, geometric or milestones.")
    valid_from: str | None = Field(description="The first period it holds for; null for all.")
    period: str | None = Field(description="The period of the actual.")
    actual: Number | None = Field(description="V, in the unit.")
    actual_basis: str | None = Field(description="What the actual is a total of.")
    gap: Number | None = Field(description="d(X - V); positive is still to go.")
    gap_percent: Number | None = Field(description="The gap in percent of the target.")
    attainment_percent: Number | None = Field(description="V of X in percent.")
    progress_percent: Number | None = Field(description="(V-B)/(X-B) in percent.")
    elapsed_percent: Number | None = Field(description="Time gone, percent.")
    rating: str = Field(description="The rating's code.")
    areas_expected: int | None = Field(description="Areas that the sum should cover.")
    areas_reported: int | None = Field(description="Areas that it does cover.")
    revision: int = Field(description="The newest revision among the inputs.")
    missing_areas: list[str] = Field(description="Expected areas without a figure.")
    reasons: dict[str, str] = Field(description="A reason code for every null field.")
    flags: list[str] = Field(description="Qualifications of values that are there.")


class TargetVersion(Answer):
    """One version of a target."""

    revision: int = Field(description="Known since this revision.")
    value: Number = Field(description="X, in the unit.")
    comparator: str = Field(description="gt, gte, lte or lt.")
    deadline: str = Field(description="The period by which it is to be met.")
    path: str = Field(description="linear, geometric or milestones.")
    baseline: Number | None = Field(description="B, in the unit, as given.")
    baseline_period: str | None = Field(description="The period of the baseline.")
    valid_from: str | None = Field(description="The first period it holds for; null for all.")
    reason: str | None = Field(description="Why it was revised.")


class TargetDetail(TargetRow):
    """A target with every version of it."""

    history: list[TargetVersion] = Field(description="Every version, oldest first.")
    facts: dict[str, JsonValue] = Field(description="What else the plan says of it.")
    notes: list[str] = Field(description="Notes and ambiguities.")
