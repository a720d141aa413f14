"""Databases of large plans: figures written in bulk, as the ledger would have written them.

Run: .venv/bin/python -m bench.filling --url sqlite:////tmp/large.db --plans 10 --areas 300. The key
to it is printed. Dabiao's own commands make the schema, the plans and the key; each quarter of a
plan is then one entry of its ledger, chained by digest, so that `dabiao verify` holds.
"""

import argparse
import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.database import Database
from app.services.gaps.latest import update_latest
from app.settings import Settings
from app.tables import LedgerEntry, Observation, Plan
from app.tables.base import ExactValue
from bench.deployments import Deployment, deploy
from bench.instrument.servers import run_dabiao
from bench.plans import Indicator, Size, indicators, make_document

_SOURCE = {"publisher": "Benchmark", "published_on": None, "read_on": None, "url": None}
_COLUMNS = [column.name for column in Observation.__table__.columns]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a plan's ledger ends."""

    revision: int
    digest: str
    recorded_at: str
    actor: str

    def follow(self, subject: str, payload: str, plan: str) -> "Head":
        """The head after an entry of published figures."""
        before = _canonical({"action": "observe", "actor": self.actor})
        entry = {"plan": plan, "recorded_at": self.recorded_at, "subject": subject}
        after = _canonical(entry | {"revision": self.revision + 1})
        # Canonical JSON as a whole, since its names are in order.
        text = f'{before[:-1]},"payload":{payload},{after[1:]}'
        digest = hashlib.sha256((self.digest + text).encode()).hexdigest()
        return Head(
            revision=self.revision + 1,
            digest=digest,
            recorded_at=self.recorded_at,
            actor=self.actor,
        )


def fill(url: str, folder: Path, size: Size) -> Deployment:
    """Make the plans with their figures; the deployment is that of the first."""
    first, *others = (make_document(code, size) for code in size.plan_codes)
    deployment = deploy(url, folder, first)
    for document in others:
        file = folder / "other.yaml"
        file.write_text(json.dumps(document, default=str), "utf-8")
        run_dabiao(url, "load", str(file))
    with Database(Settings(database_url=url)) as database:
        add_figures(database, size)
        for code in size.plan_codes:
            with database.write_transaction() as session:
                update_latest(session, code, now=datetime.now(UTC))
    return deployment


def add_figures(database: Database, size: Size) -> None:
    """Append the figures to the plans, which are there without any."""
    for code in size.plan_codes:
        _fill_plan(database, code, size)


def payload_of(size: Size, number: int, areas: list[str], chosen: list[Indicator]) -> str:
    """What the entry of a quarter holds, as canonical JSON."""
    rows = (
        template % (area, value, value)
        for each in chosen
        for template in [_template(each, size.periods[number])]
        for place, area in enumerate(areas)
        for value in [each.value(place, number)]
    )
    return f'{{"observations":[{",".join(rows)}]}}'


def _template(each: Indicator, period: str) -> str:
    row = {
        "area": "%s",
        "basis": each.basis,
        "indicator": each.code,
        "missing_reason": None,
        "period": period,
        "published_growth_percent": None,
        "report_id": None,
        "reported_unit": each.unit,
        "reported_value": "%d",
        "rounded": False,
        "source": _SOURCE,
        "value": "%d",
    }
    return _canonical(row)


def _fill_plan(database: Database, code: str, size: Size) -> None:
    with database.write_transaction() as session:
        plan = session.get_one(Plan, code)
        first = session.get_one(LedgerEntry, (code, plan.revision))
        head = Head(
            revision=plan.revision,
            digest=plan.digest,
            recorded_at=plan.recorded_at.isoformat(),
            actor=first.actor,
        )
        _copy(session.connection(), _rows(code, size, head.revision, database.engine.dialect))
        for number, period in enumerate(size.periods):
            payload = payload_of(size, number, size.area_codes, indicators(size))
            head = head.follow(period, payload, code)
            entry = {
                "plan": code,
                "revision": head.revision,
                "recorded_at": plan.recorded_at,
                "actor": head.actor,
                "action": "observe",
                "subject": period,
                "payload": payload,
                "digest": head.digest,
            }
            session.connection().execute(sa.insert(LedgerEntry), [entry])
        plan.revision, plan.digest = head.revision, head.digest


def _rows(code: str, size: Size, revision: int, dialect: sa.Dialect) -> Iterator[tuple[Any, ...]]:
    """The figures as they are stored, in the order of their primary key."""
    # The same few numbers come again and again.
    store = cache(lambda value: ExactValue().process_bind_param(Decimal(value), dialect))
    source = _canonical(_SOURCE)
    known: dict[str, Any] = {"plan": code, "source": source, "rounded": False, "obs_status": "A"}
    for each in indicators(size):
        columns = known | {"indicator": each.code, "basis": each.basis, "reported_unit": each.unit}
        template = [columns.get(name) for name in _COLUMNS]
        places = {name: place for place, name in enumerate(_COLUMNS)}
        for place, area in enumerate(size.area_codes):
            for number, period in enumerate(size.periods):
                value = each.value(place, number)
                stored = store(value)
                row = template.copy()
                row[places["area"]], row[places["period"]] = area, period
                row[places["revision"]] = revision + 1 + number
                row[places["value"]] = row[places["reported_value"]] = stored
                yield tuple(row)


def _copy(connection: sa.Connection, rows: Iterator[tuple[Any, ...]]) -> None:
    """Write the figures the fastest way that each database has."""
    names = ", ".join(_COLUMNS)
    raw: Any = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):
        marks = ", ".join("?" * len(_COLUMNS))
        raw.executemany(f"INSERT INTO observation ({names}) VALUES ({marks})", rows)
        return
    with raw.cursor() as cursor, cursor.copy(f"COPY observation ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _canonical(content: object) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def main() -> None:
    """Fill the database that the arguments name, and print the key."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--url", required=True)
    for name, default in {"plans": 10, "areas": 300, "indicators": 100, "quarters": 40}.items():
        given.add_argument(f"--{name}", type=int, default=default)
    found = vars(given.parse_args())
    url = found.pop("url")
    with tempfile.TemporaryDirectory(prefix="bench-filling-") as folder:
        print(fill(url, Path(folder), Size(**found)).key)


if __name__ == "__main__":
    main()
