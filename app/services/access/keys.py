"""Keys: who a caller is, what the role may do, and for which areas and plan."""

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.database import look
from app.errors.access import (
    AreaNotAllowed,
    KeyInvalid,
    PlanNotAllowed,
    RoleNotAllowed,
    TokenInvalid,
)
from app.errors.failure import NothingThere
from app.tables import ApiKey

PREFIX = "dabiao"
_REVOKED = sa.select(col(ApiKey.revoked_at)).where(col(ApiKey.id) == sa.bindparam("key"))


class Role(StrEnum):
    """What a key may do."""

    READER = "reader"
    REPORTER = "reporter"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The caller behind a key or a token, and the language that they read.

    Who did what goes by ``owner``. ``issuer``: who gave out the token; None for a key.
    """

    key_id: str
    owner: str
    role: Role
    areas: frozenset[str]
    responsible_unit: str | None
    plan: str | None
    expires_at: datetime | None = None
    language: str = "en"
    issuer: str | None = None

    def require_current(self, now: datetime) -> None:
        """KeyInvalid or TokenInvalid when the key or the token has expired."""
        if self.expires_at is not None and self.expires_at <= now:
            kind = KeyInvalid if self.issuer is None else TokenInvalid
            raise kind(why="expired", key_id=self.key_id)

    def require_role(self, *roles: Role) -> None:
        """RoleNotAllowed unless the caller has one of the roles."""
        if self.role not in roles:
            raise RoleNotAllowed(role=self.role, needed=", ".join(roles))

    def require_plan(self, plan: str) -> None:
        """PlanNotAllowed when the key is for another plan."""
        if self.plan is not None and self.plan != plan:
            raise PlanNotAllowed(plan=plan, allowed=self.plan)

    def require_area(self, area: str) -> None:
        """AreaNotAllowed when the caller reports for other areas only."""
        if self.role is Role.REPORTER and area not in self.areas:
            raise AreaNotAllowed(area=area, allowed=" ".join(sorted(self.areas)))

    @property
    def pending_areas(self) -> frozenset[str] | None:
        """The areas whose submitted figures the caller sees; None for all."""
        return self.areas if self.role is Role.REPORTER else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOrder:
    """The key that is asked for. ``owner`` defaults to the key itself."""

    role: Role
    areas: frozenset[str] = frozenset()
    owner: str | None = None
    responsible_unit: str | None = None
    plan: str | None = None
    expires_days: int | None = None
    # The key expires then at the latest.
    not_after: datetime | None = None


def create_key(session: Session, order: KeyOrder, *, now: datetime) -> tuple[ApiKey, str]:
    """A new key and its text, which is given out this once: only its digest is stored."""
    key_id = secrets.token_hex(6)
    text = f"{PREFIX}_{key_id}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        id=key_id,
        secret_digest=digest_of(text),
        owner=_find_spelling(session, order.owner or "") or key_id,
        role=order.role,
        areas=" ".join(sorted(order.areas)),
        responsible_unit=order.responsible_unit,
        plan=order.plan,
        created_at=now,
        expires_at=order.not_after
        if order.expires_days is None
        else now + timedelta(days=order.expires_days),
    )
    session.add(key)
    return key, text


def find_principal(session: Session, text: str, *, now: datetime) -> Principal:
    """The caller behind a key's text; KeyInvalid when it is unknown, expired or revoked."""
    key = session.exec(select(ApiKey).where(ApiKey.secret_digest == digest_of(text))).first()
    if key is None:
        raise KeyInvalid(why="unknown")
    return know_caller(key, now=now)


def know_caller(key: ApiKey, *, now: datetime) -> Principal:
    """The caller behind a stored key; KeyInvalid when it is expired or revoked."""
    if key.revoked_at is not None:
        raise KeyInvalid(why="unknown", key_id=key.id)
    found = Principal(
        key_id=key.id,
        owner=key.owner,
        role=Role(key.role),
        areas=frozenset(key.areas.split()),
        responsible_unit=key.responsible_unit,
        plan=key.plan,
        expires_at=key.expires_at,
    )
    found.require_current(now)
    return found


def require_valid(session: Session, principal: Principal, *, now: datetime) -> None:
    """KeyInvalid where the caller's key was revoked or has expired since; TokenInvalid."""
    # Those that another write of the same transaction found good.
    good: set[str] = session.info.get("good_keys", set())
    if principal.issuer is None and principal.key_id not in good:
        asked = {"key": principal.key_id}
        revoked_at = look(session, needs_left=False).execute(_REVOKED, asked).scalar_one()
        if revoked_at is not None:
            raise KeyInvalid(why="unknown", key_id=principal.key_id)
        good.add(principal.key_id)
    principal.require_current(now)


def list_keys(session: Session) -> Iterable[ApiKey]:
    """Every key, oldest first, revoked ones too."""
    return session.exec(select(ApiKey).order_by(col(ApiKey.created_at), col(ApiKey.id))).all()


def revoke_key(session: Session, key_id: str, *, now: datetime) -> None:
    """Revoke a key at once and for ever; NothingThere when there is no such key."""
    key = session.get(ApiKey, key_id)
    if key is None:
        raise NothingThere(kind="key", code=key_id)
    key.revoked_at = key.revoked_at or now
    session.add(key)
    session.info.get("good_keys", set()).discard(key_id)


def digest_of(text: str) -> str:
    """What is stored in place of a secret."""
    return hashlib.sha256(text.encode()).hexdigest()


def _find_spelling(session: Session, name: str) -> str:
    """The name as a key already spells it: who differs in case or width alone is the same owner.

    Otherwise a second spelling would let an owner approve what the first one submitted.
    """
    for known in session.exec(select(ApiKey.owner).distinct().order_by(ApiKey.owner)):
        if _fold(known) == _fold(name):
            return known
    return " ".join(unicodedata.normalize("NFC", name).split())


def _fold(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
