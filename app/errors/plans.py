"""Failures of plans: their definitions, archives and publications."""

from app.domain.checks.finding import Fact
from app.errors.failure import Failure
from app.errors.fault import Fault


class RuleInUse(Failure):
    """An indicator with figures cannot change how they accumulate."""

    code = "rule_in_use"


class DefinitionReduced(Failure):
    """A plan file leaves out what the plan has."""

    code = "definition_reduced"


class NotMixed(Failure):
    """Real and simulated figures never share a database."""

    code = "not_mixed"


class EarlierPlanUnknown(Failure):
    """The plan that a plan follows is not in the database, or not as far as it was known."""

    code = "earlier_plan_unknown"


class EarlierPlanDiffers(Failure):
    """What a plan follows cannot be its history: another measure, unit or accumulation."""

    code = "earlier_plan_differs"


class PlanExists(Failure):
    """The database has the plan already; an archive is read into one that has not."""

    code = "plan_exists"


class ArchiveInvalid(Failure):
    """A line of an archive does not fit: no JSON, no entry, or a broken chain."""

    code = "archive_invalid"


class PublicationExists(Failure):
    """The plan has a publication of this name, and publications never change."""

    code = "publication_exists"


class PlanRunning(Failure):
    """The plan is not over: figures of a deadline may still come, each of them a fault."""

    code = "plan_running"

    def __init__(self, awaited: list[Fault], **facts: Fact) -> None:
        super().__init__(**facts)
        self.awaited = awaited
