"""What an answer costs that must be made: the first one after a figure has changed."""

import csv
import io
import json
import sqlite3
import statistics
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.deployments import Deployment
from bench.filling import fill
from bench.instrument import servers
from bench.instrument.client import Generator, ask, request
from bench.instrument.servers import Server
from bench.instrument.slices import Missing, Row, Spread, in_turn, ratio
from bench.instrument.units import Unit, shown, since_before
from bench.plans import Size
from bench.reports import city_reports, large_reports, posts

COLUMNS = (
    "plan",
    "indicator",
    "area",
    "period",
    "value",
    "unit",
    "basis",
    "missing_reason",
    "reported_value",
    "reported_unit",
    "rounded",
    "revision",
)
HUNDRED_THOUSAND = Size(areas=25)
_ROUNDS = 4


def measure_overview(
    load: Generator, folder: Path, city: Deployment, document: dict[str, Any]
) -> Iterator[Row]:
    """The overview of the bundled plan against the plain program's of the same figures."""
    database = servers.make_plain_database(folder, document)
    bodies = city_reports(document)
    with servers.dabiao(city.url, folder) as ours, servers.plain(database, folder) as plain:

        def our_seconds() -> float:
            writes = posts(city, bodies, _ROUNDS)
            return _after_writes(load, ours, writes, _get(city, "/overview"))

        def plain_seconds() -> float:
            return load.send(plain.port, [request("/overview")] * _ROUNDS).median

        yield _faster(
            "overview",
            "overview of the bundled plan, after a write, against the plain program's",
            *in_turn(plain_seconds, our_seconds),
        )
        now = ask(ours.port, f"{city.path}/ledger/head", headers=city.headers)
        past = int(json.loads(now.body)["revision"]) - 1
        kept = iter(range(past, 0, -1))

        def past_seconds() -> float:
            path = _get(city, f"/overview?as_of={next(kept)}")
            return load.send(ours.port, [path]).median

        yield _faster(
            None,
            "overview as of an older revision, against the present one after a write",
            *in_turn(our_seconds, past_seconds),
        )


def measure_rows(
    load: Generator, folder: Path, city: Deployment, document: dict[str, Any]
) -> Iterator[Row | Missing]:
    """1,232 rows of CSV against Datasette's, which reads the same rows from a flat table."""
    title = "1,232 rows of CSV, after a write, against Datasette"
    if not servers.has_datasette():
        yield Missing(mark="rows", title=title, why="Datasette could not be installed")
        return
    with servers.dabiao(city.url, folder) as ours:
        path, columns = _rows_path(ours, city)
        answer = ask(ours.port, city.path + path, headers=city.headers)
        database = _flat_table(folder / "flat.db", answer.body.decode("utf-8-sig"))
        title += f"; {columns}"
        bodies = city_reports(document)
        with servers.datasette(database, folder) as other:
            query = urlencode({"sql": "select * from observation", "_size": "max"})
            theirs = request(f"/flat.csv?{query}")

            def our_seconds() -> float:
                writes = posts(city, bodies, _ROUNDS)
                return _after_writes(load, ours, writes, _get(city, path))

            def their_seconds() -> float:
                return load.send(other.port, [theirs] * _ROUNDS).median

            yield _faster("rows", title, *in_turn(their_seconds, our_seconds))


def measure_large(load: Generator, folder: Path, unit: Unit) -> Iterator[Row]:
    """The overview at 100,000 figures, after one write, against the first version's."""
    large = fill(f"sqlite:///{folder}/hundred.db", folder, HUNDRED_THOUSAND)
    bodies = large_reports(HUNDRED_THOUSAND)
    with servers.dabiao(large.url, folder) as ours:
        overview = [_get(large, "/overview")]
        load.send(ours.port, overview)
        clock: list[float] = []

        def our_seconds() -> float:
            load.send(ours.port, posts(large, bodies, 1))
            before = ours.processor_seconds()
            clock.append(load.send(ours.port, overview).median)
            return ours.processor_seconds() - before

        units, now = in_turn(unit.seconds, our_seconds, budget=40)
    title = f"overview at {HUNDRED_THOUSAND.figures:,} figures, after one write"
    row = since_before("large_overview", title, units, now)
    yield replace(row, told=f"{shown(statistics.median(clock))} on the clock; {row.told}")


def _after_writes(load: Generator, server: Server, writes: list[str], read: str) -> float:
    """The median of the seconds that a read takes right after each write."""
    steps = [step for write in writes for step in (write, read)]
    return statistics.median(load.send(server.port, steps).times[1::2])


def _faster(mark: str | None, title: str, theirs: Spread, ours: Spread) -> Row:
    told = f"{shown(ours.median)} against {shown(theirs.median)}"
    return Row(mark=mark, title=title, spread=ratio(theirs, ours), told=told)


def _get(deployment: Deployment, path: str) -> str:
    return request(deployment.path + path, headers=deployment.headers)


def _rows_path(server: Server, city: Deployment) -> tuple[str, str]:
    """The path of the rows: with twelve columns where the server lets a caller choose them."""
    path = "/observations?format=csv"
    chosen = f"{path}&fields={','.join(COLUMNS)}"
    if ask(server.port, city.path + chosen, headers=city.headers).status == 200:  # noqa: PLR2004
        return chosen, "12 columns each"
    return path, "all 21 columns each, since this version has no `fields`"


def _flat_table(file: Path, text: str) -> Path:
    heading, *rows = csv.reader(io.StringIO(text))
    marks = ", ".join("?" * len(heading))
    database = sqlite3.connect(file)
    database.execute(f"CREATE TABLE observation ({', '.join(heading)})")
    database.executemany(f"INSERT INTO observation VALUES ({marks})", rows)
    database.commit()
    database.close()
    return file
