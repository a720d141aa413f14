"""What an answer costs that is ready: unchanged (304) or sent again, against a bare server."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.deployments import Deployment
from bench.instrument import servers
from bench.instrument.client import Answer, Generator, ask, request
from bench.instrument.slices import Row, in_turn, ratio

_SECONDS = 0.5
_CONNECTIONS = (1, 16, 64)
_USUAL = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """An answer that is asked for again and again."""

    mark: str
    title: str
    path: str
    is_conditional: bool = False


_CASES = (
    _Case(
        mark="unchanged",
        title="304, with key and log",
        path="/observations?limit=12",
        is_conditional=True,
    ),
    _Case(mark="small", title="200, 12 rows", path="/observations?limit=12"),
    _Case(mark="large", title="200, 100 gap rows", path="/gaps"),
)
_MANY = _Case(mark="many", title="200, 1,232 rows of CSV", path="/observations?format=csv")


def measure_sqlite(load: Generator, folder: Path, city: Deployment) -> Iterator[Row]:
    """Every case on one worker and three numbers of connections; then on two workers."""
    with _Pair(load, folder, city) as pair:
        for case in (*_CASES, _MANY):
            for connections in _CONNECTIONS if case is not _MANY else (_USUAL,):
                is_marked = connections == _USUAL and case is not _MANY
                yield pair.compare(case, connections, case.mark if is_marked else None)
    with _Pair(load, folder, city, workers=2) as pair:
        for case in _CASES[:2]:
            yield pair.compare(case, _USUAL, None)


def measure_postgres(load: Generator, folder: Path, city: Deployment) -> Iterator[Row]:
    """Every case on PostgreSQL."""
    with _Pair(load, folder, city) as pair:
        for case in _CASES:
            yield pair.compare(case, _USUAL, f"postgres_{case.mark}")


class _Pair:
    """Dabiao, and a bare server that sends what Dabiao answered."""

    def __init__(
        self, load: Generator, folder: Path, city: Deployment, *, workers: int = 1
    ) -> None:
        self._load, self._folder, self._city, self._workers = load, folder, city, workers
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        try:
            started = servers.dabiao(self._city.url, self._folder, workers=self._workers)
            self._ours = self._stack.enter_context(started)
            answers = {self._path(case): self._answers(case) for case in (*_CASES, _MANY)}
            self._tags = {path: each["plain"].header("etag") for path, each in answers.items()}
            self._sizes = {path: len(each["plain"].body) for path, each in answers.items()}
            other = servers.bare(answers, self._folder, workers=self._workers)
            self._bare = self._stack.enter_context(other)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_failure: object) -> None:
        self._stack.close()

    def compare(self, case: _Case, connections: int, mark: str | None) -> Row:
        """Answers a second of ours against the bare server's."""
        path = self._path(case)
        tag = {"If-None-Match": self._tags[path]} if case.is_conditional else {}
        asked = request(path, headers=self._city.headers | tag)

        def rate(port: int) -> float:
            done = self._load.run(port, [asked], connections=connections, seconds=_SECONDS)
            return done.rate

        ours, bare = in_turn(
            lambda: rate(self._ours.port),
            lambda: rate(self._bare.port),
            budget=20 if mark else 8,
        )
        workers = "1 worker" if self._workers == 1 else f"{self._workers} workers"
        where = "SQLite" if self._city.url.startswith("sqlite") else "PostgreSQL"
        size = "" if case.is_conditional else f", {self._sizes[path] / 1000:,.0f} kB"
        many = "1 connection" if connections == 1 else f"{connections} connections"
        return Row(
            mark=mark,
            title=f"{case.title}{size}; {where}, {workers}, {many}",
            spread=ratio(ours, bare),
            told=f"{ours.median:,.0f} of {bare.median:,.0f} answers/s",
        )

    def _path(self, case: _Case) -> str:
        return self._city.path + case.path

    def _answers(self, case: _Case) -> dict[str, Answer]:
        headers = self._city.headers
        plain = ask(self._ours.port, self._path(case), headers=headers)
        tag = {"If-None-Match": plain.header("etag")}
        unchanged = ask(self._ours.port, self._path(case), headers=headers | tag)
        if (plain.status, unchanged.status) != (200, 304):
            raise RuntimeError(f"{case.path}: {plain.status}, {unchanged.status}")
        return {"plain": plain, "unchanged": unchanged}
