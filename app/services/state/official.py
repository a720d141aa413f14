"""What is official of a plan, as one value: read from the tables, or made from an earlier one.

Most entries of a ledger change nothing official. So a value is known by the newest entries that
did: it serves every revision up to the next of these.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement, TextClause
from sqlmodel import Session, col, select

from app.domain.figures import Figures
from app.domain.standing import Plan
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.figures import load_official
from app.services.state.targets import StoredTargets, load_targets
from app.tables import Definition, LedgerEntry, Observation, Target
from app.tables.series import BY_REVISION


class Edition(NamedTuple):
    """The newest revisions that changed texts, targets and figures; 0 for none.

    ``digest``: of the newest of these entries, so that another ledger is never taken for this one.
    """

    definition: int
    targets: int
    figures: int
    digest: str

    @property
    def revision(self) -> int:
        """The revision at which it began."""
        return max(self.definition, self.targets, self.figures)

    def may_become(self, other: "Edition") -> bool:
        """Whether the other is this one or a later one, if both are of one ledger."""
        return (
            self.definition <= other.definition
            and self.targets <= other.targets
            and self.figures <= other.figures
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialPlan:
    """The texts, the targets as stored, and the plan as the mathematics sees it on a day."""

    edition: Edition
    definition: PlanDefinition
    stored_targets: StoredTargets
    plan: Plan
    # How many figures there are, those that were replaced since it was read included.
    size: int

    @property
    def day(self) -> date | None:
        """The day that deadlines are judged on."""
        return self.plan.figures.today


def _newest(
    table: type[Definition | Target | Observation], *conditions: TextClause
) -> ColumnElement[int]:
    plan, revision = col(table.plan), col(table.revision)
    known = sa.and_(plan == sa.bindparam("plan"), revision <= sa.bindparam("revision"))
    # Not the maximum: for that SQLite would go through the key, all figures of the plan.
    newest = sa.select(revision).where(known, *conditions).order_by(revision.desc()).limit(1)
    return sa.func.coalesce(newest.scalar_subquery(), 0)


_EDITION = sa.select(_newest(Definition), _newest(Target), _newest(Observation, BY_REVISION))


def find_edition(session: Session, plan: str, *, revision: int) -> Edition:
    """What was official at a revision."""
    asked = {"plan": plan, "revision": revision}
    definition, targets, figures = map(int, session.connection().execute(_EDITION, asked).one())
    digest = find_digest(session, plan, revision=max(definition, targets, figures))
    return Edition(definition, targets, figures, digest)


def find_digest(session: Session, plan: str, *, revision: int) -> str:
    """The digest of an entry; empty where there is none."""
    query = select(LedgerEntry.digest).where(
        LedgerEntry.plan == plan, LedgerEntry.revision == revision
    )
    return session.exec(query).first() or ""


def count_versions(session: Session, plan: str, *, most: int) -> int:
    """How many versions of figures there are, up to ``most``."""
    some = sa.select(sa.literal(1)).where(col(Observation.plan) == plan).limit(most)
    found: int = (
        session.connection()
        .execute(sa.select(sa.func.count()).select_from(some.subquery()))
        .scalar_one()
    )
    return found


def read_official(
    session: Session,
    plan: str,
    edition: Edition,
    *,
    day: date,
    indicators: Collection[str] | None = None,
) -> OfficialPlan:
    """What the tables hold: of figures only those that these indicators need, or all."""
    until = edition.revision
    definition = get_definition(session, plan, revision=until)
    rules = definition.rules
    parts = None
    if indicators is not None:
        wanted = (each for each in rules.indicators.values() if each.code in indicators)
        parts = {part for each in wanted for part in each.parts}
    stored = load_targets(session, plan, rules, revision=until)
    columns = load_official(session, plan, until=until, indicators=parts)
    figures = Figures(rules, columns, today=day)
    return OfficialPlan(
        edition=edition,
        definition=definition,
        stored_targets=stored,
        plan=Plan(rules, figures, stored.targets),
        size=sum(map(len, columns.values())),
    )


def follow(session: Session, known: OfficialPlan, edition: Edition, *, day: date) -> OfficialPlan:
    """The plan at a later edition, or on another day: what both have is shared."""
    code, until = known.definition.document.plan.code, edition.revision
    found = known
    if known.edition.definition < edition.definition:
        definition = get_definition(session, code, revision=until)
        rules = definition.rules
        stored = load_targets(session, code, rules, revision=until)
        plan = Plan(rules, known.plan.figures.under(rules, day), stored.targets)
        found = replace(found, definition=definition, stored_targets=stored, plan=plan)
    elif known.edition.targets < edition.targets or known.day != day:
        rules, figures = known.plan.rules, known.plan.figures
        stored = load_targets(
            session,
            code,
            rules,
            revision=until,
            known=known.stored_targets,
            since=known.edition.targets,
        )
        if known.day != day:
            figures = figures.under(rules, day)
        found = replace(found, stored_targets=stored, plan=Plan(rules, figures, stored.targets))
    if known.edition.figures < edition.figures:
        since = known.edition.figures
        newer = load_official(session, code, since=since, until=until)
        figures = found.plan.figures.assuming(newer)
        size = known.size + sum(map(len, newer.values()))
        found = replace(found, plan=found.plan.with_figures(figures, newer), size=size)
    return replace(found, edition=edition)
