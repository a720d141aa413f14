"""The targets of a plan, every version of each, and which of them holds for a period."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.plan import PlanRules
from app.domain.target import Target
from app.domain.time.period import Period


class Commitment(StrEnum):
    """Whether the plan states the target or strives for it (力争)."""

    STATED = "stated"
    ASPIRATIONAL = "aspirational"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTarget:
    """A target of an area as set at a revision, for the periods from ``valid_from`` on.

    ``base`` and ``base_period``: the baseline as the plan states it. An increment counts from
    the plan's start instead; a target on average growth has it in the unit of the levels.
    """

    indicator: str
    area: str
    revision: int
    target: Target
    commitment: Commitment | None = None
    base: Decimal | None = None
    base_period: Period | None = None
    valid_from: Period | None = None

    def holds_for(self, period: Period) -> bool:
        """Whether the version is about the period."""
        return self.valid_from is None or self.valid_from.index <= period.index


class Targets:
    """Every version of every target, oldest first."""

    def __init__(self, versions: Iterable[SetTarget]) -> None:
        self._versions: dict[tuple[str, str], list[SetTarget]] = {}
        for each in versions:
            self._versions.setdefault((each.indicator, each.area), []).append(each)

    def followed_by(self, versions: Iterable[SetTarget]) -> "Targets":
        """These, and versions that were recorded later."""
        return Targets([*(each for known in self._versions.values() for each in known), *versions])

    def newest(self, indicator: str, area: str) -> SetTarget | None:
        """The version that was recorded last, whatever periods it holds for."""
        found = self._versions.get((indicator, area))
        return found[-1] if found else None

    def at(self, indicator: str, area: str, period: Period | None) -> SetTarget | None:
        """The version that holds for the period: the last recorded of those valid by then.

        None for a period: the newest.
        """
        if period is None:
            return self.newest(indicator, area)
        known = self._versions.get((indicator, area), [])
        return next((each for each in reversed(known) if each.holds_for(period)), None)

    def all_newest(self) -> list[SetTarget]:
        """The newest version of every target, in the order in which they were first set."""
        return [versions[-1] for versions in self._versions.values()]

    def of_areas(
        self, indicator: str, areas: Sequence[str], period: Period | None
    ) -> Mapping[str, Target]:
        """The targets that these areas have for the period; None: the newest."""
        found = {area: self.at(indicator, area, period) for area in areas}
        return {area: each.target for area, each in found.items() if each is not None}

    def first_period(self, rules: PlanRules) -> Period:
        """The earliest quarter that figures may be about: of the year of the earliest baseline."""
        bases = [each.base_period for known in self._versions.values() for each in known]
        years = [period.year for period in bases if period is not None]
        return Period(min([*years, rules.first_year]), 1)
