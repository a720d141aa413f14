"""The commands that serve: a deployment, or a demonstration."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from app.cli.opening import open_database, reaching, read_settings
from app.cli.plans import SEEDS, prepare
from app.cli.refusal import Refused
from app.cli.words import say
from app.errors.plans import NotMixed
from app.factory import create_app
from app.formats.plans.plan_file import read_plan_file
from app.logs import log_settings
from app.migration import is_current
from app.settings import Settings
from app.starting import late

# As many connections wait until the server takes them.
_BACKLOG = 2048
# A loop of events takes one connection from a socket in each round, so that whoever comes last in a
# crowd waits as many rounds as there are others. For each copy of the socket it takes one more.
_COPIES = 15
# On a busy machine a worker takes a while to start. Uvicorn would kill it after 5 s.
_WORKER_SECONDS = 60
# How long a client may keep a connection without asking anything. Proxies keep theirs for up to
# 60 s (nginx): whoever closes first must be the one who asks, or a request meets a closed line.
KEEP_ALIVE_SECONDS = 75
# How long a server that was told to stop waits for what it has begun.
SHUTDOWN_SECONDS = 10
_REASONS = {
    EADDRINUSE: "port_used",
    EACCES: "port_forbidden",
    EADDRNOTAVAIL: "address_unknown",
}

_settings_of = late("app.demo.making", "settings_of")
_make_demo = late("app.demo.making", "make_demo")

Port = Annotated[int, typer.Option(min=0, max=65535)]


def serve(
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64)] = 1,
) -> None:
    """Serve the API. The port is held before anything is done, and announced when all is ready."""
    settings = read_settings()
    with _listen(host, port) as listening:
        with open_database(settings) as database:
            prepare(database)
            if not is_current(database):
                typer.echo(say("done", "not_migrated"), err=True)
        typer.echo(say("done", "listening", address=_address_of(listening)))
        _run("app.main:app", settings, listening, workers)


def make_demonstration(
    database: Annotated[Path, typer.Option(dir_okay=False)] = Path("dabiao-demo.db"),
    seed: Annotated[int, typer.Option()] = 2025,
    port: Port = 8000,
    *,
    serve: Annotated[bool, typer.Option("--serve")] = False,
) -> None:
    """Make a demonstration in a database of its own, and serve it where that is asked for."""
    real = read_settings()
    if not serve:
        _make(database, seed, real)
        return
    with _listen("127.0.0.1", port) as listening:
        _make(database, seed, real)
        typer.echo(say("done", "demo_listening", address=_address_of(listening)))
        _run(create_app(_settings_of(database)), real, listening)


def _make(file: Path, seed: int, real: Settings) -> None:
    # A plan with published figures needs no simulated ones.
    plans = (read_plan_file(path) for path in sorted(SEEDS.glob("*.yaml")))
    plan = next(document for document in plans if not document.observations)
    now = datetime.now(UTC)
    try:
        with reaching(_settings_of(file).database_url):
            is_new = _make_demo(file, plan, real=real, seed=seed, now=now)
    except NotMixed as mixed:
        raise Refused("not_demo", file=str(file)) from mixed
    except OSError as error:
        raise Refused("folder_unusable", folder=str(file.parent)) from error
    told = "demo_made" if is_new else "demo_there"
    typer.echo(say("done", told, file=str(file), plan=plan.plan.code, seed=seed))


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    """Hold a port: from now on a client's connection waits, and no other server gets it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        # A name that cannot be resolved has a number below zero.
        number = error.errno or 0
        name = "address_unknown" if number < 0 else _REASONS.get(number, "address_unusable")
        raise Refused(name, host=host, port=port) from error
    with listening:
        yield listening


def _address_of(listening: socket.socket) -> str:
    """The address of a held port, for a browser on this machine."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _run(
    app: str | FastAPI, settings: Settings, listening: socket.socket, workers: int = 1
) -> None:
    """Serve until the process is told to stop."""
    config = configure(app, settings, workers)
    with ExitStack() as copies:
        sockets = [listening]
        sockets += [copies.enter_context(listening.dup()) for _ in range(_COPIES)]
        # Ctrl-C is how a server is stopped.
        with suppress(KeyboardInterrupt):
            if workers > 1:
                Multiprocess(config, sockets=sockets).run()
                return
            server = uvicorn.Server(config)
            server.run(sockets=sockets)
            if not server.started:
                raise typer.Exit(1)


def configure(app: str | FastAPI, settings: Settings, workers: int = 1) -> uvicorn.Config:
    """How uvicorn serves."""
    return uvicorn.Config(
        app,
        workers=workers,
        log_config=log_settings(tells_requests=settings.log_requests == "yes"),
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=_WORKER_SECONDS,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        # Loaded by the server, and not where there is no httptools.
        http="app.edge.deadlines:PatientProtocol" if find_spec("httptools") else "auto",
        # The application asks whom it trusts, and asks less often.
        proxy_headers=False,
    )
