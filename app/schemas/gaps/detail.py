"""One gap in full: the row, its series, and what each area has in it."""

from typing import Annotated, Literal

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator

from app.domain.rating import Rating
from app.schemas.base import Answer
from app.schemas.gaps.row import GapRow
from app.schemas.query import AsOfQuery, Count
from app.vocabulary import Number, PeriodCode

PREVIOUS_YEAR = "previous_year"


def _pass_name(given: object, check: ValidatorFunctionWrapHandler) -> object:
    return given if given == PREVIOUS_YEAR else check(given)


class SeriesPoint(Answer):
    """An actual beside the path, at one quarter."""

    period: str = Field(description="The quarter, for example `2024-Q3`.")
    actual: Number | None = Field(
        description="Actual V at the quarter, in `unit`. Null if it is not known, for the "
        "reason in `reason`."
    )
    actual_basis: str | None = Field(
        description="What the actual is a total of: `full_year`, `ttm`, `since_start`, `level`, "
        "`ratio` or `growth`. Null if there is no actual."
    )
    actual_source: str | None = Field(
        description="Whether the actual was `reported` by the area itself or `summed` from the "
        "areas below it: the same at every point. Null if there is no actual."
    )
    path_value: Number | None = Field(
        description="Value that the path asks for at the quarter, in `unit`. Null if there is "
        "no path."
    )
    gap: Number | None = Field(
        description="Distance to the target, d(X - V), in `unit`. Positive: still to go."
    )
    rating: str | None = Field(
        description="Rating at the quarter, from the figures known now. Null if there is no actual."
    )
    provisional: bool = Field(description="True if any figure used awaits approval.")
    areas_expected: int | None = Field(
        description="Number of areas that the actual should cover. Null if it is not a sum."
    )
    areas_reported: int | None = Field(
        description="Number of areas that the actual covers. Null if it is not a sum."
    )
    flags: list[str] = Field(
        description="Codes of what a reader should know about the actual. A point flagged "
        "`partial_coverage` lacks areas: do not join it with the others."
    )
    reason: str | None = Field(
        description="Code of the reason why there is no actual. Null if there is one."
    )


class ContributionView(Answer):
    """What an area contributed to the change of the whole, and its share of the gap."""

    area: str = Field(
        description="Code of the area, or `unallocated` for what the whole has beyond its areas. "
        "That is given only where every area is known."
    )
    first: Number | None = Field(description="Value at `from_period`, in `unit`.")
    last: Number | None = Field(description="Value at the period of the row, in `unit`.")
    change: Number | None = Field(
        description="Change from `first` to `last`, in `unit`. Positive is a rise."
    )
    contribution_percent: Number | None = Field(
        description="Change of the area as a percentage of the change of the whole (贡献率). "
        "Null if an area is not known, if the whole did not change or an area moved the other way."
    )
    pull_points: Number | None = Field(
        description="Change of the area as a percentage of the whole at `from_period` (拉动点), "
        "in percentage points. Null if an area is not known, or if the whole was 0."
    )
    like_for_like_share_percent: Number | None = Field(
        description="Change of the area as a percentage of the change of the areas that are "
        "known. Null if the area is not known, or if known areas moved in opposite ways."
    )
    target: Number | None = Field(
        description="Target of the area, its own or a notional one, in `unit`. Null if it has none."
    )
    weight: Number | None = Field(
        description="Value that a notional target is proportional to, in `unit`. Null if the "
        "target is not notional."
    )
    gap: Number | None = Field(
        description="Distance of the area to its target, in `unit`. Positive: still to go."
    )
    shortfall_share_percent: Number | None = Field(
        description="Shortfall of the area, max(gap, 0), as a percentage of the sum of these "
        "over all areas. Null if an area is not known, or if no area is short."
    )
    like_for_like_shortfall_percent: Number | None = Field(
        description="Shortfall of the area as a percentage of that of the areas that are known. "
        "Null if the area is not known, or if none of them is short."
    )
    reasons: dict[str, str] = Field(
        description="Code of the reason for each null field, by name of the field."
    )


class RatingSpell(Answer):
    """Consecutive periods with the same rating."""

    rating: Rating = Field(description="Rating during the spell, for example `on_track`.")
    from_period: str = Field(description="First period of the spell, for example `2023-Q2`.")
    to_period: str = Field(description="Last period of the spell that has a figure.")
    days: int = Field(description="Days until the next spell begins, or until the last figure.")


