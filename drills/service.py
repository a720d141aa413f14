"""The program in processes of its own, as a deployment runs it, and what its database holds."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = ("-m", "app.cli.commands")
CITY = "/api/v1/plans/shenzhen-software-2025"
AREAS = ("nanshan", "futian", "baoan", "longgang", "longhua", "luohu", "guangming", "pingshan")

# Clerks of a drill send more than an office does, all from one address.
_UNLIMITED = {"DABIAO_REQUESTS_PER_ADDRESS": "0", "DABIAO_REQUESTS_PER_KEY": "0"}


class Failed(Exception):
    """A promise that was not kept, or a drill that could not be carried out."""


@dataclass
class Server:
    """A server that runs: its process group, and where it listens."""

    process: subprocess.Popen[bytes]
    port: int

    def kill(self) -> None:
        """SIGKILL to the process and its workers."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds: float = 30) -> None:
        """SIGTERM, as an operator stops it; SIGKILL where that does not end it."""
        self.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.kill()


def start(
    url: str,
    *,
    port: int | None = None,
    workers: int = 1,
    program: tuple[str, ...] = PROGRAM,
    settings: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Server:
    """Start the program on a database, and wait until it is ready."""
    port = port or free_port()
    words = ["serve", "--port", str(port), "--workers", str(workers)]
    with (log or Path(os.devnull)).open("ab") as told:
        process = subprocess.Popen(
            [sys.executable, *program, *words],
            cwd=ROOT,
            env=environment(url, settings),
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
    server = Server(process, port)
    try:
        wait_until(lambda: status(port, "/readyz") == 200, 60, "the server is not ready")
    except Failed:
        server.kill()
        raise
    return server


def environment(url: str, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a program on a database."""
    return {
        **os.environ,
        "LC_ALL": "C.UTF-8",
        "DABIAO_DATABASE_URL": url,
        **_UNLIMITED,
        **(settings or {}),
    }


def run(url: str, *words: str) -> str:
    """What a command of the program prints; Failed with what it says where it fails."""
    done = subprocess.run(
        [sys.executable, *PROGRAM, *words],
        cwd=ROOT,
        env=environment(url),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise Failed(f"dabiao {' '.join(words)}: {done.stderr.strip()[-600:]}")
    return done.stdout


def make_key(url: str) -> str:
    """A key that reports for every area of the drill."""
    areas = [word for area in AREAS for word in ("--area", area)]
    return run(url, "key", "create", "--role", "reporter", *areas, "--quiet").strip()


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found: int = listening.getsockname()[1]
        return found


@dataclass(slots=True)
class Answer:
    """An answer, and how many seconds it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    took: float

    @property
    def code(self) -> str:
        """The code of a problem; empty where the body is none."""
        with suppress(ValueError):
            found = json.loads(self.body)
            return str(found.get("code", "")) if isinstance(found, dict) else ""
        return ""


def ask(
    port: int,
    path: str,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = 30,
    host: str = "127.0.0.1",
) -> Answer:
    """One request on a connection of its own; OSError or HTTPException where nobody answers."""
    begun = time.monotonic()
    connection = HTTPConnection(host, port, timeout=seconds)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        found = connection.getresponse()
        content = found.read()
        named = {name.lower(): value for name, value in found.getheaders()}
        return Answer(found.status, named, content, time.monotonic() - begun)
    finally:
        connection.close()


def status(port: int, path: str) -> int:
    """The status of a read; 0 where nobody answers."""
    try:
        return ask(port, path, seconds=5).status
    except (OSError, HTTPException):
        return 0


def wait_until(is_so: Callable[[], object], seconds: float, otherwise: str) -> float:
    """Wait for something; how many seconds it took. Failed where it did not come in time."""
    begun = time.monotonic()
    while not is_so():
        if time.monotonic() - begun > seconds:
            raise Failed(f"{otherwise} after {seconds:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - begun


@contextmanager
def stopping(server: Server) -> Iterator[Server]:
    """A server that ends with the block, however that ends."""
    try:
        yield server
    finally:
        server.kill()


@dataclass
class Note:
    """What a drill found: the figure, what is promised, and the figure of its control."""

    fault: str
    promised: str
    found: str
    control: str = ""
    is_kept: bool = True
