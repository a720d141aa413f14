"""One gap in full: the row, its series, and what each area has in it."""

from typing import Annotated, Literal

from pydantic import Field

from app.domain.outlook.requirement import Reachability
from app.domain.rating import Rating
from app.schemas.base import Answer
from app.schemas.gaps.row import GapRow
from app.schemas.query import AsOfQuery, Count
from app.vocabulary import Number, PeriodCode


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


class ContributionView(Answer):
    """An area's part in the change of the whole, and in its gap."""

    area: str = Field(description="The area, or unallocated: what no area has.")
    first: Number | None = Field(description="The value at the first period, in the unit.")
    last: Number | None = Field(description="The value at the row's period, in the unit.")
    change: Number | None = Field(description="The difference, signed, in the unit.")
    contribution_percent: Number | None = Field(description="Percent of the whole change.")
    pull_points: Number | None = Field(description="拉动: points of the whole's growth.")
    target: Number | None = Field(description="The area's own target, or a notional one.")
    weight: Number | None = Field(description="What a notional target is proportional to.")
    gap: Number | None = Field(description="d(X - V) of the area; positive is to go.")
    shortfall_share_percent: Number | None = Field(
        description="Percent of the gross shortfall: max(gap, 0) over its sum."
    )
    reasons: dict[str, str] = Field(description="A reason code for every null.")


class RatingSpell(Answer):
    """Periods in a row with one rating; what lies between two is a transition."""

    rating: Rating = Field(description="The rating.")
    from_period: str = Field(description="The first period of the spell.")
    to_period: str = Field(description="The last one with a figure.")
    days: int = Field(description="Days until the next spell, or to the last figure.")


class GapDetail(GapRow):
    """One target in full."""

    of: str | None = Field(description="The indicator whose growth is the target.")
    implied_level: Number | None = Field(description="The level that a growth target implies.")
    chain_linked_growth_percent: Number | None = Field(
        description="The published yearly growth rates compounded, percent a year."
    )
    year_to_date: Number | None = Field(
        description="Annual flows: the total since 1 January, in the unit."
    )
    seasonal_elapsed_percent: Number | None = Field(
        description="年内序时进度: the share of the year usually reached by the quarter's end, "
        "percent; the mean of up to five complete years before."
    )
    full_year_estimate: Number | None = Field(
        description="year_to_date over that share: the year as it would end, in the unit."
    )
    year_milestone: Number | None = Field(
        description="What the path asks for at the year's end, in the unit."
    )
    year_progress_percent: Number | None = Field(
        description="year_to_date in percent of year_milestone; to be held against "
        "seasonal_elapsed_percent. No rating: targets are rated on full or trailing years."
    )
    year_projected_gap: Number | None = Field(
        description="d(year_milestone - full_year_estimate); positive ends the year short of it."
    )
    required_per_quarter: Number | None = Field(
        description="Increments: (X-V)/quarters left; 0 when the target is met."
    )
    best_per_quarter: Number | None = Field(
        description="The most added a quarter between two successive known totals."
    )
    average_per_quarter: Number | None = Field(description="V over the quarters since the start.")
    last_four_per_quarter: Number | None = Field(
        description="The mean of the last four quarters' additions."
    )
    reachability: Reachability | None = Field(
        description="reachable: required_per_quarter is at most last_four_per_quarter (before "
        "there are four, average_per_quarter); stretch: at most best_per_quarter; else "
        "beyond_best."
    )
    next_better_rating: Rating | None = Field(
        description="The rating that the nearest better actual would have, all else as it is."
    )
    next_better_actual: Number | None = Field(
        description="The actual at which (gt, lt: just beyond which) it begins, in the unit."
    )
    next_better_change: Number | None = Field(
        description="How far the actual is from there, signed, in the unit."
    )
    next_worse_rating: Rating | None = Field(
        description="The rating that the nearest worse actual would have."
    )
    next_worse_actual: Number | None = Field(
        description="The actual just beyond which it begins, in the unit."
    )
    next_worse_change: Number | None = Field(
        description="How far the actual is from there, signed, in the unit."
    )
    like_for_like_gap: Number | None = Field(
        description="Reporting areas against their own targets, where they have any."
    )
    series: list[SeriesPoint] = Field(description="Every quarter of the plan against the path.")
    rating_history: list[RatingSpell] = Field(
        description="How the rating went up to the row's period, by the figures known now."
    )
    recovered_from: Rating | None = Field(
        description="The late rating that it had last, where it stands well now."
    )
    from_period: str | None = Field(description="Since when changes are counted.")
    allocation: Literal["own", "notional"] | None = Field(
        description="Whose targets the contributions show: the areas' own, or the whole's split."
    )
    allocation_period: str | None = Field(
        description="The period whose values are the weights of a notional allocation."
    )
    contributions: list[ContributionView] = Field(description="By area; parts sum to the whole.")


class GapDetailQuery(AsOfQuery):
    """One target in full."""

    area: str | None = Field(default=None, description="The area; by default the whole.")
    period: PeriodCode | None = Field(default=None, description="By default the latest.")
    from_period: PeriodCode | None = Field(
        default=None, description="Since when changes count; by default the baseline's period."
    )
    allocation: Literal["notional"] | None = Field(
        default=None,
        description="Split the target over areas that have none, by their values at from_period.",
    )
    carry_forward: Annotated[Count, Field(ge=0, le=40)] = Field(
        default=0, description="Quarters that levels and running totals are carried on."
    )
