"""Proxies before the service: a restart that nobody notices, and a cache that is never behind."""

import json
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

from drills.server import postgres
from drills.service import (
    CITY,
    ROOT,
    Answer,
    Failed,
    Note,
    Server,
    ask,
    free_port,
    make_key,
    run,
    start,
    status,
    wait_until,
)

_CLIENTS = 8


def rolling_restart(folder: Path, *, requests: int) -> Note:
    """Two instances behind HAProxy are restarted in turn while clients read and write."""
    failed: Counter[str] = Counter()
    left = iter(range(requests))
    with ExitStack() as stack:
        database = stack.enter_context(postgres(folder / "data", folder / "log"))
        run(database.url, "migrate")
        run(database.url, "load")
        key = make_key(database.url)
        servers = [start(database.url) for _ in range(2)]
        stack.callback(_kill, servers)
        port = stack.enter_context(_haproxy(folder, servers))

        clients = [
            threading.Thread(target=_work, args=(port, key, left, failed)) for _ in range(_CLIENTS)
        ]
        for each in clients:
            each.start()
        restarts = 0
        while any(each.is_alive() for each in clients):
            place = restarts % 2
            servers[place].stop()
            servers[place] = start(database.url, port=servers[place].port)
            restarts += 1
            time.sleep(2)
    told = ", ".join(f"{count} {name}" for name, count in failed.items())
    return Note(
        "rolling restart of two instances behind HAProxy",
        "0 requests failed",
        f"{failed.total()} of {requests:,} failed in {restarts} restarts {told}".strip(),
        is_kept=not failed and restarts > 1,
    )


def _kill(servers: list[Server]) -> None:
    for each in servers:
        each.kill()


def _work(port: int, key: str, left: Iterator[int], failed: Counter[str]) -> None:
    """Send request after request, none of them twice, until none is left."""
    for number in left:
        try:
            found = _use(port, key, number)
        except (OSError, HTTPException) as error:
            failed[type(error).__name__] += 1
            continue
        if found.status not in {200, 201}:
            failed[f"{found.status} {found.code}".strip()] += 1


def _use(port: int, key: str, number: int) -> Answer:
    """A read, or every fourth time a report."""
    if number % 4:
        return ask(port, f"{CITY}/overview")
    figure = {"indicator": "value_added", "value": 100 + number, "unit": "亿元", "basis": "ytd"}
    body = {
        "area": "nanshan",
        "period": "2024-Q3",
        "figures": [figure],
        "explanations": {"value_added": "a drill"},
        "correction_reason": "a drill",
    }
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": uuid4().hex,
    }
    content = json.dumps(body).encode()
    return ask(port, f"{CITY}/reports", method="POST", body=content, headers=headers)


@contextmanager
def _haproxy(folder: Path, servers: list[Server]) -> Iterator[int]:
    """HAProxy as deploy/haproxy.cfg has it, before these instances; its port."""
    text = (ROOT / "deploy" / "haproxy.cfg").read_text("utf-8")
    port = free_port()
    for known, there in zip(
        ("8080", "8001", "8002"), (port, *(each.port for each in servers)), strict=True
    ):
        text = text.replace(f"127.0.0.1:{known}", f"127.0.0.1:{there}")
    (folder / "haproxy.cfg").write_text(text, "utf-8")
    with _running("haproxy", "-db", "-f", str(folder / "haproxy.cfg"), log=folder / "haproxy.log"):
        wait_until(lambda: status(port, "/healthz") == 200, 30, "HAProxy does not answer")
        yield port


def cache_in_front(folder: Path) -> Note:
    """What nginx keeps is asked about at each use, and never what was asked for with a key."""
    url = f"sqlite:///{folder}/cached.db"
    run(url, "load")
    reporter, reviewer = make_key(url), _key(url, "reviewer")
    stale, hits, path = 0, Counter[str](), f"{CITY}/observations?area=nanshan&indicator=value_added"
    with ExitStack() as stack:
        server = start(url)
        stack.callback(server.kill)
        port = stack.enter_context(_nginx(folder, server.port))
        for number in range(50):
            sent = _use(port, reporter, number * 4)
            approve = f"{sent.headers['location']}/approve"
            headers = {"Authorization": f"Bearer {reviewer}"}
            done = ask(port, approve, method="POST", headers=headers)
            if done.status != 200:
                raise Failed(f"not approved: {done.status} {done.body.decode()}")
            for _ in range(3):
                found = ask(port, path)
                hits[found.headers["x-cache"]] += 1
                values = [each["value"] for each in json.loads(found.body)["items"]]
                stale += values != [100 + number * 4]
        own = {"Authorization": f"Bearer {reporter}"}
        with_key = [ask(port, "/api/v1/me", headers=own) for _ in range(2)]
        without = ask(port, "/api/v1/me")
    shared = without.status != 401 or any(each.headers["x-cache"] != "BYPASS" for each in with_key)
    return Note(
        "nginx with a cache in front",
        "revalidates by ETag, never an old figure, nothing of a key shared",
        f"{stale} of {hits.total()} reads old after 50 acknowledged changes; "
        f"{', '.join(f'{name} {count}' for name, count in sorted(hits.items()))}; "
        f"with a key {with_key[0].headers['x-cache']}, without {without.status}",
        is_kept=stale == 0 < hits["REVALIDATED"] and not shared,
    )


def _key(url: str, role: str) -> str:
    return run(url, "key", "create", "--role", role, "--owner", role, "--quiet").strip()


@contextmanager
def _nginx(folder: Path, upstream: int) -> Iterator[int]:
    """Nginx as deploy/nginx.conf has it, before an instance; its port."""
    text = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    port = free_port()
    for known, there in (
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("listen 8080", f"listen 127.0.0.1:{port}"),
        ("/run/nginx-dabiao", f"{folder}/nginx"),
        ("/var/cache/nginx/dabiao", f"{folder}/cache"),
    ):
        text = text.replace(known, there)
    (folder / "nginx.conf").write_text(text, "utf-8")
    # Its worker is another user than who runs the drill.
    folder.chmod(0o755)
    words = ("-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf"), "-g", "daemon off;")
    with _running("nginx", *words, log=folder / "nginx.log"):
        wait_until(lambda: status(port, "/healthz") == 200, 30, "nginx does not answer")
        yield port


@contextmanager
def _running(program: str, *words: str, log: Path) -> Iterator[None]:
    """A program for as long as the block lasts."""
    if shutil.which(program) is None:
        raise Failed(f"{program} is not installed")
    with log.open("ab") as told:
        process = subprocess.Popen(
            [program, *words], stdout=told, stderr=told, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
