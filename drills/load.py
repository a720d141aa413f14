"""Clerks who report without a pause, and what each of them was promised.

A report carries a token as its note. What was answered with 201 must be in the database
afterwards, and nothing twice, though a clerk sends again what was not answered.
"""

import json
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import pairwise
from pathlib import Path
from typing import Self
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from drills.service import AREAS, CITY

_SECONDS = 20.0
_NOTES = "SELECT note FROM figure WHERE note LIKE 'drill-%'"


@dataclass
class Load:
    """So many clerks on a server. ``retries``: whether they send again what failed."""

    port: int
    key: str
    clerks: int = 8
    retries: bool = True
    host: str = "127.0.0.1"
    acknowledged: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    # When each report was acknowledged.
    times: list[float] = field(default_factory=list)
    slowest_refusal: float = 0.0
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> "Load":
        """Begin to report."""
        for number in range(self.clerks):
            thread = threading.Thread(target=self._report, args=(AREAS[number % len(AREAS)],))
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> "Load":
        """End, when each clerk has an answer."""
        self._over.set()
        for each in self._threads:
            each.join()
        return self

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self.stop()

    def longest_pause(self, since: float) -> float:
        """The longest time without an acknowledged report after an instant, in seconds."""
        times = sorted(each for each in self.times if each >= since)
        return max((later - sooner for sooner, later in pairwise([since, *times])), default=0)

    def _report(self, area: str) -> None:
        token = ""
        while not self._over.is_set():
            token = token or f"drill-{uuid4().hex}"
            begun = time.monotonic()
            found = self._send(area, token)
            took = time.monotonic() - begun
            with self._lock:
                self.answers[found] += 1
                if found == "201":
                    self.acknowledged.add(token)
                    self.times.append(time.monotonic())
                elif found.startswith("503"):
                    self.slowest_refusal = max(self.slowest_refusal, took)
            if found == "201" or not self.retries or found.startswith("4"):
                token = ""
            else:
                self._over.wait(0.2)

    def _send(self, area: str, token: str) -> str:
        """The status of the answer with the code of its problem, or that nobody answered."""
        body = make_report(area, token)
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": token,
        }
        connection = HTTPConnection(self.host, self.port, timeout=_SECONDS)
        try:
            connection.request("POST", f"{CITY}/reports", body, headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, HTTPException):
            return "no answer"
        finally:
            connection.close()
        code = ""
        with suppress(ValueError):
            code = json.loads(content).get("code", "") if answer.status >= 400 else ""
        return f"{answer.status} {code}".strip()


def make_report(area: str, token: str) -> bytes:
    """A report of one figure with this note."""
    figure = {"indicator": "value_added", "value": 100 + int(token[-6:], 16) % 100_000}
    body = {
        "area": area,
        "period": "2024-Q3",
        "figures": [{**figure, "unit": "亿元", "basis": "ytd", "note": token}],
        "explanations": {"value_added": "a drill"},
        "correction_reason": "a drill",
    }
    return json.dumps(body).encode()


def stored_notes(url: str) -> Counter[str]:
    """How often each token is in the database."""
    parts = sa.make_url(url)
    if parts.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(Path(str(parts.database))))) as connection:
            return Counter(note for (note,) in connection.execute(_NOTES))
    plain = parts.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, connect_timeout=5) as server:
        return Counter(note for (note,) in server.execute(_NOTES))


@dataclass(frozen=True, slots=True)
class Loss:
    """What is missing of what was acknowledged, and what is there twice."""

    acknowledged: int
    lost: int
    doubled: int

    def __str__(self) -> str:
        """In words, for the table."""
        doubled = f", {self.doubled} twice" if self.doubled else ""
        return f"{self.lost} of {self.acknowledged:,} acknowledged lost{doubled}"


def find_loss(loads: list[Load], url: str) -> Loss:
    """Hold what was acknowledged against a database."""
    promised = set().union(*(each.acknowledged for each in loads))
    stored = stored_notes(url)
    return Loss(
        acknowledged=len(promised),
        lost=len(promised - stored.keys()),
        doubled=sum(count > 1 for count in stored.values()),
    )
