"""Failures of any request."""

from typing import ClassVar

from app.domain.checks.finding import Fact
from app.errors.fault import TOLD_BY_CODE, Fault


class Failure(Exception):
    """A request that cannot be done, and the facts that say why."""

    code: ClassVar[str] = "failure"

    def __init__(self, **facts: Fact) -> None:
        super().__init__(self.code)
        self.facts = facts


def fail_at(pointer: str, failure: Failure) -> Fault:
    """What would be the failure of one thing alone, as the fault of one among several."""
    return Fault(code=failure.code, pointer=pointer, facts={**failure.facts, "place": "list"})


class PlanUnknown(Failure):
    """No plan has this code."""

    code = "unknown_plan"


class NothingThere(Failure):
    """The plan has no such thing (an indicator, a report, ...)."""

    code = "not_found"


class AsOfInvalid(Failure):
    """``as_of`` is in the future, before the plan, or no revision and no instant."""

    code = "invalid_as_of"


class StorageUnavailable(Failure):
    """The database is reached, but cannot be read or written: a full disk, another schema."""

    code = "storage_unavailable"


class DatabaseUnavailable(Failure):
    """The database does not answer. Nothing was stored."""

    code = "database_unavailable"


class IssuerUnavailable(Failure):
    """The provider of tokens does not tell the keys with which a token could be checked."""

    code = "issuer_unavailable"


class OutcomeUnknown(Failure):
    """Whether a write is stored, and would survive the loss of a server, is not known."""

    code = "outcome_unknown"


class Busy(Failure):
    """Too many writes wait, or the turn of this one has not come in time. Nothing was stored."""

    code = "busy"


class TooManyReads(Failure):
    """Too many wait for what takes long to work out, or listen to events."""

    code = "too_many_reads"


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
        return codes.pop() if len(codes) == 1 and codes <= TOLD_BY_CODE else self.code
