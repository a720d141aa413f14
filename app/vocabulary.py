"""The field types that tables and schemas share: one spelling, one rule, one description."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from app.domain.checks.written import says_something
from app.domain.time.period import Period


class View(StrEnum):
    """Which figures are used: official ones only, or submitted ones too, marked."""

    OFFICIAL = "official"
    PROVISIONAL = "provisional"


def to_number(value: Decimal) -> int | float:
    """A JSON number: an integer where the value is one, else the nearest double (17 digits)."""
    return int(value) if value == value.to_integral_value() else float(value)


def to_instant(moment: datetime) -> str:
    """An RFC 3339 instant in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _is_period(text: str) -> str:
    try:
        Period.parse(text)
    except ValueError as error:
        raise PydanticCustomError("period", "not a period") from error
    return text


def _is_said(text: str) -> str:
    if not says_something(text):
        raise PydanticCustomError("says_nothing", "no letter and no digit")
    return text


def _is_day(given: object) -> object:
    # A number would be taken for seconds since 1970.
    if isinstance(given, int | float | Decimal):
        raise PydanticCustomError("day", "not a day")
    return given


Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=64)]
PeriodCode = Annotated[
    str,
    AfterValidator(_is_period),
    WithJsonSchema({"type": "string", "pattern": r"^[12][0-9]{3}(-Q[1-4])?$"}),
]
DocumentDay = Annotated[date, BeforeValidator(_is_day)]
Number = Annotated[
    Decimal,
    PlainSerializer(to_number, return_type=int | float, when_used="json"),
    WithJsonSchema({"type": "number"}),
]
Instant = Annotated[
    datetime,
    PlainSerializer(to_instant, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
# A reason, an explanation, a note: it has at least one letter or digit.
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(_is_said)]
