"""The targets of a plan as known at a revision, and which of them holds for a period."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from app.domain.accumulation import Accumulation
from app.domain.path import PathKind
from app.domain.quantity import Reason, Undefined
from app.domain.target import Comparator, Direction, Target, Waypoint
from app.domain.time.period import Period
from app.schemas.document.plan import IndicatorEntry
from app.services.gaps.rows import TargetFacts
from app.services.plans.definitions import PlanDefinition
from app.tables import Target as TargetRow


@dataclass(frozen=True, slots=True)
class Targets:
    """Every version of every target that a snapshot knows, oldest first."""

    versions: dict[tuple[str, str], list[TargetRow]]

    def newest(self, indicator: str, area: str) -> TargetRow | None:
        """The version that was recorded last, whatever periods it holds for."""
        found = self.versions.get((indicator, area))
        return found[-1] if found else None

    def at(self, indicator: str, area: str, period: Period | None) -> TargetRow | None:
        """The version that holds for the period: the last recorded of those valid by then."""
        if period is None:
            return self.newest(indicator, area)
        valid = [row for row in self.versions.get((indicator, area), []) if _holds(row, period)]
        return valid[-1] if valid else None

    def of_areas(
        self, indicator: str, areas: Sequence[str], period: Period | None
    ) -> dict[str, Decimal]:
        """The target values that these areas have for the period; None: the newest."""
        found = {area: self.at(indicator, area, period) for area in areas}
        return {area: row.value for area, row in found.items() if row is not None}


def load_targets(session: Session, plan: str, *, revision: int) -> Targets:
    """The targets that were known at a revision."""
    query = (
        select(TargetRow)
        .where(TargetRow.plan == plan, TargetRow.revision <= revision)
        .order_by(col(TargetRow.revision))
    )
    versions: dict[tuple[str, str], list[TargetRow]] = defaultdict(list)
    for row in session.exec(query).all():
        versions[row.indicator, row.area].append(row)
    return Targets(versions)


def find_first_period(targets: Targets, definition: PlanDefinition) -> Period:
    """The earliest quarter that figures may be about: in the year of the earliest baseline."""
    rows = [row for versions in targets.versions.values() for row in versions]
    years = [Period.parse(row.baseline_period).year for row in rows if row.baseline_period]
    return Period(min([*years, definition.document.plan.start_year]), 1)


def to_target(row: TargetRow, indicator: IndicatorEntry, plan_start: date) -> Target:
    """The target at work. An increment starts from 0 on the plan's first day."""
    is_increment = indicator.accumulation is Accumulation.INCREMENT
    period = row.baseline_period
    return Target(
        value=row.value,
        comparator=Comparator(row.comparator),
        deadline=Period.parse(row.deadline),
        direction=Direction(row.direction),
        path=PathKind(row.path),
        baseline=Decimal(0) if is_increment else row.baseline,
        baseline_period=None if period is None or is_increment else Period.parse(period),
        start=plan_start if is_increment else None,
        waypoints=tuple(
            Waypoint(period=Period.parse(point["period"]), value=Decimal(point["value"]))
            for point in json.loads(row.milestones)
        ),
    )


def target_facts(row: TargetRow | None, target: Target | None, *, is_growth: bool) -> TargetFacts:
    """What a row shows of its target. A growth target has no baseline in percent."""
    if row is None or target is None:
        return TargetFacts(target=None)
    period = row.baseline_period
    if is_growth:
        shown: Decimal | Undefined = Undefined(Reason.NOT_DEFINED_FOR_GROWTH)
    elif target.baseline is None:
        shown = Undefined(Reason.NO_BASELINE)
    else:
        shown = target.baseline
    why = Reason.PLAN_START if target.start is not None else Reason.NO_BASELINE
    return TargetFacts(
        target=target,
        deadline=row.deadline,
        commitment=row.commitment,
        baseline=shown,
        baseline_period=period or Undefined(why),
    )


def _holds(row: TargetRow, period: Period) -> bool:
    return row.valid_from is None or Period.parse(row.valid_from).index <= period.index
