"""The measure of a machine's speed: the processor time of a bare server's answer of 10 kB.

A figure of another day is kept as a multiple of it, so that it says something on any machine.
Processor time, since seconds on the clock are also those of whatever else was running that day.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.instrument import servers
from bench.instrument.client import Answer, Generator, request
from bench.instrument.servers import Server
from bench.instrument.slices import Row, Spread, ratio
from bench.marks import BEFORE, MEASURED_ON

_PATH = "/unit"
_ANSWER = Answer(status=200, headers=(("content-length", "10000"),), body=b"x" * 10_000)
_CONNECTIONS, _SECONDS = 16, 0.5


class Unit:
    """The bare server, asked now and then."""

    def __init__(self, load: Generator, server: Server) -> None:
        self._load, self._server = load, server

    def seconds(self) -> float:
        """The processor time of an answer now."""
        before = self._server.processor_seconds()
        done = self._load.run(
            self._server.port, [request(_PATH)], connections=_CONNECTIONS, seconds=_SECONDS
        )
        return (self._server.processor_seconds() - before) / len(done.times)


@contextmanager
def open_unit(load: Generator, folder: Path) -> Iterator[Unit]:
    """The bare server, as long as it is needed."""
    with servers.bare({_PATH: {"plain": _ANSWER}}, folder) as server:
        yield Unit(load, server)


def since_before(mark: str, title: str, units: Spread, now: Spread) -> Row:
    """How many times faster than the first version, each as a multiple of its machine's unit."""
    before, multiples = BEFORE[mark], ratio(now, units)
    return Row(
        mark=mark,
        title=f"{title}, against the first version's",
        spread=Spread(values=tuple(before / value for value in multiples.values)),
        told=f"{shown(now.median)} of processor time, as {multiples.median:,.0f} bare answers; "
        f"{before:,} on {MEASURED_ON}",
    )


def shown(seconds: float) -> str:
    """Seconds for a reader."""
    return f"{seconds:,.1f} s" if seconds >= 10 else f"{1000 * seconds:,.1f} ms"  # noqa: PLR2004
