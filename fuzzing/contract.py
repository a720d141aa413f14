"""Whether the service keeps its OpenAPI document: ``make schema``.

Schemathesis asks a server of its own what the document allows, and what it does not, once as each
kind of caller: every check, every operation. ``--short`` asks less, and says what it leaves out.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from drills.service import AREAS, CITY, ROOT, ask, run, start, stopping
from fuzzing.judging import SEEN, name_of, read_meanings

PROGRAM = str(Path(sys.executable).with_name("schemathesis"))
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
NOBODY = "nobody"
# What each caller is known by: the words of `dabiao key create`.
CALLERS: Mapping[str, tuple[str, ...]] = {
    NOBODY: (),
    "reader": ("--role", "reader"),
    "reporter": ("--role", "reporter", "--area", "nanshan", "--area", "futian"),
    "reviewer": ("--role", "reviewer"),
    "administrator": ("--role", "administrator"),
    "unit": ("--role", "reader", "--responsible-unit", "industry_information_bureau"),
}
QUARTERS = tuple(f"{year}-Q{quarter}" for year in (2023, 2024) for quarter in (1, 2, 3, 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is asked: by whom, with which further words, how, and in which time each."""

    callers: Mapping[str, tuple[str, ...]]
    phases: str
    examples: int
    seconds: int


LONG = Effort(
    callers=dict.fromkeys(CALLERS, ()),
    phases="examples,coverage,fuzzing,stateful",
    examples=8,
    seconds=900,
)
# Reads have the same parameters as these two.
_MOST_READS = "^(?!list_gaps|get_data_sdmx_3)(check|compare|download|get|list|reconcile)_"
# What is at the bounds of each schema, which needs no chance; of reports as who may submit them.
SHORT = Effort(
    callers={
        "administrator": ("--exclude-operation-id-regex", _MOST_READS),
        "reporter": ("--include-tag", "reports"),
    },
    phases="examples,coverage",
    examples=1,
    seconds=200,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of the requests of one caller."""

    requests: int
    is_kept: bool
    report: str
    meanings: Counter[str]


def main() -> int:
    """Ask as every caller, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="what CI has time for")
    parser.add_argument("--caller", choices=CALLERS, help="this one alone")
    given = parser.parse_args()
    effort, seen, kept = SHORT if given.short else LONG, Counter[str](), True
    callers = [given.caller] if given.caller else list(effort.callers)
    for caller in callers:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="dabiao-schema-") as folder:
            found = _ask_as(caller, effort, Path(folder))
        took = f"{time.monotonic() - begun:.0f} s"
        told = "no finding" if found.is_kept else f"FINDINGS\n{found.report}"
        print(f"schema, {caller}: {found.requests} requests in {took}, {told}", flush=True)
        seen, kept = seen + found.meanings, kept and found.is_kept
    if given.short:
        left = ", ".join(sorted(CALLERS.keys() - set(callers)))
        print(f"LEFT OUT of make schema: {left}; most reads; random and stateful requests.")
    elif not given.caller:
        unmet = sorted({name_of(each) for each in read_meanings()} - seen.keys())
        print(f"Meanings that no request met: {', '.join(unmet) or 'none'}")
    return 0 if kept else 1


def _ask_as(caller: str, effort: Effort, folder: Path) -> Found:
    """Let schemathesis ask a new deployment everything, with the key of a caller."""
    with _deployed(folder, caller) as port:
        words = (
            *(PROGRAM, "run", f"http://127.0.0.1:{port}/openapi.json", "--no-color"),
            *("--phases", effort.phases, "--max-examples", str(effort.examples)),
            *effort.callers.get(caller, ()),
        )
        code, told = _run(words, folder, effort.seconds)
    # Without a count it did not come to its end.
    counted = re.search(r"(\d+) generated", told)
    seen = folder / "seen.json"
    judged = json.loads(seen.read_text("utf-8")) if seen.exists() else {"seen": {}, "unknown": []}
    return Found(
        requests=int(counted[1]) if counted else 0,
        is_kept=code == 0 and counted is not None,
        report="\n".join([told, *judged["unknown"]]),
        meanings=Counter(judged["seen"]),
    )


def _run(words: tuple[str, ...], folder: Path, seconds: int) -> tuple[int, str]:
    """The exit code of schemathesis and what it said; 1 where it did not end in time."""
    environment = {"PYTHONPATH": str(ROOT), SEEN: str(folder / "seen.json")}
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, f"It did not end within {seconds} s."
    return done.returncode, done.stdout


@contextmanager
def _deployed(folder: Path, caller: str) -> Iterator[int]:
    """A server on the bundled plans, with reports that wait; and how schemathesis asks it."""
    url = f"sqlite:///{folder / 'dabiao.db'}"
    settings = {"DABIAO_FAILED_KEYS_PER_ADDRESS": "0"}
    with stopping(start(url, settings=settings, log=folder / "server.log")) as server:
        known = _Office(url, server.port).prepare()
        text = CONFIGURATION.read_text("utf-8")
        text += "".join(f"{name}.values = {json.dumps(each)}\n" for name, each in known.items())
        if caller != NOBODY:
            key = run(url, "key", "create", *CALLERS[caller], "--quiet").strip()
            text += f'\n[headers]\nAuthorization = "Bearer {key}"\n'
        (folder / "schemathesis.toml").write_text(text, "utf-8")
        # Made when it is first asked for, for which a busy machine needs longer than is waited.
        ask(server.port, "/openapi.json", seconds=120)
        yield server.port


class _Office:
    """Makes what ids are needed for: reports that wait, a publication, hooks, keys."""

    def __init__(self, url: str, port: int) -> None:
        self._port = port
        areas = [word for area in AREAS for word in ("--area", area)]
        keys = {"reporter": areas, "administrator": []}
        self._keys = {
            role: run(url, "key", "create", "--role", role, *more, "--quiet").strip()
            for role, more in keys.items()
        }

    def prepare(self) -> dict[str, list[str]]:
        """Everything, by the name of its dictionary."""
        figure = {"indicator": "value_added", "value": 300.5, "unit": "亿元", "basis": "ytd"}
        reports = [
            {
                "area": area,
                "period": period,
                "figures": [figure],
                "explanations": {"value_added": "counted by hand"},
                "correction_reason": "counted once more",
            }
            for area in AREAS
            for period in QUARTERS
        ]
        sent = self._post("reporter", f"{CITY}/reports/batch", {"reports": reports})
        hook = {"url": "https://93.184.215.14/in", "events": ["approved"]}
        key = {"role": "reader"}
        self._post("administrator", f"{CITY}/publications", {"name": "2024-annual"})
        return {
            "reports": [each["id"] for each in sent["reports"]],
            "hooks": [self._create(f"{CITY}/hooks", hook) for _ in range(5)],
            "keys": [self._create("/api/v1/keys", key) for _ in range(5)],
            "publications": ["2024-annual"],
        }

    def _create(self, path: str, body: object) -> str:
        return str(self._post("administrator", path, body)["id"])

    def _post(self, role: str, path: str, body: object) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self._keys[role]}",
            "Content-Type": "application/json",
        }
        content = json.dumps(body).encode()
        told = ask(self._port, path, method="POST", body=content, headers=headers)
        if told.status != HTTPStatus.CREATED:
            raise SystemExit(f"{path}: {told.status} {told.body.decode()[:400]}")
        found: dict[str, Any] = json.loads(told.body)
        return found


if __name__ == "__main__":
    sys.exit(main())
