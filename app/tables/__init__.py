"""Storage only: one table class for each noun. Rules live in the domain and the services."""

from app.tables.access import ApiKey, Deployment, EventTicket, Idempotency
from app.tables.hook import Delivery, Hook, Lease
from app.tables.latest import GapTable, StoredGap
from app.tables.plan import (
    AnnualTask,
    Area,
    Definition,
    Indicator,
    LedgerEntry,
    LedgerPart,
    Plan,
    Succession,
    Target,
)
from app.tables.report import (
    Decision,
    Extension,
    Figure,
    ProgressNote,
    Publication,
    Report,
)
from app.tables.series import Observation

__all__ = [
    "AnnualTask",
    "ApiKey",
    "Area",
    "Decision",
    "Definition",
    "Delivery",
    "Deployment",
    "EventTicket",
    "Extension",
    "Figure",
    "GapTable",
    "Hook",
    "Idempotency",
    "Indicator",
    "Lease",
    "LedgerEntry",
    "LedgerPart",
    "Observation",
    "Plan",
    "ProgressNote",
    "Publication",
    "Report",
    "StoredGap",
    "Succession",
    "Target",
]
