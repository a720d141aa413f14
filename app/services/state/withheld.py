"""What is withheld of a plan's figures at a revision, and the plan without it.

It follows from all that was official up to then, so that an answer as of a revision never changes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from app.domain.accumulation import MissingReason
from app.domain.disclosure.cut import Suppressions, cut_figures, parts_of_areas
from app.domain.disclosure.suppression import CellPlace, CellRule, CellVersion, suppress
from app.domain.plan import PlanRules
from app.domain.standing import Plan
from app.services.ledger.snapshots import Snapshot
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.figures import to_observed
from app.services.state.texts import read_period
from app.tables import Observation


@dataclass(frozen=True, slots=True)
class Withholding:
    """Which official versions of figures a reader is not shown.

    ``shown_areas``: areas whose figures the reader may see all the same.
    """

    by_indicator: Suppressions
    shown_areas: Collection[str] = ()

    def hides(self, row: Observation) -> bool:
        """Whether the reader is not shown a version of a figure."""
        found = self.by_indicator.get(row.indicator)
        if found is None or row.area in self.shown_areas:
            return False
        place = CellPlace(row.area, read_period(row.period).index)
        return (place, row.revision) in found.versions


# What a plan without a rule withholds, and whoever sees all is not shown.
NOTHING_WITHHELD = Withholding({})


def has_rule(definition: PlanDefinition) -> bool:
    """Whether small counts are withheld by the plan's rule."""
    return definition.document.settings.small_cells is not None


def find_withheld(session: Session, snapshot: Snapshot) -> Withholding:
    """What is withheld at a snapshot from whoever has it."""
    if snapshot.pending_areas is None:
        return NOTHING_WITHHELD
    definition = get_definition(session, snapshot.plan, revision=snapshot.revision)
    return Withholding(
        list_withheld(session, definition, until=snapshot.revision), snapshot.shown_areas
    )


def list_withheld(session: Session, definition: PlanDefinition, *, until: int) -> Suppressions:
    """What is withheld of each indicator by the rule of a plan, as official at a revision."""
    document = definition.document
    rule = document.settings.small_cells
    if rule is None:
        return {}
    rows = session.exec(
        select(Observation)
        .where(
            Observation.plan == document.plan.code,
            col(Observation.indicator).in_(rule.indicators),
            Observation.revision <= until,
        )
        .order_by(col(Observation.revision))
    )
    order = {area: place for place, area in enumerate(definition.rules.areas)}
    versions: dict[str, list[CellVersion]] = {code: [] for code in rule.indicators}
    for row in sorted(rows, key=lambda each: (each.revision, order[each.area])):
        versions[row.indicator].append(_version(row))
    minimum = Decimal(rule.minimum)
    return {
        code: suppress(_rule_of(definition.rules, code, minimum), found)
        for code, found in versions.items()
    }


def without_withheld(plan: Plan, withheld: Suppressions) -> Plan:
    """The plan as the public sees it."""
    return Plan(plan.rules, cut_figures(plan.figures, withheld), plan.targets)


def _rule_of(rules: PlanRules, code: str, minimum: Decimal) -> CellRule:
    indicator = rules.indicators[code]
    parts = parts_of_areas(rules, indicator)
    return CellRule(minimum=minimum, accumulation=indicator.accumulation, parts=parts)


def _version(row: Observation) -> CellVersion:
    figure = to_observed(row)
    return CellVersion(
        revision=row.revision,
        place=CellPlace(row.area, figure.period.index),
        value=figure.value,
        basis=figure.basis,
        is_expected=figure.missing_reason is not MissingReason.NOT_APPLICABLE,
    )
