"""The tables of the plain program: targets, and figures that are overwritten in place."""

from datetime import UTC, date, datetime

from sqlmodel import Field, SQLModel


class Area(SQLModel, table=True):
    """A district, or the whole city (without a parent)."""

    code: str = Field(primary_key=True)
    name: str
    parent: str | None = None


class Target(SQLModel, table=True):
    """What an indicator should reach by a day."""

    indicator: str = Field(primary_key=True)
    name: str
    unit: str
    accumulation: str
    value: float
    baseline: float
    start: date
    deadline: date


class Observation(SQLModel, table=True):
    """A district's figure for a quarter."""

    indicator: str = Field(primary_key=True)
    area: str = Field(primary_key=True, foreign_key="area.code")
    period: str = Field(primary_key=True)
    value: float
    unit: str
    basis: str
    missing_reason: str | None = None
    reported_value: float
    reported_unit: str
    rounded: bool = False
    revision: int = 1


class Report(SQLModel, table=True):
    """A submission: who sent it, when, for which area and period."""

    id: int | None = Field(default=None, primary_key=True)
    area: str = Field(foreign_key="area.code", index=True)
    period: str = Field(index=True)
    submitted_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    reason: str | None = None


class ReportFigure(SQLModel, table=True):
    """A line of a submission, as it was sent."""

    report: int = Field(primary_key=True, foreign_key="report.id")
    indicator: str = Field(primary_key=True)
    value: float
    unit: str
    basis: str
