"""The command that sends a file of figures to a server. Its client needs the extra ``push``."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.exceptions import TyperException

from app.cli.program import Command
from app.cli.refusal import Refused
from app.cli.words import terminal_language
from app.push.outcome import ExitCode
from app.services.intake.submission import Mode
from app.starting import late

_is_installed = find_spec("httpx") is not None
_make_order = late("app.push.client", "PushOrder")
_send = late("app.push.client", "push")


class PushCommand(Command):
    """A command with exit codes of its own: a wrong argument is not taken for another outcome."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - not public
        """The arguments of a command line."""
        try:
            return super().parse_args(ctx, args)
        except TyperException as wrong:
            wrong.exit_code = ExitCode.UNUSABLE
            raise


class ClientNotInstalled(Refused):
    """The push client is not there: an extra was left out."""

    exit_code = ExitCode.UNUSABLE


def push(  # noqa: PLR0913 - one for each option
    file: Annotated[Path, typer.Argument(dir_okay=False)],
    url: Annotated[str, typer.Option()],
    key_file: Annotated[Path, typer.Option()],
    plan: Annotated[str | None, typer.Option()] = None,
    mode: Annotated[Mode, typer.Option()] = Mode.ATOMIC,
    annotated: Annotated[Path | None, typer.Option()] = None,
    retries: Annotated[int, typer.Option(min=0, max=100)] = 5,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option()] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
) -> None:
    """Send a file of figures to a server; the exit code says what became of it."""
    if not _is_installed:
        raise ClientNotInstalled("push_not_installed")
    order = _make_order(
        file=file,
        url=url,
        key_file=key_file,
        plan=plan,
        mode=mode,
        is_dry_run=dry_run,
        annotated=annotated,
        retries=retries,
        language=lang or terminal_language(),
    )
    raise typer.Exit(_send(order))
