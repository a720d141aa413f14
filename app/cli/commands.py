"""The command line: ``dabiao``."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
import uvicorn
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from typer.core import TyperCommand
from typer.exceptions import TyperException

from app.cli.archiving import commands as archiving
from app.cli.backtesting import commands as backtesting
from app.database import Database
from app.demo.making import make_demo, settings_of
from app.errors import Failure, NotMixed
from app.factory import create_app
from app.formats.plans.plan_file import PlanFileInvalid, read_plan_file
from app.migration import migrate, schema_version
from app.push.attempts import ExitCode
from app.push.client import PushOrder, push
from app.resources import find_resource
from app.schemas.document.plan import PlanDocument
from app.services.access.keys import KeyOrder, Role, create_key, list_keys, revoke_key
from app.services.intake.submission import Mode
from app.services.ledger.snapshots import take_snapshot
from app.services.plans.deployments import is_demo
from app.services.plans.loading import list_plans, load_plan
from app.services.plans.revisions import revise_plan
from app.services.state.definitions import get_definition
from app.settings import Settings
from app.words.messages import say_failure

SEEDS = find_resource("seeds") / "plans"

main = typer.Typer(
    help="Dabiao 达标: how far a plan is from its targets.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
key = typer.Typer(help="Keys: create, list, revoke.", no_args_is_help=True)
main.add_typer(key, name="key")
main.add_typer(archiving)
main.add_typer(backtesting)


class _ScriptCommand(TyperCommand):
    """A command with exit codes of its own: a wrong argument is not taken for another outcome."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - not public
        try:
            return super().parse_args(ctx, args)
        except TyperException as wrong:
            wrong.exit_code = ExitCode.UNUSABLE
            raise


@main.command("serve")
def serve_command(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes.", min=1, max=64)] = 1,
) -> None:
    """Serve the API. An empty embedded database is migrated and loaded first."""
    settings = Settings()
    database = Database(settings)
    _prepare(database)
    database.dispose()
    address = f"http://{host}:{port}"
    typer.echo(f"Dabiao listens on {address}  (API: {address}/docs  plans: {address}/api/v1/plans)")
    uvicorn.run(
        "app.main:app",
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        server_header=False,
    )


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    with Database(Settings()) as database:
        migrate(database)
    typer.echo("The database is at the newest version.")


@main.command("load")
def load_command(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Plan files; by default the bundled ones.")
    ] = None,
    revise: Annotated[
        str | None, typer.Option(help="Change plans that are there, for this reason.")
    ] = None,
) -> None:
    """Load plans that are not there yet; one that is there is left as it is, unless revised."""
    with Database(Settings()) as database:
        _load(database, files or sorted(SEEDS.glob("*.yaml")), revise)


@main.command("demo")
def demo_command(
    database: Annotated[
        Path, typer.Option(help="The demonstration's own SQLite file.", dir_okay=False)
    ] = Path("dabiao-demo.db"),
    seed: Annotated[int, typer.Option(help="The same seed gives the same figures.")] = 2025,
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    *,
    serve: Annotated[bool, typer.Option("--serve", help="Serve it afterwards.")] = False,
) -> None:
    """Make a demonstration: simulated figures, in a database apart from any real one."""
    # A plan with published figures needs no simulated ones.
    plans = (read_plan_file(path) for path in sorted(SEEDS.glob("*.yaml")))
    plan = next(document for document in plans if not document.observations)
    try:
        is_new = make_demo(database, plan, real=Settings(), seed=seed, now=datetime.now(UTC))
    except NotMixed:
        _fail(f"{database} is for real figures. Give a demonstration another --database.")
    except (DBAPIError, OSError) as error:
        _fail(f"{database}: {error.orig if isinstance(error, DBAPIError) else error.strerror}")
    state = f"made, with simulated figures (seed {seed})" if is_new else "is there already"
    typer.echo(f"{database}: {plan.plan.code} {state}")
    if serve:
        typer.echo(f"The demonstration listens on http://127.0.0.1:{port}")
        app = create_app(settings_of(database))
        uvicorn.run(app, port=port, log_level="warning", server_header=False)


@main.command("push", cls=_ScriptCommand)
def push_command(  # noqa: PLR0913 - one for each option
    file: Annotated[Path, typer.Argument(help="The figures: .xlsx or .csv.", dir_okay=False)],
    url: Annotated[str, typer.Option(help="The server: https://dabiao.example.org")],
    key_file: Annotated[Path, typer.Option(help="A file with the key and nothing else.")],
    plan: Annotated[str | None, typer.Option(help="May be left out if there is only one.")] = None,
    mode: Annotated[Mode, typer.Option(help="Whether one error refuses all.")] = Mode.ATOMIC,
    annotated: Annotated[
        Path | None, typer.Option(help="Where to write the findings, beside the cells (.xlsx).")
    ] = None,
    retries: Annotated[int, typer.Option(help="Further attempts.", min=0, max=100)] = 5,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option(help="By default that of the environment.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; store nothing.")] = False,
) -> None:
    """Send a file of figures to a server.

    Exit codes: 0 stored or unchanged, 1 refused with findings, 2 stored in part,
    3 the key may not, 4 no answer from the server, 5 the file or the arguments.
    """
    order = PushOrder(
        file=file,
        url=url,
        key_file=key_file,
        plan=plan,
        mode=mode,
        is_dry_run=dry_run,
        annotated=annotated,
        retries=retries,
        language=lang or _environment_language(),
    )
    raise typer.Exit(push(order))


