"""The command that holds the nominal intervals of forecasts against a plan's own history."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from app.cli.opening import open_current_database, read_settings
from app.cli.words import say
from app.domain.outlook.backtest import NOMINAL_PERCENT, covered_percent
from app.domain.quantity import Undefined
from app.services.analysis.backtesting import BacktestRow, backtest, backtest_years
from app.services.ledger.snapshots import take_snapshot
from app.services.state.plan import load_plan_at

_TEXTS = ("indicator", "area")
_COLUMNS = (*_TEXTS, "quarters", "projections", "inside", "percent")


def test_projections(plan: Annotated[str, typer.Argument()]) -> None:
    """Count how often the nominal 80 % interval of a projection, or of a year, held what came."""
    with open_current_database(read_settings()) as database, database.read_session() as session:
        snapshot = take_snapshot(session, plan, pending_areas=None, now=datetime.now(UTC))
        known = load_plan_at(session, snapshot).plan
        _tell(plan, backtest(known), total="total", nothing="nothing")
        _tell(plan, backtest_years(known), total="years", nothing="no_years")


def _tell(plan: str, rows: list[BacktestRow], *, total: str, nothing: str) -> None:
    trials = [trial for row in rows for trial in row.trials]
    percent = covered_percent(trials)
    if isinstance(percent, Undefined):
        typer.echo(say("backtest", nothing, plan=plan))
        return
    heading = tuple(say("backtest", name) for name in _COLUMNS)
    typer.echo(_table([heading, *(_cells(row) for row in rows)]))
    facts = {"percent": f"{percent:.1f}", "count": len(trials), "nominal": NOMINAL_PERCENT}
    typer.echo(say("backtest", total, plan=plan, **facts))


def _cells(row: BacktestRow) -> tuple[str, ...]:
    inside, percent = sum(trial.is_inside for trial in row.trials), covered_percent(row.trials)
    shown = "" if isinstance(percent, Undefined) else f"{percent:.1f}"
    return (row.indicator, row.area, str(row.quarters), str(len(row.trials)), str(inside), shown)


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            f"{cell:<{width}}" if name in _TEXTS else f"{cell:>{width}}"
            for name, cell, width in zip(_COLUMNS, row, widths, strict=True)
        )
        for row in rows
    )
