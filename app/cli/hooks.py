"""The command for web hooks: how the messages of each fare."""

from urllib.parse import urlsplit

import typer

from app.cli.opening import open_current_database, read_settings
from app.cli.words import say
from app.schemas.hooks.views import HookView
from app.services.hooks.hooks import list_hooks


def list_all() -> None:
    """List every hook, with what waits, what was given up, and why."""
    with open_current_database(read_settings()) as database, database.read_session() as session:
        for each in list_hooks(session):
            typer.echo(_describe(each))


def _describe(hook: HookView) -> str:
    # What follows the path is the key of a chat robot.
    parts = urlsplit(hook.url)
    counts = {name: getattr(hook, name) for name in ("pending", "delivered", "failed")}
    line = say(
        "done",
        "hook",
        hook=hook.id,
        address=f"{parts.scheme}://{parts.netloc}{parts.path}",
        events=" ".join(hook.events),
        **counts,
    )
    return line if hook.last_error is None else f"{line}  {hook.last_error}"
