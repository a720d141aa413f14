"""Run drills, print each line as it is known, and keep the tables in docs/reliability.md.

`make faults` and `make drill`; with --short what CI has time for, which writes no page.
"""

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from drills import crowd, failover, machine, proxies
from drills.page import write_table
from drills.service import Failed, Note

Drill = Callable[[Path], list[Note]]


def one(drill: Callable[..., Note], **given: int) -> Drill:
    """A drill that has one finding."""
    return lambda folder: [drill(folder, **given)]


FAULTS: dict[str, Drill] = {
    "kill": one(machine.kill, workers=1, rounds=5),
    "kill-workers": one(machine.kill, workers=4, rounds=5),
    "power-sqlite": one(machine.power_of_sqlite, rounds=3),
    "power-postgres": one(machine.power_of_postgres, rounds=3),
    "full": one(machine.full_disk),
    "read-only": one(machine.read_only_files),
    "read-only-postgres": one(machine.read_only_postgres),
    "errors": one(machine.disk_errors),
    "clock": one(machine.clock_jumps),
    "silent": one(machine.silent_postgres),
    "slow": one(machine.slow_clients),
    "pool": one(machine.exhausted_pool),
    "crowd": one(crowd.in_a_crowd),
}
DRILL: dict[str, Drill] = {
    "cluster": failover.carry_out,
    "rolling": one(proxies.rolling_restart, requests=10_000),
    "cache": one(proxies.cache_in_front),
}
GROUPS: dict[str, tuple[dict[str, Drill], dict[str, Drill]]] = {
    "faults": (
        FAULTS,
        {
            "kill": one(machine.kill, workers=1, rounds=2),
            "power-sqlite": one(machine.power_of_sqlite, rounds=1),
            "full": one(machine.full_disk),
        },
    ),
    "drill": (
        DRILL,
        {
            "cluster": partial(failover.carry_out, is_short=True),
        },
    ),
}


def main() -> None:
    """Run a group of drills; 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(prog="drills.run")
    parser.add_argument("group", choices=sorted(GROUPS))
    parser.add_argument("--short", action="store_true", help="what fits into CI")
    parser.add_argument("--only", action="append", help="this drill alone; writes no page")
    given = parser.parse_args()
    whole, short = GROUPS[given.group]
    chosen = short if given.short else whole
    if given.only:
        chosen = {name: whole[name] for name in given.only}
    # Whatever was started ends with the block that started it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    notes = [note for name, drill in chosen.items() for note in _carry_out(name, drill)]
    left_out = sorted(whole.keys() - chosen.keys())
    if left_out:
        print(f"LEFT OUT: {', '.join(left_out)} (`make {given.group}` runs them)")
    if given.short:
        print("SHORTENED: fewer rounds, requests and faults of the cluster than in the whole run")
    elif not given.only:
        write_table(given.group, notes)
    sys.exit(not all(each.is_kept for each in notes))


def _carry_out(name: str, drill: Drill) -> list[Note]:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dabiao-drill-", ignore_cleanup_errors=True) as folder:
        try:
            notes = drill(Path(folder))
        except (Failed, OSError, subprocess.SubprocessError) as error:
            notes = [Note(name, "", f"{type(error).__name__}: {error}", is_kept=False)]
    print(f"{name} ({time.monotonic() - begun:.0f} s)", flush=True)
    for note in notes:
        mark = "kept  " if note.is_kept else "BROKEN"
        control = f" | control: {note.control}" if note.control else ""
        print(f"  {mark} {note.fault}: {note.found}{control}", flush=True)
    return notes


if __name__ == "__main__":
    main()
