"""The gap row: one indicator in one area at one period, target beside actual beside gap.

The same names stand in JSON, in CSV columns and in the calculator's answer.
"""

from datetime import date
from typing import Annotated

from pydantic import Field, JsonValue

from app.domain.coverage import ActualSource
from app.domain.path import PathKind
from app.domain.rating import Rating, RatingBasis
from app.domain.series import ActualBasis
from app.schemas.base import Answer
from app.schemas.query import Codes, Count, FigureQuery
from app.vocabulary import Number


class Explanation(Answer):
    """How a row was calculated: the formulas used and every figure that went in."""

    formulas: dict[str, str] = Field(
        description="Definition of each measure that has a value, by name of the field."
    )
    inputs: list[dict[str, JsonValue]] = Field(
        description="Figures used, newest first, with their revisions."
    )


class Measures(Answer):
    """Everything of a gap row but where it belongs: what the calculator answers."""

    period: str | None = Field(description="The period of the row.")
    unit: str | None = Field(description="Unit of target, baseline, actual, path and gap.")
    target: Number | None = Field(description="X, the target, in the unit.")
    comparator: str | None = Field(description="When the target is met: gt, gte, lte or lt.")
    deadline: str | None = Field(description="The period by which it is to be met.")
    commitment: str | None = Field(description="stated, or aspirational (力争).")
    baseline: Number | None = Field(description="B, in the unit; 0 for an increment.")
    baseline_period: str | None = Field(description="The period of the baseline.")
    actual: Number | None = Field(description="V, the comparable value, in the unit.")
    actual_basis: ActualBasis | None = Field(description="What the actual is a total of.")
    actual_source: ActualSource | None = Field(description="Reported as such, or summed.")
    provisional: bool = Field(description="Whether any input awaits approval.")
    gap: Number | None = Field(description="d(X - V) in the unit; positive is still to go.")
    gap_percent: Number | None = Field(description="The gap in percent of the target.")
    attainment_percent: Number | None = Field(description="完成率: V of X in percent.")
    progress_percent: Number | None = Field(description="完成进度: (V-B)/(X-B) in percent.")
    elapsed_percent: Number | None = Field(description="序时进度: time gone, percent.")
    schedule_variance: Number | None = Field(description="Progress less elapsed, points.")
    schedule_index: Number | None = Field(description="Progress over elapsed.")
    path: PathKind | None = Field(description="The path that the plan fixed.")
    path_value: Number | None = Field(description="What the path asks for by now, in the unit.")
    path_progress_percent: Number | None = Field(description="The progress the path asks for.")
    path_gap: Number | None = Field(description="d(path_value - V): positive is behind.")
    achieved_rate: Number | None = Field(description="Units, or percent (geometric), a year.")
    required_rate: Number | None = Field(description="The rate that would still meet it.")
    acceleration: Number | None = Field(description="Required over achieved rate.")
    growth_ratio: Number | None = Field(description="Growth so far over growth needed.")
    projection: Number | None = Field(description="The value at the deadline, as so far.")
    projection_low: Number | None = Field(description="Lower end, nominal 80 % interval.")
    projection_high: Number | None = Field(description="Upper end, nominal 80 % interval.")
    projection_prudent: Number | None = Field(description="The projection with damped drift.")
    probability: Number | None = Field(description="That the projection meets it, 0 to 1.")
    projected_gap: Number | None = Field(description="d(X - projection), in the unit.")
    eta: date | None = Field(description="When it is met at the rate so far.")
    rating: Rating = Field(description="The rating's code; never a colour.")
    rating_index: Number | None = Field(description="The index that the rating stands on.")
    rating_basis: RatingBasis | None = Field(description="Which index that is.")
    rating_threshold: Number | None = Field(description="The band's bound it was held against.")
    areas_expected: int | None = Field(description="Areas that the sum should cover.")
    areas_reported: int | None = Field(description="Areas that it does cover.")
    areas_carried_forward: int | None = Field(description="Areas with an earlier value.")
    data_age_quarters: int | None = Field(description="Age of the oldest value used.")


class Context(Answer):
    """What qualifies a row, in JSON: why fields are null, what to bear in mind."""

    missing_areas: list[str] = Field(description="Expected areas without a figure.")
    reasons: dict[str, str] = Field(description="A reason code for every null field.")
    flags: list[str] = Field(description="Qualifications of values that are there.")


class Calculation(Measures, Context):
    """A gap row without plan, indicator and area, as `POST /evaluate` answers."""

    explain: Explanation = Field(
        description="Formulas and figures that the measures were calculated from."
    )


class RowPlace(Answer):
    """Where a row belongs."""

    plan: str = Field(description="The plan's code.")
    indicator: str = Field(description="The indicator's code.")
    indicator_name_zh: str = Field(description="Its name in Chinese.")
    indicator_name_en: str = Field(description="Its name in English.")
    area: str = Field(description="The area's code.")
    area_name_zh: str = Field(description="Its name in Chinese.")
    area_name_en: str = Field(description="Its name in English.")


class GapRow(Context, Measures, RowPlace):
    """One row of the gap table."""

    revision: int = Field(description="The newest revision among the row's inputs.")
    explain: Explanation | None = Field(description="Formulas and inputs, where asked for.")


CONTEXT_FIELDS = frozenset({*Context.model_fields, "explain"})


class GapQuery(FigureQuery):
    """Which rows of the gap table are given."""

    rating: Codes | None = Field(
        default=None, description="Ratings to include, for example `off_track`. Repeatable."
    )
    goal: Codes | None = Field(
        default=None, description="Codes of the goals whose indicators are included. Repeatable."
    )
    responsible_unit: Codes | None = Field(
        default=None,
        description="Codes of responsible units. Rows of the indicators that their actions "
        "serve are included. Repeatable.",
    )
    carry_forward: Annotated[Count, Field(ge=0, le=40)] = Field(
        default=0,
        description="Number of quarters for which a missing level or running total is replaced "
        "by the latest known one. By default 0.",
    )
    explain: bool = Field(default=False, description="Add formulas and inputs to each row.")
