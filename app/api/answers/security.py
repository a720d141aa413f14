"""The security log: a line for each failed authentication and authorisation, without secrets.

Nothing of a key that is not known is written: it may be a good one, mistyped.
"""

import logging
from collections.abc import Iterable, Mapping

from fastapi import Request

from app.domain.checks.finding import Fact
from app.errors.access import (
    KeyInvalid,
    KeyNeeded,
    TicketInvalid,
    TokenInvalid,
    TooManyRequests,
)
from app.errors.failure import IssuerUnavailable
from app.errors.fault import Fault
from app.errors.reports import SelfApproval
from app.services.access.keys import Principal

_LOG = logging.getLogger("dabiao.security")
# Who somebody is, as against what they may do.
_OF_AUTHENTICATION = frozenset(
    each.code for each in (KeyNeeded, KeyInvalid, TokenInvalid, IssuerUnavailable, TicketInvalid)
)
_LONGEST_PATH = 200


def log_refusal(request: Request, code: str, facts: Mapping[str, Fact]) -> None:
    """Note that a request was refused for want of a good key or of the right to do it,
    or that it was one too many.
    """
    caller = getattr(request.state, "caller", None)
    known = caller if isinstance(caller, Principal) else None
    kind = "authentication" if code in _OF_AUTHENTICATION else "authorisation"
    event = "limit_exceeded" if code == TooManyRequests.code else f"{kind}_failed"
    noted = {
        "event": event,
        "code": code,
        "why": facts.get("why"),
        "key_id": known.key_id if known else facts.get("key_id"),
        "owner": known.owner if known else None,
        "role": known.role.value if known else None,
        "address": request.client.host if request.client else None,
        "method": request.method,
        # Without the query: a ticket may be in it.
        "path": request.url.path[:_LONGEST_PATH],
        "request_id": getattr(request.state, "request_id", None),
    }
    told = {name: value for name, value in noted.items() if value is not None}
    _LOG.warning("%s: %s", event, code, extra={"facts": told})


def log_refusals(request: Request, faults: Iterable[Fault]) -> None:
    """Note which of several decisions were refused for want of the right to take them."""
    for fault in faults:
        if fault.code == SelfApproval.code:
            log_refusal(request, fault.code, fault.facts)
