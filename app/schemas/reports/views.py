"""What is told about reports: the outcome, the report, its findings and decisions."""

from typing import Literal

from pydantic import Field, JsonValue

from app.schemas.base import Answer
from app.vocabulary import Instant, Number


class FindingView(Answer):
    """A problem or question that a check found, in the reader's language."""

    pointer: str = Field(
        description="Location in the body, as a JSON pointer, for example `/figures/0/value`."
    )
    row: int | None = Field(
        description="Number of the figure, from 1, or row of the file. Null if the finding is "
        "about the whole report."
    )
    sheet: str | None = Field(description="Sheet of the workbook. Null unless a workbook was sent.")
    column: str | None = Field(
        description="Field or column that the finding is about. Null if it is about the whole row."
    )
    cell: str | None = Field(
        description="Cell of the workbook, for example `E8`. Null unless a workbook was sent."
    )
    code: str = Field(description="Stable code of the finding, for example `unit_required`.")
    severity: Literal["error", "query"] = Field(
        description="`error`: must be corrected. `query`: must be corrected or explained."
    )
    indicator: str | None = Field(
        description="Code of the indicator concerned. Null if it is about none."
    )
    message: str = Field(
        description="What is wrong, the value received and what to do, in the reader's language."
    )
    facts: dict[str, JsonValue] = Field(description="Values that the check used, by name.")


class FigureView(Answer):
    """A figure of a report, in the unit of the indicator and as it was reported."""

    indicator: str = Field(description="Code of the indicator, for example `value_added`.")
    value: Number | None = Field(
        description="Value in the unit of the indicator. Null if the figure is missing."
    )
    unit: str = Field(description="Unit of the indicator, for example `亿元`.")
    basis: str | None = Field(
        description="What the figure is a total of: `quarter`, `ytd`, `since_start` or `level`. "
        "Null if the figure is missing."
    )
    missing_reason: str | None = Field(
        description="Reason why there is no value. Null if there is one."
    )
    reported_value: Number | None = Field(
        description="Value as it was reported, in `reported_unit`. Null if the figure is missing."
    )
    reported_unit: str | None = Field(
        description="Unit in which the value was reported. Null if the figure is missing."
    )
    published_growth_percent: Number | None = Field(
        description="Growth rate published with the figure, in percent. Null if none was given."
    )
    price_basis: str | None = Field(
        description="Prices at which that growth was published: `constant` or `current`. Null if "
        "it was not stated."
    )
    obs_status: str = Field(
        description="Status of the figure in the codes of SDMX: `A` (normal), `P` (preliminary), "
        "`E` (estimated) or `B` (break in the series)."
    )
    change: str = Field(
        description="How the figure compares with the previous one: `created` or `updated`."
    )
    previous_value: Number | None = Field(
        description="Value that was on record before, in the unit of the indicator. Null if "
        "there was none."
    )
    quarter_value: Number | None = Field(
        description="Value of the quarter alone that was given beside the running total and "
        "checked against it, in the unit of the indicator. Null if none was given."
    )
    status: str = Field(
        description="Status of the figure: `submitted`, `approved`, `returned`, `withdrawn` or "
        "`superseded`."
    )
    explanation: str | None = Field(
        description="The area's answer to a query about the figure. Null if none was given."
    )
    note: str | None = Field(description="Note of the area on the figure. Null if there is none.")


class DecisionView(Answer):
    """A decision on a report."""

    status: str = Field(
        description="Status after the decision: `approved`, `returned`, `withdrawn` or "
        "`superseded`."
    )
    decided_at: Instant = Field(description="Instant in UTC of the decision.")
    decided_by: str = Field(description="Owner of the key that made the decision.")
    reason_code: str | None = Field(
        description="Code of the reason for a return, for example `wrong_unit`. Null for other "
        "decisions."
    )
    reason: str | None = Field(
        description="Reason for a return, or note on an approval. Null if none was given."
    )
    revision: int = Field(description="Revision of the plan that recorded the decision.")


