"""Who may call, and which calls were already answered."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.tables.base import text_column


class ApiKey(SQLModel, table=True):
    """A key: only its SHA-256 is stored. ``areas`` are codes separated by blanks."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    secret_digest: str = Field(unique=True)
    owner: str
    role: str
    areas: str
    responsible_unit: str | None = None
    plan: str | None = None
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class Idempotency(SQLModel, table=True):
    """The stored answer of a write, by who made it, on which route, under which key."""

    principal: str = Field(primary_key=True)
    route: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_digest: str
    status: int
    headers: str = text_column()
    body: str = text_column()
    created_at: datetime


class EventTicket(SQLModel, table=True):
    """Leave to listen once to a plan's events as a key, or the holder of a token, would.

    Only its SHA-256 is stored. ``holder``: who the token named, as JSON, in place of a key.
    """

    __tablename__ = "event_ticket"

    digest: str = Field(primary_key=True)
    key_id: str | None = Field(foreign_key="api_key.id")
    holder: str | None = text_column(default=None)
    plan: str = Field(foreign_key="plan.code")
    expires_at: datetime


class Deployment(SQLModel, table=True):
    """What kind of database this is: a row ``demo`` marks one with simulated figures."""

    kind: str = Field(primary_key=True)
    marked_at: datetime
