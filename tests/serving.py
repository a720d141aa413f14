"""The API on a port of this machine, for what a client in the same process cannot show."""

import os
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from app.database import Database
from app.services.access.keys import KeyOrder, Role, create_key
from app.settings import Settings
from tests.conftest import NOW

# What runs on this machine is not encrypted. To read whom the internet trusts takes a new client
# longer than most requests take.
NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
# A write waits for its turn however busy the machine is.
PATIENT = {"DABIAO_BUSY_TIMEOUT_SECONDS": "60"}


@dataclass(frozen=True)
class Served:
    """The program in processes of its own, the database that it serves, and a key to it."""

    url: str
    database: Database
    headers: dict[str, str]

    def as_role(self, role: Role) -> "Served":
        """The same with a new key of this role."""
        return replace(self, headers=_new_key(self.database, role))

    def client(self) -> httpx.Client:
        """A client that uses a new connection for each request, so that any process may answer."""
        headers = self.headers | {"Connection": "close"}
        return httpx.Client(
            base_url=self.url, headers=headers, timeout=60, trust_env=False, verify=NOBODY
        )


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve on a free port of the loopback; its address."""
    config = uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def started(
    *words: str,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    program: tuple[str, ...] = ("-m", "app.cli.commands"),
) -> Iterator[str]:
    """The program in a process of its own, serving; the address that it announces."""
    process = subprocess.Popen(
        [sys.executable, *program, *words],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        try:
            assert process.stdout is not None
            told = iter(process.stdout.readline, "")
            found = next(match for line in told if (match := re.search(r"http://[^ （]+", line)))
            yield found[0]
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def serve_on(
    database_url: str, role: Role, *, workers: int = 1, environment: Mapping[str, str] | None = None
) -> Iterator[Served]:
    """The program on a database, in so many processes, with a key of this role."""
    with Database(Settings(database_url=database_url)) as database:
        headers = _new_key(database, role)
        settings = {"DABIAO_DATABASE_URL": database_url, **(environment or {})}
        words = ("serve", "--port", "0", "--workers", str(workers))
        with started(*words, environment=settings) as url:
            yield Served(url, database, headers)


def _new_key(database: Database, role: Role) -> dict[str, str]:
    with database.write_transaction() as session:
        _, text = create_key(session, KeyOrder(role=role), now=NOW)
    return {"Authorization": f"Bearer {text}"}
