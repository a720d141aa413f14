"""Figures that wait for a decision: submitted, and not replaced by a newer submission."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import orm
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.tables import Decision, Figure, Indicator


def _select_pending() -> SelectOfScalar[Figure]:
    newer, revision = orm.aliased(Figure), sa.bindparam("revision", type_=sa.Integer)
    is_replaced = sa.exists().where(
        col(newer.plan) == Figure.plan,
        col(newer.indicator) == Figure.indicator,
        col(newer.area) == Figure.area,
        col(newer.period) == Figure.period,
        col(newer.revision) > col(Figure.revision),
        col(newer.revision) <= revision,
    )
    is_decided = sa.exists().where(
        col(Decision.plan) == Figure.plan,
        col(Decision.report_id) == Figure.report_id,
        col(Decision.revision) <= revision,
    )
    return (
        select(Figure)
        .where(col(Figure.plan) == sa.bindparam("plan"), col(Figure.revision) <= revision)
        .where(~is_replaced, ~is_decided)
        .order_by(col(Figure.revision), col(Figure.position))
    )


# Putting it together takes longer than asking it, and every write asks it several times.
_PENDING = _select_pending()


def find_pending_figures(
    session: Session,
    plan: str,
    *,
    revision: int,
    reports: Collection[str] | None = None,
    area: str | None = None,
    indicator: str | None = None,
) -> Sequence[Figure]:
    """Submitted figures without a decision that no newer submission replaced, oldest first."""
    query = _PENDING
    if reports is not None:
        query = query.where(col(Figure.report_id).in_(reports))
    if area is not None:
        # By indicator, as the index has it: else every figure of the plan would be gone through.
        indicators = select(Indicator.code).where(Indicator.plan == plan)
        query = query.where(Figure.area == area, col(Figure.indicator).in_(indicators))
    if indicator is not None:
        query = query.where(Figure.indicator == indicator)
    return session.exec(query, params={"plan": plan, "revision": revision}).all()
