"""Three nodes of PostgreSQL with Patroni and etcd, and HAProxy before them.

Nothing of the replication is ours. The settings are those that docs/scale.md recommends.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from drills.net import NODES, inside
from drills.server import as_postgres, find_programs
from drills.service import ROOT, Failed, wait_until

PATRONI = ROOT / ".venv-drills" / "bin"
_PORT, _REST, _ETCD = 6432, 18008, 12379
PRIMARY_PORT = 6400
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass
class Cluster:
    """The nodes that run, and where their files are."""

    home: Path
    is_synchronous: bool = True
    started: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The address of the primary, through HAProxy."""
        return f"postgresql+psycopg://postgres:drill@127.0.0.1:{PRIMARY_PORT}/postgres"

    def start(self) -> None:
        """Start etcd, Patroni and HAProxy, and wait for a primary with its replicas."""
        for node in NODES:
            self._write_node(node)
            self.start_etcd(node)
        time.sleep(2)
        for node in NODES:
            self.start_patroni(node)
            time.sleep(0.5)
        self.wait_ready()
        config = self.home / "haproxy.cfg"
        text = (_TEMPLATES / "haproxy-postgres.cfg").read_text("utf-8")
        config.write_text(text, "utf-8")
        self._start("haproxy", ["haproxy", "-db", "-f", str(config)])
        wait_until(self._is_served, 30, "HAProxy finds no primary")

    def stop(self) -> None:
        """End everything, by the ids that were kept."""
        for name in sorted(self.started, reverse=True):
            self.end(name, signal.SIGTERM if name.startswith("patroni") else signal.SIGKILL)
        for node in NODES:
            for each in self.processes_of(node):
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)

    def start_etcd(self, node: int) -> None:
        """Start the etcd of a node."""
        env = [
            f"{key}={value}"
            for line in (self.home / f"n{node}" / "etcd.env").read_text("utf-8").splitlines()
            for key, _, value in (line.partition("="),)
        ]
        self._start(f"etcd{node}", inside(node, *as_postgres("env", *env, "etcd")))

    def start_patroni(self, node: int) -> None:
        """Start Patroni, which starts PostgreSQL."""
        home = self.home / f"n{node}"
        words = ("env", f"HOME={home}", str(PATRONI / "patroni"), str(home / "patroni.yml"))
        self._start(f"patroni{node}", inside(node, *as_postgres(*words)))

    def end(self, name: str, number: int) -> None:
        """Send a signal to what was started under a name, and wait for its end."""
        process = self.started.pop(name, None)
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(number)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def processes_of(self, node: int) -> list[int]:
        """PostgreSQL's processes on a node: the first is the one that the others come from."""
        try:
            found = (self.home / f"n{node}" / "data" / "postmaster.pid").read_text("utf-8")
        except OSError:
            return []
        first = found.splitlines()[0]
        listed = subprocess.run(["pgrep", "-P", first], capture_output=True, text=True, check=False)
        alive = Path(f"/proc/{first}").exists()
        return [int(first), *map(int, listed.stdout.split())] if alive else []

    def kill_postgres(self, node: int) -> None:
        """SIGKILL to PostgreSQL's own process on a node; Patroni lives."""
        os.kill(self.processes_of(node)[0], signal.SIGKILL)

    def kill_node(self, node: int) -> None:
        """SIGKILL to everything on a node but etcd."""
        patroni = self.started[f"patroni{node}"].pid
        for each in (patroni, *self.processes_of(node)):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self.started.pop(f"patroni{node}").wait()

    def members(self) -> dict[int, tuple[str, str]]:
        """Role and state of each node, as the first node that answers sees them."""
        for address in NODES.values():
            with suppress(OSError, HTTPException, ValueError):
                found = json.loads(_get(address, _REST, "/cluster"))["members"]
                return {int(each["name"][1:]): (each["role"], each["state"]) for each in found}
        return {}

    def primary(self) -> int:
        """The node that is written; 0 where there is none."""
        for node, address in NODES.items():
            with suppress(OSError, HTTPException):
                if _get(address, _REST, "/primary", wanted=200):
                    return node
        return 0

    def wait_ready(self, seconds: float = 90) -> float:
        """Wait for a primary and two replicas, one of them synchronous where that is asked for."""

        def is_ready() -> bool:
            found = sorted(self.members().values())
            states = [state for _, state in found]
            roles = [role for role, _ in found]
            replica = "sync_standby" if self.is_synchronous else "replica"
            return states.count("streaming") == 2 and "leader" in roles and replica in roles

        return wait_until(is_ready, seconds, f"the cluster is not whole ({self.members()})")

    def switch_over(self, source: int, target: int) -> None:
        """Have Patroni hand over, as an operator does."""
        body = json.dumps({"leader": f"n{source}", "candidate": f"n{target}"})
        connection = HTTPConnection(NODES[source], _REST, timeout=30)
        connection.request("POST", "/switchover", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise Failed(f"no switchover: {answer.status} {answer.read().decode()}")
        connection.close()

    def _is_served(self) -> bool:
        ready = [str(find_programs() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p"]
        return subprocess.run([*ready, str(PRIMARY_PORT)], check=False).returncode == 0

    def _write_node(self, node: int) -> None:
        home = self.home / f"n{node}"
        home.mkdir(parents=True)
        facts = {
            "node": f"n{node}",
            "address": NODES[node],
            "home": str(home),
            "programs": str(find_programs()),
            "members": ",".join(f"n{each}=http://{at}:12380" for each, at in NODES.items()),
            "endpoints": ",".join(f"{at}:{_ETCD}" for at in NODES.values()),
            "synchronous": "on" if self.is_synchronous else "off",
            "strict": "true" if self.is_synchronous else "false",
            # The control confirms what it has not written anywhere yet.
            "commit": "on" if self.is_synchronous else "off",
        }
        for name in ("etcd.env", "patroni.yml"):
            text = (_TEMPLATES / name).read_text("utf-8")
            for key, value in facts.items():
                text = text.replace(f"${{{key}}}", value)
            (home / name).write_text(text, "utf-8")
        for path in (home, *home.rglob("*")):
            shutil.chown(path, "postgres", "postgres")

    def _start(self, name: str, words: list[str]) -> None:
        with (self.home / f"{name}.log").open("ab") as told:
            self.started[name] = subprocess.Popen(
                words, stdout=told, stderr=told, start_new_session=True
            )


@contextmanager
def cluster(home: Path, *, is_synchronous: bool = True) -> Iterator[Cluster]:
    """A cluster for as long as the block lasts."""
    for name in ("etcd", "haproxy"):
        if shutil.which(name) is None:
            raise Failed(f"{name} is not installed")
    if not (PATRONI / "patroni").exists():
        raise Failed("Patroni is not installed")
    home.mkdir()
    for each in (home, *list(home.parents)[:-2]):
        each.chmod(each.stat().st_mode | 0o011)
    made = Cluster(home, is_synchronous)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def _get(host: str, port: int, path: str, *, wanted: int | None = None) -> bytes:
    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        content = answer.read()
        return content if wanted in {None, answer.status} else b""
    finally:
        connection.close()
