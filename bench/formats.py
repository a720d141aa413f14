"""How fast a table of 100,000 rows is written in each format, and in how much memory.

`python bench/formats.py [rows]`. Each measurement runs in a process of its own, so that the
highest memory is its own. `written`: the rows are in memory already. `answered`: the whole
request, from the database to the last byte sent. Compare the ratios, not the seconds.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from fastapi import FastAPI
from starlette.types import Message

from app.database import Database
from app.factory import create_app
from app.formats.plans.plan_file import read_plan_file
from app.formats.tables.csv import write_csv
from app.formats.tables.jsonstat import write_jsonstat
from app.formats.tables.parquet import write_parquet
from app.formats.tables.table import ColumnKind, Origin, Table, columns_of
from app.formats.tables.xlsx import write_xlsx
from app.migration import ROOT, migrate
from app.schemas.document.plan import PlanDocument
from app.schemas.gaps.row import GapRow
from app.schemas.observations import ObservationRow
from app.services.plans.loading import load_plan
from app.settings import Settings
from app.tables import Observation

ROWS = 100_000
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
QUARTERS = [f"{year}-Q{quarter}" for year in range(2022, 2026) for quarter in range(1, 5)]
FORMATS: dict[str, Callable[[Table, IO[bytes]], None]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
    "jsonstat": write_jsonstat,
}


def main(count: int) -> None:
    """Measure every format for both kinds of rows, and for a whole request."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "bench.db")
        fill(database, count)
        for what in ("gaps", "observations", str(database)):
            csv = None
            for name in FORMATS:
                command = [sys.executable, __file__, what, name, str(count)]
                done = subprocess.check_output(command)
                found: dict[str, float] = json.loads(done)
                csv = csv or found
                show(what if len(what) < len(folder) else "observations answered", name, found, csv)


def show(what: str, name: str, found: dict[str, float], csv: dict[str, float]) -> None:
    """Print a line of the table."""
    seconds, extra = found["seconds"], found["extra_mib"]
    # Less than a MiB is noise.
    larger = max(extra, 1) / max(csv["extra_mib"], 1)
    print(
        f"{what:22}{name:9}{found['rows'] / seconds:9,.0f} rows/s "
        f"{seconds / csv['seconds']:6.2f} x csv {extra:8.1f} MiB extra {larger:6.2f} x csv "
        f"{found['mib']:7.1f} MiB file",
        flush=True,
    )


def measure(what: str, name: str, count: int) -> None:
    """Print what one format takes for one table."""
    work: Callable[[], int]
    if what in {"gaps", "observations"}:
        table = make_table(what, count)
        work = lambda: write(table, name)  # noqa: E731 - what is measured, for later
    else:
        app = create_app(Settings(database_url=f"sqlite:///{what}"))
        asyncio.run(ask(app, "/api/v1/plans/bench/ledger/head", ""))
        path, query = "/api/v1/plans/bench/observations", f"format={name}"
        work = lambda: asyncio.run(ask(app, path, query))  # noqa: E731 - likewise
    # Sets the peak back to the present memory (Linux only).
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before, began = memory(), time.perf_counter()
    size = work()
    seconds = time.perf_counter() - began
    extra = (memory() - before) / 1024
    print(json.dumps({"rows": count, "seconds": seconds, "extra_mib": extra, "mib": size / 2**20}))


def write(table: Table, name: str) -> int:
    """Write a table to a file that is gone afterwards; its size."""
    with tempfile.TemporaryFile() as target:
        FORMATS[name](table, target)
        return target.tell()


async def ask(app: FastAPI, path: str, query: str) -> int:
    """Ask the application itself, without a client that would keep the answer; its size."""
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [],
        "server": ("bench", 80),
        "scheme": "http",
        "root_path": "",
    }
    size = 0

    async def receive() -> Message:
        await asyncio.sleep(3600)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal size
        if message.get("status", 200) != 200:  # noqa: PLR2004 - HTTP's OK
            raise RuntimeError(message)
        size += len(message.get("body", b""))

    await app(scope, receive, send)
    return size


def memory() -> int:
    """The process's peak of resident memory, in KiB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if "VmHWM" in line).split()[1])


def make_table(what: str, count: int) -> Table:
    """A table of a plan with as many areas as it takes."""
    document = make_document(count)
    model = GapRow if what == "gaps" else ObservationRow
    columns = columns_of(model)
    kinds = {column.name: column.kind for column in columns}
    places = [
        {"indicator": indicator.code, "area": area.code, "period": period}
        for indicator in document.indicators
        for area in document.areas
        for period in QUARTERS
    ]
    rows = []
    for number, place in enumerate(places[:count], start=1):
        cells = {each: cell(each, kind, number) for each, kind in kinds.items()} | place
        reasons = {each: "no_data" for each, value in cells.items() if value is None}
        rows.append(model.model_construct(**cells, reasons=reasons))
    origin = Origin(document=document, revision=1, recorded_at=NOW, view="official", as_of=None)
    return Table(name=what, columns=columns, rows=rows, total=len(rows), origin=origin)


def cell(name: str, kind: ColumnKind, number: int) -> object:
    """A value as rows have them: one in three is null, derived numbers have no end."""
    if (number + len(name)) % 3 == 0 and name != "revision":
        return None
    known: dict[ColumnKind, object] = {
        ColumnKind.NUMBER: Decimal(number) / 7
        if name.endswith("_percent")
        else Decimal(number) / 100,
        ColumnKind.COUNT: number % 12,
        ColumnKind.TRUTH: number % 2 == 0,
        ColumnKind.DAY: date(2025, 12, 31),
        ColumnKind.INSTANT: NOW,
        ColumnKind.PARTS: {"publisher": f"深圳市统计局 {number}", "url": None},
    }
    return known.get(kind, f"{name} 数据 {number}")


def make_document(count: int) -> PlanDocument:
    """The city's plan with areas for so many figures."""
    document = read_plan_file(ROOT / "seeds/plans/shenzhen-software-2025.yaml").model_dump()
    root = next(area for area in document["areas"] if area["parent"] is None)
    model = next(area for area in document["areas"] if area["in_sum"])
    areas = count // (len(QUARTERS) * len(document["indicators"])) + 1
    document["plan"]["code"] = "bench"
    document["areas"] = [root] + [model | {"code": f"area{n}"} for n in range(areas)]
    return PlanDocument.model_validate(document)


def fill(file: Path, count: int) -> None:
    """Make a database with so many official figures, written past the ledger."""
    database = Database(Settings(database_url=f"sqlite:///{file}"))
    migrate(database)
    document = make_document(count)
    with database.write_transaction() as session:
        load_plan(session, document, now=NOW)
        rows = [
            {
                "plan": "bench",
                "indicator": indicator.code,
                "area": area.code,
                "period": period,
                "revision": 1,
                "value": Decimal(place * len(QUARTERS) + number) / 4,
                "basis": "ytd",
                "reported_value": Decimal(place * len(QUARTERS) + number) / 4,
                "reported_unit": indicator.unit,
                "rounded": False,
                "source": json.dumps({"publisher": area.name_zh, "url": None}),
            }
            for indicator in document.indicators
            for place, area in enumerate(document.areas)
            for number, period in enumerate(QUARTERS)
        ]
        session.connection().execute(sa.insert(Observation), rows[:count])
    database.dispose()


if __name__ == "__main__":
    if len(sys.argv) > 2:  # noqa: PLR2004 - the call of one measurement
        measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
