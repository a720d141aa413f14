"""What areas submitted, exactly as sent, and what was decided about it; all append-only."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.tables.base import belongs_to, exact_column, status_column, text_column


class Report(SQLModel, table=True):
    """One submission of an area for a period."""

    __table_args__ = (
        belongs_to("plan", "area", table="area", keys=("plan", "code")),
        sa.Index("ix_report_plan_area", "plan", "area"),
        sa.Index("ix_report_plan_revision", "plan", "revision"),
    )

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    id: str = Field(primary_key=True)
    revision: int
    area: str
    period: str
    submitted_at: datetime
    submitted_by: str
    late: bool
    correction_reason: str | None = text_column(default=None, nullable=True)
    # The returned report that was sent again with this one.
    resubmits: str | None = None
    findings: str = text_column()


class Figure(SQLModel, table=True):
    """One line of a report: ``value`` in the indicator's unit beside what was sent."""

    __table_args__ = (
        belongs_to("plan", "report_id", table="report", keys=("plan", "id")),
        belongs_to("plan", "indicator", table="indicator", keys=("plan", "code")),
        sa.CheckConstraint(
            "(value IS NULL) <> (missing_reason IS NULL)",
            name="value_or_missing_reason",
        ),
        sa.Index("ix_figure_key", "plan", "indicator", "area", "period"),
    )

    plan: str = Field(primary_key=True)
    report_id: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    revision: int
    indicator: str
    area: str
    period: str
    value: Decimal | None = exact_column()
    missing_reason: str | None = None
    basis: str | None = None
    reported_value: Decimal | None = exact_column()
    reported_unit: str | None = None
    published_growth_percent: Decimal | None = exact_column()
    price_basis: str | None = None
    obs_status: str = status_column()
    explanation: str | None = text_column(default=None, nullable=True)
    note: str | None = text_column(default=None, nullable=True)
    change: str
    # What was live before: beside it a reviewer sees the size of the change.
    previous_value: Decimal | None = exact_column()
    # The quarter that was given beside a running total, which it was checked against.
    quarter_value: Decimal | None = exact_column()


class Decision(SQLModel, table=True):
    """What became of a report: approved, returned, withdrawn or superseded."""

    __table_args__ = (belongs_to("plan", "report_id", table="report", keys=("plan", "id")),)

    plan: str = Field(primary_key=True)
    report_id: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    status: str
    decided_at: datetime
    decided_by: str
    reason_code: str | None = None
    reason: str | None = text_column(default=None, nullable=True)


class Extension(SQLModel, table=True):
    """A time-boxed unlock of closed periods; without an area or a period it is for all."""

    __table_args__ = (belongs_to("plan", "area", table="area", keys=("plan", "code")),)

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    revision: int = Field(primary_key=True)
    area: str | None = None
    period: str | None = None
    until: date
    reason: str = text_column()
    granted_by: str
    granted_at: datetime


class Publication(SQLModel, table=True):
    """A revision frozen under a name."""

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    name: str = Field(primary_key=True)
    revision: int
    frozen_revision: int
    published_at: datetime
    published_by: str
    note: str | None = text_column(default=None, nullable=True)


class ProgressNote(SQLModel, table=True):
    """Progress on a qualitative goal, task or project."""

    __tablename__ = "progress_note"

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    revision: int = Field(primary_key=True)
    code: str
    status: str
    note: str = text_column()
    evidence: str | None = text_column(default=None, nullable=True)
    noted_at: datetime
    noted_by: str
