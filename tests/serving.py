"""The API on a port of this machine, for what a client in the same process cannot show."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI


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
