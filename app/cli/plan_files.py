"""The commands for plan files: check one, and the schema for the editor that it is written in."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.words import say, terminal_language
from app.formats.plans.plan_file import PlanFileInvalid, read_plan_file
from app.formats.plans.plan_schema import write_plan_schema


def check(file: Annotated[Path, typer.Argument()]) -> None:
    """Check a plan file: every problem at once, each with its line. Nothing is loaded."""
    try:
        document = read_plan_file(file)
    except PlanFileInvalid as invalid:
        typer.echo(invalid.say(terminal_language()))
        count = len(invalid.faults)
        form = "plan_fault" if count == 1 else "plan_faults"
        typer.echo(say("done", form, file=file, count=count), err=True)
        raise typer.Exit(1) from invalid
    counts = {part: len(getattr(document, part)) for part in ("areas", "indicators", "targets")}
    figures = len(document.observations)
    typer.echo(
        say("done", "plan_checked", file=file, plan=document.plan.code, figures=figures, **counts)
    )


def schema() -> None:
    """Print the JSON Schema of a plan file, for an editor that completes and underlines."""
    typer.echo(write_plan_schema(), nl=False)
