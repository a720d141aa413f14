"""What is known around an area whose first figure of an indicator is judged.

It is read when it is first needed, for one indicator and quarter, and then follows what is taken.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from app.domain.checks.first import REACH, Surroundings, is_closer
from app.domain.checks.scale import pace_of
from app.domain.path import Direction
from app.domain.series import Observed
from app.domain.time.period import Period
from app.services.intake.live import KnownIntake
from app.services.intake.submission import Judgement
from app.services.ledger.entries import PlanHead
from app.services.ledger.recording import Recording
from app.services.state.figures import to_observed
from app.services.state.pending import find_pending_figures
from app.tables import Figure, Observation

# What is known around the area at hand, for an indicator and a quarter.
LookAround = Callable[[str, Period], Surroundings]


@dataclass(slots=True)
class _Extremes:
    smallest: Observed
    largest: Observed
    areas: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Nearby:
    """The figures of an indicator near a quarter: each area's closest, and the extremes of those
    that lie in the same area.
    """

    period: Period
    start: date
    closest: dict[str, Observed] = field(default_factory=dict)
    extremes: dict[str | None, _Extremes] = field(default_factory=dict)

    def reaches(self, index: int) -> bool:
        """Whether figures of a quarter are near enough to count."""
        return abs(index - self.period.index) <= REACH

    def add(self, figure: Observed, parent: str | None) -> None:
        """Take a figure of an area into account."""
        if not self.reaches(figure.period.index) or not figure.value:
            return
        if figure.value < 0 or not is_closer(figure, self.closest.get(figure.area), self.period):
            return
        self.closest[figure.area] = figure
        self._widen(figure, parent)

    def _widen(self, figure: Observed, parent: str | None) -> None:
        known = self.extremes.setdefault(parent, _Extremes(figure, figure))
        known.areas.add(figure.area)
        pace = pace_of(figure, self.start)
        if pace < pace_of(known.smallest, self.start):
            known.smallest = figure
        if pace > pace_of(known.largest, self.start):
            known.largest = figure


class Neighbourhood:
    """The surroundings of every area of a plan during one write."""

    def __init__(
        self,
        session: Session,
        plan: PlanHead,
        known: KnownIntake,
        recording: Recording,
    ) -> None:
        self._session, self._plan, self._recording = session, plan, recording
        self._definition, self._targets = known.definition, known.targets
        self._known: dict[str, dict[int, _Nearby]] = {}

    def around(self, area: str, indicator: str, period: Period) -> Surroundings:
        """What a first figure of the area for the quarter is held against."""
        if area not in self._definition.areas:
            return Surroundings()
        rule = self._definition.document.settings.small_cells
        if rule is not None and indicator in rule.indicators:
            # A finding names the figure that it rests on: of another area that may be withheld.
            return Surroundings(target=self._find_target(area, indicator, period))
        of_indicator = self._known.setdefault(indicator, {})
        if period.index not in of_indicator:
            of_indicator[period.index] = self._read(indicator, period)
        nearby = of_indicator[period.index]
        above = [each for each in self._above(area) if each in nearby.closest]
        parts, others = nearby.extremes.get(area), self._others(nearby, area)
        return Surroundings(
            target=self._find_target(area, indicator, period),
            wholes=tuple(nearby.closest[each] for each in above),
            largest_part=parts.largest if parts else None,
            largest_other=others.largest if others else None,
            smallest_other=others.smallest if others else None,
            others=len(others.areas) if others else 0,
        )

    def follow(self, judged: Judgement) -> None:
        """Take what was accepted into account."""
        area, period = judged.submission.area, judged.period
        if period is None:
            return
        index = period.index
        for figure in judged.accepted:
            for nearby in self._known.get(str(figure.indicator), {}).values():
                if figure.sound is not None and nearby.reaches(index):
                    nearby.add(figure.sound.at(period, area=area), self._parent(area))

    def _read(self, indicator: str, period: Period) -> _Nearby:
        # What this write has taken so far is among it.
        self._recording.write()
        nearby = _Nearby(period, self._definition.document.plan.start_date)
        live: dict[tuple[str, str], Observation | Figure] = {}
        for row in sorted(self._rows(indicator, period), key=lambda each: each.revision):
            live[row.area, row.period] = row
        for row in live.values():
            nearby.add(replace(to_observed(row), area=row.area), self._parent(row.area))
        return nearby

    def _rows(self, indicator: str, period: Period) -> Iterable[Observation | Figure]:
        periods = [str(period.shift(away)) for away in range(-REACH, REACH + 1)]
        query = select(Observation).where(
            Observation.plan == self._plan.code,
            Observation.indicator == indicator,
            col(Observation.period).in_(periods),
        )
        yield from self._session.exec(query)
        pending = find_pending_figures(
            self._session, self._plan.code, revision=self._plan.revision + 1, indicator=indicator
        )
        yield from (each for each in pending if each.period in periods)

    def _find_target(self, area: str, indicator: str, period: Period) -> Decimal | None:
        """The target of the area, or of the closest one around it; None for one that falls."""
        for each in (area, *self._above(area)):
            found = self._targets.at(indicator, each, period)
            if found is not None:
                wanted = found.target
                if wanted.direction is not Direction.INCREASE:
                    return None
                return wanted.value if wanted.high is None else wanted.high
        return None

    def _others(self, nearby: _Nearby, area: str) -> _Extremes | None:
        """The extremes of the areas beside this one, itself left out."""
        parent = self._parent(area)
        if area not in nearby.closest:
            return nearby.extremes.get(parent)
        apart = _Nearby(nearby.period, nearby.start)
        for code, figure in nearby.closest.items():
            if code != area and self._parent(code) == parent:
                apart.add(figure, parent)
        return apart.extremes.get(parent)

    def _parent(self, area: str) -> str | None:
        return self._definition.areas[area].parent

    def _above(self, area: str) -> Iterable[str]:
        """The areas that an area lies in, the smallest first."""
        parent = self._parent(area)
        while parent is not None:
            yield parent
            parent = self._parent(parent)
