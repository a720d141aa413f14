"""The gap row: one indicator in one area at one period, target beside actual beside gap.

The columns have the same names in JSON, in files and in the calculator's answer; the book of words
says what each of them is.
"""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, JsonValue, create_model

from app.domain.accumulation import ActualBasis, ActualSource
from app.domain.bulletin.announced import BESIDE, MEASURES
from app.domain.bulletin.prospects import Tendency
from app.domain.parts.place import RankBy
from app.domain.path import PathKind
from app.domain.quantity import MeasureUnit
from app.domain.rating import Rating, RatingBasis
from app.schemas.base import Answer, Columns
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


class RowFacts(Columns):
    """What is held against what, and when."""

    period: str | None
    unit: str | None
    target: Number | None
    target_high: Number | None
    comparator: str | None
    deadline: str | None
    commitment: str | None
    baseline: Number | None
    baseline_period: str | None
    actual: Number | None
    actual_basis: ActualBasis | None
    actual_source: ActualSource | None
    provisional: bool


class RowCoverage(Columns):
    """How much of the areas the actual covers, and how old it is."""

    areas_expected: int | None
    areas_reported: int | None
    areas_carried_forward: int | None
    data_age_quarters: int | None


class RowYear(Columns):
    """The year that is running, where figures are totals of a year."""

    year_to_date: Number | None


# A column for each measure of the registry, in its order.
_BESIDE = {each.name for each in BESIDE}
_TYPES = {
    MeasureUnit.DAY: date | None,
    MeasureUnit.CODE: str | None,
    MeasureUnit.COUNT: int | None,
}
_FIELDS: dict[str, Any] = {
    name: (_TYPES.get(measure.unit, Number | None), ...)
    for name, measure in MEASURES.items()
    if name not in RowFacts.model_fields | RowYear.model_fields
}
_MeasureColumns: Any = create_model(
    "_MeasureColumns",
    __base__=Columns,
    **{name: each for name, each in _FIELDS.items() if name not in _BESIDE},
)
_BulletinColumns: Any = create_model(
    "_BulletinColumns",
    __base__=Columns,
    **{name: each for name, each in _FIELDS.items() if name in _BESIDE},
)


class Measures(RowYear, _BulletinColumns, RowCoverage, _MeasureColumns, RowFacts):
    """Everything of a gap row but where it belongs: what the calculator answers."""

    path: PathKind | None
    eta: date | None
    rating: Rating
    rating_basis: RatingBasis | None

    if TYPE_CHECKING:
        # A type checker does not see fields that are made; all others are numbers.
        def __getattr__(self, measure: str) -> Number | None: ...


class Context(Columns):
    """What qualifies a row, in JSON: why fields are null, what to bear in mind."""

    missing_areas: list[str]
    reasons: dict[str, str]
    flags: list[str]


class Calculation(Measures, Context):
    """A gap row without plan, indicator and area, as `POST /evaluate` answers."""

    explain: Explanation


class RowPlace(Columns):
    """Where a row belongs."""

    plan: str
    indicator: str
    indicator_name_zh: str
    indicator_name_en: str
    area: str
    area_name_zh: str
    area_name_en: str


class RowPlan(Columns):
    """What the plan says of the row: its goal, who answers for it, and which way it moves."""

    goal: str | None
    responsible_units: list[str]
    trend: Tendency | None


class GapRow(RowPlan, Context, Measures, RowPlace):
    """One row of the gap table."""

    revision: int
    explain: Explanation | None


# What says why fields are empty, or how they were calculated: in a file on demand.
CONTEXT_FIELDS = frozenset({"reasons", "explain"})


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
    common_period: bool = Field(
        default=False,
        description="Give every row at the latest period that all rows with data have in common, "
        "so that a comparison never mixes quarters.",
    )
    targets_as_of: str | None = Field(
        default=None,
        description="Hold the figures against the targets as they were known at this revision, "
        "publication, instant or day. By default the targets as of `as_of`.",
    )
    rank_by: RankBy = Field(
        default=RankBy.ACTUAL,
        description="Measure by which `rank` orders the areas below the same area, best first.",
    )
    explain: bool = Field(default=False, description="Add formulas and inputs to each row.")
