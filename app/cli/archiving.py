"""The commands that take a plan's ledger out, in, and hold the tables against it."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from app.database import Database
from app.errors import Failure
from app.migration import migrate
from app.services.ledger.archive import export_ledger, import_ledger
from app.services.ledger.verification import verify_plan
from app.services.plans.loading import list_plans
from app.settings import Settings
from app.words.messages import say_failure

commands = typer.Typer()


@commands.command("verify")
def verify_command(
    plan: Annotated[str | None, typer.Argument(help="The plan; by default every one.")] = None,
) -> None:
    """Hold every table against the ledger: 0 when all holds, 1 naming what does not."""
    faults = []
    with Database(Settings()) as database:
        with database.read_session() as session:
            codes = [each.code for each in list_plans(session)]
        if plan is not None and plan not in codes:
            _fail(f"There is no plan {plan} here. There are: {' '.join(codes)}")
        for code in [plan] if plan else codes:
            found = _verify(database, code)
            faults += [f"{code}: {fault}" for fault in found]
            typer.echo(f"{code}: {'does not hold' if found else 'holds'}")
    if faults:
        _fail("\n".join(faults))


@commands.command("export")
def export_command(
    plan: Annotated[str, typer.Argument(help="The plan.")],
    output: Annotated[Path, typer.Option(help="The file to write: JSON lines.")],
) -> None:
    """Write a plan's complete ledger as lines of JSON."""
    try:
        with (
            Database(Settings()) as database,
            database.read_session() as session,
            output.open("w", encoding="utf-8") as file,
        ):
            count = sum(file.write(f"{line}\n") > 0 for line in export_ledger(session, plan))
    except Failure as failure:
        output.unlink(missing_ok=True)
        _fail(say_failure(failure.code, failure.facts, "en").detail)
    typer.echo(f"{plan}: {count - 1} entries written to {output}")


@commands.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="An archive that `export` wrote.")],
) -> None:
    """Replay an archive into a database that does not have the plan; the digest is the same."""
    try:
        with Database(Settings()) as database, file.open(encoding="utf-8") as lines:
            told = _import(database, lines)
    except OSError as error:
        _fail(f"{file} cannot be read: {error.strerror}")
    except Failure as failure:
        _fail(say_failure(failure.code, failure.facts, "en").detail)
    typer.echo(told)


def _import(database: Database, lines: Iterable[str]) -> str:
    migrate(database)
    with database.write_transaction() as session:
        plan = import_ledger(session, lines)
        return f"{plan.code}: revision {plan.revision}, digest {plan.digest}"


def _verify(database: Database, code: str) -> list[str]:
    with (
        tempfile.TemporaryDirectory(prefix="dabiao-verify-") as folder,
        Database(Settings(database_url=f"sqlite:///{folder}/replayed.db")) as blank,
    ):
        migrate(blank)
        with database.read_session() as session:
            return verify_plan(session, code, blank)


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
