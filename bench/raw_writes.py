"""What SQLite itself takes to store the rows that Dabiao stores: its tables, keys and triggers."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

_Rows = list[dict[str, Any]]


def figures_of_head(file: Path, plan: str) -> dict[str, _Rows]:
    """The rows of the newest revision of a plan, by table, parents first."""
    with closing(sqlite3.connect(file)) as database:
        database.row_factory = sqlite3.Row
        (revision,) = database.execute(
            "SELECT revision FROM plan WHERE code = ?", [plan]
        ).fetchone()
        tables = [
            name
            for (name,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid"
            )
            if {"plan", "revision"} <= _columns(database, name)
        ]
        found = {
            name: [
                dict(row)
                for row in database.execute(
                    f"SELECT * FROM {name} WHERE plan = ? AND revision = ?", [plan, revision]
                )
            ]
            for name in tables
        }
    return {name: rows for name, rows in found.items() if rows}


def commit_loop(file: Path, rows: dict[str, _Rows], *, seconds: float) -> float:
    """How many times a second the rows are stored and committed, each time as another revision."""
    with closing(_open(file)) as database:
        plan = next(iter(rows.values()))[0]["plan"]
        highest = max(_highest(database, name) for name in rows)
        statements = {name: _insert(name, each[0]) for name, each in rows.items()}
        began, number = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            number += 1
            revision = highest + number
            database.execute("BEGIN IMMEDIATE")
            database.execute("UPDATE plan SET revision = ? WHERE code = ?", [revision, plan])
            for name, statement in statements.items():
                database.executemany(
                    statement, [tuple(_renew(row, name, revision).values()) for row in rows[name]]
                )
            database.execute("COMMIT")
        return number / (time.perf_counter() - began)


def write_many(file: Path, table: str, rows: _Rows) -> float:
    """The seconds that one executemany of the rows takes, with its commit."""
    with closing(_open(file)) as database:
        # The reports that the figures belong to are not written here.
        database.execute("PRAGMA foreign_keys=OFF")
        values = [tuple(row.values()) for row in rows]
        began = time.perf_counter()
        database.execute("BEGIN IMMEDIATE")
        database.executemany(_insert(table, rows[0]), values)
        database.execute("COMMIT")
        return time.perf_counter() - began


def _open(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        database.execute(f"PRAGMA {pragma}")
    return database


def _renew(row: dict[str, Any], table: str, revision: int) -> dict[str, Any]:
    """The row of another revision, and of another report."""
    report = f"raw-{revision}"
    changed = {"revision": revision}
    if table == "report":
        changed |= {"id": report}
    return row | changed | ({"report_id": report} if row.get("report_id") else {})


def _insert(table: str, row: dict[str, Any]) -> str:
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"


def _columns(database: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in database.execute(f"PRAGMA table_info({table})")}


def _highest(database: sqlite3.Connection, table: str) -> int:
    (found,) = database.execute(f"SELECT max(revision) FROM {table}").fetchone()
    return found or 0
