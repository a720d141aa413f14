"""A crowd on one server, all at once, while a machine that watches asks for its health.

What an answer took is told twice: as a clock on the wall shows it, and in the processor time that
the server used meanwhile, which does not depend on what else the machine does.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from drills.service import ROOT, Failed, Note, ask, make_key, run, start, stopping

_SECONDS = 12
# How long the crowd takes to be there.
_BEGINNING = 1.5
# As if there were no limits.
_UNBOUND = {"DABIAO_HEAVY_READS": "100"}


@dataclass(frozen=True, slots=True)
class _Health:
    """How many milliseconds each answer took, and what the server calculated meanwhile; sorted."""

    took: list[float]
    worked: list[float]
    answers: dict[str, int]

    def __str__(self) -> str:
        worked = f"processor time of the server meanwhile: {_in_words(self.worked)}"
        return f"`/healthz` {_in_words(self.took)}; {worked}"


def in_a_crowd(folder: Path) -> Note:
    """100 heavy reads, 200 strangers, 90 clients that send slowly or not at all, 200 reports."""
    kept, unbound = (
        _measure(f"sqlite:///{folder}/{name}.db", settings)
        for name, settings in (("kept", {}), ("unbound", _UNBOUND))
    )
    unexpected = {each for each in kept.answers if each.rpartition(" ")[2] not in _EXPECTED}
    return Note(
        "100 heavy reads, 200 wrong keys, 60 half heads, 30 slow bodies and 200 reports at once",
        "200, 201, 401, or 503 with Retry-After; health in 100 ms for 99 of 100 checks",
        f"{kept}; {_told(kept.answers)}",
        control=f"100 heavy reads allowed at once: {unbound}",
        is_kept=not unexpected and _share(kept.took, 99) <= 100,
    )


_EXPECTED = frozenset({"200", "201", "401", "429", "503"})


def _measure(url: str, settings: dict[str, str]) -> _Health:
    run(url, "load")
    key = make_key(url)
    with stopping(start(url, settings=settings)) as server:
        words = (str(server.port), key, str(_SECONDS))
        crowd = subprocess.Popen(
            [sys.executable, "-m", "drills.programs.crowd", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        try:
            time.sleep(_BEGINNING)
            took, worked = _watch(server.port, server.process.pid)
            told, _ = crowd.communicate(timeout=60)
        finally:
            crowd.kill()
    if not took:
        raise Failed("no health check was answered")
    return _Health(sorted(took), sorted(worked), json.loads(told))


def _watch(port: int, process: int) -> tuple[list[float], list[float]]:
    """Ask for the health again and again, each time on a new connection."""
    took, worked = [], []
    clock = _clock_of(process)
    ends = time.monotonic() + _SECONDS - 2 * _BEGINNING
    while time.monotonic() < ends:
        before = time.clock_gettime(clock)
        answer = ask(port, "/healthz")
        if answer.status != 200:
            raise Failed(f"the health check answers {answer.status}")
        took.append(answer.took * 1000)
        worked.append((time.clock_gettime(clock) - before) * 1000)
        time.sleep(0.02)
    return took, worked


def _clock_of(process: int) -> int:
    """Linux's clock of the processor time of another process (clock_getcpuclockid)."""
    return (~process << 3) | 2


def _in_words(milliseconds: list[float]) -> str:
    return (
        f"median {_middle(milliseconds):.0f} ms, "
        f"99 of 100 within {_share(milliseconds, 99):.0f} ms, slowest {milliseconds[-1]:.0f} ms"
    )


def _middle(found: list[float]) -> float:
    return found[len(found) // 2]


def _share(found: list[float], percent: int) -> float:
    """What so many of a hundred do not exceed."""
    return found[len(found) * percent // 100]


def _told(answers: dict[str, int]) -> str:
    return ", ".join(f"{each}: {count}" for each, count in sorted(answers.items()))
