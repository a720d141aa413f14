"""A PostgreSQL server of a drill's own, which can be killed, and stopped where it is."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from drills.service import Failed, free_port, wait_until


def find_programs() -> Path:
    """The folder of PostgreSQL's programs; Failed where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if not found:
        raise Failed("PostgreSQL is not installed")
    return found[0]


def as_postgres(*words: str) -> list[str]:
    """A command as the user postgres, as which alone a server runs."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words]


@dataclass
class Postgres:
    """A server on a folder."""

    data: Path
    port: int
    log: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it accepts connections."""
        programs = find_programs()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                as_postgres(
                    str(programs / "postgres"),
                    "-D",
                    str(self.data),
                    "-p",
                    str(self.port),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-k",
                    str(self.data),
                ),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ready = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        try:
            wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, 60, "silence")
        except Failed as failed:
            told = self.log.read_text("utf-8", "replace")
            raise Failed(f"{failed}: {told[-500:]}") from failed

    def set(self, name: str, value: str) -> None:
        """Change a setting."""
        with (self.data / "postgresql.auto.conf").open("a") as file:
            file.write(f"{name} = '{value}'\n")
            # A power cut would leave zeros in its place.
            file.flush()
            os.fsync(file.fileno())
        self.signal(signal.SIGHUP)

    def signal(self, number: int, *, to_all: bool = False) -> None:
        """Send a signal to the server, or to each of its processes."""
        if self.process is None:
            return
        found = [self.process.pid]
        if to_all:
            listed = subprocess.run(
                ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
            )
            found += map(int, listed.stdout.split())
        for each in found:
            with suppress(ProcessLookupError):
                os.kill(each, number)

    def pause(self) -> None:
        """Stop every process where it is."""
        self.signal(signal.SIGSTOP, to_all=True)

    def go_on(self) -> None:
        """Let every process go on."""
        self.signal(signal.SIGCONT, to_all=True)

    def kill(self) -> None:
        """End every process at once."""
        self.signal(signal.SIGKILL, to_all=True)
        if self.process is not None:
            self.process.wait()
        # The next one finds no other in its place.
        with suppress(OSError):
            (self.data / "postmaster.pid").unlink()


@contextmanager
def postgres(data: Path, log: Path) -> Iterator[Postgres]:
    """A new server on a folder, for as long as the block lasts."""
    if "postgres" not in {each.pw_name for each in pwd.getpwall()}:
        raise Failed("PostgreSQL is not installed")
    data.mkdir(parents=True, mode=0o700)
    shutil.chown(data, "postgres", "postgres")
    for each in (data.parent, *data.parents[1:4]):
        each.chmod(each.stat().st_mode | 0o011)
    made = [str(find_programs() / "initdb"), "-D", str(data), "-A", "trust", "-E", "UTF8"]
    subprocess.run(
        as_postgres(*made, "--locale=C.UTF-8", "--data-checksums"), check=True, capture_output=True
    )
    server = Postgres(data, free_port(), log)
    server.start()
    try:
        yield server
    finally:
        server.go_on()
        server.kill()
