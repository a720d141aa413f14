"""How fast files of 100,000 figures are read and answered, and in how much memory.

Each measurement runs in a process of its own, so that the highest memory is its own.
`python bench/intake_files.py [rows]`
"""

import csv
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import xlsxwriter  # type: ignore[import-untyped]

from app.domain.checks.finding import Severity
from app.formats.forms.annotated import CellNote, RowAt, annotate
from app.formats.intake.file import COLUMNS, read_intake_file

ROWS = 100_000
SHEET = "Figures"


def make_rows(count: int) -> Iterator[list[str | float]]:
    """Good rows, each with texts of its own."""
    for number in range(1, count + 1):
        area, indicator = f"area_{number % 11}", f"indicator_{number}"
        value = round(number * 1.37, 2)
        said = [f"说明第 {number} 号：两家总部迁入", "", f"note {number}"]
        beside = [round(number % 30 * 0.1, 1), "constant", "A"]
        yield [area, "2024-Q3", indicator, value, "亿元", "ytd", "", *said, *beside]


def write_csv(path: Path, count: int) -> None:
    """The rows as Excel writes them."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(make_rows(count))


def write_xlsx(path: Path, count: int) -> None:
    """The rows with shared texts, as Excel writes them."""
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False})
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 0, COLUMNS)
    for number, row in enumerate(make_rows(count), start=1):
        sheet.write_row(number, 0, row)
    book.close()


def read(source: BinaryIO, size: int) -> int:
    """Read all rows one by one."""
    return sum(1 for table in read_intake_file(source, size=size).tables for _ in table.rows)


def answer(source: BinaryIO, count: int, sheet: str | None) -> int:
    """Answer with a result for each row, and a finding in every tenth."""
    note = CellNote(column="value", severity=Severity.ERROR, message="差得太多 too far off")

    class Results(Mapping[RowAt, str]):
        def __getitem__(self, at: RowAt) -> str:
            return "created"

        def __len__(self) -> int:
            return count

        def __iter__(self) -> Iterator[RowAt]:
            return ((sheet, row) for row in range(2, count + 2))

    notes = {(sheet, row): (note,) for row in range(2, count + 2, 10)}
    with annotate(source, notes, results=Results(), language="zh") as answered:
        answered.seek(0, io.SEEK_END)
    return count


def highest_memory() -> int:
    """The process's peak of resident memory, in KiB."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if "VmHWM" in line).split()[1])


def measure(task: str, path: Path, count: int) -> None:
    """Print rows a second and the highest memory beyond that at the start."""
    tasks: dict[str, Callable[[BinaryIO], int]] = {
        "read": lambda file: read(file, path.stat().st_size),
        "answer": lambda file: answer(file, count, SHEET if path.suffix == ".xlsx" else None),
    }
    # Sets the peak back to the present memory (Linux only).
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = highest_memory()
    began = time.perf_counter()
    used = time.process_time()
    with path.open("rb") as file:
        done = tasks[task](file)
    seconds, used = time.perf_counter() - began, time.process_time() - used
    extra = (highest_memory() - before) / 1024
    size = path.stat().st_size / 1024**2
    print(
        f"{task:7}{path.suffix:6}{size:5.1f} MiB {done:8,} rows {seconds:6.1f} s "
        f"({used:.1f} s of CPU) {done / seconds:9,.0f} rows/s {extra:6.1f} MiB extra"
    )


def main() -> None:
    """Make the files and measure each task."""
    if len(sys.argv) > 2:  # noqa: PLR2004 - the call of one measurement
        measure(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as folder:
        for path, write in {"a.csv": write_csv, "a.xlsx": write_xlsx}.items():
            write(Path(folder, path), count)
            for task in ("read", "answer"):
                command = [sys.executable, __file__, task, str(Path(folder, path)), str(count)]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
