"""How a figure accumulates over time and combines over areas: declared per indicator."""

from dataclasses import dataclass
from enum import StrEnum


class Accumulation(StrEnum):
    """How the figures of an indicator add up over time."""

    ANNUAL_FLOW = "annual_flow"
    INCREMENT = "increment"
    LEVEL = "level"
    RATIO = "ratio"

    @property
    def bases(self) -> tuple["Basis", ...]:
        """The bases on which a figure of this kind may be reported."""
        return _BASES[self]

    @property
    def total_basis(self) -> "Basis | None":
        """The basis on which a figure is the whole total up to its period; a ratio has none."""
        bases = self.bases
        return bases[-1] if bases else None


class Basis(StrEnum):
    """What a reported figure is a total of."""

    QUARTER = "quarter"
    YTD = "ytd"
    SINCE_START = "since_start"
    LEVEL = "level"


class AreaRule(StrEnum):
    """How the values of areas combine into the value of the area above them."""

    SUM = "sum"
    NONE = "none"


class Frequency(StrEnum):
    """How often a figure is expected: each quarter, or with the fourth only."""

    QUARTER = "quarter"
    YEAR = "year"


class Measure(StrEnum):
    """Whether an indicator is reported, or derived from another one."""

    REPORTED = "reported"
    CAGR = "cagr"
    RATIO = "ratio"


class MissingReason(StrEnum):
    """Why an area sends no figure."""

    NOT_DUE = "not_due"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    WITHHELD = "withheld"
    NOT_YET_AVAILABLE = "not_yet_available"


class ActualBasis(StrEnum):
    """What a comparable value is a total of."""

    FULL_YEAR = "full_year"
    TTM = "ttm"
    SINCE_START = "since_start"
    LEVEL = "level"
    RATIO = "ratio"
    GROWTH = "growth"


class ActualSource(StrEnum):
    """Whether an area's value was reported as such or summed from the areas below it."""

    REPORTED = "reported"
    SUMMED = "summed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierFigure:
    """The earlier plan that a figure is of, with its own code and revision there."""

    plan: str
    indicator: str
    revision: int


_BASES = {
    Accumulation.ANNUAL_FLOW: (Basis.QUARTER, Basis.YTD),
    Accumulation.INCREMENT: (Basis.QUARTER, Basis.YTD, Basis.SINCE_START),
    Accumulation.LEVEL: (Basis.LEVEL,),
    Accumulation.RATIO: (),
}
