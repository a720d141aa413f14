"""A plain program for the same figures: FastAPI and SQLModel as their tutorials teach them.

What a competent developer writes in a day: no ledger, no revisions, no reasons for nulls. On
SQLite with a write-ahead log that waits for the disk, as Dabiao's.
"""

import os
from collections.abc import Iterator
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, FastAPI, HTTPException
from sqlmodel import Session, SQLModel, create_engine, select

from bench.plain.overview import Overview, make_overview
from bench.plain.tables import Area, Observation, Report, ReportFigure, Target

engine = create_engine(
    f"sqlite:///{os.environ['PLAIN_DATABASE']}",
    connect_args={"check_same_thread": False, "timeout": 30},
)
app = FastAPI()


@sa.event.listens_for(engine, "connect")
def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the raw driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(_session)]


class FigureInput(SQLModel):
    """A line of a report."""

    indicator: str
    value: float
    unit: str
    basis: str


class ReportInput(SQLModel):
    """One area's figures for one quarter."""

    area: str
    period: str
    figures: list[FigureInput]
    correction_reason: str | None = None


class ObservationView(SQLModel):
    """A figure: the same twelve columns that the others answer with."""

    plan: str = "shenzhen-software-2025"
    indicator: str
    area: str
    period: str
    value: float
    unit: str
    basis: str
    missing_reason: str | None
    reported_value: float
    reported_unit: str
    rounded: bool
    revision: int


@app.get("/overview")
def read_overview(session: SessionDep, area: str | None = None) -> Overview:
    """Every target with actual, gap, progress, rating and series."""
    return make_overview(session, area)


@app.get("/observations")
def read_observations(session: SessionDep, limit: int = 100) -> list[ObservationView]:
    """The figures."""
    rows = session.exec(select(Observation).limit(limit)).all()
    return [ObservationView.model_validate(row.model_dump()) for row in rows]


@app.post("/reports", status_code=201)
def submit_report(session: SessionDep, given: ReportInput) -> Report:
    """Store a report, and put its figures in the place of those before."""
    if session.get(Area, given.area) is None:
        raise HTTPException(422, f"unknown area {given.area}")
    known = {target.indicator for target in session.exec(select(Target))}
    if unknown := {figure.indicator for figure in given.figures} - known:
        raise HTTPException(422, f"unknown indicators {sorted(unknown)}")
    report = Report(area=given.area, period=given.period, reason=given.correction_reason)
    session.add(report)
    session.flush()
    for figure in given.figures:
        session.add(ReportFigure(report=report.id, **figure.model_dump()))
        sent = {"reported_value": figure.value, "reported_unit": figure.unit}
        key = {"area": given.area, "period": given.period}
        session.merge(Observation(**key, **sent, **figure.model_dump()))
    session.commit()
    session.refresh(report)
    return report
