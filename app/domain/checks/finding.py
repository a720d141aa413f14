"""A finding: what a check says of one place in a submission, with the facts of its message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LONGEST_QUOTE = 60

_JSON_WORDS = ((None, "null"), (True, "true"), (False, "false"))

Fact = str | int | None


class Severity(StrEnum):
    """Whether a finding must be mended, or mended or explained."""

    ERROR = "error"
    QUERY = "query"


class FindingCode(StrEnum):
    """What a check says. The codes are part of the contract with clients."""

    VALUE_TYPE = "value_type"
    VALUE_REQUIRED = "value_required"
    VALUE_AND_MISSING_REASON = "value_and_missing_reason"
    MISSING_REASON_INVALID = "missing_reason_invalid"
    GROWTH_INVALID = "growth_invalid"
    PRICE_BASIS_INVALID = "price_basis_invalid"
    OBS_STATUS_INVALID = "obs_status_invalid"
    UNIT_REQUIRED = "unit_required"
    UNIT_NOT_ALLOWED = "unit_not_allowed"
    BASIS_REQUIRED = "basis_required"
    BASIS_NOT_ALLOWED = "basis_not_allowed"
    NEGATIVE = "negative"
    NOT_INTEGER = "not_integer"
    OUT_OF_RANGE = "out_of_range"
    PRECISION = "precision"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_INDICATOR = "unknown_indicator"
    UNKNOWN_AREA = "unknown_area"
    NOT_REPORTABLE = "not_reportable"
    DUPLICATE_FIGURE = "duplicate_figure"
    TEXT_INVALID = "text_invalid"
    PERIOD_INVALID = "period_invalid"
    PERIOD_NOT_OPEN = "period_not_open"
    PERIOD_CLOSED = "period_closed"
    HEADER_MISMATCH = "header_mismatch"
    ALREADY_REPORTED = "already_reported"
    NOT_CALCULATED = "not_calculated"
    NOT_AS_SHOWN = "not_as_shown"
    DOES_NOT_ADD_UP = "does_not_add_up"
    RUNNING_TOTAL_FELL = "running_total_fell"
    FELL_TO_ZERO = "fell_to_zero"
    IMPLAUSIBLE_FIRST = "implausible_first"
    SCALE_SLIP = "scale_slip"
    OUTLIER = "outlier"
    CHANGE_FROM_CONSTANT = "change_from_constant"
    JUMP = "jump"
    RULE_VIOLATED = "rule_violated"


# What the state of the plan forbids is a conflict; everything else is malformed.
CONFLICTS = frozenset({FindingCode.PERIOD_CLOSED, FindingCode.ALREADY_REPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check says of one place in a submission.

    ``pointer``: a JSON pointer; ``row``: the figure's number from 1, or the row of a file,
    with ``sheet`` and ``column``, and in a workbook the ``cell``, as E8. ``part``: the place of
    the sheet, or of the report in a batch. ``facts`` fill the message in the reader's language.
    """

    code: FindingCode
    pointer: str
    severity: Severity = Severity.ERROR
    row: int | None = None
    sheet: str | None = None
    column: str | None = None
    cell: str | None = None
    part: int = 0
    indicator: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def place(self) -> tuple[int, int]:
        """Its place in the order of what was sent; what is about a whole report comes first."""
        return self.part, self.row or 0

    @property
    def is_in_file(self) -> bool:
        """Whether the figure is in a row of a file, and its sender a person."""
        return self.sheet is not None or self.pointer.startswith("/rows/")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNames:
    """What a plan calls its indicators and areas in one language, by their codes."""

    indicators: Mapping[str, str]
    areas: Mapping[str, str]


def shown(value: object) -> str:
    """A received value as a message quotes it: short, and with nothing that steers a screen."""
    text = "".join(sign if sign.isprintable() else "�" for sign in _written(value))
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 3]}..."


def _written(value: object) -> str:
    """A value as the sender wrote it: in the words of JSON, not those of Python."""
    if isinstance(value, dict):
        pairs = [f'"{name}": {_nested(each)}' for name, each in value.items()]
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_nested, value))}]"
    words = [word for known, word in _JSON_WORDS if value is known]
    return words[0] if words else str(value)


def _nested(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else _written(value)
