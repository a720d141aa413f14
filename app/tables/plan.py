"""A plan: its ledger, its texts as loaded, its code lists and its targets."""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel

from app.tables.base import ExactValue, belongs_to, exact_column, text_column


class Plan(SQLModel, table=True):
    """A plan; ``revision`` and ``digest`` are the head of its ledger."""

    code: str = Field(primary_key=True)
    revision: int
    digest: str
    recorded_at: datetime


class LedgerEntry(SQLModel, table=True):
    """One write. ``digest`` = SHA-256 of the previous digest and this entry's canonical JSON."""

    __tablename__ = "ledger"

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    revision: int = Field(primary_key=True)
    recorded_at: datetime = Field(index=True)
    actor: str
    action: str
    subject: str
    payload: str = text_column()
    digest: str


class LedgerPart(SQLModel, table=True):
    """One report of an entry that submits many; the entry's payload holds the parts' digests."""

    __tablename__ = "ledger_part"

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    revision: int = Field(primary_key=True)
    position: int = Field(primary_key=True)
    payload: str = text_column()


class Definition(SQLModel, table=True):
    """The plan's texts, rules and code lists as loaded: a canonical document, append-only."""

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    revision: int = Field(primary_key=True)
    document: str = text_column()


class Area(SQLModel, table=True):
    """A read model of the newest definition: the areas that figures may be about."""

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    code: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    parent: str | None
    level: str
    official_code: str | None
    reports: bool
    in_sum: bool
    position: int


class Indicator(SQLModel, table=True):
    """A read model of the newest definition: the indicators that figures may be of."""

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    code: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    unit: str
    measure: str
    accumulation: str
    frequency: str
    area_rule: str
    direction: str
    position: int


class Target(SQLModel, table=True):
    """A target as known from a revision on, in the indicator's unit; revising appends.

    ``value_high``: the upper end of a range, whose lower one is ``value``; None for one number.
    ``valid_from``: the first period that it holds for; None for all.
    """

    __table_args__ = (
        belongs_to("plan", "indicator", table="indicator", keys=("plan", "code")),
        belongs_to("plan", "area", table="area", keys=("plan", "code")),
    )

    plan: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    comparator: str
    value: Decimal = Field(sa_type=ExactValue)
    value_high: Decimal | None = exact_column()
    deadline: str
    direction: str
    path: str
    milestones: str = text_column()
    baseline: Decimal | None = exact_column()
    baseline_period: str | None = None
    commitment: str
    clause_zh: str | None = text_column(default=None, nullable=True)
    clause_en: str | None = text_column(default=None, nullable=True)
    goal: str | None = None
    valid_from: str | None = None
    reason: str | None = text_column(default=None, nullable=True)


class AnnualTask(SQLModel, table=True):
    """The task of an area for one year, in the indicator's unit; revising appends."""

    __tablename__ = "annual_task"
    __table_args__ = (
        belongs_to("plan", "indicator", table="indicator", keys=("plan", "code")),
        belongs_to("plan", "area", table="area", keys=("plan", "code")),
    )

    plan: str = Field(primary_key=True)
    indicator: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    comparator: str
    value: Decimal = Field(sa_type=ExactValue)
    reason: str | None = text_column(default=None, nullable=True)


class Succession(SQLModel, table=True):
    """Up to which revision of the earlier plan a plan that follows it knows its figures."""

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    revision: int = Field(primary_key=True)
    earlier: str = Field(index=True)
    earlier_revision: int
    earlier_digest: str
