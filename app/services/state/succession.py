"""Succession: a plan that follows another, and up to which revision the earlier one is known.

The later plan's ledger says so in entries of its own. So an answer of the later plan is a function
of its own revision alone, whatever becomes of the earlier plan.
"""

from bisect import bisect_left
from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.domain.course.history import History, Predecessor
from app.domain.figures import Figures
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.services.state.definitions import PlanDefinition
from app.tables import Succession


def list_known(session: Session, definition: PlanDefinition, *, until: int) -> list[Succession]:
    """What a plan knew of the one that it follows, up to a revision, oldest first."""
    header = definition.document.plan
    if header.follows is None:
        return []
    query = (
        select(Succession)
        .where(
            Succession.plan == header.code,
            Succession.earlier == header.follows,
            Succession.revision <= until,
        )
        .order_by(col(Succession.revision))
    )
    return [*session.exec(query)]


def list_followers(session: Session, plan: str) -> list[str]:
    """The plans that follow a plan, by code."""
    query = select(Succession.plan).where(Succession.earlier == plan).distinct()
    return sorted(session.exec(query))


def make_history(
    definition: PlanDefinition, known: Sequence[Succession], earlier: Figures
) -> History:
    """The figures of the earlier plan, up to its end, as the later plan sees them."""
    header = definition.document.plan
    last = min(earlier.rules.last_year, header.start_year - 1)
    revisions = [(each.earlier_revision, each.revision) for each in known]

    def known_since(revision: int) -> int:
        place = bisect_left(revisions, (revision, 0))
        return revisions[min(place, len(revisions) - 1)][1]

    predecessor = Predecessor(
        plan=known[-1].earlier,
        figures=earlier,
        until=Period(last, QUARTERS_A_YEAR),
        codes=header.follows_indicators,
        known_since=known_since,
    )
    return History(predecessor, [*definition.indicators])