@key.command("create")
def create_key_command(
    role: Annotated[Role, typer.Option(help="What the key may do.")],
    area: Annotated[
        list[str] | None, typer.Option(help="Areas that a reporter may report for.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Who acts; by default the key itself.")] = None,
    responsible_unit: Annotated[str | None, typer.Option(help="A unit to act for.")] = None,
    plan: Annotated[str | None, typer.Option(help="The one plan; by default all.")] = None,
    expires_days: Annotated[int | None, typer.Option(min=1, help="Days until it expires.")] = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the key alone.")] = False,
) -> None:
    """Make a key. It is shown this once; only its digest is stored."""
    if role is Role.REPORTER and not area:
        _fail("A reporter needs at least one --area.")
    now = datetime.now(UTC)
    order = KeyOrder(
        role=role,
        areas=frozenset(area or ()),
        owner=owner,
        responsible_unit=responsible_unit,
        plan=plan,
        expires_days=expires_days,
    )
    with Database(Settings()) as database:
        _prepare(database)
        with database.write_transaction() as session:
            _check_order(session, order, now)
            created, text = create_key(session, order, now=now)
            told = f"key {created.id} ({created.role}, owner {created.owner}):\n{text}"
    typer.echo(text if quiet else told)


@key.command("list")
def list_keys_command() -> None:
    """List every key, without its secret."""
    with Database(Settings()) as database, database.read_session() as session:
        for each in list_keys(session):
            state = "revoked" if each.revoked_at else "active"
            until = each.expires_at.date().isoformat() if each.expires_at else "never expires"
            scope = each.areas or "all areas"
            plan = each.plan or "all plans"
            typer.echo(f"{each.id}  {each.role}  {each.owner}  {scope}  {plan}  {state}  {until}")


@key.command("revoke")
def revoke_key_command(key_id: Annotated[str, typer.Argument(help="The key's id.")]) -> None:
    """Revoke a key at once."""
    try:
        with Database(Settings()) as database, database.write_transaction() as session:
            revoke_key(session, key_id, now=datetime.now(UTC))
    except Failure as failure:
        _fail(say_failure(failure.code, failure.facts, "en").detail)
    typer.echo(f"Key {key_id} is revoked.")


def _environment_language() -> Literal["zh", "en"]:
    known = [os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    return "zh" if next(filter(None, known), "").startswith("zh") else "en"


def _prepare(database: Database) -> None:
    """Migrate an embedded database, and load the bundled plans into an empty one."""
    if database.is_sqlite:
        is_empty = schema_version(database) is None
        migrate(database)
        if is_empty:
            _load(database, sorted(SEEDS.glob("*.yaml")))


def _load(database: Database, files: list[Path], reason: str | None = None) -> None:
    if is_demo(database):
        _fail("This database is a demonstration; real plans are never loaded beside it.")
    for path in files:
        try:
            document = read_plan_file(path)
        except PlanFileInvalid as invalid:
            _fail(str(invalid))
        try:
            with database.write_transaction() as session:
                said = _load_one(session, document, reason)
        except Failure as failure:
            _fail(f"{path}: {say_failure(failure.code, failure.facts, 'en').detail}")
        typer.echo(f"{document.plan.code}: {said}", err=True)


def _load_one(session: Session, document: PlanDocument, reason: str | None) -> str:
    if load_plan(session, document, now=datetime.now(UTC)):
        return "loaded"
    if not reason:
        return "is there already"
    count = revise_plan(session, document, reason=reason, now=datetime.now(UTC))
    return f"revised, in {count} revisions" if count else "says the same already"


def _check_order(session: Session, order: KeyOrder, now: datetime) -> None:
    """A key for a plan or area that is not there is a typing mistake."""
    plans = [order.plan] if order.plan else [plan.code for plan in list_plans(session)]
    known: set[str] = set()
    for code in plans:
        try:
            snapshot = take_snapshot(session, code, now=now)
        except Failure as failure:
            _fail(say_failure(failure.code, failure.facts, "en").detail)
        known |= set(get_definition(session, code, revision=snapshot.revision).areas)
    if unknown := sorted(order.areas - known):
        _fail(f"Unknown area: {' '.join(unknown)}. Known: {' '.join(sorted(known))}")


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    main()
