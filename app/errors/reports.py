"""Failures of reports: submitting them and deciding on them."""

from collections.abc import Sequence

from app.domain.checks.finding import Finding, PlanNames
from app.errors.failure import Failure
from app.errors.fault import Fault


class SelfApproval(Failure):
    """The owner who submitted a report may not decide on it."""

    code = "self_approval"


class AlreadyDecided(Failure):
    """The report is no longer waiting for a decision."""

    code = "already_decided"


class Superseded(Failure):
    """Newer submissions replaced every figure of the report."""

    code = "superseded"


class PreconditionFailed(Failure):
    """A report is not as the caller has seen it. Nothing was stored."""

    code = "precondition_failed"


class NeverCloses(Failure):
    """The plan closes no period, so there is nothing to extend."""

    code = "never_closes"


class SubmissionRefused(Failure):
    """A submission with findings that forbid it; all of them at once."""

    code = "report_refused"

    def __init__(
        self, findings: Sequence[Finding], summary: dict[str, int], names: PlanNames
    ) -> None:
        is_in_file = any(finding.is_in_file for finding in findings)
        super().__init__(count=len(findings), place="file" if is_in_file else "body")
        self.findings, self.summary = findings, summary
        # In the language of the sender.
        self.names = names
        # The sheets of a workbook that hold no figures.
        self.passed_over: tuple[str, ...] = ()


class DecisionsRefused(Failure):
    """Decisions of which one at least cannot be taken; all that is wrong with them at once."""

    code = "decisions_refused"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


class IdempotencyKeyReused(Failure):
    """The idempotency key belongs to a request with another body."""

    code = "idempotency_key_reused"


class IdempotencyInProgress(Failure):
    """The request with this idempotency key is still running."""

    code = "idempotency_in_progress"
