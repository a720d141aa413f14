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

from app.domain.columns import FigureColumns, Overlay
from app.domain.figures import Figures
from app.domain.standing import Plan
from app.services.state.columns import Connect, StoredColumns, read_newer
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.succession import list_known, make_history
from app.services.state.targets import StoredTargets, load_targets
from app.services.state.texts import StoredColumn
from app.services.state.withheld import list_withheld, without_withheld
from app.tables import Definition, LedgerEntry, Observation, Succession, Target
from app.tables.series import BY_REVISION

# What a plan takes besides its figures and results, and what a result takes, in bytes.
_OVERHEAD, _RESULT = 1024 * 1024, 100


class Edition(NamedTuple):
    """The newest revisions that changed texts, targets, figures and history; 0 for none.

    ``digest``: of the newest of these entries, so that another ledger is never taken for this one.
    """

    definition: int
    targets: int
    figures: int
    history: int
    digest: str

    @property
    def revision(self) -> int:
        """The revision at which it began."""
        return max(self.definition, self.targets, self.figures, self.history)

    def may_become(self, other: "Edition") -> bool:
        """Whether the other is this one or a later one, if both are of one ledger."""
        return (
            self.definition <= other.definition
            and self.targets <= other.targets
            and self.figures <= other.figures
            and self.history <= other.history
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialPlan:
    """The texts, the targets as stored, and the plan as the mathematics sees it on a day."""

    edition: Edition
    definition: PlanDefinition
    stored_targets: StoredTargets
    plan: Plan
    columns: StoredColumns
    # The figures of the plan before, where it follows one.
    history: FigureColumns | None = None

    @property
    def day(self) -> date | None:
        """The day that deadlines are judged on."""
        return self.plan.figures.today

    @property
    def weight(self) -> int:
        """What it takes in memory, in bytes: its figures, and what was worked out of them."""
        results = self.plan.figures.size + self.plan.memory.size
        return _OVERHEAD + self.columns.size + _RESULT * results

    def shares_history_with(self, other: Edition) -> bool:
        """Whether a later edition has the same figures of the plan before, or none."""
        mine = self.edition
        is_same = (mine.definition, mine.history) == (other.definition, other.history)
        return is_same or not (mine.history or other.history)

    def forget(self) -> None:
        """Drop the figures, which are read again when they are asked for, but not the results."""
        self.columns.forget()
        self.plan.figures.all_series.forget()


def _newest(
    table: type[Definition | Target | Observation | Succession], *conditions: TextClause
) -> ColumnElement[int]:
    plan, revision = col(table.plan), col(table.revision)
    known = sa.and_(plan == sa.bindparam("plan"), revision <= sa.bindparam("revision"))
    # Not the maximum: for that SQLite would go through the key, all figures of the plan.
    newest = sa.select(revision).where(known, *conditions).order_by(revision.desc()).limit(1)
    return sa.func.coalesce(newest.scalar_subquery(), 0)


_EDITION = sa.select(
    *(_newest(Definition), _newest(Target), _newest(Observation, BY_REVISION)), _newest(Succession)
)


def find_edition(session: Session, plan: str, *, revision: int) -> Edition:
    """What was official at a revision."""
    asked = {"plan": plan, "revision": revision}
    found = [*map(int, session.connection().execute(_EDITION, asked).one())]
    digest = find_digest(session, plan, revision=max(found))
    definition, targets, figures, history = found
    return Edition(definition, targets, figures, history, digest)


def find_digest(session: Session, plan: str, *, revision: int) -> str:
    """The digest of an entry; empty where there is none."""
    query = select(LedgerEntry.digest).where(
        LedgerEntry.plan == plan, LedgerEntry.revision == revision
    )
    return session.exec(query).first() or ""


def read_official(
    session: Session, connect: Connect, plan: str, edition: Edition, *, day: date | None
) -> OfficialPlan:
    """What the tables hold; figures are read through ``connect`` when they are asked for."""
    until = edition.revision
    definition = get_definition(session, plan, revision=until)
    rules = definition.rules
    stored = load_targets(session, plan, rules, revision=until)
    columns = StoredColumns(connect, plan, until=until, digest=edition.digest)
    history = read_history(session, connect, definition, until=until, day=day)
    return OfficialPlan(
        edition=edition,
        definition=definition,
        stored_targets=stored,
        columns=columns,
        history=history,
        plan=Plan(rules, Figures(rules, _lay(columns, history), today=day), stored.targets),
    )


def read_history(
    session: Session,
    connect: Connect,
    definition: PlanDefinition,
    *,
    until: int,
    day: date | None = None,
) -> FigureColumns | None:
    """The figures of the plan before, as far as a plan knew them at a revision; None without."""
    known = list_known(session, definition, until=until)
    if not known:
        return None
    earlier, revision = known[-1].earlier, known[-1].earlier_revision
    edition = find_edition(session, earlier, revision=revision)
    found = read_official(session, connect, earlier, edition, day=day)
    # What the earlier plan withholds, the later one has never known.
    withheld = list_withheld(session, found.definition, until=edition.revision)
    plan = without_withheld(found.plan, withheld) if withheld else found.plan
    return make_history(definition, known, plan.figures)


def _lay(columns: StoredColumns, history: FigureColumns | None) -> FigureColumns:
    """A plan's own figures, over those of the plan before."""
    return columns if history is None else Overlay(history, columns)


def follow(session: Session, known: OfficialPlan, edition: Edition, *, day: date) -> OfficialPlan:
    """The plan at a later edition, or on another day: what both have is shared.

    Their history is the same.
    """
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
        series = found.plan.figures.all_series.followed_by(
            _lay(columns, found.history), changed=changed
        )
        figures = found.plan.figures.sharing(series, changed=changed)
        found = replace(found, plan=found.plan.with_figures(figures, changed), columns=columns)
    return replace(found, edition=edition)