class ReportView(Answer):
    """A report: what an area submitted for a quarter, and the decisions on it."""

    id: str = Field(description="Id of the report, unique within the plan, for example `r7-1`.")
    status: str = Field(
        description="Status of the report: `submitted`, `approved`, `returned`, `withdrawn` or "
        "`superseded`."
    )
    revision: int = Field(description="Revision of the plan that recorded the report.")
    area: str = Field(description="Code of the area that reported.")
    period: str = Field(description="Quarter of the figures, for example `2024-Q3`.")
    late: bool = Field(description="True if the report was submitted after the due day.")
    submitted_at: Instant = Field(description="Instant in UTC at which the report was submitted.")
    submitted_by: str = Field(description="Owner of the key that submitted the report.")
    correction_reason: str | None = Field(
        description="Reason given for changing figures that were already reported. Null if none "
        "was changed."
    )
    resubmits: str | None = Field(
        description="Id of the returned report that this report is sent again for. Null if it is "
        "sent for none."
    )
    figures: list[FigureView] = Field(
        description="Figures that the report created or updated. Unchanged ones are not saved "
        "again."
    )
    findings: list[FindingView] = Field(
        description="What the checks found: queries that were explained, and errors of figures "
        "that were rejected."
    )
    decisions: list[DecisionView] = Field(description="Decisions on the report, oldest first.")
    queries: int = Field(
        description="Number of queries that the area answered with an explanation."
    )
    largest_change_percent: Number | None = Field(
        description="Largest change of a figure against the one on record before, in percent. "
        "Null if there was none to compare."
    )
    risk: Number = Field(
        description="Score for ordering reviews: 1,000 for each query, plus the largest change "
        "in percent (up to 998), plus 1 if late."
    )
    allowed_actions: list[str] = Field(
        description="Decisions that the caller may make on the report now: `approve`, `return`, "
        "`withdraw`."
    )


class Summary(Answer):
    """Numbers of figures by outcome. Each figure of the request is counted once."""

    created: int = Field(description="Number of figures that did not exist before.")
    updated: int = Field(description="Number of figures that differ from the one on record.")
    unchanged: int = Field(
        description="Number of figures equal to the one on record, which are not saved again."
    )
    rejected: int = Field(description="Number of figures that were refused because of errors.")


class SubmissionResult(Answer):
    """The outcome of submitting a report."""

    applied: bool = Field(
        description="True if the report was saved. False if nothing changed, or for a dry run."
    )
    report: ReportView | None = Field(
        description="The report as saved, or for a dry run as it would be saved. Null if "
        "nothing changed."
    )
    summary: Summary = Field(description="Numbers of figures by outcome.")
    findings: list[FindingView] = Field(
        description="Everything that the checks found, up to 10,000 findings."
    )


class BatchReport(Answer):
    """A report of a batch in short. Read it in full at `/plans/{plan}/reports/{report}`."""

    id: str = Field(description="Id of the report, unique within the plan, for example `r7-1`.")
    status: str = Field(
        description="Status of the report: `submitted`, or `approved` if the plan needs no review."
    )
    revision: int = Field(description="Revision of the plan that recorded the report.")
    area: str = Field(description="Code of the area that reported.")
    period: str = Field(description="Quarter of the figures, for example `2024-Q3`.")
    late: bool = Field(description="True if the report was submitted after the due day.")
    figures: int = Field(description="Number of figures that the report created or updated.")
    resubmits: str | None = Field(
        description="Id of the returned report that this report is sent again for. Null if it is "
        "sent for none."
    )


class BatchResult(Answer):
    """The outcome of submitting many reports, which are recorded in one revision."""

    applied: bool = Field(
        description="True if anything was saved. False if nothing changed, or for a dry run."
    )
    reports: list[BatchReport] = Field(
        description="The reports that were saved, or for a dry run would be saved, in short."
    )
    summary: Summary = Field(description="Numbers of figures by outcome, over all reports.")
    findings: list[FindingView] = Field(
        description="Everything that the checks found, up to 10,000 findings, in the order of the "
        "rows."
    )
    passed_over: list[str] = Field(
        description="Sheets of the workbook that were not read, because no row has the names of "
        "the columns. Empty if there are none."
    )
