"""The command line: ``dabiao`` and every command below it."""

from collections.abc import Callable
from typing import Annotated

import typer

from app import __version__
from app.cli import archiving, backtesting, hooks, keys, plan_files, plans, pushing, serving
from app.cli.program import NAME, Command, Group, Program
from app.cli.upkeep import backups, doctor

main = typer.Typer(
    cls=Program, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)
key = typer.Typer(cls=Group, no_args_is_help=True)
hook = typer.Typer(cls=Group, no_args_is_help=True)
plan = typer.Typer(cls=Group, no_args_is_help=True)


@main.callback(invoke_without_command=True)
def run(*, version: Annotated[bool, typer.Option("--version", is_eager=True)] = False) -> None:
    """What holds of the program as a whole."""
    if version:
        typer.echo(f"{NAME} {__version__}")
        raise typer.Exit


_COMMANDS: dict[str, Callable[..., None]] = {
    "serve": serving.serve,
    "demo": serving.make_demonstration,
    "migrate": plans.migrate,
    "load": plans.load,
    "verify": archiving.verify,
    "export": archiving.export_plan,
    "import": archiving.import_plan,
    "backup": backups.back_up,
    "restore": backups.restore,
    "doctor": doctor.examine,
    "backtest": backtesting.test_projections,
}
_KEY_COMMANDS: dict[str, Callable[..., None]] = {
    "create": keys.create,
    "list": keys.list_all,
    "revoke": keys.revoke,
}
_PLAN_COMMANDS: dict[str, Callable[..., None]] = {
    "check": plan_files.check,
    "schema": plan_files.schema,
    "new": plan_files.draft_plan,
}
for name, command in _COMMANDS.items():
    main.command(name, cls=Command)(command)
for name, command in _KEY_COMMANDS.items():
    key.command(name, cls=Command)(command)
main.add_typer(key, name="key")
hook.callback()(lambda: None)
hook.command("list", cls=Command)(hooks.list_all)
main.add_typer(hook, name="hook")
for name, command in _PLAN_COMMANDS.items():
    plan.command(name, cls=Command)(command)
main.add_typer(plan, name="plan")
main.command("push", cls=pushing.PushCommand)(pushing.push)

if __name__ == "__main__":
    main()