class GapDetail(GapRow):
    """A row of the gap table with everything that is known about the target."""

    of: str | None = Field(
        description="Code of the indicator whose growth is the target. Null unless it is a "
        "growth target."
    )
    implied_level: Number | None = Field(
        description="Level that a growth target implies at the deadline, in the unit of that "
        "indicator. Null for other targets."
    )
    chain_linked_growth_percent: Number | None = Field(
        description="Published yearly growth rates compounded since the baseline, in percent a "
        "year. Null unless it is a growth target and every rate was published."
    )
    year_to_date_yoy_percent: Number | None = Field(
        description="Growth of `year_to_date` on the same quarters a year before (累计同比), in "
        "percent. Null unless the indicator is an annual flow with a comparable base."
    )
    quarter_yoy_percent: Number | None = Field(
        description="Growth of the single quarter on the same quarter a year before (当季同比), "
        "in percent. Null unless the indicator is an annual flow with a comparable base."
    )
    seasonal_elapsed_percent: Number | None = Field(
        description="Share of the year's total usually reached by this quarter, in percent "
        "(年内序时进度): the mean of up to five complete earlier years. Null "
        "without one."
    )
    full_year_estimate: Number | None = Field(
        description="Estimated total of the year, in `unit`: `year_to_date` divided by the "
        "usual share."
    )
    year_milestone: Number | None = Field(
        description="Value that the path asks for at the end of the year, in `unit`."
    )
    year_progress_percent: Number | None = Field(
        description="`year_to_date` as a percentage of `year_milestone`. Compare it with "
        "`seasonal_elapsed_percent`; it is not rated."
    )
    year_projected_gap: Number | None = Field(
        description="d(`year_milestone` - `full_year_estimate`), in `unit`. Positive: the year "
        "would end short of its milestone."
    )
    best_per_quarter: Number | None = Field(
        description="Most that was added per quarter between two successive known totals, in "
        "`unit`."
    )
    average_per_quarter: Number | None = Field(
        description="Average added per quarter since the start of the plan, in `unit`."
    )
    last_four_per_quarter: Number | None = Field(
        description="Average added per quarter over the last four quarters, in `unit`. Null "
        "with a shorter history."
    )
    next_better_rating: Rating | None = Field(
        description="Rating that the nearest better actual would have, all else unchanged. Null "
        "at the best rating."
    )
    next_better_actual: Number | None = Field(
        description="Actual at which the next better rating begins, in `unit`. For `gt` and "
        "`lt` it begins just beyond it."
    )
    next_better_change: Number | None = Field(
        description="What must be added to the actual for the next better rating, in `unit`, "
        "with its sign."
    )
    next_worse_rating: Rating | None = Field(
        description="Rating that the nearest worse actual would have, all else unchanged. Null "
        "at the worst rating."
    )
    next_worse_actual: Number | None = Field(
        description="Actual just beyond which the next worse rating begins, in `unit`."
    )
    next_worse_change: Number | None = Field(
        description="What must be added to the actual to reach that point, in `unit`, with its "
        "sign."
    )
    like_for_like_gap: Number | None = Field(
        description="Gap of the reporting areas to their own targets, in `unit`. Null if no "
        "area has its own target."
    )
    series: list[SeriesPoint] = Field(
        description="Actuals beside the path, for every quarter from the baseline to the deadline."
    )
    rating_history: list[RatingSpell] = Field(
        description="Spells of one rating up to the period of the row, oldest first, from the "
        "figures known now."
    )
    recovered_from: Rating | None = Field(
        description="Last rating below `on_track` of a target that is now on track or achieved. "
        "Null if it never had one."
    )
    from_period: str | None = Field(
        description="Period from which changes are counted. Null if no common period exists."
    )
    allocation: Literal["own", "notional"] | None = Field(
        description="Targets that the contributions show: `own` for those of the areas, "
        "`notional` for shares of the whole's target. Null if no area has a target."
    )
    allocation_period: str | None = Field(
        description="Period whose values are the weights of a notional allocation. Null unless "
        "it is notional."
    )
    contributions: list[ContributionView] = Field(
        description="One row for each area that is added up, and one for what no area has. "
        "Where every area is known, the rows sum to the whole."
    )


class GapDetailQuery(AsOfQuery):
    """Which row is given in full, and from when changes are counted."""

    area: str | None = Field(
        default=None,
        description="Code of the area, for example `nanshan`. By default the whole area.",
    )
    period: PeriodCode | None = Field(
        default=None,
        description="Period of the row, for example `2024-Q3`. By default the latest with an "
        "actual.",
    )
    from_period: Annotated[PeriodCode, WrapValidator(_pass_name)] | None = Field(
        default=None,
        description="Period from which contributions are counted, or `previous_year` for the "
        "same quarter a year before (同比的贡献率和拉动点). By default the period of the "
        "baseline, or the earliest at which every area is known.",
    )
    allocation: Literal["notional"] | None = Field(
        default=None,
        description="`notional` splits the target over the areas in proportion to their values "
        "at `from_period`, if they have no targets.",
    )
    carry_forward: Annotated[Count, Field(ge=0, le=40)] = Field(
        default=0,
        description="Number of quarters for which a missing level or running total is replaced "
        "by the latest known one. By default 0.",
    )
