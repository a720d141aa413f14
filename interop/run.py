"""Whether clients that nobody here wrote work with the contract: ``make interop``.

Each generator makes a client from ``/openapi.json`` of a running server; the client is compiled,
then lists gaps, submits a report with a key and reads a problem. Linters read the document too.
A page on another origin reads, listens and draws in a browser.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from interop.clients import CLIENTS, MODULES, TOOLS, Client, Command

HERE = Path(__file__).parent
PROGRAM = str(Path(sys.executable).with_name("dabiao"))
# Its example runs here, so that it is what it says.
PAGE = HERE.parent / "docs" / "clients.md"
PAGE_URL = "http://127.0.0.1:8000"
AREAS = ("nanshan", "futian", "luohu", "yantian", "longhua")
# What one step may take, on a busy machine.
PATIENCE_SECONDS = 240


def main() -> int:
    """Try every client, and say how each fared."""
    with tempfile.TemporaryDirectory(prefix="dabiao-interop-") as folder:
        place = Path(folder)
        with _serve(place) as known:
            with urlopen(f"{known['INTEROP_URL']}/openapi.json", timeout=60) as answer:
                document = answer.read()
            tried = [client for client in CLIENTS if _is_possible(client)]
            passed = sum([_try(client, place, document, known) for client in tried])
    print(f"interop: {passed} passed, {len(tried) - passed} failed")
    return 0 if passed == len(tried) else 1


def _is_possible(client: Client) -> bool:
    """Whether a client finds what it needs; where it does not, that is said by name."""
    if client.needs is None or shutil.which(client.needs):
        return True
    print(f"LEFT OUT: {client.name}, because there is no {client.needs} here.", flush=True)
    return False


@contextmanager
def _serve(place: Path) -> Iterator[dict[str, str]]:
    """A server with the bundled plans, and what clients are told of it: where it is, the key of
    someone who reports for some districts, that of a reviewer, and an origin that may read it.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        origin = f"http://127.0.0.1:{free.getsockname()[1]}"
    own = {
        "DABIAO_DATABASE_URL": f"sqlite:///{place / 'dabiao.db'}",
        "DABIAO_ALLOWED_ORIGINS": origin,
        "LC_ALL": "C.UTF-8",
    }
    settings = {**os.environ, **own}
    log = place / "server.log"
    with log.open("wb") as out:
        serve = (PROGRAM, "serve", "--port", "0")
        server = subprocess.Popen(serve, env=settings, stdout=out, stderr=subprocess.STDOUT)
    try:
        url = _wait_for(log, server)
        areas = [part for area in AREAS for part in ("--area", area)]
        yield {
            "INTEROP_URL": url,
            "INTEROP_ORIGIN": origin,
            "INTEROP_KEY": _create_key(settings, "reporter", *areas),
            "INTEROP_REVIEWER": _create_key(settings, "reviewer"),
            "INTEROP_DATABASE": str(place / "dabiao.db"),
            "INTEROP_CHROMIUM": shutil.which("chromium") or "",
        }
    finally:
        server.terminate()
        server.wait(timeout=30)


def _create_key(settings: Mapping[str, str], role: str, *areas: str) -> str:
    create = (PROGRAM, "key", "create", "--role", role, *areas, "--quiet")
    made = subprocess.run(create, env=settings, capture_output=True, text=True, check=True)
    return made.stdout.strip()


def _wait_for(log: Path, server: "subprocess.Popen[bytes]") -> str:
    """The address, once the server listens."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"listens on (http://[0-9.:]+)", log.read_text("utf-8")):
            return found[1]
        time.sleep(0.2)
    sys.exit(f"The server did not start:\n{log.read_text('utf-8')}")


def _try(client: Client, place: Path, document: bytes, known: Mapping[str, str]) -> bool:
    """Make, compile and run one client; what went wrong is printed."""
    folder = place / re.sub(r"\W+", "-", client.name)
    _lay_out(client, folder, document, known["INTEROP_URL"])
    began = time.monotonic()
    steps = (("generate", client.generate), ("compile", client.compile))
    calls = [("call" if client.caller else "lint", command) for command in client.calls]
    done: list[str] = []
    for step, command in [*steps, *calls]:
        if command and (fault := _run(command, folder, known)):
            print(f"{client.name}: {step} FAILED\n{fault}", flush=True)
            return False
        done += [step] if command and step not in done else []
    print(f"{client.name}: {', '.join(done)} ok ({time.monotonic() - began:.0f} s)", flush=True)
    return True


def _lay_out(client: Client, folder: Path, document: bytes, url: str) -> None:
    folder.mkdir()
    (folder / "openapi.json").write_bytes(document)
    (folder / "node_modules").symlink_to(MODULES)
    for source, target in client.files.items():
        shutil.copy(HERE / source, folder / target)
    if client.caller:
        shutil.copy(
            HERE / "callers" / client.caller, folder / f"caller{Path(client.caller).suffix}"
        )
    example = PAGE.read_text("utf-8").partition("```python\n")[2].partition("```")[0]
    (folder / "page.py").write_text(example.replace(PAGE_URL, url), "utf-8")


def _run(command: Command, folder: Path, known: Mapping[str, str]) -> str | None:
    """Run one step: None where it worked, else what it said."""
    tools = {"PATH": f"{TOOLS / 'bin'}:{os.environ['PATH']}", "NO_UPDATE_NOTIFIER": "1"}
    try:
        ran = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **known, **tools},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        return str(failure)
    return None if ran.returncode == 0 else ran.stdout[-4000:]


if __name__ == "__main__":
    sys.exit(main())
