"""Decisions on reports: what is sent, one or many, and what is told of many."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.schemas.base import Answer, Input, ProblemError
from app.vocabulary import Text

ReportId = Annotated[str, Field(max_length=64)]


class ApproveInput(Input):
    """An approval of a report."""

    note: Text | None = Field(default=None, description="Note to keep with the decision, if any.")


class ReturnReason(StrEnum):
    """What is wrong with a report that is returned, for statistics."""

    WRONG_VALUE = "wrong_value"
    WRONG_PERIOD = "wrong_period"
    WRONG_UNIT = "wrong_unit"
    INCOMPLETE = "incomplete"
    UNEXPLAINED = "unexplained"
    OTHER = "other"


class ReturnInput(Input):
    """A return of a report to the area, with the reason."""

    reason_code: ReturnReason = Field(
        description="Code of the reason, for statistics: `wrong_value`, `wrong_period`, "
        "`wrong_unit`, `incomplete`, `unexplained` or `other`."
    )
    reason: Text = Field(description="What the area should correct, in words.")


class WithdrawInput(Input):
    """A withdrawal of a report by its own area. It has no fields."""


class ApproveDecision(ApproveInput):
    """One of many decisions: the report is approved."""

    report: ReportId = Field(description="Id of the report, for example `r7-1`.")
    decision: Literal["approve"] = Field(description="What is decided: `approve`.")


class ReturnDecision(ReturnInput):
    """One of many decisions: the report is returned to its area."""

    report: ReportId = Field(description="Id of the report, for example `r7-1`.")
    decision: Literal["return"] = Field(description="What is decided: `return`.")


class DecisionsInput(Input):
    """Decisions on many reports, recorded in one revision."""

    # What is wrong with one decision is its own error, never a refusal of the body: each is shown
    # as an `ApproveDecision` or a `ReturnDecision`, and anything is taken.
    decisions: Annotated[list[object], Field(min_length=1, max_length=1000)] = Field(
        description="The decisions, one for each report. At most 1,000."
    )


class DecideQuery(Input):
    """How decisions are handled."""

    dry_run: bool = Field(
        default=False,
        description="Check everything and answer as if the decisions were taken, but store "
        "nothing.",
    )
    mode: Literal["atomic", "partial"] = Field(
        default="atomic",
        description="`atomic`: one error refuses all decisions. `partial`: decisions without "
        "errors are taken.",
    )


class DecidedReportView(Answer):
    """A report of many that was decided on. Read it in full at `/plans/{plan}/reports/{report}`."""

    id: str = Field(description="Id of the report, unique within the plan, for example `r7-1`.")
    status: Literal["approved", "returned"] = Field(
        description="Status after the decision: `approved` or `returned`."
    )
    area: str = Field(description="Code of the area that reported.")
    period: str = Field(description="Quarter of the figures, for example `2024-Q3`.")
    figures: int = Field(
        description="Number of figures that the decision is about. Figures that newer reports "
        "have replaced are not among them."
    )


class DecisionSummary(Answer):
    """Numbers of decisions by outcome. Each decision of the request is counted once."""

    approved: int = Field(description="Number of reports that were approved.")
    returned: int = Field(description="Number of reports that were returned.")
    rejected: int = Field(description="Number of decisions that were refused because of errors.")


class DecisionsResult(Answer):
    """The outcome of many decisions, which are recorded in one revision."""

    applied: bool = Field(
        description="True if the decisions were saved. False for a dry run, which saves nothing."
    )
    revision: int = Field(
        description="Revision of the plan that recorded the decisions, or for a dry run would "
        "record them."
    )
    reports: list[DecidedReportView] = Field(
        description="The reports that were decided on, in the order of the request."
    )
    summary: DecisionSummary = Field(description="Numbers of decisions by outcome.")
    errors: list[ProblemError] = Field(
        description="What is wrong with the decisions that were refused (`mode=partial`). Empty "
        "if none was."
    )
