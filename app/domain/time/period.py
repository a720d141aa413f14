"""A reporting period: a calendar year, or one quarter of it.

Time runs in quarters; a year and its fourth quarter are the same point of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

_WRITTEN = re.compile(r"([12][0-9]{3})(?:-Q([1-4]))?", re.ASCII)
QUARTERS_A_YEAR = 4


@dataclass(frozen=True, slots=True)
class Period:
    """A year (``quarter`` None) or a quarter. Compare and count it by its methods.

    >>> Period.parse("2024-Q3").shift(2)
    Period(year=2025, quarter=1)
    >>> Period.parse("2021").quarters_since(Period.parse("2021-Q4"))
    0
    """

    year: int
    quarter: int | None = None
    # The period's place in the count of quarters since the year 0; asked for all the time.
    index: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Count it once."""
        index = self.year * QUARTERS_A_YEAR + (self.quarter or QUARTERS_A_YEAR) - 1
        object.__setattr__(self, "index", index)

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``2024`` or ``2024-Q3``; ValueError for anything else."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(f"not a period: {text!r}")
        quarter = found[2]
        return cls(int(found[1]), int(quarter) if quarter else None)

    @classmethod
    def from_index(cls, index: int) -> "Period":
        """The quarter that stands at this place in the count of quarters."""
        return _quarter_at(index)

    @classmethod
    def containing(cls, day: date) -> "Period":
        """The quarter that the day lies in."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    def __str__(self) -> str:
        return f"{self.year}" if self.quarter is None else f"{self.year}-Q{self.quarter}"

    @property
    def quarter_of_year(self) -> int:
        """1 to 4; a whole year counts as its fourth quarter."""
        return self.quarter or QUARTERS_A_YEAR

    @property
    def as_quarter(self) -> "Period":
        """The quarter at the same point of time."""
        return Period(self.year, self.quarter_of_year)

    @property
    def as_first_quarter(self) -> "Period":
        """The quarter that the period begins with: a range from 2024 begins in 2024-Q1."""
        return Period(self.year, self.quarter or 1)

    @property
    def ends_year(self) -> bool:
        """Whether a running total since 1 January is a full year here."""
        return self.quarter_of_year == QUARTERS_A_YEAR

    @property
    def last_day(self) -> date:
        """The data date: the last day of the quarter, or 31 December of the year."""
        return _first_day(self.index + 1) - timedelta(days=1)

    @property
    def first_day(self) -> date:
        """The first day of the quarter, or 1 January of the year."""
        return date(self.year, 1, 1) if self.quarter is None else _first_day(self.index)

    def shift(self, quarters: int) -> "Period":
        """The quarter that lies this many quarters later (earlier when negative)."""
        return Period.from_index(self.index + quarters)

    def quarters_since(self, earlier: "Period") -> int:
        """Whole quarters from the earlier period to this one; negative if it is later."""
        return self.index - earlier.index


def quarters_between(first: Period, last: Period) -> Iterator[Period]:
    """Every quarter from the first to the last, both included."""
    return (Period.from_index(index) for index in range(first.index, last.index + 1))


@lru_cache(maxsize=1024)
def _quarter_at(index: int) -> Period:
    """A quarter, shared by all that count it."""
    return Period(index // QUARTERS_A_YEAR, index % QUARTERS_A_YEAR + 1)


def _first_day(index: int) -> date:
    return date(index // QUARTERS_A_YEAR, index % QUARTERS_A_YEAR * 3 + 1, 1)
