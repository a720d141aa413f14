"""The commands for plan files: check one, and the schema for the editor that it is written in."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.opening import open_current_database, read_settings
from app.cli.refusal import Refused, writing
from app.cli.words import say, terminal_language
from app.formats.plans.plan_file import PlanFileInvalid, read_plan_file
from app.formats.plans.plan_schema import write_plan_schema
from app.services.ledger.snapshots import take_snapshot
from app.services.plans.loading import list_plans
from app.services.plans.successors import draft_successor
from app.services.state.plan import load_plan_at

_YEARS = re.compile(r"(\d{4})-(\d{4})", re.ASCII)


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


def draft_plan(
    follows: Annotated[str, typer.Option()],
    years: Annotated[str, typer.Option()],
    output: Annotated[Path | None, typer.Option()] = None,
) -> None:
    """Write a draft of the plan that follows another, with its targets left open."""
    found = _YEARS.fullmatch(years)
    if found is None or int(found[1]) > int(found[2]):
        raise Refused("not_years", value=years)
    span = (int(found[1]), int(found[2]))
    with open_current_database(read_settings()) as database, database.read_session() as session:
        codes = [each.code for each in list_plans(session)]
        if follows not in codes:
            raise Refused("unknown_plan", plan=follows, plans=" ".join(codes))
        snapshot = take_snapshot(session, follows, now=datetime.now(UTC))
        known = load_plan_at(session, snapshot)
        if span[0] <= known.plan.rules.last_year:
            raise Refused(
                "years_overlap", value=years, plan=follows, last=known.plan.rules.last_year
            )
        text = draft_successor(known, years=span, language=terminal_language())
    if output is None:
        typer.echo(text, nl=False)
        return
    with writing(output):
        output.write_text(text, encoding="utf-8")
    typer.echo(
        say("done", "drafted", file=str(output), count=len(known.definition.document.targets))
    )
