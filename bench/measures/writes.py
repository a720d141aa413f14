"""What a durable write costs: single reports at 16 connections, and a batch in a file."""

import csv
import io
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from bench.deployments import Deployment, deploy
from bench.instrument import servers
from bench.instrument.client import Generator, Load, ask, request
from bench.instrument.slices import Row, in_turn, ratio
from bench.plans import Size, indicators, make_document
from bench.raw_writes import commit_loop, figures_of_head, write_many
from bench.reports import city_reports, posts

_CONNECTIONS, _SECONDS = 16, 2.0
# More than any server here answers in a slice.
_POSTS = 8_000
_AREA_FIGURES = 80  # a batch's areas report 5 indicators for 16 quarters


def measure_posts(
    load: Generator, folder: Path, city: Deployment, document: dict[str, Any]
) -> Iterator[Row]:
    """Reports of four figures, against a loop that commits the same rows, and the plain program."""
    raw = city.copy("raw")
    database = servers.make_plain_database(folder, document)
    bodies = city_reports(document)
    with servers.dabiao(city.url, folder) as ours, servers.plain(database, folder) as plain:
        # One report first: its rows are those that the raw loop commits.
        load.send(ours.port, posts(city, bodies, 1))
        first = figures_of_head(city.file, city.plan)
        kept: dict[str, list[Load]] = {"ours": [], "plain": []}

        def our_rate() -> float:
            return _keep(kept["ours"], _send(load, ours.port, posts(city, bodies, _POSTS)))

        def plain_rate() -> float:
            sent = [
                request("/reports", method="POST", body=next(bodies)) for _ in range(_POSTS // 4)
            ]
            return _keep(kept["plain"], _send(load, plain.port, sent))

        ours_spread, raw_spread, plain_spread = in_turn(
            our_rate, lambda: commit_loop(raw.file, first, seconds=1.0), plain_rate
        )
        alone = load.send(ours.port, posts(city, bodies, _POSTS), seconds=1.0)
    p99 = {
        name: type(ours_spread)(values=tuple(each.p99 for each in found))
        for name, found in kept.items()
    }
    yield Row(
        mark="post",
        title=f"durable POST of 4 figures, {_CONNECTIONS} connections, "
        "against a raw loop that commits the same rows",
        spread=ratio(ours_spread, raw_spread),
        told=f"{ours_spread.median:,.0f} of {raw_spread.median:,.0f} a second; "
        f"{alone.rate:,.0f} on one connection",
    )
    yield Row(
        mark="post_p99",
        title="its 99th percentile against the plain program's",
        spread=ratio(p99["ours"], p99["plain"]),
        told=f"{1000 * p99['ours'].median:,.0f} ms against {1000 * p99['plain'].median:,.0f} ms",
    )
    yield Row(
        mark=None,
        title="durable POST, 16 connections, against the plain program's",
        spread=ratio(ours_spread, plain_spread),
        told=f"{ours_spread.median:,.0f} against {plain_spread.median:,.0f} a second",
    )


def measure_batch(folder: Path, rows: int) -> Iterator[Row]:
    """A CSV file of new figures, against executemany of the same rows in one transaction."""
    size = Size(areas=rows // _AREA_FIGURES, indicators=5, quarters=16)
    document = make_document("batch", size, review="manual")
    empty = deploy(f"sqlite:///{folder}/batch.db", folder, document)
    body = _csv(size)
    numbers = count()
    memory: list[float] = []

    def our_rate() -> float:
        target = empty.copy(f"batch-{next(numbers)}")
        with servers.dabiao(target.url, folder) as server:
            before = server.memory()
            took = _post_file(server.port, target, body)
            memory.append(server.peak_memory() - before)
        our_rate.file = target.file  # type: ignore[attr-defined]
        return rows / took

    def raw_rate() -> float:
        stored = figures_of_head(our_rate.file, "batch")["figure"]  # type: ignore[attr-defined]
        other = empty.copy("batch-raw")
        return rows / write_many(other.file, "figure", stored)

    ours, raw = in_turn(our_rate, raw_rate, budget=60)
    yield Row(
        mark="batch",
        title=f"a file of {rows:,} figures, with all checks, against executemany of the figures",
        spread=ratio(ours, raw),
        told=f"{ours.median:,.0f} of {raw.median:,.0f} rows/s; {max(memory):,.0f} MiB extra",
    )


def _send(load: Generator, port: int, sent: list[str]) -> Load:
    done = load.send(port, sent, connections=_CONNECTIONS, seconds=_SECONDS)
    if set(done.statuses) != {"201"}:
        raise RuntimeError(f"not every report was stored: {done.statuses}")
    return done


def _keep(kept: list[Load], done: Load) -> float:
    kept.append(done)
    return done.rate


def _csv(size: Size) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("area", "period", "indicator", "value", "unit", "basis"))
    for place, area in enumerate(size.area_codes):
        for number, period in enumerate(size.periods):
            for each in indicators(size):
                value = each.value(place, number)
                writer.writerow((area, period, each.code, value, each.unit, each.basis))
    return text.getvalue().encode()


def _post_file(port: int, target: Deployment, body: bytes) -> float:
    began = time.perf_counter()
    answer = ask(
        port,
        f"{target.path}/reports/batch",
        method="POST",
        headers=target.headers | {"Content-Type": "text/csv"},
        body=body,
    )
    if answer.status != 201:  # noqa: PLR2004 - created
        raise RuntimeError(f"batch: {answer.status} {answer.body[:2000].decode()}")
    return time.perf_counter() - began
