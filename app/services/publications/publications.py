"""Publications: the present revision under a name, for ever."""

from datetime import datetime

from sqlmodel import Session, col, select

from app.errors.failure import NothingThere
from app.errors.plans import PublicationExists
from app.schemas.publications import PublicationInput, PublicationView
from app.services.access.keys import Principal, Role
from app.services.ledger.entries import Action, Change, Payload, append, lock_plan
from app.services.ledger.snapshots import Snapshot
from app.services.publications.restatements import find_superseded
from app.tables import Publication


def publish(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    given: PublicationInput,
    now: datetime,
) -> PublicationView:
    """Freeze the plan's present revision under a name; PublicationExists, RoleNotAllowed."""
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.ADMINISTRATOR)
    if session.get(Publication, (plan_code, given.name)) is not None:
        raise PublicationExists(name=given.name)
    payload: Payload = {"name": given.name, "revision": plan.revision, "note": given.note}
    change = Change(
        actor=principal.owner, action=Action.PUBLISH, subject=given.name, payload=payload
    )
    append(session, plan, change, now=now)
    found = session.get_one(Publication, (plan_code, given.name))
    return _view(found, superseded=False)


def list_publications(session: Session, snapshot: Snapshot) -> list[PublicationView]:
    """Every publication that the snapshot knows, oldest first."""
    query = select(Publication).where(
        Publication.plan == snapshot.plan, Publication.revision <= snapshot.revision
    )
    found = session.exec(query.order_by(col(Publication.revision))).all()
    superseded = find_superseded(session, found, revision=snapshot.revision)
    return [_view(each, superseded=each.name in superseded) for each in found]


def get_publication(session: Session, snapshot: Snapshot, name: str) -> PublicationView:
    """One publication; NothingThere."""
    found = session.get(Publication, (snapshot.plan, name))
    if found is None or found.revision > snapshot.revision:
        raise NothingThere(kind="publication", code=name)
    superseded = find_superseded(session, [found], revision=snapshot.revision)
    return _view(found, superseded=bool(superseded))


def _view(found: Publication, *, superseded: bool) -> PublicationView:
    return PublicationView(
        name=found.name,
        revision=found.frozen_revision,
        published_at=found.published_at,
        published_by=found.published_by,
        note=found.note,
        superseded=superseded,
    )
