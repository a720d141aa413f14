"""The command that holds the projections' nominal interval against a plan's own history."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.database import Database
from app.domain.outlook.backtest import NOMINAL_PERCENT, covered_percent
from app.domain.quantity import Undefined
from app.errors import Failure
from app.services.analysis.backtesting import BacktestRow, backtest
from app.services.ledger.snapshots import take_snapshot
from app.services.state.plan import load_plan_at
from app.settings import Settings
from app.words.messages import say_failure

commands = typer.Typer()
_NAMES = ("indicator", "area")
_HEADING = (*_NAMES, "quarters ahead", "projections", "inside", "inside %")


@commands.command("backtest")
def backtest_command(plan: Annotated[str, typer.Argument(help="The plan.")]) -> None:
    """Count how often the projections' nominal 80 % interval held what came later."""
    try:
        with Database(Settings()) as database, database.read_session() as session:
            snapshot = take_snapshot(session, plan, now=datetime.now(UTC))
            rows = backtest(load_plan_at(session, snapshot).plan)
    except Failure as failure:
        typer.echo(say_failure(failure.code, failure.facts, "en").detail, err=True)
        raise typer.Exit(1) from failure
    trials = [trial for row in rows for trial in row.trials]
    total = covered_percent(trials)
    if isinstance(total, Undefined):
        typer.echo(f"{plan}: nothing to test. It takes four points, and a later one to hold.")
        return
    typer.echo(_table([_HEADING, *(_cells(row) for row in rows)]))
    typer.echo(
        f"{plan}: {total:.1f} % of {len(trials)} figures came within the interval that earlier "
        f"ones gave; its {NOMINAL_PERCENT} % are nominal."
    )


def _cells(row: BacktestRow) -> tuple[str, ...]:
    inside, percent = sum(trial.is_inside for trial in row.trials), covered_percent(row.trials)
    shown = "" if isinstance(percent, Undefined) else f"{percent:.1f}"
    return (row.indicator, row.area, str(row.quarters), str(len(row.trials)), str(inside), shown)


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            f"{cell:<{width}}" if name in _NAMES else f"{cell:>{width}}"
            for name, cell, width in zip(_HEADING, row, widths, strict=True)
        )
        for row in rows
    )
