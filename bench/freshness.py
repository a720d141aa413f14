"""The drill of freshness: pairs of a write and a read, on several processes and both databases.

    python -m bench.freshness --pairs 10000 --minutes 20

Each value is read twice: on a connection of its own, so that any process may answer it, and on one
of a few that are kept, in the same bytes as the time before. Both must show the value that was just
written. It ends with the number of pairs, after so many minutes on each database, or
at the first that is stale.
"""

import argparse
import http.client
import itertools
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from bench.deployments import Deployment, city, deploy
from bench.instrument.postgres import postgres
from bench.instrument.servers import dabiao, run_dabiao

WORKERS = 4
# The connections that each writer keeps.
KEPT = 6
# One for each writer, so that each knows what the newest value is.
INDICATORS = ("value_added", "industrial_space", "rd_institutions", "new_software_workers")


def main() -> None:
    """Run the drill on SQLite and on PostgreSQL."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=20)
    asked = parser.parse_args()
    for name in ("SQLite", "PostgreSQL"):
        with tempfile.TemporaryDirectory(prefix="bench-freshness-") as folder:
            started = time.monotonic()
            done = _drill(name, Path(folder), asked.pairs, started + 60 * asked.minutes)
            took = time.monotonic() - started
        told = f"{done:,} pairs by {WORKERS} processes in {took:.0f} s, none stale"
        print(f"{name}: {told}", flush=True)


def _drill(name: str, folder: Path, pairs: int, until: float) -> int:
    with database(name, folder) as url:
        deployment = deploy(url, folder, city(review="manual"))
        key = run_dabiao(url, "key", "create", "--role", "administrator", "--quiet").split()[-1]
        with dabiao(url, folder, workers=WORKERS) as server:
            count = pairs // len(INDICATORS)

            def run(indicator: str) -> int:
                told = itertools.takewhile(lambda _: time.monotonic() < until, range(count))
                return _write_and_read(server.port, deployment, key, indicator, told)

            with ThreadPoolExecutor(len(INDICATORS)) as pool:
                return sum(pool.map(run, INDICATORS))


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """An empty database of the kind, by its URL."""
    if name == "SQLite":
        yield f"sqlite:///{folder}/drill.db"
    else:
        with postgres() as url:
            yield url


def _write_and_read(
    port: int, deployment: Deployment, key: str, indicator: str, turns: Iterable[int]
) -> int:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    done, tag = 0, ""
    kept = itertools.cycle([_connect(port) for _ in range(KEPT)])
    for value in (100_000 + turn for turn in turns):
        target = {"indicator": indicator, "value": value, "reason": "the next one"}
        path = f"{deployment.path}/targets"
        status, _, told = ask(port, "POST", path, headers, json.dumps(target))
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            # Refused as busy: the value is not written, and the read shows the one before.
            continue
        if status != HTTPStatus.CREATED:
            raise SystemExit(f"{path}: {status} {told}")
        asked = headers | {"If-None-Match": tag}
        status, tag, read = ask(port, "GET", f"{path}/{indicator}", asked)
        again = _ask(next(kept), "GET", f"{path}/{indicator}", headers)
        if HTTPStatus.SERVICE_UNAVAILABLE in {status, again[0]}:
            # Refused as busy: nothing is shown.
            continue
        for answered, _, found in ((status, tag, read), again):
            if answered != HTTPStatus.OK or found["target"] != value:
                shown = found.get("target")
                raise SystemExit(f"STALE: {indicator} {value}, told {answered} {shown}")
        done += 1
    return done


def ask(
    port: int, method: str, path: str, headers: Mapping[str, str], body: str | None = None
) -> tuple[int, str, dict[str, Any]]:
    """The status, tag and content of an answer, on a connection of its own."""
    line = _connect(port)
    found = _ask(line, method, path, {**headers, "Connection": "close"}, body)
    line.close()
    return found


def _connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def _ask(
    line: http.client.HTTPConnection,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: str | None = None,
) -> tuple[int, str, dict[str, Any]]:
    line.request(method, path, body, headers)
    answer = line.getresponse()
    content = answer.read()
    return answer.status, answer.headers.get("ETag", ""), json.loads(content) if content else {}


if __name__ == "__main__":
    main()
