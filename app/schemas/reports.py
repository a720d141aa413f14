"""Reports: what an area sends, what became of it, and what the checks said."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, WithJsonSchema

from app.schemas.base import Answer, Input
from app.schemas.query import AsOfQuery, Codes, ListQuery
from app.vocabulary import Instant, Number, PeriodCode, Text

_FIGURE = {
    "type": "object",
    "required": ["indicator"],
    "additionalProperties": False,
    "properties": {
        "indicator": {"type": "string", "description": "The indicator's code."},
        "value": {"type": "number", "description": "The figure, in `unit`."},
        "unit": {"type": "string", "description": "元 万元 亿元 人 万人 平方米 家 ..."},
        "basis": {"enum": ["quarter", "ytd", "since_start", "level"]},
        "missing_reason": {
            "enum": ["not_due", "not_reported", "not_applicable", "withheld", "not_yet_available"]
        },
        "note": {"type": "string"},
    },
}

# What is wrong with a figure is that figure's finding, never a refusal of the body.
SentFigureJson = Annotated[object, WithJsonSchema(_FIGURE)]


class ReportInput(Input):
    """One area's figures for one quarter."""

    area: Annotated[str, Field(max_length=64)] = Field(description="The area's code.")
    period: Annotated[str, Field(max_length=16)] = Field(description="The quarter: 2024-Q3.")
    figures: Annotated[list[SentFigureJson], Field(min_length=1, max_length=1000)]
    explanations: dict[str, Text] = Field(
        default={}, description="By indicator: why a questioned figure is right."
    )
    correction_reason: Text | None = Field(
        default=None, description="Why figures that are already there change."
    )


class FindingView(Answer):
    """What a check says, in the reader's language."""

    pointer: str = Field(description="Where in the body: a JSON pointer.")
    row: int | None = Field(description="The figure's number from 1, or the row of the file.")
    sheet: str | None = Field(description="The sheet of a workbook.")
    column: str | None = Field(description="The field, or the column of a file.")
    code: str = Field(description="A stable code.")
    severity: Literal["error", "query"] = Field(description="error: mend; query: mend or explain.")
    indicator: str | None = Field(description="The indicator that it is about.")
    message: str = Field(description="What came, why it matters, what to do.")
    facts: dict[str, JsonValue] = Field(description="What the check went by.")


class FigureView(Answer):
    """A figure of a report: in the indicator's unit, and as it was sent."""

    indicator: str = Field(description="The indicator's code.")
    value: Number | None = Field(description="The figure in the indicator's unit.")
    unit: str = Field(description="The indicator's unit.")
    basis: str | None = Field(description="Since when it counts.")
    missing_reason: str | None = Field(description="Why there is no figure.")
    reported_value: Number | None = Field(description="The figure as sent.")
    reported_unit: str | None = Field(description="The unit as sent.")
    change: str = Field(description="created or updated, against the figure live before.")
    previous_value: Number | None = Field(description="The figure that was live before.")
    status: str = Field(description="submitted, approved, returned, withdrawn or superseded.")
    explanation: str | None = Field(description="What the area said to a question.")
    note: str | None = Field(description="What the area noted.")


class DecisionView(Answer):
    """What was decided about a report."""

    status: str = Field(description="approved, returned, withdrawn or superseded.")
    decided_at: Instant = Field(description="When.")
    decided_by: str = Field(description="By which owner.")
    reason_code: str | None = Field(description="The code of the reason, on a return.")
    reason: str | None = Field(description="The reason or note.")
    revision: int = Field(description="The revision of the decision.")


class ReportView(Answer):
    """One submission of an area for a quarter."""

    id: str = Field(description="The report's id within its plan.")
    status: str = Field(description="submitted, approved, returned, withdrawn or superseded.")
    revision: int = Field(description="The revision that it came with.")
    area: str = Field(description="The area's code.")
    period: str = Field(description="The quarter.")
    late: bool = Field(description="Whether it came after the due day.")
    submitted_at: Instant = Field(description="When it came.")
    submitted_by: str = Field(description="The owner of the key that sent it.")
    correction_reason: str | None = Field(description="Why figures changed that were there.")
    figures: list[FigureView] = Field(description="Its figures; unchanged ones are not stored.")
    findings: list[FindingView] = Field(description="What the checks said.")
    decisions: list[DecisionView] = Field(description="What was decided, oldest first.")
    queries: int = Field(description="Questions that the area answered with an explanation.")
    largest_change_percent: Number | None = Field(
        description="The largest change of a figure against the one live before."
    )
    risk: Number = Field(
        description="1000 for each query, the largest change in percent (up to 998), 1 if late."
    )
    allowed_actions: list[str] = Field(description="What the caller may do with it now.")


class Summary(Answer):
    """Each figure sent is counted in exactly one."""

    created: int = Field(description="Figures where there was none.")
    updated: int = Field(description="Figures that differ from the live one.")
    unchanged: int = Field(description="Figures equal to the live one; not stored again.")
    rejected: int = Field(description="Figures that were not taken.")


class SubmissionResult(Answer):
    """What became of a submission."""

    applied: bool = Field(description="Whether anything was stored.")
    report: ReportView | None = Field(description="The report; null when nothing changed.")
    summary: Summary = Field(description="Counts over all figures sent.")
    findings: list[FindingView] = Field(description="What the checks said, all at once.")


class BatchInput(Input):
    """Many reports at once."""

    reports: Annotated[list[ReportInput], Field(min_length=1, max_length=10_000)]


class BatchReport(Answer):
    """A report that was stored; read it in full at its own path."""

    id: str = Field(description="The report's id within its plan.")
    status: str = Field(description="submitted, or approved where review is automatic.")
    revision: int = Field(description="The revision that it came with.")
    area: str = Field(description="The area's code.")
    period: str = Field(description="The quarter.")
    late: bool = Field(description="Whether it came after the due day.")
    figures: int = Field(description="How many figures it holds.")


class BatchResult(Answer):
    """What became of a batch: one revision for all of it."""

    applied: bool = Field(description="Whether anything was stored.")
    reports: list[BatchReport] = Field(description="The reports that were stored.")
    summary: Summary = Field(description="Counts over all figures sent.")
    findings: list[FindingView] = Field(description="What the checks said, all at once.")


class ApproveInput(Input):
    """An approval."""

    note: Text | None = Field(default=None, description="A note, kept with the decision.")


class ReturnInput(Input):
    """A return to the district, with the reason."""

    reason_code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")] = Field(
        description="A code for statistics: wrong_unit, wrong_period, incomplete, ..."
    )
    reason: Text = Field(description="What the district should mend.")


class WithdrawInput(Input):
    """A withdrawal by the district itself."""


class ReportQuery(ListQuery):
    """The submissions. They are not official, so a key is always needed."""

    area: Codes | None = Field(default=None, description="Area codes.")
    period: Annotated[list[PeriodCode], Field(max_length=200)] | None = Field(
        default=None, description="Quarters: 2024-Q3."
    )
    status: Codes | None = Field(default=None, description="submitted, approved, returned, ...")


class TemplateQuery(AsOfQuery):
    """Which form is wanted."""

    area: str | None = Field(
        default=None, max_length=64, description="One area; by default every one that reports."
    )
    period: PeriodCode = Field(description="The quarter.")


class SubmitQuery(Input):
    """How a submission is taken."""

    dry_run: bool = Field(default=False, description="The same answer; nothing is stored.")
    mode: Literal["atomic", "partial"] = Field(
        default="atomic", description="One error refuses all, or only its own figure."
    )
