"""Failures in the field's words. Each class names the fact; nothing here knows HTTP.

A failure carries the facts of its message; ``app.words.messages`` has the sentences in
both languages and ``app.api.answers.problems`` the status of each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from app.domain.checks.finding import Fact, Finding, PlanNames, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one parameter (``name``) or one field of the body (``pointer``)."""

    code: str
    pointer: str | None = None
    parameter: str | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    # What a check of figures says of the field, where that is what is wrong.
    finding: Finding | None = None


# Rules that clients branch on: they are the code of their fault.
_TOLD_BY_CODE = frozenset({"direction_conflict"})


def found_in_field(finding: Finding) -> Fault:
    """What a check of figures says, as a fault of any other body."""
    return Fault(code=finding.code.value, pointer=finding.pointer, finding=finding)


def invalid_field(pointer: str, value: object, rule: str, **facts: Fact) -> Fault:
    """A field of the body that breaks a rule of the book; ``facts`` are those of the rule."""
    code = rule if rule in _TOLD_BY_CODE else "invalid"
    return Fault(code=code, pointer=pointer, facts={"value": shown(value), "rule": rule, **facts})


def invalid_parameter(name: str, value: object, rule: str, **facts: Fact) -> Fault:
    """A parameter, or a header, that breaks a rule of the book."""
    return Fault(
        code="invalid", parameter=name, facts={"value": shown(value), "rule": rule, **facts}
    )


def unknown_in_field(pointer: str, value: str, allowed: Iterable[str]) -> Fault:
    """A field of the body that holds none of the codes allowed there."""
    return Fault(code="unknown_code", pointer=pointer, facts=_unknown(value, allowed))


def unknown_in_parameter(name: str, value: str, allowed: Iterable[str]) -> Fault:
    """A parameter that holds none of the codes allowed there."""
    return Fault(code="unknown_code", parameter=name, facts=_unknown(value, allowed))


def name_rule(kind: str, context: Mapping[str, object]) -> dict[str, Fact]:
    """The rule that a body breaks, as pydantic found it, with the facts of its sentence."""
    facts: dict[str, Fact] = {name: str(value) for name, value in context.items()}
    choices = str(facts.pop("expected", "")).replace("'", "").replace(" or ", ", ")
    return {"rule": kind, "choices": " ".join(choices.split(", ")), **facts}


def _unknown(value: str, allowed: Iterable[str]) -> dict[str, Fact]:
    return {"value": value, "allowed": " ".join(allowed)}


class Failure(Exception):
    """A request that cannot be done, and the facts that say why."""

    code: ClassVar[str] = "failure"

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.code)
        self.facts = facts


class PlanUnknown(Failure):
    """No plan has this code."""

    code = "unknown_plan"


class NothingThere(Failure):
    """The plan has no such thing (an indicator, a report, ...)."""

    code = "not_found"


class AsOfInvalid(Failure):
    """``as_of`` is in the future, before the plan, or no revision and no instant."""

    code = "invalid_as_of"


class KeyNeeded(Failure):
    """What was asked for needs a key."""

    code = "key_required"


class KeyInvalid(Failure):
    """The key is unknown, expired or revoked."""

    code = "key_invalid"


class RoleNotAllowed(Failure):
    """The key's role may not do this."""

    code = "role_not_allowed"


class AreaNotAllowed(Failure):
    """The key is not for this area."""

    code = "area_not_allowed"


class PlanNotAllowed(Failure):
    """The key is for another plan."""

    code = "plan_not_allowed"


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


class RuleInUse(Failure):
    """An indicator with figures cannot change how they accumulate."""

    code = "rule_in_use"


class DefinitionReduced(Failure):
    """A plan file leaves out what the plan has."""

    code = "definition_reduced"


class StorageUnavailable(Failure):
    """The database cannot be reached or written."""

    code = "storage_unavailable"


class Busy(Failure):
    """Too many writes wait, or the turn of this one has not come in time. Nothing was stored."""

    code = "busy"


class ParametersInvalid(Failure):
    """Parameters or fields that mean nothing here; all of them at once."""

    code = "invalid_parameter"

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__()
        self.faults = faults

    @property
    def told_by(self) -> str:
        """The code of the problem: that of its faults where they have one of their own."""
        codes = {fault.code for fault in self.faults}
        return codes.pop() if len(codes) == 1 and codes <= _TOLD_BY_CODE else self.code


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


class BodyMalformed(Failure):
    """The body is not JSON that can be read without guessing."""

    code = "malformed_json"


class BodyTooLarge(Failure):
    """The body is larger than the deployment takes."""

    code = "payload_too_large"


class FileRefused(Failure):
    """A file of figures that cannot be read without guessing, or not safely.

    ``why`` names the reason, ``sheet`` the sheet of a workbook; ``row`` counts from 1.
    """

    code = "file_refused"

    def __init__(self, *, why: str, sheet: str | None = None, **facts: Fact) -> None:
        super().__init__(why=why, sheet=sheet, **facts)

    def say_of(self, sheet: str) -> None:
        """Say it of this sheet of the workbook."""
        self.facts["sheet"] = sheet


class MediaTypeUnsupported(Failure):
    """The body came in a media type that is not read here."""

    code = "unsupported_media_type"


class FormatUnknown(Failure):
    """The answer does not come in the format that was asked for."""

    code = "not_acceptable"


class FormatNotInstalled(Failure):
    """The format needs what this deployment was installed without."""

    code = "format_not_installed"


class IdempotencyKeyReused(Failure):
    """The idempotency key belongs to a request with another body."""

    code = "idempotency_key_reused"


class IdempotencyInProgress(Failure):
    """The request with this idempotency key is still running."""

    code = "idempotency_in_progress"


class UnitNotAllowed(Failure):
    """The key does not act for a unit that is responsible."""

    code = "unit_not_allowed"


class NotMixed(Failure):
    """Real and simulated figures never share a database."""

    code = "not_mixed"


class PlanExists(Failure):
    """The database has the plan already; an archive is read into one that has not."""

    code = "plan_exists"


class ArchiveInvalid(Failure):
    """A line of an archive does not fit: no JSON, no entry, or a broken chain."""

    code = "archive_invalid"


class PublicationExists(Failure):
    """The plan has a publication of this name, and publications never change."""

    code = "publication_exists"
