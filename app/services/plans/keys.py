"""Keys as administrators keep them: made, listed and revoked, never beyond their own key."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from app.errors.access import ExpiryNotAllowed, Hidden
from app.errors.failure import NothingThere, ParametersInvalid
from app.errors.fault import Fault, invalid_field, unknown_in_field
from app.schemas.keys import KeyView, NewKey
from app.services.access.keys import (
    KeyOrder,
    Principal,
    Role,
    create_key,
    list_keys,
    revoke_key,
)
from app.services.ledger.snapshots import take_snapshot
from app.services.plans.loading import list_plans
from app.services.state.definitions import get_definition
from app.tables import ApiKey
from app.vocabulary import to_instant


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyScope:
    """What a key can be for: a plan, and the areas and responsible units of it, or of all."""

    plans: list[str]
    areas: frozenset[str]
    units: frozenset[str]


def find_scope(session: Session, plan: str | None, *, now: datetime) -> KeyScope:
    """What a key for a plan, or for all plans, can be for. An unknown plan has nothing in it."""
    plans = [each.code for each in list_plans(session)]
    areas, units = set[str](), set[str]()
    for code in plans if plan is None else {plan}.intersection(plans):
        snapshot = take_snapshot(session, code, now=now)
        definition = get_definition(session, code, revision=snapshot.revision)
        areas |= set(definition.areas)
        units |= {each.code for each in definition.document.responsible_units}
    return KeyScope(plans=plans, areas=frozenset(areas), units=frozenset(units))


def issue_key(session: Session, principal: Principal, *, order: KeyOrder, now: datetime) -> NewKey:
    """A new key with its text, which is told this once. It reaches no further than its maker's.

    It is for the maker's plan where none is named, and expires with the maker's key at the latest.
    RoleNotAllowed, PlanNotAllowed, ExpiryNotAllowed; ParametersInvalid with every fault.
    """
    principal.require_role(Role.ADMINISTRATOR)
    if order.plan is not None:
        principal.require_plan(order.plan)
    order = replace(order, plan=order.plan or principal.plan, not_after=principal.expires_at)
    faults = list(_find_faults(order, find_scope(session, order.plan, now=now)))
    if faults:
        raise ParametersInvalid(faults)
    _require_expiry(order, now)
    key, text = create_key(session, order, now=now)
    session.flush()
    return NewKey(key=text, **_view(key, now).model_dump())


def list_known_keys(session: Session, principal: Principal, *, now: datetime) -> list[KeyView]:
    """Every key, oldest first, revoked ones too; the key of a plan sees those for this plan."""
    principal.require_role(Role.ADMINISTRATOR)
    return [_view(each, now) for each in list_keys(session) if _is_within(each, principal)]


def revoke_known_key(session: Session, principal: Principal, *, key_id: str, now: datetime) -> None:
    """Revoke a key at once and for ever; NothingThere where the caller knows no such key."""
    principal.require_role(Role.ADMINISTRATOR)
    key = session.get(ApiKey, key_id)
    if key is None:
        raise NothingThere(kind="key", code=key_id)
    if not _is_within(key, principal):
        raise Hidden(kind="key", code=key_id)
    revoke_key(session, key_id, now=now)


def _is_within(key: ApiKey, principal: Principal) -> bool:
    return principal.plan is None or key.plan == principal.plan


def _find_faults(order: KeyOrder, scope: KeyScope) -> Iterator[Fault]:
    if order.plan is not None and order.plan not in scope.plans:
        yield unknown_in_field("/plan", order.plan, scope.plans)
        return
    unit = order.responsible_unit
    if unit is not None and unit not in scope.units:
        yield unknown_in_field("/responsible_unit", unit, sorted(scope.units))
    if order.role is not Role.REPORTER:
        if order.areas:
            # Whoever names areas means a limit, and this key would have none.
            yield invalid_field("/areas", " ".join(sorted(order.areas)), "areas_of_reporter")
        return
    if not order.areas:
        yield invalid_field("/areas", "[]", "areas_needed")
    for area in sorted(order.areas - scope.areas):
        yield unknown_in_field("/areas", area, sorted(scope.areas))


def _require_expiry(order: KeyOrder, now: datetime) -> None:
    """That a key does not outlive the one that makes it."""
    if order.not_after is None or order.expires_days is None:
        return
    if now + timedelta(days=order.expires_days) > order.not_after:
        raise ExpiryNotAllowed(expires=to_instant(order.not_after))


def _view(key: ApiKey, now: datetime) -> KeyView:
    is_expired = key.expires_at is not None and key.expires_at <= now
    return KeyView(
        id=key.id,
        owner=key.owner,
        role=key.role,
        areas=key.areas.split(),
        responsible_unit=key.responsible_unit,
        plan=key.plan,
        created_at=key.created_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
        active=key.revoked_at is None and not is_expired,
    )
