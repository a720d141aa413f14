"""A plan as one snapshot knows it: the value that the domain computes with.

What is official is kept in memory, and a next edition is made of the last one by what was
recorded since. Submitted figures are laid over it.
"""

import threading
from collections import OrderedDict
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import NamedTuple

from sqlmodel import Session

from app.domain.plan import Indicator
from app.domain.standing import Plan
from app.services.ledger.snapshots import Snapshot
from app.services.state.columns import StoredColumns
from app.services.state.definitions import PlanDefinition
from app.services.state.figures import load_submitted
from app.services.state.official import (
    Edition,
    OfficialPlan,
    find_digest,
    find_edition,
    follow,
    read_official,
)
from app.services.state.targets import StoredTargets
from app.services.state.withheld import (
    NOTHING_WITHHELD,
    Withholding,
    has_rule,
    list_withheld,
    without_withheld,
)

# All that is kept of plans, with what is worked out of them.
BYTES_KEPT = 256 * 1024 * 1024
# So many plans are kept as the public sees them, of those that withhold small counts.
CUTS_KEPT = 4
# Of so many entries it is kept what was official at them.
_EDITIONS_KEPT = 4096
# So many that are at work at once are weighed whenever one of them is asked for.
_WEIGHED = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlan:
    """What is known of a plan at a snapshot: its texts, and the plan as a value."""

    snapshot: Snapshot
    definition: PlanDefinition
    stored_targets: StoredTargets
    plan: Plan
    # What is official alone.
    columns: StoredColumns
    # The newest revision that learned of the plan before; 0 where it follows none.
    history_revision: int = 0
    withheld: Withholding = NOTHING_WITHHELD

    def indicator(self, code: str) -> Indicator:
        """The indicator of this code; NothingThere without one."""
        return self.plan.rules.indicators[self.definition.indicator(code).code]


def load_plan_at(session: Session, snapshot: Snapshot) -> KnownPlan:
    """The plan at a snapshot; its figures are read when they are asked for."""
    official = _find_official(session, snapshot)
    plan, withheld = official.plan, NOTHING_WITHHELD
    if snapshot.pending_areas is not None and has_rule(official.definition):
        plan, withheld = _cut(session, snapshot, official)
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
        columns=official.columns,
        history_revision=official.edition.history,
        withheld=withheld,
    )


def _cut(session: Session, snapshot: Snapshot, official: OfficialPlan) -> tuple[Plan, Withholding]:
    """The plan without what is withheld from the reader, and what that is."""
    kept = session.info.get("kept")
    until = official.edition.revision
    key = _Key(snapshot.plan, official.edition, snapshot.day)
    # What follows from it is kept with the plan, as what is official is.
    cuts: OrderedDict[_Key, tuple[Plan, Withholding]]
    cuts = OrderedDict() if kept is None else kept.setdefault("cuts", OrderedDict())
    found = cuts.get(key)
    if found is None:
        withheld = list_withheld(session, official.definition, until=until)
        found = without_withheld(official.plan, withheld), Withholding(withheld)
        cuts[key] = found
        while len(cuts) > CUTS_KEPT:
            cuts.popitem(last=False)
    plan, withholding = found
    if snapshot.shown_areas:
        columns = official.plan.figures.all_series.columns
        own = {key: columns[key] for key in columns if key.area in snapshot.shown_areas}
        plan = plan.with_figures(plan.figures.assuming(own, in_sums=False), own)
        withholding = replace(withholding, shown_areas=snapshot.shown_areas)
    return plan, withholding


def with_targets_of(known: KnownPlan, other: KnownPlan) -> KnownPlan:
    """What is known of a plan, against the targets that another state of it has."""
    plan = Plan(known.plan.rules, known.plan.figures, other.plan.targets)
    return replace(known, stored_targets=other.stored_targets, plan=plan)


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
        self._editions: dict[tuple[str, int, str], Edition] = {}
        # What each took in memory when it was weighed.
        self._weights: dict[_Key, int] = {}

    def find(self, session: Session, snapshot: Snapshot) -> OfficialPlan:
        """What is official at a snapshot."""
        key = _Key(snapshot.plan, self._find_edition(session, snapshot), snapshot.day)
        found = self._look_up(key)
        if found is None:
            with self._turn(key):
                found = self._look_up(key) or self._make(session, key)
                with self._lock:
                    self._kept[key] = found
        self._make_room()
        return found

    def _find_edition(self, session: Session, snapshot: Snapshot) -> Edition:
        """Known by the digest of an entry, which tells the whole ledger up to it."""
        place = snapshot.plan, snapshot.revision, snapshot.digest
        found = self._editions.get(place) if snapshot.digest else None
        if found is None:
            found = find_edition(session, snapshot.plan, revision=snapshot.revision)
            with self._lock:
                if len(self._editions) >= _EDITIONS_KEPT:
                    self._editions.clear()
                self._editions[place] = found
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

    def _make(self, session: Session, key: _Key) -> OfficialPlan:
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
        if known is not None and known.shares_history_with(key.edition):
            began = known.edition.revision
            if find_digest(session, key.plan, revision=began) == known.edition.digest:
                return follow(session, known, key.edition, day=key.day)
        engine = session.get_bind().engine
        return read_official(session, engine.connect, key.plan, key.edition, day=key.day)

    def _make_room(self) -> None:
        """Drop figures first, then plans, each time of the plan that was asked for longest ago."""
        with self._lock:
            # Only what was asked for of late has grown since it was weighed.
            for key in islice(reversed(self._kept), _WEIGHED):
                self._weights[key] = self._kept[key].weight
            taken = sum(self._weights.values())
            if taken <= BYTES_KEPT:
                return
            # Some more, so that this is seldom done.
            excess = taken - BYTES_KEPT + BYTES_KEPT // 8
            for key in [*self._kept][:-1]:
                if excess > 0:
                    self._kept[key].forget()
                    excess -= self._weights[key] - self._kept[key].weight
                    self._weights[key] = self._kept[key].weight
            while len(self._kept) > 1 and excess > 0:
                key, _ = self._kept.popitem(last=False)
                excess -= self._weights.pop(key)


def _find_official(session: Session, snapshot: Snapshot) -> OfficialPlan:
    kept = session.info.get("kept")
    if kept is not None:
        plans: KeptPlans = kept.setdefault("plans", KeptPlans())
        return plans.find(session, snapshot)
    # A write reads what is not committed yet, and may never be: it has nothing kept.
    edition = find_edition(session, snapshot.plan, revision=snapshot.revision)
    connection = session.connection()
    return read_official(
        session, lambda: nullcontext(connection), snapshot.plan, edition, day=snapshot.day
    )
