"""The commands that bring a database to its schema, and plans into it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from app.cli.opening import make_current, open_current_database, open_database, read_settings
from app.cli.refusal import AlreadySaid, Refused
from app.cli.words import say, terminal_language
from app.database import Database
from app.domain.checks.written import says_something
from app.errors.failure import Failure
from app.formats.plans.plan_file import PlanFileInvalid, read_plan_file
from app.migration import is_current, schema_version
from app.resources import find_resource
from app.schemas.document.plan import PlanDocument
from app.services.gaps.latest import update_latest
from app.services.plans.deployments import is_demo
from app.services.plans.loading import load_plan
from app.services.plans.revisions import revise_plan
from app.words.messages import say_failure

SEEDS = find_resource("seeds") / "plans"


def migrate() -> None:
    """Bring the database to the newest schema."""
    with open_database(read_settings()) as database:
        make_current(database)
    typer.echo(say("done", "migrated"))


def load(
    files: Annotated[list[Path] | None, typer.Argument()] = None,
    revise: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Load plans that are not there yet; one that is there is left as it is, unless revised."""
    settings, chosen = read_settings(), files or bundled_plans()
    if revise is not None and not says_something(revise):
        raise Refused("says_nothing", value=revise)
    if settings.is_embedded:
        with open_database(settings) as database:
            make_current(database)
            _load(database, chosen, revise)
    else:
        with open_current_database(settings) as database:
            _load(database, chosen, revise)


def bundled_plans() -> list[Path]:
    """The files of the plans that come with the program."""
    return sorted(SEEDS.glob("*.yaml"))


def prepare(database: Database) -> None:
    """Migrate an embedded database, and load the bundled plans into an empty one."""
    if database.is_sqlite:
        is_empty = schema_version(database) is None
        if not is_current(database):
            make_current(database)
        if is_empty:
            _load(database, bundled_plans(), None)


def _load(database: Database, files: list[Path], reason: str | None) -> None:
    if is_demo(database):
        raise Refused("demo_only")
    for path in files:
        try:
            document = read_plan_file(path)
            with database.write_transaction() as session:
                said = _load_one(session, document, reason)
                update_latest(session, document.plan.code, now=datetime.now(UTC))
        except PlanFileInvalid as invalid:
            raise AlreadySaid(invalid.say(terminal_language())) from invalid
        except Failure as failure:
            detail = say_failure(failure.code, failure.facts, terminal_language()).detail
            raise AlreadySaid(f"{path}: {detail}") from failure
        typer.echo(said, err=True)


def _load_one(session: Session, document: PlanDocument, reason: str | None) -> str:
    plan, now = document.plan.code, datetime.now(UTC)
    if load_plan(session, document, now=now):
        return say("done", "loaded", plan=plan)
    if reason is None:
        return say("done", "already_loaded", plan=plan)
    count = revise_plan(session, document, reason=reason, now=now)
    return say("done", "revised" if count else "same_already", plan=plan, count=count)
