"""Figures that wait for a decision: submitted, and not replaced by a newer submission."""

from collections.abc import Collection, Sequence
from typing import Any

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


# Putting them together takes longer than asking them, and every write asks several.
_PENDING = _select_pending()
_OF_REPORTS = _PENDING.where(
    col(Figure.report_id).in_(sa.bindparam("reports", expanding=True)),
)
_OF_INDICATOR = _PENDING.where(col(Figure.indicator) == sa.bindparam("indicator"))
# By indicator, as the index has it: else every figure of the plan would be gone through.
_OF_AREA = _PENDING.where(
    col(Figure.area) == sa.bindparam("area"),
    col(Figure.indicator).in_(
        select(Indicator.code).where(col(Indicator.plan) == sa.bindparam("plan"))
    ),
)


def find_pending_figures(
    session: Session,
    plan: str,
    *,
    revision: int,
    reports: Collection[str] | None = None,
    indicator: str | None = None,
) -> Sequence[Figure]:
    """Submitted figures without a decision that no newer submission replaced, oldest first.

    Those of some reports or of an indicator: one of these at most.
    """
    asked: dict[str, Any] = {"plan": plan, "revision": revision}
    query = _PENDING
    if reports is not None:
        query, asked["reports"] = _OF_REPORTS, list(reports)
    elif indicator is not None:
        query, asked["indicator"] = _OF_INDICATOR, indicator
    return session.exec(query, params=asked).all()


def find_pending_rows(
    session: Session, plan: str, area: str, *, revision: int
) -> Sequence[sa.Row[Any]]:
    """Those of an area, as rows: a file has many areas, and making objects takes the longest."""
    asked = {"plan": plan, "area": area, "revision": revision}
    return session.connection().execute(_OF_AREA, asked).all()
