"""Earlier reports: that a caller has read the newest, and which returned one is sent again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.errors.reports import PreconditionFailed
from app.schemas.reports.views import ReportView
from app.services.access.keys import Principal
from app.services.ledger.entries import PlanHead
from app.services.ledger.snapshots import take_snapshot
from app.services.reports.reports import get_report, status_of
from app.tables import Decision, Figure, Report
from app.words.book import LANGUAGES

# Whether a report reads as the caller has seen it: what they decide on is what they read.
AsSeen = Callable[[ReportView], bool]

# Of the area's reports, not of the plan's decisions: these grow with every area.
_RETURNED = select(Report.period).where(
    col(Report.plan) == sa.bindparam("plan"),
    col(Report.area) == sa.bindparam("area"),
    sa.exists().where(
        col(Decision.plan) == Report.plan,
        col(Decision.report_id) == Report.id,
        col(Decision.status) == "returned",
    ),
)


def require_as_seen(
    session: Session,
    principal: Principal,
    plan: PlanHead,
    report_id: str,
    as_seen: AsSeen | None,
    now: datetime,
) -> None:
    """PreconditionFailed where the report reads otherwise, in whichever language it was read."""
    if as_seen is None:
        return
    snapshot = take_snapshot(session, plan.code, now=now)
    for language in LANGUAGES:
        reader = replace(principal, language=language)
        if as_seen(get_report(session, snapshot, report_id, reader)):
            return
    raise PreconditionFailed(why="changed", report=report_id)


def require_newest_as_seen(
    session: Session,
    principal: Principal,
    plan: PlanHead,
    place: tuple[str, str],
    as_seen: AsSeen | None,
    now: datetime,
) -> None:
    """The same of the newest report for an area and period (``place``), whatever became of it."""
    if as_seen is None:
        return
    area, period = place
    query = select(Report.id).where(
        Report.plan == plan.code, Report.area == area, Report.period == period
    )
    newest = session.exec(query.order_by(col(Report.revision).desc()).limit(1)).first()
    if newest is None:
        raise PreconditionFailed(why="none", area=area, period=period)
    require_as_seen(session, principal, plan, newest, as_seen, now)


def load_returned_periods(session: Session, plan: PlanHead, area: str) -> frozenset[str]:
    """The periods for which a report of the area was ever returned."""
    # Without the session, which takes longer than the query.
    asked = {"plan": plan.code, "area": area}
    return frozenset(session.connection().scalars(_RETURNED, asked))


def find_resubmitted(
    session: Session, plan: PlanHead, area: str, period: str, indicators: frozenset[str]
) -> str | None:
    """The returned report that figures of these indicators are sent again for, or None.

    It is the newest one with any of the indicators, unless it was withdrawn. Where that one waits
    for a decision, or was replaced, the new report answers what it answered.
    """
    query = select(Report).where(
        Report.plan == plan.code, Report.area == area, Report.period == period
    )
    for report in session.exec(query.order_by(col(Report.revision).desc())):
        status = status_of(session, report, revision=plan.revision)
        if status == "withdrawn" or not indicators & _indicators_of(session, report):
            continue
        if status == "returned":
            return report.id
        return None if status == "approved" else report.resubmits
    return None


def _indicators_of(session: Session, report: Report) -> frozenset[str]:
    query = select(Figure.indicator).where(
        Figure.plan == report.plan, Figure.report_id == report.id
    )
    return frozenset(session.exec(query))
