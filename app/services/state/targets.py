"""The targets of a plan as known at a revision: as stored, and as the domain holds them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from app.domain.accumulation import Accumulation
from app.domain.path import Comparator, Direction, PathKind, Waypoint
from app.domain.plan import PlanRules
from app.domain.target import Target
from app.domain.targets import Commitment, SetTarget, Targets
from app.domain.time.period import Period
from app.tables import Target as StoredTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTargets:
    """Every version of every target, oldest first: the rows with their texts, and the values."""

    rows: Mapping[tuple[str, str], Sequence[StoredTarget]]
    targets: Targets

    def row_of(self, found: SetTarget) -> StoredTarget:
        """The row that a version was read from."""
        return next(
            row
            for row in self.versions(found.indicator, found.area)
            if row.revision == found.revision
        )

    def newest(self, indicator: str, area: str) -> StoredTarget | None:
        """The version that was recorded last."""
        found = self.versions(indicator, area)
        return found[-1] if found else None

    def versions(self, indicator: str, area: str) -> Sequence[StoredTarget]:
        """Every version of one target, oldest first; empty where there is none."""
        return self.rows.get((indicator, area), ())


_NONE = StoredTargets(rows={}, targets=Targets(()))


def load_targets(
    session: Session,
    plan: str,
    rules: PlanRules,
    *,
    revision: int,
    known: StoredTargets = _NONE,
    since: int = 0,
) -> StoredTargets:
    """The targets that were known at a revision; ``known``: those up to ``since``, read before."""
    query = (
        select(StoredTarget)
        .where(
            StoredTarget.plan == plan,
            StoredTarget.revision > since,
            StoredTarget.revision <= revision,
        )
        .order_by(col(StoredTarget.revision), col(StoredTarget.indicator), col(StoredTarget.area))
    )
    found = session.exec(query).all()
    rows = {key: [*versions] for key, versions in known.rows.items()}
    for row in found:
        # What is read outlives the session, and no session changes it.
        session.expunge(row)
        rows.setdefault((row.indicator, row.area), []).append(row)
    versions = [_to_set_target(row, rules) for row in found]
    return StoredTargets(rows=rows, targets=known.targets.followed_by(versions))


def _to_set_target(row: StoredTarget, rules: PlanRules) -> SetTarget:
    is_increment = rules.indicators[row.indicator].accumulation is Accumulation.INCREMENT
    base_period = _read_period(row.baseline_period)
    return SetTarget(
        indicator=row.indicator,
        area=row.area,
        revision=row.revision,
        commitment=Commitment(row.commitment),
        base=row.baseline,
        base_period=base_period,
        valid_from=_read_period(row.valid_from),
        target=Target(
            value=row.value,
            high=row.value_high,
            comparator=Comparator(row.comparator),
            deadline=Period.parse(row.deadline),
            direction=Direction(row.direction),
            path=PathKind(row.path),
            # An increment starts from 0 on the plan's first day.
            baseline=Decimal(0) if is_increment else row.baseline,
            baseline_period=None if is_increment else base_period,
            start=rules.start if is_increment else None,
            waypoints=tuple(
                Waypoint(period=Period.parse(point["period"]), value=Decimal(point["value"]))
                for point in json.loads(row.milestones)
            ),
        ),
    )


def _read_period(text: str | None) -> Period | None:
    return None if text is None else Period.parse(text)
