"""Fuzz the readers of foreign bytes: ``make fuzz``, ten minutes of JSON, CSV, XLSX and periods.

Inputs grow from a corpus: one that reaches a line of the readers after another than any before is
tried again, changed. With ``--keep`` it is added to the corpus, which `make test` replays.
"""

import argparse
import hashlib
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import CodeType, FrameType
from typing import Any, TypeAlias

from fuzzing.mutation import LONGEST, mutate
from fuzzing.properties import READERS, read_as

CORPUS = Path(__file__).parents[1] / "tests" / "hostile" / "corpus"
# What a reader may take for an input of this size: it is a tenth of a second even when traced.
SECONDS = 2.0
WHOLE_SECONDS = 600
MEGABYTES = 256
_WATCHED = (
    "/app/api/requests/strict_json.py",
    "/app/domain/checks/written.py",
    "/app/domain/time/",
    "/app/formats/",
    "/app/sdmx/query.py",
    "/app/words/lexicon.py",
)
_TRIES_OF_ONE = 40
# What Python calls at each step.
Tracer: TypeAlias = Callable[[FrameType, str, Any], Any]


class Trail:
    """Which lines of the readers follow each other, over all inputs so far."""

    def __init__(self) -> None:
        self._known: set[tuple[CodeType, int, int]] = set()
        self._new: set[tuple[CodeType, int, int]] = set()
        self._is_watched: dict[CodeType, bool] = {}
        self._last = 0

    @contextmanager
    def followed(self) -> Iterator[set[tuple[CodeType, int, int]]]:
        """The steps that no input took before this one."""
        self._new, self._last = set(), 0
        sys.settrace(self._enter)
        try:
            yield self._new
        finally:
            sys.settrace(None)
            self._known |= self._new

    def __len__(self) -> int:
        return len(self._known)

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Tracer | None:
        code = frame.f_code
        is_watched = self._is_watched.get(code)
        if is_watched is None:
            is_watched = any(each in code.co_filename for each in _WATCHED)
            self._is_watched[code] = is_watched
        return self._step if is_watched else None

    def _step(self, frame: FrameType, event: str, _argument: object) -> Tracer:
        if event == "line":
            step = (frame.f_code, self._last, frame.f_lineno)
            self._last = frame.f_lineno
            if step not in self._known:
                self._new.add(step)
        return self._step


class Fuzzed:
    """One kind of input: what was tried, and what was found."""

    def __init__(self, kind: str, chance: Random) -> None:
        self.kind, self.executions, self.accepted = kind, 0, 0
        self.findings: dict[str, bytes] = {}
        self._chance, self._trail = chance, Trail()
        self._inputs: list[bytes] = []
        for path in sorted((CORPUS / kind).iterdir()):
            self._inputs.append(path.read_bytes())
            self._try(self._inputs[-1])
        self._first = len(self._inputs)

    def run(self, seconds: float) -> str:
        """Try changed inputs for so long; what came of it, in a line."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            base = self._chance.choice(self._inputs)
            other = self._chance.choice(self._inputs)
            for _ in range(_TRIES_OF_ONE):
                content = mutate(self.kind, base, other, self._chance)
                if self._try(content) and len(content) <= LONGEST:
                    self._inputs.append(content)
        new = len(self._inputs) - self._first
        return (
            f"{self.kind}: {self.executions} executions, {self.accepted} accepted, "
            f"{len(self._trail)} steps, {new} new inputs, {len(self.findings)} findings"
        )

    def choose_new(self) -> list[bytes]:
        """The new inputs that reach together what all of them reach, the shortest first."""
        found, self._trail = self._inputs[self._first :], Trail()
        for content in self._inputs[: self._first]:
            self._try(content)
        return [content for content in sorted(found, key=len) if self._try(content)]

    def _try(self, content: bytes) -> bool:
        """Read it, and note what is wrong; whether it took a step that none took before."""
        begun, before = time.process_time(), _megabytes()
        self.executions += 1
        with self._trail.followed() as new:
            try:
                self.accepted += read_as(self.kind, content)
            except Exception as error:  # noqa: BLE001 - any exception is a finding
                self.findings.setdefault(_place_of(error), content)
        if time.process_time() - begun > SECONDS:
            self.findings.setdefault(f"took more than {SECONDS} s", content)
        if _megabytes() - before > MEGABYTES:
            self.findings.setdefault(f"took more than {MEGABYTES} MB", content)
        return bool(new)


def main() -> int:
    """Fuzz every kind, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=WHOLE_SECONDS, help="in all")
    parser.add_argument("--seed", type=int, default=time.time_ns(), help="to do the same again")
    parser.add_argument("--kind", choices=READERS, help="this one alone")
    parser.add_argument("--keep", action="store_true", help="add new inputs to the corpus")
    given = parser.parse_args()
    kinds = [given.kind] if given.kind else list(READERS)
    print(f"fuzz: seed {given.seed}", flush=True)
    found = 0
    for kind in kinds:
        # Not a secret: the same seed tries the same inputs.
        fuzzed = Fuzzed(kind, Random(given.seed))  # noqa: S311
        print(fuzzed.run(given.seconds / len(kinds)), flush=True)
        for what, content in fuzzed.findings.items():
            print(f"FINDING {kind}: {what}: {content[:2000]!r}", flush=True)
            _store(kind, content)
        for content in fuzzed.choose_new() if given.keep else ():
            _store(kind, content)
        found += len(fuzzed.findings)
    if given.seconds < WHOLE_SECONDS:
        left = WHOLE_SECONDS - given.seconds
        print(f"LEFT OUT of make fuzz: {left:.0f} of {WHOLE_SECONDS} seconds.")
    return 1 if found else 0


def _store(kind: str, content: bytes) -> None:
    name = hashlib.sha256(content).hexdigest()[:12]
    (CORPUS / kind / name).write_bytes(content)


def _megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _place_of(error: BaseException) -> str:
    """What was raised, and where last in the project."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "/app/" in name or "/fuzzing/properties" in name:
            place = f"{name.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"


if __name__ == "__main__":
    sys.exit(main())
