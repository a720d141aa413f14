"""Failures of access: what a key is not good for."""

from app.errors.failure import Failure, NothingThere


class KeyNeeded(Failure):
    """What was asked for needs a key."""

    code = "key_required"


class KeyInvalid(Failure):
    """The key is unknown, expired or revoked."""

    code = "key_invalid"


class TokenInvalid(KeyInvalid):
    """The token of the OpenID Connect provider is not good: forged, expired, or for others."""

    code = "token_invalid"


class TokenWithoutRole(KeyInvalid):
    """The token is good, but gives its holder no role here, or a reporter no area."""

    code = "token_without_role"


class TicketInvalid(Failure):
    """The ticket for a stream of events is unknown, used or expired, or for another plan."""

    code = "ticket_invalid"


class RoleNotAllowed(Failure):
    """The key's role may not do this."""

    code = "role_not_allowed"


class AreaNotAllowed(Failure):
    """The key is not for this area."""

    code = "area_not_allowed"


class PlanNotAllowed(Failure):
    """The key is for another plan."""

    code = "plan_not_allowed"


class ExpiryNotAllowed(Failure):
    """A key cannot make one that lasts longer than it does itself."""

    code = "expiry_not_allowed"


class UnitNotAllowed(Failure):
    """The key does not act for a unit that is responsible."""

    code = "unit_not_allowed"


class HostNotAllowed(Failure):
    """The request names no host, two, or one that the deployment does not answer for."""

    code = "host_not_allowed"


class TooManyRequests(Failure):
    """A key, or an address without one, asks more often than the deployment allows."""

    code = "too_many_requests"


class Hidden(NothingThere):
    """What is asked for is not for this caller, who is told that it is not there."""
