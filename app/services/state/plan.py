"""A plan as one snapshot knows it, loaded into the value that the domain computes with."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session

from app.domain.plan import Indicator
from app.domain.standing import Plan
from app.services.ledger.snapshots import Snapshot
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.figures import load_figures
from app.services.state.targets import StoredTargets, load_targets


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
    """The plan with the figures of these indicators (default: all); codes unknown to it have none.

    A table of one indicator needs no more: reading the figures takes most of its time.
    """
    definition = get_definition(session, snapshot.plan, revision=snapshot.revision)
    rules = definition.rules
    wanted = [i for i in rules.indicators.values() if indicators is None or i.code in indicators]
    parts = {part for each in wanted for part in each.parts}
    stored = load_targets(session, snapshot.plan, rules, revision=snapshot.revision)
    figures = load_figures(session, snapshot, rules, parts)
    return KnownPlan(
        snapshot=snapshot,
        definition=definition,
        stored_targets=stored,
        plan=Plan(rules, figures, stored.targets),
    )
