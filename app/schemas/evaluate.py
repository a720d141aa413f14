"""The calculator's request: a target, a baseline and observations; nothing is stored."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.domain.accumulation import Accumulation, Basis
from app.domain.path import PathKind
from app.domain.target import Comparator, Direction
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


Value = Annotated[Decimal, BeforeValidator(_exact, json_schema_input_type=float)]
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=date)]


class MilestoneInput(Input):
    """A value asked for on the way."""

    period: PeriodCode
    value: Value


class TargetInput(Input):
    """The target of a calculation."""

    value: Value = Field(description="X.")
    comparator: Comparator = Field(description="gt, gte, lte or lt.")
    deadline: PeriodCode = Field(description="2025 or 2025-Q4.")
    direction: Direction | None = Field(
        default=None, description="By default what the comparator implies, else increase."
    )
    path: PathKind = Field(default=PathKind.LINEAR, description="How the figure should move.")
    milestones: Annotated[list[MilestoneInput], Field(max_length=100)] = Field(default=[])


class BaselineInput(Input):
    """Where the target starts from."""

    value: Value = Field(description="B.")
    period: PeriodCode = Field(description="Its period.")


class ObservationInput(Input):
    """A figure on its own basis; a ratio may come as its two parts."""

    period: PeriodCode = Field(description="2023 or 2023-Q4.")
    value: Value | None = Field(default=None, description="The figure.")
    basis: Basis | None = Field(default=None, description="quarter, ytd, since_start or level.")
    numerator: Value | None = Field(default=None, description="Of a ratio.")
    denominator: Value | None = Field(default=None, description="Of a ratio.")


class EvaluateInput(Input):
    """Everything that a gap is computed from."""

    target: TargetInput
    baseline: BaselineInput | None = Field(default=None, description="None where not known.")
    start: Day | None = Field(default=None, description="For increments: the first day.")
    accumulation: Accumulation = Field(description="How the figures accumulate.")
    observations: Annotated[list[ObservationInput], Field(max_length=1000)] = Field(default=[])
    period: PeriodCode | None = Field(
        default=None, description="The row's period; by default the last observation's."
    )
