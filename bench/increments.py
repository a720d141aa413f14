"""The drill of lost updates: many clients read a figure and report it one higher, all at once.

    python -m bench.increments

Eight threads make 400 such reports each, most in a district of their own and every tenth in one
that all share, on SQLite and PostgreSQL, with one process and with four. Each must see what it
wrote last; at the end the figures are those acknowledged, and `dabiao verify` finds nothing.
"""

import argparse
import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

from bench.deployments import Deployment, city, deploy
from bench.freshness import ask, database
from bench.instrument.servers import dabiao, run_dabiao

THREADS, SHARED_EVERY = 8, 10
INDICATOR, UNIT, BASIS, PERIOD = "industrial_space", "平方米", "since_start", "2025-Q4"
SHARED = "luohu"
OWN = ("futian", "nanshan", "baoan", "longgang", "yantian", "longhua", "pingshan", "guangming")
# Another client came first, with the same value or while the lock was held.
_AGAIN = {HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE}


def main() -> None:
    """Run the drill in all four ways."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=400)
    rounds: int = parser.parse_args().rounds
    for name in ("SQLite", "PostgreSQL"):
        for workers in (1, 4):
            with tempfile.TemporaryDirectory(prefix="bench-increments-") as folder:
                began = time.monotonic()
                done = _drill(name, Path(folder), workers, rounds)
                took = time.monotonic() - began
            told = f"{done} read-modify-writes by {THREADS} threads in {took:.0f} s, none lost"
            print(f"{name}, {workers} process(es): {told}", flush=True)


def _drill(name: str, folder: Path, workers: int, rounds: int) -> int:
    with database(name, folder) as url:
        deployment = deploy(url, folder, city(review="manual"))
        with dabiao(url, folder, workers=workers) as server:
            clients = [_Client(server.port, deployment, own, rounds) for own in OWN]
            before = {area: clients[0].read(area) for area in (SHARED, *OWN)}
            with ThreadPoolExecutor(THREADS) as pool:
                list(pool.map(_Client.run, clients))
            highest = max(client.shared for client in clients)
            _require(clients[0].read(SHARED) == highest, f"{SHARED}: {highest} was lost")
            _require(highest > before[SHARED], f"{SHARED} did not move")
            for client in clients:
                wanted = before[client.own] + rounds - rounds // SHARED_EVERY
                found = client.read(client.own)
                _require(found == wanted, f"{client.own}: {found}, not {wanted}")
        run_dabiao(url, "verify", deployment.plan)
        return len(clients) * rounds


class _Client:
    """One thread, that counts in its own district and now and then in the shared one."""

    def __init__(self, port: int, deployment: Deployment, own: str, rounds: int) -> None:
        self.own, self.shared = own, 0
        self._port, self._path, self._rounds = port, deployment.path, rounds
        self._headers = deployment.headers | {"Content-Type": "application/json"}

    def run(self) -> None:
        """Count, until every report of the rounds was acknowledged."""
        seen = self.read(self.own)
        for turn in range(1, self._rounds + 1):
            if turn % SHARED_EVERY == 0:
                self.shared = self._increment(SHARED)
                continue
            written = self._increment(self.own)
            _require(written == seen + 1, f"{self.own}: read {written - 1} after {seen}")
            seen = written

    def read(self, area: str) -> int:
        """The newest value, whether it is approved or not."""
        query = f"indicator={INDICATOR}&area={area}&period={PERIOD}&view=provisional"
        path = f"{self._path}/observations?{query}"
        status, _, told = ask(self._port, "GET", path, self._headers)
        _require(status == HTTPStatus.OK, f"{path}: {status} {told}")
        newest = max(told["items"], key=lambda row: row["revision"])
        return int(newest["value"])

    def _increment(self, area: str) -> int:
        for _ in range(1000):
            value = self.read(area) + 1
            figure = {"indicator": INDICATOR, "value": value, "unit": UNIT, "basis": BASIS}
            body = {"area": area, "period": PERIOD, "figures": [figure]}
            said = {"explanations": {INDICATOR: "counted again"}, "correction_reason": "one more"}
            sent = json.dumps(body | said)
            status, _, told = ask(self._port, "POST", f"{self._path}/reports", self._headers, sent)
            if status == HTTPStatus.CREATED:
                return value
            _require(status in _AGAIN, f"{area}: {status} {told}")
        raise SystemExit(f"{area}: a writer starved")


def _require(condition: bool, message: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise SystemExit(message)


if __name__ == "__main__":
    main()
