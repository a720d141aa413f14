"""Web hooks of a plan: created, listed with how their messages fared, and deleted.

They are no part of the ledger: like keys, they belong to a deployment and not to what a plan says.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.errors.failure import NothingThere, ParametersInvalid
from app.errors.fault import Fault, invalid_field, unknown_in_field
from app.schemas.hooks.inputs import SECRET_PREFIX, HookEvent, HookFormat, HookInput
from app.schemas.hooks.views import HookView, NewHook
from app.services.access.keys import Principal, Role
from app.services.hooks.addresses import is_address, is_public
from app.services.ledger.entries import lock_plan
from app.tables import Area, Delivery, Hook

_SECRET_BYTES = 32
STATUSES = ("pending", "delivered", "failed")


def create_hook(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    given: HookInput,
    reaches_any: bool,
    now: datetime,
) -> NewHook:
    """Create a web hook; RoleNotAllowed, ParametersInvalid.

    ``reaches_any``: whether the deployment lets hooks point to any address.
    """
    lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.ADMINISTRATOR)
    known = session.exec(select(Area.code).where(Area.plan == plan_code)).all()
    faults = [
        unknown_in_field(f"/areas/{place}", area, sorted(known))
        for place, area in enumerate(given.areas)
        if area not in known
    ]
    if not reaches_any:
        faults += _private(given.url)
    if faults:
        raise ParametersInvalid(faults)
    made = base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    hook = Hook(
        id=secrets.token_hex(6),
        plan=plan_code,
        url=given.url,
        events=" ".join(sorted(set(given.events))),
        areas=" ".join(sorted(set(given.areas))),
        format=given.format,
        secret=given.secret or f"{SECRET_PREFIX}{made}",
        created_at=now,
        created_by=principal.owner,
    )
    session.add(hook)
    session.flush()
    (view,) = _view(session, [hook])
    return NewHook(**view.model_dump(), secret=hook.secret)


def list_hooks(session: Session, *, plan: str | None = None) -> list[HookView]:
    """The hooks of a plan, or of all, the oldest first."""
    query = select(Hook) if plan is None else select(Hook).where(Hook.plan == plan)
    return _view(session, session.exec(query.order_by(col(Hook.created_at), col(Hook.id))).all())


def delete_hook(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    hook_id: str,
    now: datetime,  # noqa: ARG001 - every write is told when it is
) -> None:
    """Delete a hook with its messages; NothingThere, RoleNotAllowed."""
    lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.ADMINISTRATOR)
    hook = session.get(Hook, hook_id)
    if hook is None or hook.plan != plan_code:
        raise NothingThere(kind="hook", code=hook_id)
    connection = session.connection()
    connection.execute(sa.delete(Delivery).where(col(Delivery.hook_id) == hook_id))
    connection.execute(sa.delete(Hook).where(col(Hook.id) == hook_id))


def _private(url: str) -> list[Fault]:
    """What forbids an address where hooks reach public ones alone.

    A name is looked up for each delivery: what it means today says nothing of tomorrow.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_private = is_address(host) and not is_public(host)
    is_local = host.rstrip(".").endswith("localhost")
    if parts.scheme.lower() != "https" or is_private or is_local:
        return [invalid_field("/url", url, "hook_address")]
    return []


def _view(session: Session, hooks: Sequence[Hook]) -> list[HookView]:
    ids = [hook.id for hook in hooks]
    counts = select(
        Delivery.hook_id, Delivery.status, sa.func.count(), sa.func.max(Delivery.settled_at)
    )
    grouped = counts.group_by(col(Delivery.hook_id), col(Delivery.status))
    found = {
        (hook, status): (count, latest)
        for hook, status, count, latest in session.exec(
            grouped.where(col(Delivery.hook_id).in_(ids))
        )
    }
    tried = select(Delivery.hook_id, Delivery.last_error).where(
        col(Delivery.hook_id).in_(ids), col(Delivery.last_error).is_not(None)
    )
    # Of several the newest counts.
    errors = dict(session.exec(tried.order_by(col(Delivery.position))).all())
    return [
        HookView(
            id=hook.id,
            url=hook.url,
            events=[HookEvent(each) for each in hook.events.split()],
            areas=hook.areas.split(),
            format=HookFormat(hook.format),
            created_at=hook.created_at,
            created_by=hook.created_by,
            **{status: found.get((hook.id, status), (0, None))[0] for status in STATUSES},
            last_error=errors.get(hook.id),
            last_delivered_at=found.get((hook.id, "delivered"), (0, None))[1],
        )
        for hook in hooks
    ]
