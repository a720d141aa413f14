"""Web hooks, and the messages that wait for them: filled by the write that they tell of."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.tables.base import text_column


class Hook(SQLModel, table=True):
    """Where a plan's messages go. ``events`` and ``areas`` are codes separated by blanks.

    The secret signs every message, so it is stored as it is.
    """

    id: str = Field(primary_key=True)
    plan: str = Field(foreign_key="plan.code", index=True)
    url: str = text_column()
    events: str
    areas: str
    format: str
    secret: str
    created_at: datetime
    created_by: str


class Delivery(SQLModel, table=True):
    """A message for one hook. They are sent in the order of ``position``, one after the other.

    What a message is about, its ``event`` and ``subject``, is told to a hook once.
    """

    __table_args__ = (
        sa.UniqueConstraint("hook_id", "event", "subject"),
        sa.Index("ix_delivery_status", "status", "hook_id", "position"),
    )

    hook_id: str = Field(primary_key=True, foreign_key="hook.id")
    position: int = Field(primary_key=True)
    # The same at every attempt, so that a receiver knows what it has had.
    message_id: str
    event: str
    subject: str
    body: str = text_column()
    created_at: datetime
    # ``pending``, ``delivered`` or ``failed``.
    status: str
    attempts: int
    # Not before this instant; None where it was not tried yet.
    next_attempt_at: datetime | None = None
    settled_at: datetime | None = None
    last_error: str | None = None


class Lease(SQLModel, table=True):
    """A task that one process does at a time: who holds it, and until when."""

    task: str = Field(primary_key=True)
    holder: str
    until: datetime
