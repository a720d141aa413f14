"""The commands that take a plan's ledger out, in, and hold the tables against it."""

import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.opening import make_current, open_current_database, open_database, read_settings
from app.cli.refusal import AlreadySaid, Refused, reading, writing
from app.cli.words import say
from app.database import Database
from app.errors.failure import Failure
from app.services.gaps.latest import update_latest, verify_latest
from app.services.ledger.archive import export_ledger, import_ledger
from app.services.ledger.replaying import Mismatch
from app.services.ledger.verification import verify_plan
from app.services.plans.loading import list_plans
from app.settings import Settings


def verify(plan: Annotated[str | None, typer.Argument()] = None) -> None:
    """Hold every table against the ledger: 0 when all holds, 1 naming what does not."""
    faults = []
    with open_current_database(read_settings()) as database:
        with database.read_session() as session:
            codes = [each.code for each in list_plans(session)]
        if plan is not None and plan not in codes:
            raise Refused("unknown_plan", plan=plan, plans=" ".join(codes))
        for code in [plan] if plan else codes:
            found = verify_tables(database, code)
            faults += [f"{code}: {say_mismatch(each)}" for each in found]
            typer.echo(say("done", "differs" if found else "holds", plan=code))
    if faults:
        raise AlreadySaid("\n".join(faults))


def export_plan(
    plan: Annotated[str, typer.Argument()], output: Annotated[Path, typer.Option()]
) -> None:
    """Write a plan's complete ledger as lines of JSON."""
    with (
        open_current_database(read_settings()) as database,
        database.read_session() as session,
        writing(output),
    ):
        # Asked for before the file is made, so that a plan that is not there leaves none.
        lines = export_ledger(session, plan)
        count = _write(output, lines)
    typer.echo(say("done", "exported", plan=plan, count=count - 1, file=str(output)))


def import_plan(file: Annotated[Path, typer.Argument()]) -> None:
    """Replay an archive into a database that does not have the plan; the digest is the same."""
    with reading(file), file.open(encoding="utf-8") as lines:
        try:
            with open_database(read_settings()) as database:
                told = _import(database, lines)
        except UnicodeDecodeError as error:
            raise Refused("not_an_archive", file=str(file)) from error
    typer.echo(told)


def _write(output: Path, lines: Iterable[str]) -> int:
    try:
        with output.open("w", encoding="utf-8") as file:
            return sum(file.write(f"{line}\n") > 0 for line in lines)
    except Failure:
        output.unlink(missing_ok=True)
        raise


def _import(database: Database, lines: Iterable[str]) -> str:
    make_current(database)
    with database.write_transaction() as session:
        plan = import_ledger(session, lines)
        update_latest(session, plan.code, now=datetime.now(UTC))
        return say("done", "imported", plan=plan.code, revision=plan.revision, digest=plan.digest)


def verify_tables(database: Database, code: str) -> list[Mismatch]:
    """Where a plan's tables are not what its ledger says."""
    with (
        tempfile.TemporaryDirectory(prefix="dabiao-verify-") as folder,
        Database(Settings(database_url=f"sqlite:///{folder}/replayed.db")) as blank,
    ):
        make_current(blank)
        with database.read_session() as session:
            return [*verify_plan(session, code, blank), *verify_latest(session, code)]


def say_mismatch(found: Mismatch) -> str:
    """The name of the table, and what differs."""
    return f"{found.table}: {say('verify', found.kind, **found.facts)}"
