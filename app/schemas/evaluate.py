"""The calculator's request: a target, a baseline and observations; nothing is stored."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.domain.accumulation import Accumulation, Basis
from app.domain.path import Comparator, Direction, PathKind
from app.schemas.base import Input
from app.vocabulary import PeriodCode

MAX_DIGITS = 15
# Far beyond any figure, and within what every measure can still be computed from.
MAX_SCALE = 60
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _exact(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("json_number", "a JSON number without quotation marks is needed")
    number = Decimal(value)
    if len(number.normalize().as_tuple().digits) > MAX_DIGITS:
        facts = {"digits": MAX_DIGITS}
        raise PydanticCustomError("too_precise", "at most {digits} significant digits", facts)
    if number and abs(number.adjusted()) > MAX_SCALE:
        facts = {"scale": MAX_SCALE}
        raise PydanticCustomError("beyond_scale", "between 1e-{scale} and 1e{scale} in size", facts)
    return number


def _day(value: object) -> object:
    """A day as text: the models would also take seconds since 1970."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("day", "a day such as 2022-01-01 is needed")
    return value


_BOUND = 10.0 ** (MAX_SCALE + 1)
_Written = Annotated[float, Field(gt=-_BOUND, lt=_BOUND)]
Value = Annotated[Decimal, BeforeValidator(_exact, json_schema_input_type=_Written)]
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]


class MilestoneInput(Input):
    """A value that the plan asks for between the baseline and the deadline."""

    period: PeriodCode = Field(
        description="Period of the milestone, for example `2023` or `2023-Q4`."
    )
    value: Value = Field(description="Value asked for by that period, in the unit of the target.")


class TargetInput(Input):
    """The target to be evaluated."""

    value: Value = Field(
        description="Target value X, in the unit of all values of the request. Of a range, the "
        "lower end."
    )
    value_high: Value | None = Field(
        default=None,
        description="Upper end of a range. Required if `comparator` is `between`, otherwise null.",
    )
    comparator: Comparator = Field(
        description="When the target is met: `gt` (above X), `gte` (at least X), `lte` (at most "
        "X), `lt` (below X) or `between` (from `value` to `value_high`, both included)."
    )
    deadline: PeriodCode = Field(
        description="Period by which the target is to be met, for example `2025` or `2025-Q4`."
    )
    direction: Direction | None = Field(
        default=None,
        description="Direction that the plan wants: `increase` or `decrease`. By default the "
        "one that the comparator implies; for a range, the one from the baseline into it.",
    )
    path: PathKind = Field(
        default=PathKind.LINEAR,
        description="Path from the baseline to the target: `linear`, `geometric` or "
        "`milestones`. By default `linear`.",
    )
    milestones: Annotated[list[MilestoneInput], Field(max_length=100)] = Field(
        default=[],
        description="Values on the way, in any order. Required if `path` is `milestones`, "
        "otherwise empty.",
    )


class BaselineInput(Input):
    """The value that a target starts from."""

    value: Value = Field(description="Baseline value B, in the unit of the target.")
    period: PeriodCode = Field(
        description="Period of the baseline, for example `2021` or `2021-Q4`."
    )


class ObservationInput(Input):
    """A figure with its basis. A ratio may be given as its two parts."""

    period: PeriodCode = Field(description="Period of the figure, for example `2023` or `2023-Q4`.")
    value: Value | None = Field(
        default=None,
        description="Value of the figure, in the unit of the target. Null if the two parts of a "
        "ratio are given instead.",
    )
    basis: Basis | None = Field(
        default=None,
        description="What the figure is a total of: `quarter`, `ytd`, `since_start` or `level`. "
        "Not needed for a ratio.",
    )
    numerator: Value | None = Field(
        default=None,
        description="Numerator of a ratio, in the unit of the denominator. Given together with "
        "`denominator`.",
    )
    denominator: Value | None = Field(
        default=None, description="Denominator of a ratio. Given together with `numerator`."
    )


class EvaluateInput(Input):
    """A target, its baseline and the figures known so far. Values may have up to 15 significant
    digits.
    """

    target: TargetInput = Field(description="The target that the figures are compared with.")
    baseline: BaselineInput | None = Field(
        default=None,
        description="The value that the target starts from. Null if it is unknown; measures "
        "that need it are then null.",
    )
    start: Day | None = Field(
        default=None,
        description="First day of the plan, for example `2022-01-01`. Needed for increments, "
        "whose baseline is 0 on that day.",
    )
    accumulation: Accumulation = Field(
        description="How the figures add up over time: `annual_flow`, `increment`, `level` or "
        "`ratio`."
    )
    observations: Annotated[list[ObservationInput], Field(max_length=1000)] = Field(
        default=[], description="The figures known so far, in any order. At most 1,000."
    )
    period: PeriodCode | None = Field(
        default=None,
        description="Period of the row to calculate. By default the period of the latest "
        "observation.",
    )
