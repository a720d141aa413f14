"""Tickets for streams of events: a browser's EventSource sends no header, and so no key.

A ticket stands in an address, which proxies and browsers write down: it is good once, for a
minute, and shows nothing of the key. It lies in the database, so that any process takes it.
"""

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlmodel import Session, col

from app.errors.access import TicketInvalid
from app.errors.failure import PlanUnknown
from app.schemas.events import TicketView
from app.services.access.keys import Principal, digest_of, know_caller
from app.tables import ApiKey, EventTicket, Plan

TICKET_SECONDS = 60
# The holder of a token is known by the token alone, which is not stored.
_HOLDER = TypeAdapter(Principal)


def create_ticket(
    session: Session, principal: Principal, *, plan_code: str, now: datetime
) -> TicketView:
    """A new ticket for a plan's events; PlanUnknown, PlanNotAllowed. Expired ones are removed."""
    principal.require_plan(plan_code)
    if session.get(Plan, plan_code) is None:
        raise PlanUnknown(plan=plan_code)
    session.connection().execute(sa.delete(EventTicket).where(col(EventTicket.expires_at) <= now))
    text = secrets.token_urlsafe(32)
    ticket = EventTicket(
        digest=digest_of(text),
        key_id=principal.key_id if principal.issuer is None else None,
        holder=None if principal.issuer is None else _HOLDER.dump_json(principal).decode(),
        plan=plan_code,
        expires_at=now + timedelta(seconds=TICKET_SECONDS),
    )
    session.add(ticket)
    session.flush()
    return TicketView(ticket=text, expires_at=ticket.expires_at)


def use_ticket(session: Session, text: str, *, plan_code: str, now: datetime) -> Principal:
    """The caller whose ticket it is, which is gone then; TicketInvalid, KeyInvalid."""
    # One statement: of two that come at once, one finds it.
    used = (
        session.connection()
        .execute(
            sa.delete(EventTicket)
            .where(
                col(EventTicket.digest) == digest_of(text),
                col(EventTicket.plan) == plan_code,
                col(EventTicket.expires_at) > now,
            )
            .returning(col(EventTicket.key_id), col(EventTicket.holder))
        )
        .one_or_none()
    )
    if used is None:
        raise TicketInvalid(seconds=TICKET_SECONDS)
    key_id, holder = used
    if holder is None:
        return know_caller(session.get_one(ApiKey, key_id), now=now)
    found = _HOLDER.validate_json(holder)
    found.require_current(now)
    return found
