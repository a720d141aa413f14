"""Deadlines, extensions and completeness."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.schemas.base import Answer, Input
from app.schemas.query import AsOfQuery, Codes, FormatQuery
from app.vocabulary import Number, PeriodCode, Text


class PeriodState(StrEnum):
    """Where a quarter stands on a day."""

    UPCOMING = "upcoming"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


class PeriodRow(Answer):
    """A quarter of the plan with its deadlines, days in Asia/Shanghai."""

    period: str = Field(description="The quarter.")
    ends_on: date = Field(description="Its last day.")
    due_on: date = Field(description="The last day on which a report is on time.")
    closes_on: date | None = Field(description="The last day on which one is accepted, if any.")
    state: PeriodState = Field(description="upcoming, open, late (due, still open) or closed.")
    extended_areas: list[str] = Field(description="Areas that may still report after closing.")


class ExtensionInput(Input):
    """A time-boxed unlock of a closed period for one area."""

    area: str = Field(max_length=64, description="The area's code.")
    period: PeriodCode = Field(description="The quarter.")
    until: date = Field(description="The last day on which its reports are accepted.")
    reason: Text = Field(description="Why; kept in the ledger.")


class ExtensionView(Answer):
    """An extension that was granted."""

    area: str = Field(description="The area's code.")
    period: str = Field(description="The quarter.")
    until: date = Field(description="The last day on which its reports are accepted.")
    reason: str = Field(description="Why.")
    revision: int = Field(description="The revision that granted it.")


class ReportingCounts(Answer):
    """How many figures were expected and came. A rate is null where none was expected."""

    expected: int = Field(description="Figures that should be there; not_applicable leaves.")
    reported: int = Field(description="Of these, those with a value.")
    on_time: int = Field(description="Of these, those that first came by the due day.")
    overdue: int = Field(description="Without a value after the due day.")
    missing_with_reason: int = Field(description="Without a value, but with a reason.")
    reporting_percent: Number | None = Field(description="100 reported / expected.")
    on_time_percent: Number | None = Field(description="100 on_time / expected.")


class GroupCounts(ReportingCounts):
    """The counts of one area, indicator or period."""

    code: str = Field(description="The area, indicator or period.")


class OutstandingFigure(Answer):
    """A figure that is expected and has no value."""

    area: str = Field(description="Who should report it.")
    indicator: str = Field(description="What is missing.")
    period: str = Field(description="For which quarter.")
    due_on: date = Field(description="The day it was due.")
    overdue: bool = Field(description="Whether that day has passed.")
    missing_reason: str | None = Field(description="The reason that was given, if any.")


class Completeness(Answer):
    """Who has reported what, from the figures themselves."""

    plan: str = Field(description="The plan's code.")
    revision: int = Field(description="The revision that this is known at.")
    day: date = Field(description="The day in Asia/Shanghai that deadlines were judged on.")
    total: ReportingCounts = Field(description="Over everything asked for.")
    by_area: list[GroupCounts] = Field(description="By area.")
    by_indicator: list[GroupCounts] = Field(description="By indicator.")
    by_period: list[GroupCounts] = Field(description="By quarter.")
    outstanding: list[OutstandingFigure] = Field(description="For reminders (催报).")


class CompletenessQuery(AsOfQuery, FormatQuery):
    """Which figures are counted. A file lists those that are outstanding."""

    indicator: Codes | None = Field(default=None, description="Indicator codes.")
    area: Codes | None = Field(default=None, description="Area codes.")
    period: Annotated[list[PeriodCode], Field(max_length=200)] | None = Field(
        default=None, description="Periods: 2024-Q3, or 2024 for its last quarter."
    )
    start_period: PeriodCode | None = Field(default=None, description="The first period wanted.")
    end_period: PeriodCode | None = Field(default=None, description="The last period wanted.")
