"""Connections as the program serves them, with deadlines that a test can wait for."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from app.edge.deadlines import PatientProtocol


class Hasty(PatientProtocol):
    """The same with deadlines that a test can wait for."""

    header_seconds = 0.4
    progress_seconds = 0.4
    whole_seconds = 1.0


@contextmanager
def serving(
    app: ASGIApp,
    *,
    http: type[PatientProtocol] = Hasty,
    shutdown: int = 5,
    loop: Literal["auto", "uvloop", "asyncio"] = "auto",
    access_log: bool = False,
    keep_alive: int = 5,
) -> Iterator[tuple[str, int]]:
    """Serve on a free port of the loopback; its address."""
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=access_log,
        proxy_headers=False,
        ws="none",
        lifespan="on" if isinstance(app, FastAPI) else "off",
        http=http,
        loop=loop,
        timeout_keep_alive=keep_alive,
        timeout_graceful_shutdown=shutdown,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            thread.join()
