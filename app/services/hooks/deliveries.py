"""Messages on their way: who delivers them, what is next for each hook, and how it went."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.tables import Delivery, Hook, Lease

COURIER = "courier"
# Whoever delivers says so again before this long; then another process may.
LEASE = timedelta(seconds=60)
# After the first attempt, the second, ...; the last one again and again.
DELAYS = tuple(timedelta(seconds=each) for each in (5, 30, 120, 600, 1800, 3600, 7200))
# Given up after so long.
PATIENCE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A message that is to be posted now."""

    hook_id: str
    position: int
    attempts: int
    created_at: datetime
    message_id: str
    body: str
    url: str
    format: str
    secret: str


def holds_lease(session: Session, holder: str, *, now: datetime) -> bool | None:
    """Whether the process delivers, for a while yet; None where it may take the lease.

    A lease that ends later than it can is one of a clock that was wrong.
    """
    lease = session.get_one(Lease, COURIER)
    if lease.until <= now or lease.until > now + LEASE:
        return None
    if lease.holder != holder:
        return False
    return True if lease.until > now + LEASE / 2 else None


def take_lease(session: Session, holder: str, *, now: datetime) -> bool:
    """Take or keep the lease; False where another process holds it."""
    is_free = sa.or_(col(Lease.until) <= now, col(Lease.until) > now + LEASE)
    taken = (
        sa.update(Lease)
        .where(col(Lease.task) == COURIER, sa.or_(is_free, col(Lease.holder) == holder))
        .values(holder=holder, until=now + LEASE)
    )
    return session.connection().execute(taken).rowcount == 1


def release_lease(session: Session, holder: str, *, now: datetime) -> None:
    """Let another process deliver at once."""
    mine = sa.update(Lease).where(col(Lease.task) == COURIER, col(Lease.holder) == holder)
    session.connection().execute(mine.values(until=now))


def find_parcels(session: Session, *, now: datetime, hook_id: str | None = None) -> list[Parcel]:
    """The oldest message of each hook that waits, where its time has come; or of one hook."""
    oldest = (
        select(Delivery.hook_id, sa.func.min(Delivery.position).label("position"))
        .where(Delivery.status == "pending")
        .group_by(col(Delivery.hook_id))
        .subquery()
    )
    is_oldest = sa.and_(
        col(Delivery.hook_id) == oldest.c.hook_id, col(Delivery.position) == oldest.c.position
    )
    is_time = sa.or_(col(Delivery.next_attempt_at).is_(None), col(Delivery.next_attempt_at) <= now)
    query = (
        select(Delivery, Hook)
        .join(oldest, is_oldest)
        .join(Hook, col(Hook.id) == col(Delivery.hook_id))
        .where(is_time)
        .order_by(col(Delivery.created_at), col(Delivery.hook_id))
    )
    if hook_id is not None:
        query = query.where(Delivery.hook_id == hook_id)
    return [
        Parcel(
            hook_id=hook.id,
            position=each.position,
            attempts=each.attempts,
            created_at=each.created_at,
            message_id=each.message_id,
            body=each.body,
            url=hook.url,
            format=hook.format,
            secret=hook.secret,
        )
        for each, hook in session.exec(query)
    ]


def record_attempt(
    session: Session,
    parcel: Parcel,
    *,
    error: str | None,
    now: datetime,
    wait: timedelta = timedelta(),
) -> None:
    """Store how an attempt went. What is a day old and fails is given up.

    ``wait``: the receiver wants nothing for so long. It is left alone until then, but for a last
    attempt when the day is over.
    """
    values: dict[str, object] = {"attempts": parcel.attempts + 1, "last_error": error}
    if error is None:
        values |= {"status": "delivered", "settled_at": now}
    elif now - parcel.created_at >= PATIENCE:
        values |= {"status": "failed", "settled_at": now}
    else:
        delay = DELAYS[min(parcel.attempts, len(DELAYS) - 1)]
        asked = min(now + wait, parcel.created_at + PATIENCE)
        values["next_attempt_at"] = max(now + delay, asked)
    mine = sa.update(Delivery).where(
        col(Delivery.hook_id) == parcel.hook_id,
        col(Delivery.position) == parcel.position,
        col(Delivery.status) == "pending",
    )
    session.connection().execute(mine.values(**values))
