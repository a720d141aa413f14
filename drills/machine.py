"""Faults on one machine: what stops, what fills, what does not answer."""

import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

from drills import disks
from drills.load import Load, Loss, find_loss, make_report
from drills.server import Postgres, postgres
from drills.service import (
    CITY,
    PROGRAM,
    Answer,
    Note,
    ask,
    make_key,
    run,
    start,
    status,
    stopping,
    wait_until,
)

_CARELESS = ("-m", "drills.programs.careless")
_CLOCKED = ("-m", "drills.programs.clocked")
_OFFICIAL = f"{CITY}/overview"


def kill(folder: Path, *, workers: int, rounds: int) -> Note:
    """SIGKILL to every process of the service, again and again, under load."""
    url = f"sqlite:///{folder}/kill{workers}.db"
    run(url, "load")
    key, loads, waits = make_key(url), [], []
    for _ in range(rounds):
        begun = time.monotonic()
        server = start(url, workers=workers)
        waits.append(time.monotonic() - begun)
        with stopping(server), Load(server.port, key) as load:
            time.sleep(2)
            server.kill()
        loads.append(load)
    run(url, "verify")
    loss = find_loss(loads, url)
    return Note(
        f"kill -9, {workers} worker{'s' if workers > 1 else ''}, {rounds} times under load",
        "no acknowledged report lost, no half revision",
        f"{loss}; ready again in {max(waits):.1f} s; `verify` holds",
        is_kept=loss.lost + loss.doubled == 0 and loss.acknowledged > 0,
    )


def power_of_sqlite(folder: Path, *, rounds: int) -> Note:
    """The disk under SQLite loses its power; the control does not wait for the disk."""
    found = [
        _cut_sqlite(folder / name, program, rounds)
        for name, program in (("full", PROGRAM), ("normal", _CARELESS))
    ]
    return _told_of_power("power cut under SQLite", found, "synchronous=NORMAL")


def _cut_sqlite(folder: Path, program: tuple[str, ...], rounds: int) -> Loss:
    folder.mkdir()
    with disks.image(folder) as disk:
        url = f"sqlite:///{disk}/dabiao.db"
        run(url, "load")
        key, loads = make_key(url), []
        for _ in range(rounds):
            server = start(url, program=program)
            with stopping(server), Load(server.port, key, retries=False) as load:
                time.sleep(3)
                disks.cut_power(disk)
            loads.append(load)
            disks.turn_on(folder)
        run(url, "verify")
        return find_loss(loads, url)


def power_of_postgres(folder: Path, *, rounds: int) -> Note:
    """The disk under PostgreSQL loses its power; the control does not wait for the disk."""
    found = [_cut_postgres(folder / f"commit-{each}", each, rounds) for each in ("on", "off")]
    return _told_of_power("power cut under PostgreSQL", found, "synchronous_commit=off")


def _cut_postgres(folder: Path, commit: str, rounds: int) -> Loss:
    folder.mkdir()
    with disks.image(folder, 512) as disk, postgres(disk / "data", folder / "log") as server:
        server.set("synchronous_commit", commit)
        run(server.url, "migrate")
        run(server.url, "load")
        key, loads = make_key(server.url), []
        for _ in range(rounds):
            app = start(server.url)
            with stopping(app), Load(app.port, key, retries=False) as load:
                time.sleep(3)
                disks.cut_power(disk)
                server.kill()
            loads.append(load)
            disks.turn_on(folder)
            server.start()
        run(server.url, "verify")
        return find_loss(loads, server.url)


def _told_of_power(fault: str, found: list[Loss], control: str) -> Note:
    kept, careless = found
    return Note(
        fault,
        "no acknowledged report lost, no half revision",
        f"{kept}; `verify` holds",
        control=f"{control}: {careless}",
        is_kept=kept.lost == 0 < careless.lost and kept.acknowledged > 0,
    )


