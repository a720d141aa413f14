"""Servers of the benchmark's own: started on a free port of 127.0.0.1, ended afterwards."""

import base64
import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.instrument.client import Answer

ROOT = Path(__file__).parent.parent.parent
_DABIAO = [sys.executable, "-m", "app.cli.commands"]
_DATASETTE = ROOT / ".venv-bench" / "bin" / "datasette"
_START_SECONDS = 60.0
# Requests are counted as in any deployment, and never too many.
_MOST = str(10**9)
_NO_LIMITS = {"DABIAO_REQUESTS_PER_KEY": _MOST, "DABIAO_REQUESTS_PER_ADDRESS": _MOST}
# What an answer carries of its own each time; uvicorn adds its date.
_OWN_HEADERS = {"date", "server"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that runs. ``first_answer``: the seconds from its start to its first answer."""

    port: int
    process: subprocess.Popen[bytes]
    first_answer: float

    def memory(self) -> float:
        """The proportional set size of its largest process, in MiB: of a worker's."""
        found = [self.process.pid, *_children(self.process.pid)]
        return max(_proportional_size(pid) for pid in found)

    def processor_seconds(self) -> float:
        """The processor time of its first process so far; it is that of a server of one worker."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def peak_memory(self) -> float:
        """The most memory that its first process ever had resident, in MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


@contextmanager
def dabiao(url: str, folder: Path, *, workers: int = 1, path: str = "/healthz") -> Iterator[Server]:
    """Dabiao on a database, as a deployment starts it; its log goes to a file."""
    command = [*_DABIAO, "serve", "--workers", str(workers)]
    with _run(command, {"DABIAO_DATABASE_URL": url, **_NO_LIMITS}, folder, path) as server:
        yield server


@contextmanager
def bare(
    answers: Mapping[str, Mapping[str, Answer]], folder: Path, *, workers: int = 1
) -> Iterator[Server]:
    """A bare application on the same server, that sends the same bytes."""
    file = folder / "answers.json"
    kinds = {
        path: {name: _plain(answer) for name, answer in each.items()}
        for path, each in answers.items()
    }
    file.write_text(json.dumps(kinds), "utf-8")
    first = next(iter(answers))
    command = [*_uvicorn("bench.instrument.bare:app"), "--workers", str(workers)]
    with _run(command, {"BENCH_ANSWERS": str(file)}, folder, first) as server:
        yield server


@contextmanager
def plain(database: Path, folder: Path, *, path: str = "/overview") -> Iterator[Server]:
    """The plain program on a database of its own."""
    environment = {"PLAIN_DATABASE": str(database)}
    with _run(_uvicorn("bench.plain.app:app"), environment, folder, path) as server:
        yield server


def make_plain_database(folder: Path, document: Mapping[str, Any]) -> Path:
    """The plain program's database with a plan's targets and figures."""
    source, file = folder / "plain.json", folder / "plain.db"
    file.unlink(missing_ok=True)
    source.write_text(json.dumps(document, ensure_ascii=False, default=str), "utf-8")
    command = [sys.executable, "-m", "bench.plain.filling", str(file), str(source)]
    subprocess.run(command, cwd=ROOT, check=True)
    return file


def has_datasette() -> bool:
    """Whether the environment of `make bench` was made."""
    return _DATASETTE.exists()


@contextmanager
def datasette(database: Path, folder: Path) -> Iterator[Server]:
    """Datasette on an SQLite file, with rows enough to a page."""
    settings = ["--setting", "max_returned_rows", "5000"]
    command = [str(_DATASETTE), "serve", str(database), *settings]
    with _run(command, {}, folder, "/-/versions.json") as server:
        yield server


def processor_seconds(url: str, *arguments: str) -> float:
    """The processor time of one of Dabiao's commands."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run_dabiao(url, *arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run_dabiao(url: str, *arguments: str) -> str:
    """What one of Dabiao's commands prints."""
    environment = os.environ | {"DABIAO_DATABASE_URL": url}
    command = [*_DABIAO, *arguments]
    return subprocess.check_output(
        command, env=environment, cwd=ROOT, text=True, stderr=subprocess.STDOUT
    )


def _uvicorn(app: str) -> list[str]:
    """The options are those that Dabiao serves with."""
    command = [sys.executable, "-m", "uvicorn", app]
    return [*command, "--log-level", "warning", "--no-server-header"]


@contextmanager
def _run(
    command: list[str], environment: dict[str, str], folder: Path, path: str
) -> Iterator[Server]:
    port = _free_port()
    log = (folder / "server.log").open("ab")
    began = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port)],
        env=os.environ | environment,
        cwd=ROOT,
        stdout=log,
        stderr=log,
    )
    try:
        first = _wait(process, port, path, began)
        yield Server(port=port, process=process, first_answer=first)
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _wait(process: subprocess.Popen[bytes], port: int, path: str, began: float) -> float:
    while time.perf_counter() - began < _START_SECONDS and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_SECONDS)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
            return time.perf_counter() - began
        except ConnectionError:
            time.sleep(0.005)
        finally:
            connection.close()
    raise RuntimeError(f"{process.args!r} did not answer")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _plain(answer: Answer) -> dict[str, object]:
    headers = [pair for pair in answer.headers if pair[0].lower() not in _OWN_HEADERS]
    body = base64.b64encode(answer.body).decode()
    return {"status": answer.status, "headers": headers, "body": body}


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _proportional_size(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
