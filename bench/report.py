"""The benchmark's page: `docs/performance.md`."""

import os
import platform
import sqlite3
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench.instrument.slices import Missing, Row, Spread
from bench.marks import MARKS

Line = Row | Missing

_PAGE = Path(__file__).with_name("page.md")
_MARKED = (
    "| what | median | min to max | slices | pass | aim | reached | figures behind it |",
    "|---|---:|---:|---:|---:|---:|---|---|",
)
_BESIDE = (
    "| what | median | min to max | slices | figures behind it |",
    "|---|---:|---:|---:|---|",
)


def write_page(lines: Sequence[Line], sizes: dict[str, str], slices: int) -> str:
    """The page in Markdown: what is held against targets, then the rest."""
    order = list(MARKS)
    marked = [line for line in lines if line.mark is not None]
    marked.sort(key=lambda line: order.index(line.mark or ""))
    others = [line for line in lines if line.mark is None]
    return _PAGE.read_text("utf-8").format(
        slices=slices,
        **sizes,
        day=date.today().isoformat(),  # noqa: DTZ011 - the day on this machine
        machine=_machine(),
        targets="\n".join([*_MARKED, *(_marked(line) for line in marked)]),
        others="\n".join([*_BESIDE, *(_beside(line) for line in others)]),
    )


def _marked(line: Line) -> str:
    mark = MARKS[line.mark or ""]
    sign = "≥" if mark.is_share else "≤"
    limits = f"{sign} {mark.passed:g} | {sign} {mark.aim:g}"
    if isinstance(line, Missing):
        return f"| {line.title} | | | | {limits} | not measured | {line.why} |"
    reached = mark.reached(line.spread.median) if line.is_judged else "not at this size"
    return f"| {line.title} | {_spread(line.spread)} | {limits} | {reached} | {line.told} |"


def _beside(line: Line) -> str:
    if isinstance(line, Missing):
        return f"| {line.title} | | | | not measured: {line.why} |"
    return f"| {line.title} | {_spread(line.spread)} | {line.told} |"


def _spread(found: Spread) -> str:
    low, median, high = (_number(each) for each in (found.low, found.median, found.high))
    return f"**{median}** | {low} to {high} | {len(found.values)}"


def _number(value: float) -> str:
    """Three digits that say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}"  # noqa: PLR2004


def _machine() -> str:
    load = os.getloadavg()[2]
    parts = (
        f"{os.cpu_count()} cores",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"a load of {load:.1f} over the last 15 minutes",
    )
    return ", ".join(parts)
