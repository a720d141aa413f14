"""The benchmark's page: `docs/performance.md`."""

import json
import os
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from bench.instrument.slices import Missing, Row, Spread
from bench.marks import FIRST, MARKS

Line = Row | Missing

_PAGE = Path(__file__).with_name("page.md")
# What was measured at the full sizes last: a usual run has no time for it.
_FULL = Path(__file__).with_name("full_size.json")
_MARKED = (
    "| what | median | min to max | slices | first version | pass | aim | reached | figures |",
    "|---|---:|---:|---:|---:|---:|---:|---|---|",
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
        day=_today(),
        machine=_machine(),
        targets="\n".join([*_MARKED, *(_marked(line) for line in marked)]),
        full="\n".join([*_MARKED, *(_marked(line) for line in _read_full())])
        if _FULL.exists()
        else "Not measured yet.",
        others="\n".join([*_BESIDE, *(_beside(line) for line in others)]),
    )


def keep_full(lines: Sequence[Line]) -> None:
    """Keep what was measured at the full sizes, in place of what was before, with the day."""
    kept = {row.mark: row for row in _read_full()}
    today = f"; {_today()}"
    for row in lines:
        if isinstance(row, Row) and row.mark is not None:
            kept[row.mark] = replace(row, told=row.told + today)
    text = json.dumps([asdict(kept[mark]) for mark in MARKS if mark in kept], indent=1)
    _FULL.write_text(text + "\n", "utf-8")


def _read_full() -> list[Row]:
    if not _FULL.exists():
        return []
    found = json.loads(_FULL.read_text("utf-8"))
    return [
        Row(**each | {"spread": Spread(values=tuple(each["spread"]["values"]))}) for each in found
    ]


def _today() -> str:
    return date.today().isoformat()  # noqa: DTZ011 - the day on this machine


def _marked(line: Line) -> str:
    mark = MARKS[line.mark or ""]
    sign = "≥" if mark.is_share else "≤"
    limits = f"{_number(FIRST[line.mark or ''])} | {sign} {mark.passed:g} | {sign} {mark.aim:g}"
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
