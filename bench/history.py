"""What the past costs: ``as_of`` against the present answer; verify, export and import.

Run: .venv/bin/python bench/history.py [OBSERVATIONS] [ENTRIES]. On SQLite files in a temporary
folder. The first plan holds OBSERVATIONS official figures, each of them corrected once; the second
has ENTRIES entries in its ledger, of one figure each. Prints ratios and seconds per 100,000.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from app.database import Database
from app.factory import create_app
from app.formats.plans.plan_file import read_plan_file
from app.migration import ROOT, migrate
from app.schemas.document.plan import ObservationEntry, PlanDocument
from app.schemas.document.settings import PlanHeader
from app.services.ledger.archive import export_ledger, import_ledger
from app.services.ledger.verification import verify_plan
from app.services.plans.loading import load_plan
from app.services.plans.revisions import revise_plan
from app.settings import Settings

AREAS, ROUNDS = 11, 5
NOW = datetime(2026, 3, 2, tzinfo=UTC)
CODE = "bench"
PLAN = f"/api/v1/plans/{CODE}"
READS = {
    "overview": f"{PLAN}/overview",
    "gap row": f"{PLAN}/gaps?indicator=i0&area=shenzhen",
    "gaps of an indicator": f"{PLAN}/gaps?indicator=i0",
    "observations of an indicator": f"{PLAN}/observations?indicator=i0",
}


def main(observations: int, entries: int) -> None:
    """Measure both."""
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(_measure_ledger(Path(folder), entries), indent=1), flush=True)
        print(json.dumps(_measure_reads(Path(folder), observations), indent=1))


def _measure_reads(folder: Path, count: int) -> dict[str, Any]:
    document = _document(count)
    settings = Settings(database_url=f"sqlite:///{folder}/reads.db")
    with Database(settings) as database:
        migrate(database)
        with database.write_transaction() as session:
            load_plan(session, document, now=NOW)
        first = _head(database)
        corrected = [
            each.model_copy(update={"value": each.value + 1}) for each in document.observations
        ]
        with database.write_transaction() as session:
            later = document.model_copy(update={"observations": corrected})
            revise_plan(session, later, reason="corrected", now=NOW)
    client = TestClient(create_app(settings))
    found: dict[str, Any] = {"observations": len(document.observations), "versions": 2}
    for name, url in READS.items():
        join = "&" if "?" in url else "?"
        past = f"{url}{join}as_of={first}"
        now_times, past_times = [], []
        for _ in range(ROUNDS):
            # In turn, so that both see the same machine.
            now_times.append(_seconds(lambda url=url: client.get(url)))
            past_times.append(_seconds(lambda past=past: client.get(past)))
        now, then = statistics.median(now_times), statistics.median(past_times)
        found[name] = {
            "present_ms": round(1000 * now, 1),
            "as_of_ms": round(1000 * then, 1),
            "ratio": round(then / now, 2),
        }
    return found


def _measure_ledger(folder: Path, entries: int) -> dict[str, Any]:
    document = _document(entries)
    settings = [Settings(database_url=f"sqlite:///{folder}/{n}.db") for n in ("a", "b", "c")]
    with (
        Database(settings[0]) as first,
        Database(settings[1]) as second,
        Database(settings[2]) as blank,
    ):
        for database in (first, second, blank):
            migrate(database)
        with first.write_transaction() as session:
            load_plan(session, document.model_copy(update={"observations": []}), now=NOW)
        for each in document.observations:
            with first.write_transaction() as session:
                one = document.model_copy(update={"observations": [each]})
                revise_plan(session, one, reason="one more", now=NOW)
        made = _head(first)
        archive = folder / "archive.jsonl"

        def export() -> None:
            with first.read_session() as session, archive.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in export_ledger(session, CODE))

        def replay() -> None:
            with second.write_transaction() as session, archive.open(encoding="utf-8") as lines:
                import_ledger(session, lines)

        def verify() -> None:
            with first.read_session() as session:
                assert verify_plan(session, CODE, blank) == []  # noqa: S101 - it must hold

        steps = {"export": export, "import": replay, "verify": verify}
        times = {name: _seconds(step) for name, step in steps.items()}
    per = 100_000 / made
    return {"entries": made} | {
        f"{name}_seconds_per_100000": round(seconds * per, 1) for name, seconds in times.items()
    }


def _document(count: int) -> PlanDocument:
    """The city's plan with other indicators and years, and so many figures."""
    city = read_plan_file(ROOT / "seeds" / "plans" / "shenzhen-software-2025.yaml")
    header = PlanHeader.model_validate(
        city.plan.model_dump() | {"code": CODE, "start_year": 2000, "start_date": "2000-01-01"}
    )
    model = next(each for each in city.indicators if each.code == "value_added")
    target = next(each for each in city.targets if each.indicator == "value_added")
    indicators = count // (AREAS * 104) + 1
    codes = [f"i{place}" for place in range(indicators)]
    source = {"publisher": "bench", "url": None, "published_on": None}
    rows = [
        ObservationEntry.model_validate(
            {
                "indicator": code,
                "area": area,
                "period": period,
                "value": value,
                "unit": "亿元",
                "basis": "ytd",
                "source": source,
            }
        )
        for code, area, period, value in _figures(codes, _districts(city), count)
    ]
    return city.model_copy(
        update={
            "plan": header,
            "indicators": [model.model_copy(update={"code": code}) for code in codes],
            "targets": [target.model_copy(update={"indicator": code}) for code in codes],
            "goals": [],
            "actions": [],
            "rules": [],
            "observations": rows,
        }
    )


def _figures(
    codes: list[str], areas: list[str], count: int
) -> Iterator[tuple[str, str, str, Decimal]]:
    made = 0
    for year in range(2000, 2026):
        for quarter in range(1, 5):
            for code in codes:
                for area in areas:
                    if made < count:
                        made += 1
                        value = Decimal(100 * quarter + year - 2000)
                        yield code, area, f"{year}-Q{quarter}", value


def _districts(city: PlanDocument) -> list[str]:
    return [area.code for area in city.areas if area.in_sum]


def _head(database: Database) -> int:
    with TestClient(create_app(Settings(database_url=database.url))) as client:
        return int(client.get(f"{PLAN}/ledger/head").json()["revision"])


def _seconds(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(*(int(text) for text in [*sys.argv[1:], "100000", "10000"][:2]))
