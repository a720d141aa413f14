"""A plan as one snapshot knows it: the value that the domain computes with.

What is official is kept in memory, and a next edition is made of the last one by what was
recorded since. Submitted figures are laid over it.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlmodel import Session

from app.domain.plan import Indicator
from app.domain.standing import Plan
from app.services.ledger.snapshots import Snapshot
from app.services.state.definitions import PlanDefinition
from app.services.state.figures import load_submitted
from app.services.state.official import (
    Edition,
    OfficialPlan,
    count_versions,
    find_digest,
    find_edition,
    follow,
    read_official,
)
from app.services.state.targets import StoredTargets

# All that is kept, in figures: with what is worked out of it a figure takes 0.4 to 0.8 KiB.
FIGURES_KEPT = 500_000
# What a plan takes besides its figures, counted in figures.
_OVERHEAD = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlan:
    """What is known of a plan at a snapshot: its texts, and the plan as a value."""

    snapshot: Snapshot
    definition: PlanDefinition
    stored_targets: StoredTargets
    plan: Plan

    def indicator(self, code: str) -> Indicator:
        """The indicator of this code; NothingThere without one."""
        return self.plan.rules.indicators[self.definition.indicator(code).code]


def load_plan_at(
    session: Session, snapshot: Snapshot, indicators: Collection[str] | None = None
) -> KnownPlan:
    """The plan with the figures of these indicators at least (default: all).

    Codes unknown to it have none. Where nothing is kept (a plan too large, a write) reading the
    figures takes most of the time, and a table of one indicator needs no more.
    """
    official = _find_official(session, snapshot, indicators)
    plan = official.plan
    submitted = load_submitted(session, snapshot, plan.rules.indicators)
    if submitted:
        # In a sum the submitted figures of some areas alone would mislead.
        in_sums = snapshot.pending_areas is None
        figures = plan.figures.assuming(submitted, in_sums=in_sums, only_newer=True)
        plan = plan.with_figures(figures, submitted)
    return KnownPlan(
        snapshot=snapshot,
        definition=official.definition,
        stored_targets=official.stored_targets,
        plan=plan,
    )


class _Key(NamedTuple):
    plan: str
    edition: Edition
    day: date


class KeptPlans:
    """What is official of the plans of a database, those that were asked for last.

    Each is made once, however many ask for it; an edition newer than all that are kept does not
    wait until an older one is read.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, OfficialPlan] = OrderedDict()
        self._turns: dict[tuple[str, bool], threading.Lock] = {}

    def find(self, session: Session, snapshot: Snapshot) -> OfficialPlan | None:
        """What is official at a snapshot; None of a plan with too many figures to be kept."""
        edition = find_edition(session, snapshot.plan, revision=snapshot.revision)
        key = _Key(snapshot.plan, edition, snapshot.day)
        found = self._look_up(key)
        if found is not None:
            return found
        with self._turn(key):
            found = self._look_up(key) or self._make(session, key)
            if found is not None:
                self._keep(key, found)
        return found

    def _look_up(self, key: _Key) -> OfficialPlan | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def _turn(self, key: _Key) -> threading.Lock:
        with self._lock:
            is_newest = all(
                each.edition.may_become(key.edition) for each in self._kept if each.plan == key.plan
            )
            return self._turns.setdefault((key.plan, is_newest), threading.Lock())

    def _make(self, session: Session, key: _Key) -> OfficialPlan | None:
        with self._lock:
            earlier = [
                each
                for each in self._kept
                if each.plan == key.plan and each.edition.may_become(key.edition)
            ]
            nearest = max(
                earlier,
                key=lambda each: (each.edition, each.day == key.day),
                default=None,
            )
            known = None if nearest is None else self._kept[nearest]
        if known is not None:
            began = known.edition.revision
            if find_digest(session, key.plan, revision=began) == known.edition.digest:
                return follow(session, known, key.edition, day=key.day)
        if count_versions(session, key.plan, most=FIGURES_KEPT + 1) > FIGURES_KEPT:
            return None
        return read_official(session, key.plan, key.edition, day=key.day)

    def _keep(self, key: _Key, found: OfficialPlan) -> None:
        with self._lock:
            self._kept[key] = found
            while len(self._kept) > 1 and self._weight() > FIGURES_KEPT:
                self._kept.popitem(last=False)

    def _weight(self) -> int:
        return sum(_OVERHEAD + each.size for each in self._kept.values())


def _find_official(
    session: Session, snapshot: Snapshot, indicators: Collection[str] | None
) -> OfficialPlan:
    # A write reads what is not committed yet, and may never be: it has nothing kept.
    kept = session.info.get("kept")
    if kept is not None:
        plans: KeptPlans = kept.setdefault("plans", KeptPlans())
        found = plans.find(session, snapshot)
        if found is not None:
            return found
    edition = find_edition(session, snapshot.plan, revision=snapshot.revision)
    return read_official(session, snapshot.plan, edition, day=snapshot.day, indicators=indicators)
