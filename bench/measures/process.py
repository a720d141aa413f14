"""What a process costs: until its first answer, and in memory."""

from collections.abc import Iterator
from pathlib import Path

from bench.deployments import CITY, Deployment
from bench.instrument import servers
from bench.instrument.client import ask
from bench.instrument.servers import run_dabiao
from bench.instrument.slices import Row, in_turn, ratio


def measure_start(folder: Path, city: Deployment, plain_database: Path) -> Iterator[Row]:
    """From the start of a server to its first overview, on a database that is there."""

    def our_seconds() -> float:
        with servers.dabiao(city.url, folder, path=f"{city.path}/overview") as server:
            return server.first_answer

    def plain_seconds() -> float:
        with servers.plain(plain_database, folder) as server:
            return server.first_answer

    our_seconds()  # compiles what was never run here
    plain_seconds()
    ours, plain = in_turn(our_seconds, plain_seconds)
    yield Row(
        mark="start",
        title="from the start to the first overview, against the plain program's",
        spread=ratio(ours, plain),
        told=f"{1000 * ours.median:,.0f} ms against {1000 * plain.median:,.0f} ms",
    )


def measure_memory(folder: Path, plain_database: Path) -> Iterator[Row]:
    """A worker with the bundled plans, after an overview and a gap table of each."""
    url = f"sqlite:///{folder}/bundled.db"
    run_dabiao(url, "migrate")
    run_dabiao(url, "load")
    plans = (CITY, "china-software-2025")

    def our_memory() -> float:
        with servers.dabiao(url, folder) as server:
            for path in ("overview", "gaps"):
                for plan in plans:
                    ask(server.port, f"/api/v1/plans/{plan}/{path}")
            return server.memory()

    def plain_memory() -> float:
        with servers.plain(plain_database, folder) as server:
            return server.memory()

    ours, plain = in_turn(our_memory, plain_memory)
    yield Row(
        mark="memory",
        title="proportional set size of a worker with the bundled plans, in MiB",
        spread=ours,
        told=f"{ours.median:,.0f} MiB; the plain program {plain.median:,.0f} MiB",
    )
