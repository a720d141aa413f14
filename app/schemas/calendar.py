"""Deadlines, extensions and completeness."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from app.schemas.base import Answer, Input
from app.schemas.query import AsOfQuery, FormatQuery, SelectionQuery
from app.vocabulary import Number, PeriodCode, Text


class PeriodState(StrEnum):
    """State of a quarter on a given day."""

    UPCOMING = "upcoming"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"


class PeriodRow(Answer):
    """A quarter of the plan with its deadlines. Days are calendar days in Asia/Shanghai."""

    period: str = Field(description="The quarter, for example `2024-Q3`.")
    ends_on: date = Field(description="Last day of the quarter, for example `2024-09-30`.")
    due_on: date = Field(description="Last day on which a report for the quarter is on time.")
    closes_on: date | None = Field(
        description="Last day on which a report is accepted. Null if the plan never closes a "
        "quarter."
    )
    state: PeriodState = Field(
        description="`upcoming`: the quarter has not ended. `open`: reports are accepted and on "
        "time. `late`: past the due day, reports still accepted. `closed`: reports "
        "need an extension."
    )
    extended_areas: list[str] = Field(
        description="Codes of the areas that may still report for the quarter, although it is "
        "closed."
    )


class ExtensionInput(Input):
    """A request to reopen closed quarters until a given day.

    Without an area, or without a period, for all of them: so the earlier quarters of a plan that
    closes its quarters take their first figures.
    """

    area: str | None = Field(
        default=None,
        max_length=64,
        description="Code of the area, for example `nanshan`. By default every area.",
    )
    period: PeriodCode | None = Field(
        default=None,
        description="The quarter to reopen, for example `2024-Q3`. By default every quarter.",
    )
    until: date = Field(
        description="Last day in Asia/Shanghai on which reports are accepted. It must not have "
        "passed."
    )
    reason: Text = Field(description="Reason for the extension. It is recorded in the ledger.")


class ExtensionView(Answer):
    """An extension that was granted."""

    area: str | None = Field(description="Code of the area that may report. Null for every area.")
    period: str | None = Field(
        description="The quarter that was reopened, for example `2024-Q3`. Null for every quarter."
    )
    until: date = Field(description="Last day in Asia/Shanghai on which reports are accepted.")
    reason: str = Field(description="Reason for the extension, as recorded in the ledger.")
    revision: int = Field(description="Revision of the plan that granted the extension.")


class ReportingCounts(Answer):
    """Numbers of figures that were expected and reported. Rates are null if none was expected."""

    expected: int = Field(
        description="Number of figures expected. Figures reported as `not_applicable` are not "
        "expected."
    )
    reported: int = Field(description="Number of expected figures that have a value.")
    on_time: int = Field(
        description="Number of reported figures that were first submitted by the due day."
    )
    overdue: int = Field(
        description="Number of expected figures that have no value although the due day has passed."
    )
    missing_with_reason: int = Field(
        description="Number of expected figures without a value for which a reason was given."
    )
    reporting_percent: Number | None = Field(
        description="Share of expected figures that were reported, in percent: 100 `reported` / "
        "`expected`."
    )
    on_time_percent: Number | None = Field(
        description="Share of expected figures that were reported on time, in percent: 100 "
        "`on_time` / `expected`."
    )


class GroupCounts(ReportingCounts):
    """The counts of one area, indicator or quarter."""

    code: str = Field(
        description="Code of the area or indicator, or the quarter, that the counts are for."
    )


class OutstandingFigure(Answer):
    """An expected figure that has no value."""

    area: str = Field(description="Code of the area that should report the figure.")
    indicator: str = Field(description="Code of the indicator that is missing.")
    period: str = Field(description="The quarter that the figure is missing for.")
    due_on: date = Field(description="Day in Asia/Shanghai on which the figure was or is due.")
    overdue: bool = Field(description="True if the due day has passed.")
    missing_reason: str | None = Field(
        description="Reason given for the missing value, for example `not_yet_available`. Null "
        "if none was given."
    )


class Completeness(Answer):
    """How complete the reporting is. It is computed from the figures themselves."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    revision: int = Field(description="Revision of the plan that the answer is based on.")
    day: date = Field(description="Day in Asia/Shanghai on which deadlines were judged.")
    total: ReportingCounts = Field(
        description="Counts over all areas, indicators and quarters asked for."
    )
    by_area: list[GroupCounts] = Field(
        description="Counts for each area that is expected to report."
    )
    by_indicator: list[GroupCounts] = Field(
        description="Counts for each indicator that is reported."
    )
    by_period: list[GroupCounts] = Field(description="Counts for each quarter, oldest first.")
    outstanding: list[OutstandingFigure] = Field(
        description="Expected figures without a value, for reminders (催报)."
    )


class CompletenessQuery(AsOfQuery, FormatQuery, SelectionQuery):
    """Which figures are counted. A file lists those that are outstanding."""
