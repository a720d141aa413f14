"""The official series: every vintage of every figure, append-only."""

from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.tables.base import belongs_to, exact_column, status_column, text_column

# True of every figure. A condition as SQLite must see it to use the index that has it too.
_ALWAYS = "revision > 0"
BY_REVISION = sa.text(_ALWAYS)


class Observation(SQLModel, table=True):
    """A figure as official from a revision on, in the indicator's unit, on its own basis."""

    __table_args__ = (
        belongs_to("plan", "indicator", table="indicator", keys=("plan", "code")),
        belongs_to("plan", "area", table="area", keys=("plan", "code")),
        sa.CheckConstraint(
            "(value IS NULL) <> (missing_reason IS NULL)",
            name="value_or_missing_reason",
        ),
        # On SQLite for those alone that ask BY_REVISION: without statistics it would take this for
        # every query that names a revision, in place of the key.
        sa.Index("ix_observation_revision", "plan", "revision", sqlite_where=sa.text(_ALWAYS)),
        sa.Index("ix_observation_report_id", "plan", "report_id"),
    )

    plan: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    value: Decimal | None = exact_column()
    missing_reason: str | None = None
    basis: str | None = None
    reported_value: Decimal | None = exact_column()
    reported_unit: str | None = None
    published_growth_percent: Decimal | None = exact_column()
    price_basis: str | None = None
    obs_status: str = status_column()
    rounded: bool
    source: str = text_column()
    report_id: str | None = None