def full_disk(folder: Path) -> Note:
    """The disk fills up under load, and is freed again."""
    with disks.small(folder, 24) as disk:
        url = f"sqlite:///{disk}/dabiao.db"
        run(url, "load")
        key = make_key(url)
        with stopping(start(url)) as server, Load(server.port, key, clerks=2) as load:
            time.sleep(1)
            ballast = disk / "ballast"
            _fill(ballast)
            wait_until(
                lambda: load.answers["503 storage_unavailable"] > 3, 30, "no write was refused"
            )
            ready, read = ask(server.port, "/readyz"), ask(server.port, f"{CITY}/gaps?limit=3")
            ballast.unlink()
            back = _await_reports(load, 1)
            ready_again = status(server.port, "/readyz")
        run(url, "verify")
        loss = find_loss([load], url)
    told = ready.body.decode()
    return Note(
        "disk full",
        "503 `storage_unavailable`, reads go on, `/readyz` says so, recovers without restart",
        f"{loss}; read {read.status}, `/readyz` {ready.status} {told}; "
        f"writes again {back:.1f} s after there was room",
        is_kept=(read.status, ready.status, ready_again, loss.lost) == (200, 503, 200, 0)
        and "disk full" in told,
    )


@dataclass(frozen=True, kw_only=True)
class _Refused:
    """What is answered while nothing can be written."""

    write: Answer
    read: Answer
    fresh: Answer
    ready: Answer


def _ask_refused(port: int, key: str, load: Load) -> _Refused:
    wait_until(lambda: load.answers["503 storage_unavailable"] > 3, 30, "no write was refused")
    return _Refused(
        write=ask(
            port,
            f"{CITY}/reports",
            method="POST",
            body=make_report("nanshan", f"refused-{uuid4().hex}"),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        ),
        read=ask(port, _OFFICIAL),
        # Of a quarter that nobody has asked for: it is worked out from the database.
        fresh=ask(port, f"{CITY}/gaps?limit=3&start_period=2023-Q2"),
        ready=ask(port, "/readyz"),
    )


def _told_of_read_only(
    fault: str, found: _Refused, back: float, loss: Loss, ready_again: int
) -> Note:
    told, wait = found.ready.body.decode(), found.write.headers.get("retry-after")
    return Note(
        fault,
        "503 `storage_unavailable` with Retry-After, reads go on, recovers without restart",
        f"{loss}; write {found.write.status} `{found.write.code}` with `Retry-After: {wait}`, "
        f"reads {found.read.status} and {found.fresh.status}, `/readyz` {found.ready.status} "
        f"{told}; writes again {back:.1f} s after it was writable",
        is_kept=(found.write.code, found.read.status, found.fresh.status, found.ready.status)
        == ("storage_unavailable", 200, 200, 503)
        and wait is not None
        and (loss.lost, ready_again) == (0, 200)
        and "not writable" in told,
    )


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"0" * 65536)
        except OSError:
            return


def read_only_files(folder: Path) -> Note:
    """The files of the database become read-only under load, and writable again."""
    with disks.image(folder) as disk:
        file = disk / "dabiao.db"
        url = f"sqlite:///{file}"
        run(url, "load")
        key = make_key(url)
        with stopping(start(url)) as server, Load(server.port, key, clerks=2) as load:
            _await_reports(load, 1)
            # Not the file that SQLite's processes share memory in: a process that writes to the
            # memory of such a file is ended by the system, and started again by its supervisor.
            with disks.read_only(file, disk / "dabiao.db-wal"):
                found = _ask_refused(server.port, key, load)
            back = _await_reports(load, 1)
            ready_again = status(server.port, "/readyz")
        run(url, "verify")
        loss = find_loss([load], url)
    return _told_of_read_only(
        "the files of an SQLite database read-only", found, back, loss, ready_again
    )


