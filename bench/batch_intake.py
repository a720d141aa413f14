"""A file of 100,000 good rows through the whole intake: rows per second, and extra memory.

Run: .venv/bin/python bench/batch_intake.py [ROWS]. A server of its own, on an SQLite file in a
temporary folder, takes a CSV and then an XLSX file of the same rows on a plan made for it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
import xlsxwriter

from app.database import Database
from app.formats.plans.plan_file import read_plan_file
from app.migration import ROOT, migrate
from app.schemas.document.plan import PlanDocument
from app.services.access.keys import KeyOrder, Role, create_key
from app.services.plans.loading import load_plan
from app.settings import Settings

COLUMNS = ("area", "period", "indicator", "value", "unit", "basis")
QUARTERS = [f"{year}-Q{quarter}" for year in range(2022, 2026) for quarter in range(1, 5)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def main(rows: int) -> None:
    """Measure both kinds of file, and the annotated answer."""
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("csv", "xlsx", "annotated"):
            figures = _measure(Path(folder), kind, rows)
            print(json.dumps({"kind": kind, "rows": rows, **figures}))


def _measure(folder: Path, kind: str, rows: int) -> dict[str, float]:
    url = f"sqlite:///{folder / kind}.db"
    areas = rows // (len(QUARTERS) * 5) + 1
    key = _prepare(url, areas)
    path = _write(folder / f"rows.{kind}", kind, _rows(areas, rows))
    environment = os.environ | {"DABIAO_DATABASE_URL": url}
    command = [sys.executable, "-m", "app.cli.commands", "serve", "--port", "8765"]
    with subprocess.Popen(command, env=environment, cwd=ROOT) as server:  # noqa: S603 - our own
        try:
            return _post(server.pid, path, kind, key, rows)
        finally:
            server.terminate()


def _post(pid: int, path: Path, kind: str, key: str, rows: int) -> dict[str, float]:
    with httpx.Client(base_url="http://127.0.0.1:8765", timeout=600) as client:
        for _ in range(600):
            try:
                client.get("/api/v1/plans/bench/overview")
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        before = _memory(pid, "VmRSS")
        headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "text/csv" if kind == "csv" else XLSX,
            "Accept": XLSX if kind == "annotated" else "application/json",
        }
        started = time.perf_counter()
        answer = client.post(
            "/api/v1/plans/bench/reports/batch", content=path.read_bytes(), headers=headers
        )
        seconds = time.perf_counter() - started
        answer.raise_for_status()
        return {
            "rows_per_second": round(rows / seconds),
            "seconds": round(seconds, 1),
            "before_mib": round(before / 1024, 1),
            "extra_mib": round((_memory(pid, "VmHWM") - before) / 1024, 1),
        }


def _memory(pid: int, name: str) -> int:
    """A figure of a process in KiB: VmRSS is its memory now, VmHWM the most it ever had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise LookupError(name)


def _prepare(url: str, areas: int) -> str:
    database = Database(Settings(database_url=url))
    migrate(database)
    document = read_plan_file(ROOT / "seeds/plans/shenzhen-software-2025.yaml").model_dump()
    root = next(area for area in document["areas"] if area["parent"] is None)
    model = next(area for area in document["areas"] if area["in_sum"])
    document["plan"]["code"] = "bench"
    document["areas"] = [root] + [model | {"code": f"area{n}"} for n in range(areas)]
    with database.write_transaction() as session:
        load_plan(session, PlanDocument.model_validate(document), now=datetime.now(UTC))
        _, text = create_key(session, KeyOrder(role=Role.REVIEWER), now=datetime.now(UTC))
    database.dispose()
    return text


def _rows(areas: int, rows: int) -> list[tuple[object, ...]]:
    kinds = [
        ("value_added", "亿元", "ytd", 1.25),
        ("new_software_workers", "人", "quarter", 120),
        ("industrial_space", "平方米", "quarter", 1500.5),
        ("rd_institutions", "家", "quarter", 1),
        ("revenue_1bn_10bn", "家", "quarter", 2),
    ]
    found = [
        (
            f"area{area}",
            quarter,
            code,
            value * (int(quarter[-1]) if basis == "ytd" else 1),
            unit,
            basis,
        )
        for area in range(areas)
        for quarter in QUARTERS
        for code, unit, basis, value in kinds
    ]
    return found[:rows]


def _write(path: Path, kind: str, rows: list[tuple[object, ...]]) -> Path:
    if kind == "csv":
        lines = [",".join(COLUMNS), *(",".join(map(str, row)) for row in rows)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return path
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("rows")
        for number, row in enumerate([COLUMNS, *rows]):
            sheet.write_row(number, 0, row)
    return path


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
