"""The benchmark: measure everything in one run, and write `docs/performance.md`.

Run: `make bench`, or `make bench LARGE=1` for what is measured at the full sizes, which is kept for
the page in `bench/full_size.json`. One part alone, without the page:
`.venv/bin/python -m bench.run --only posts`.
"""

import argparse
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.deployments import city, deploy
from bench.instrument import servers
from bench.instrument.client import Generator
from bench.instrument.postgres import postgres
from bench.instrument.slices import SLICES, Missing
from bench.instrument.units import open_unit
from bench.measures import cached, cold, ledger, process, scale, writes
from bench.plans import Size
from bench.report import Line, keep_full, write_page

_FAILURES = (RuntimeError, OSError, LookupError, sqlite3.Error, subprocess.SubprocessError)
_PAGE = servers.ROOT / "docs" / "performance.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sizes:
    """How much is measured."""

    small: Size
    large: Size
    batch: int
    entries: int


_CHAPTERS = (
    "sqlite",
    "postgres",
    "overview",
    "rows",
    "hundred",
    "posts",
    "batch",
    "ledger",
    "start",
    "memory",
    "scale",
    "postgres-scale",
)
# Those that have another size at full size.
_OF_SIZE = ("batch", "ledger", "scale")
_USUAL = _Sizes(small=Size(plans=3, areas=25), large=Size(areas=300), batch=20_000, entries=10_000)
_LARGE = _Sizes(
    small=Size(plans=10, areas=25), large=Size(plans=10, areas=300), batch=100_000, entries=100_000
)


def main() -> None:
    """Measure, print each line as it is known, and write the page."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--large", action="store_true", help="what has full sizes, at these")
    given.add_argument("--output", type=Path, default=_PAGE)
    given.add_argument(
        "--only", choices=_CHAPTERS, help="measure this chapter alone, and write no page"
    )
    asked = given.parse_args()
    sizes = _LARGE if asked.large else _USUAL
    began, lines = time.perf_counter(), []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, Generator() as load:
        chapters = [asked.only] if asked.only else _OF_SIZE if asked.large else _CHAPTERS
        for line in _measure(load, Path(folder), sizes, chapters):
            lines.append(line)
            print(f"{time.perf_counter() - began:5.0f} s  {_told(line)}", flush=True)
    if asked.large:
        keep_full(lines)
    if asked.large or asked.only:
        return
    told = {
        "small": f"{sizes.small.figures:,}",
        "large": f"{sizes.large.figures:,}",
        "batch": f"{sizes.batch:,}",
        "entries": f"{sizes.entries:,}",
    }
    asked.output.write_text(write_page(lines, told, SLICES), "utf-8")


def _measure(load: Generator, folder: Path, sizes: _Sizes, wanted: Sequence[str]) -> Iterator[Line]:
    # Official at once, so that a report changes the answers; the plan as bundled, for writing.
    automatic, manual = city(review="automatic"), city(review="manual")
    read = deploy(f"sqlite:///{folder}/read.db", folder, automatic)
    written = deploy(f"sqlite:///{folder}/written.db", folder, manual)
    plain = servers.make_plain_database(folder, manual)
    with open_unit(load, folder) as unit:
        chapters: dict[str, Callable[[], Iterator[Line]]] = {
            "sqlite": lambda: cached.measure_sqlite(load, folder, read),
            "postgres": lambda: _measure_postgres(load, folder),
            "overview": lambda: cold.measure_overview(load, folder, read, automatic),
            "rows": lambda: cold.measure_rows(load, folder, read, automatic),
            "hundred": lambda: cold.measure_large(load, folder, unit),
            "posts": lambda: writes.measure_posts(load, folder, written, manual),
            "batch": lambda: writes.measure_batch(folder, sizes.batch),
            "ledger": lambda: ledger.measure_ledger(folder, unit, sizes.entries),
            "start": lambda: process.measure_start(folder, read, plain),
            "memory": lambda: process.measure_memory(folder, plain),
            "scale": lambda: scale.measure_scale(
                load, folder, sizes.small, sizes.large, is_whole=sizes is _LARGE
            ),
            "postgres-scale": lambda: _measure_scale_on_postgres(load, folder, sizes.large),
        }
        for name in wanted:
            yield from _attempt(name, chapters[name])


def _measure_postgres(load: Generator, folder: Path) -> Iterator[Line]:
    with postgres() as url:
        deployment = deploy(url, folder, city(review="automatic"))
        yield from cached.measure_postgres(load, folder, deployment)


def _measure_scale_on_postgres(load: Generator, folder: Path, size: Size) -> Iterator[Line]:
    with postgres() as url:
        yield from scale.measure_scale_on_postgres(load, folder, url, size)


def _attempt(name: str, chapter: Callable[[], Iterator[Line]]) -> Iterator[Line]:
    """A chapter's lines; where one fails, the page says so and the others are measured."""
    try:
        yield from chapter()
    except _FAILURES as failure:
        why = str(failure).splitlines()[0][:200] if str(failure) else type(failure).__name__
        yield Missing(mark=None, title=f"the rest of `{name}`", why=why)


def _told(line: Line) -> str:
    if isinstance(line, Missing):
        return f"{line.title}: not measured, {line.why}"
    return f"{line.title}: {line.spread.median:.4g} ({line.told})"


if __name__ == "__main__":
    main()