def read_only_postgres(folder: Path) -> Note:
    """PostgreSQL takes no writes, as a follower does, and then takes them again."""
    with _on_postgres(folder) as (server, port, key):
        with Load(port, key, clerks=2) as load:
            _await_reports(load, 1)
            server.set("default_transaction_read_only", "on")
            found = _ask_refused(port, key, load)
            server.set("default_transaction_read_only", "off")
            back = _await_reports(load, 1)
            ready_again = status(port, "/readyz")
        run(server.url, "verify")
        loss = find_loss([load], server.url)
    return _told_of_read_only("PostgreSQL read-only", found, back, loss, ready_again)


def disk_errors(folder: Path) -> Note:
    """The disk gives an error to whoever asks it for anything."""
    with disks.image(folder) as disk:
        url = f"sqlite:///{disk}/dabiao.db"
        run(url, "load")
        key = make_key(url)
        with stopping(start(url)) as server, Load(server.port, key, clerks=2) as load:
            time.sleep(1)
            disks.cut_power(disk)
            wait_until(
                lambda: load.answers["503 storage_unavailable"] > 3, 30, "no write was refused"
            )
            ready, read = ask(server.port, "/readyz"), ask(server.port, f"{CITY}/gaps?limit=3")
        codes = sorted(load.answers)
    return Note(
        "the disk gives errors",
        "503 `storage_unavailable`, reads of what is in memory go on",
        f"answers {', '.join(codes)}; read {read.status}, `/readyz` {ready.status}",
        is_kept=not any(each.startswith("500") for each in codes)
        and read.status in {200, 503}
        and ready.status == 503,
    )


def clock_jumps(folder: Path) -> Note:
    """The clock goes back by a day and forward by a week while clerks report."""
    url, clock = f"sqlite:///{folder}/clock.db", folder / "clock"
    clock.write_text("0")
    run(url, "load")
    key = make_key(url)
    settings = {"DRILL_CLOCK": str(clock)}
    with stopping(start(url, program=_CLOCKED, settings=settings)) as server:
        with Load(server.port, key, clerks=2) as load:
            for shift in ("-86400", "604800", "0"):
                time.sleep(1)
                clock.write_text(shift)
                _await_reports(load, 4)
        read = ask(server.port, _OFFICIAL)
    run(url, "verify")
    falls = _count_falls(url)
    loss = find_loss([load], url)
    return Note(
        "the clock goes back a day, forward a week, back",
        "`recorded_at` never decreases, nothing refused",
        f"{loss}; {falls} entries before their predecessor; answers "
        f"{', '.join(sorted(load.answers))}; read {read.status}",
        is_kept=falls == loss.lost == 0 and set(load.answers) == {"201"},
    )


def _await_reports(load: Load, count: int) -> float:
    """Wait until so many more reports are acknowledged; how many seconds it took."""
    wanted = len(load.acknowledged) + count
    return wait_until(lambda: len(load.acknowledged) >= wanted, 30, "no report is acknowledged")


def _count_falls(url: str) -> int:
    """How many entries were recorded before the one that they follow."""
    query = "SELECT recorded_at FROM ledger WHERE plan LIKE 'shenzhen%' ORDER BY revision"
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        times = [at for (at,) in connection.execute(query)]
    return sum(later < sooner for sooner, later in pairwise(times))


def silent_postgres(folder: Path) -> Note:
    """Every process of PostgreSQL is stopped, and goes on after half a minute."""
    with _on_postgres(folder) as (server, app_port, key), Load(app_port, key, clerks=4) as load:
        wait_until(lambda: load.acknowledged, 30, "no report")
        ask(app_port, _OFFICIAL)
        server.pause()
        begun = time.monotonic()
        write, ready, health, kept = (
            _ask_slowest(app_port, path, method, key)
            for path, method in (
                (f"{CITY}/reports", "POST"),
                ("/readyz", "GET"),
                ("/healthz", "GET"),
                (_OFFICIAL, "GET"),
            )
        )
        time.sleep(max(0.0, begun + 15 - time.monotonic()))
        server.go_on()
        back = _await_reports(load, 1)
    return Note(
        "PostgreSQL stopped (SIGSTOP) for 15 s",
        "503 in 5 s, `/readyz` in 1 s, health in 100 ms, reads from memory with their age",
        f"write {write.status} `{write.code}` in {write.took:.1f} s (slowest "
        f"{load.slowest_refusal:.1f} s), `/readyz` {ready.status} in {ready.took:.2f} s, "
        f"`/healthz` {health.status} in {health.took * 1000:.0f} ms, read {kept.status} with "
        f"`Age: {kept.headers.get('age')}`; writes again {back:.1f} s after it went on",
        is_kept=write.code in {"database_unavailable", "outcome_unknown"}
        and max(write.took, load.slowest_refusal) < 6
        and ready.took < 1.5
        and kept.status == 200
        and "age" in kept.headers,
    )


