"""Whether a database holds real figures or a demonstration: it is marked once, and never both."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.database import Database
from app.errors.plans import NotMixed
from app.services.plans.loading import list_plans
from app.tables import Deployment

DEMO = "demo"


def is_demo(database: Database) -> bool | None:
    """Whether the database is marked as a demonstration; None while it cannot be asked."""
    try:
        with database.read_session() as session:
            return is_marked(session)
    except SQLAlchemyError:
        return None


def is_marked(session: Session) -> bool:
    """Whether the database that the session reads is marked as a demonstration."""
    return session.get(Deployment, DEMO) is not None


def mark_demo(session: Session, *, now: datetime) -> None:
    """Mark an empty database as a demonstration; NotMixed when it holds plans."""
    if not is_marked(session):
        if list_plans(session):
            raise NotMixed
        session.add(Deployment(kind=DEMO, marked_at=now))
        session.flush()
