"""What it costs to replay a ledger: `dabiao import` and `dabiao verify`."""

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bench.deployments import deploy
from bench.filling import Head, payload_of
from bench.instrument.servers import processor_seconds, run_dabiao
from bench.instrument.slices import Row, Spread, in_turn
from bench.instrument.units import Unit, since_before
from bench.plans import Size, indicators, make_document

_HUNDRED_THOUSAND = 100_000


def measure_ledger(folder: Path, unit: Unit, entries: int) -> Iterator[Row]:
    """Import and verify entries of one figure each, told for 100,000 of them.

    What the commands take with hardly an entry is taken off: starting, and making the schema.
    """
    size = Size(areas=entries // 500 + 1, indicators=50, quarters=10)
    short, long = folder / "short.jsonl", folder / "long.jsonl"
    for file, number in ((short, 1), (long, entries)):
        _write_archive(folder, file, size, number)
    numbers = count()
    url = ""

    def import_seconds(file: Path) -> float:
        nonlocal url
        url = f"sqlite:///{folder}/import-{next(numbers)}.db"
        return processor_seconds(url, "import", str(file))

    def verify_seconds() -> float:
        return processor_seconds(url, "verify")

    units, few, few_verified, many, many_verified = in_turn(
        unit.seconds,
        lambda: import_seconds(short),
        verify_seconds,
        lambda: import_seconds(long),
        verify_seconds,
        budget=45,
    )
    for mark, less, more in (
        ("import", few, many),
        ("verify", few_verified, many_verified),
    ):
        title = f"{mark} of 100,000 entries, from {entries:,}"
        taken = zip(more.values, less.values, strict=True)
        each = [_HUNDRED_THOUSAND * (one - other) / entries for one, other in taken]
        yield since_before(mark, title, units, Spread(values=tuple(each)))


def _write_archive(folder: Path, file: Path, size: Size, entries: int) -> None:
    """An archive of a plan's definition and so many entries of one figure."""
    target = deploy(f"sqlite:///{file}.db", folder, make_document("archive", size))
    run_dabiao(target.url, "export", target.plan, "--output", str(file))
    first = json.loads(file.read_text("utf-8").splitlines()[1])
    head = Head(**{name: first[name] for name in ("revision", "digest", "recorded_at", "actor")})
    with file.open("a", encoding="utf-8") as archive:
        for line in _entries(head, size, entries):
            archive.write(json.dumps(line, ensure_ascii=False) + "\n")


def _entries(head: Head, size: Size, entries: int) -> Iterator[dict[str, object]]:
    places = (
        (number, area, each)
        for number in range(size.quarters)
        for each in indicators(size)
        for area in size.area_codes
    )
    for _, (number, area, each) in zip(range(entries), places, strict=False):
        payload = payload_of(size, number, [area], [each])
        head = head.follow(size.periods[number], payload, "archive")
        yield {
            "revision": head.revision,
            "recorded_at": head.recorded_at,
            "actor": head.actor,
            "action": "observe",
            "subject": size.periods[number],
            "payload": json.loads(payload),
            "digest": head.digest,
            "parts": [],
        }