def _ask_slowest(port: int, path: str, method: str, key: str) -> Answer:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    return ask(
        port,
        path,
        method=method,
        body=b"{}" if method == "POST" else None,
        headers=headers if method == "POST" else {},
    )


def _on_postgres(folder: Path) -> "_Deployed":
    return _Deployed(folder)


class _Deployed:
    """The service on a PostgreSQL server of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._stack = folder, ExitStack()

    def __enter__(self) -> tuple[Postgres, int, str]:
        server = self._stack.enter_context(postgres(self._folder / "data", self._folder / "log"))
        run(server.url, "migrate")
        run(server.url, "load")
        key = make_key(server.url)
        app = self._stack.enter_context(stopping(start(server.url)))
        return server, app.port, key

    def __exit__(self, *_failure: object) -> None:
        self._stack.close()


def slow_clients(folder: Path) -> Note:
    """Sixty clients who begin a request and send no more."""
    url = f"sqlite:///{folder}/slow.db"
    run(url, "load")
    key = make_key(url)
    with stopping(start(url)) as server, ExitStack() as held:
        for number in range(60):
            line = held.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            head = f"POST {CITY}/reports HTTP/1.1\r\nHost: x\r\n"
            whole = f"Authorization: Bearer {key}\r\nContent-Length: 99\r\n\r\n{{"
            line.sendall(f"{head}{whole if number % 2 else ''}".encode())
        with Load(server.port, key, clerks=2) as load:
            health = _sample(lambda: ask(server.port, "/healthz"), 40)
    return Note(
        "60 clients who send half a request",
        "others unaffected, health in 100 ms",
        f"`/healthz` median {_middle(health)} ms, slowest {max(health)} ms; answers "
        f"{', '.join(sorted(load.answers))}",
        is_kept=_middle(health) <= 100 and set(load.answers) == {"201"},
    )


def _sample(ask_once: Callable[[], Answer], count: int) -> list[int]:
    found = []
    for _ in range(count):
        found.append(round(ask_once().took * 1000))
        time.sleep(0.05)
    return sorted(found)


def _middle(sorted_values: list[int]) -> int:
    return sorted_values[len(sorted_values) // 2]


def exhausted_pool(folder: Path) -> Note:
    """More slow reads than there are connections, each of them another one."""
    found: list[Answer] = []

    def read(number: int) -> None:
        path = f"{CITY}/gaps?limit=1000&start_period=2023-Q1&offset={number}"
        found.append(ask(port, path, seconds=60))

    with _on_postgres(folder) as (_, port, _key):
        readers = [threading.Thread(target=read, args=(number,)) for number in range(100)]
        for each in readers:
            each.start()
        health = _sample(lambda: ask(port, "/healthz"), 40)
        for each in readers:
            each.join()
        after = status(port, _OFFICIAL)
    statuses = sorted({each.status for each in found})
    return Note(
        "100 slow reads at once",
        "200, or 503 with Retry-After; health in 100 ms",
        f"answers {statuses}; `/healthz` median {_middle(health)} ms, slowest {max(health)} ms",
        is_kept=set(statuses) <= {200, 503} and after == 200 and _middle(health) <= 100,
    )
