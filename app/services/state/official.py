"""What is official of a plan, as one value: read from the tables, or made from an earlier one.

Most entries of a ledger change nothing official. So a value is known by the newest entries that
did: it serves every revision up to the next of these.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import ColumnElement, TextClause
from sqlmodel import Session, col, select

from app.domain.figures import Figures
from app.domain.standing import Plan
from app.services.state.columns import Connect, StoredColumns, read_newer
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.targets import StoredTargets, load_targets
from app.services.state.texts import StoredColumn
from app.tables import Definition, LedgerEntry, Observation, Target
from app.tables.series import BY_REVISION

# What a plan takes besides its figures and results, and what a result takes, in bytes.
_OVERHEAD, _RESULT = 1024 * 1024, 100


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
    columns: StoredColumns

    @property
    def day(self) -> date | None:
        """The day that deadlines are judged on."""
        return self.plan.figures.today

    @property
    def weight(self) -> int:
        """What it takes in memory, in bytes: its figures, and what was worked out of them."""
        results = self.plan.figures.size + self.plan.memory.size
        return _OVERHEAD + self.columns.size + _RESULT * results

    def forget(self) -> None:
        """Drop the figures, which are read again when they are asked for, but not the results."""
        self.columns.forget()
        self.plan.figures.all_series.forget()


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


def read_official(
    session: Session, connect: Connect, plan: str, edition: Edition, *, day: date
) -> OfficialPlan:
    """What the tables hold; figures are read through ``connect`` when they are asked for."""
    until = edition.revision
    definition = get_definition(session, plan, revision=until)
    rules = definition.rules
    stored = load_targets(session, plan, rules, revision=until)
    columns = StoredColumns(connect, plan, until=until, digest=edition.digest)
    return OfficialPlan(
        edition=edition,
        definition=definition,
        stored_targets=stored,
        columns=columns,
        plan=Plan(rules, Figures(rules, columns, today=day), stored.targets),
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
        newer = read_newer(session.connection(), code, since=since, until=until)
        columns = known.columns.followed_by(newer, until=until, digest=edition.digest)
        changed = {key: StoredColumn(key, texts) for key, texts in newer.items()}
        series = found.plan.figures.all_series.followed_by(columns, changed=changed)
        figures = found.plan.figures.sharing(series, changed=changed)
        found = replace(found, plan=found.plan.with_figures(figures, newer), columns=columns)
    return replace(found, edition=edition)
