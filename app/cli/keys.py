"""The commands for keys: create, list, revoke."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlmodel import Session

from app.cli.opening import open_current_database, open_database, read_settings
from app.cli.plans import prepare
from app.cli.refusal import Refused
from app.cli.words import say
from app.database import Database
from app.services.access.keys import KeyOrder, Role, create_key, list_keys, revoke_key
from app.services.plans.keys import find_scope
from app.tables import ApiKey


def create(
    role: Annotated[Role, typer.Option()],
    area: Annotated[list[str] | None, typer.Option()] = None,
    owner: Annotated[str | None, typer.Option()] = None,
    responsible_unit: Annotated[str | None, typer.Option()] = None,
    plan: Annotated[str | None, typer.Option()] = None,
    expires_days: Annotated[int | None, typer.Option(min=1)] = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet")] = False,
) -> None:
    """Make a key. It is shown this once; only its digest is stored."""
    order = KeyOrder(
        role=role,
        areas=frozenset(area or ()),
        owner=owner,
        responsible_unit=responsible_unit,
        plan=plan,
        expires_days=expires_days,
    )
    if role is Role.REPORTER and not order.areas:
        raise Refused("area_needed")
    settings = read_settings()
    if settings.is_embedded:
        with open_database(settings) as database:
            prepare(database)
            made, text = _create(database, order)
    else:
        with open_current_database(settings) as database:
            made, text = _create(database, order)
    typer.echo(text if quiet else f"{made}\n{text}")


def list_all() -> None:
    """List every key, without its secret."""
    with open_current_database(read_settings()) as database, database.read_session() as session:
        for each in list_keys(session):
            typer.echo(_describe(each))


def revoke(key_id: Annotated[str, typer.Argument()]) -> None:
    """Revoke a key at once."""
    with (
        open_current_database(read_settings()) as database,
        database.write_transaction() as session,
    ):
        revoke_key(session, key_id, now=datetime.now(UTC))
    typer.echo(say("done", "key_revoked", key=key_id))


def _create(database: Database, order: KeyOrder) -> tuple[str, str]:
    """The key described, and its text."""
    now = datetime.now(UTC)
    with database.write_transaction() as session:
        _check(session, order, now)
        key, text = create_key(session, order, now=now)
        return say("done", "key", key=key.id, role=key.role, owner=key.owner), text


def _check(session: Session, order: KeyOrder, now: datetime) -> None:
    """A key for a plan or area that is not there is a typing mistake."""
    scope = find_scope(session, order.plan, now=now)
    if order.plan is not None and order.plan not in scope.plans:
        raise Refused("unknown_plan", plan=order.plan, plans=" ".join(scope.plans))
    if unknown := sorted(order.areas - scope.areas):
        known = " ".join(sorted(scope.areas))
        raise Refused("unknown_area", areas=" ".join(unknown), known=known)


def _describe(key: ApiKey) -> str:
    state = say("done", "revoked" if key.revoked_at else "active")
    until = key.expires_at.date().isoformat() if key.expires_at else say("done", "never")
    scope = key.areas or say("done", "all_areas")
    plan = key.plan or say("done", "all_plans")
    return f"{key.id}  {key.role}  {key.owner}  {scope}  {plan}  {state}  {until}"
