"""What a page costs on a large plan: the gap table, 1,000 rows at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from bench.deployments import Deployment
from bench.filling import fill
from bench.instrument import servers
from bench.instrument.client import Generator, request
from bench.instrument.slices import Row, in_turn, ratio, seconds
from bench.plans import Size

_ROWS = 1000
# The newest figure of every key of every plan, by the primary key's own order.
_SCAN = """
SELECT count(*), sum(value) FROM (
    SELECT max(period), value FROM observation GROUP BY plan, indicator, area
)
"""
_POSTGRES_SCAN = """
SELECT count(*), sum(value) FROM (
    SELECT DISTINCT ON (plan, indicator, area) value FROM observation
    ORDER BY plan, indicator, area, period DESC
) AS newest
"""


def measure_scale(
    load: Generator, folder: Path, small_size: Size, large_size: Size, *, is_whole: bool
) -> Iterator[Row]:
    """Pages of a large plan against one scan in SQL, and against pages of a smaller one.

    ``is_whole``: whether the sizes are those that the targets speak of.
    """
    small = fill(f"sqlite:///{folder}/small.db", folder, small_size)
    large = fill(f"sqlite:///{folder}/large.db", folder, large_size)
    with (
        servers.dabiao(small.url, folder) as few,
        servers.dabiao(large.url, folder) as many,
        closing(sqlite3.connect(large.file)) as database,
    ):
        small_pages, large_pages = _pages(small, small_size), _pages(large, large_size)
        # A plan that is asked for the first time may be read into memory first.
        first = _seconds(load, many.port, large, next(large_pages))
        small_time, large_time, scan = in_turn(
            lambda: _seconds(load, few.port, small, next(small_pages)),
            lambda: _seconds(load, many.port, large, next(large_pages)),
            lambda: seconds(lambda: database.execute(_SCAN).fetchone()),
            budget=60,
        )
        memory = many.memory()
    yield Row(
        mark="table",
        title=f"gap table of 1,000 rows from {large_size.figures:,} figures, "
        "against one scan of them in SQL",
        spread=ratio(large_time, scan),
        told=f"{1000 * large_time.median:,.0f} ms against {1000 * scan.median:,.0f} ms; "
        f"the first page took {first:,.1f} s; the server holds {memory:,.0f} MiB",
        is_judged=is_whole,
    )
    yield Row(
        mark="growth",
        title=f"time of an answered row, {large_size.figures:,} figures "
        f"against {small_size.figures:,}",
        spread=ratio(large_time, small_time),
        told=f"{1000 * large_time.median:,.0f} ms against {1000 * small_time.median:,.0f} ms "
        "for 1,000 rows",
        is_judged=is_whole,
    )


def measure_scale_on_postgres(load: Generator, folder: Path, url: str, size: Size) -> Iterator[Row]:
    """The same pages on PostgreSQL, against its own scan."""
    deployment = fill(url, folder, size)
    engine = sa.create_engine(url)
    with servers.dabiao(url, folder) as server, engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE observation")
        pages = _pages(deployment, size)
        _seconds(load, server.port, deployment, next(pages))
        paged, scan = in_turn(
            lambda: _seconds(load, server.port, deployment, next(pages)),
            lambda: seconds(lambda: connection.exec_driver_sql(_POSTGRES_SCAN).one()),
            budget=60,
        )
    engine.dispose()
    yield Row(
        mark=None,
        title=f"gap table of 1,000 rows from {size.figures:,} figures on PostgreSQL, "
        "against one scan of them in SQL",
        spread=ratio(paged, scan),
        told=f"{1000 * paged.median:,.0f} ms against {1000 * scan.median:,.0f} ms",
    )


def _pages(deployment: Deployment, size: Size) -> Iterator[str]:
    """The whole pages of every plan, one after the other: none is asked for twice."""
    rows = (size.areas + 1) * size.indicators
    for code in size.plan_codes:
        for offset in range(0, rows - _ROWS + 1, _ROWS):
            plan = deployment.path.replace(deployment.plan, code)
            yield f"{plan}/gaps?limit={_ROWS}&offset={offset}"


def _seconds(load: Generator, port: int, deployment: Deployment, path: str) -> float:
    return load.send(port, [request(path, headers=deployment.headers)]).median
