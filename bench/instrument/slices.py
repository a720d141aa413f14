"""A ratio and its spread: what is compared is measured in turn, slice by slice.

Seconds of one machine say little on another, and nothing while something else runs beside. Two
things that are measured one right after the other saw the same machine, so their ratio holds.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

SLICES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The values of a few slices."""

    values: tuple[float, ...]

    @property
    def low(self) -> float:
        """The smallest."""
        return min(self.values)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def high(self) -> float:
        """The largest."""
        return max(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table. ``told``: the figures behind the ratio, in words.

    ``mark``: what the ratio is held against; None for one that is told beside them.
    ``is_judged``: False where the run was too small for the target to apply.
    """

    mark: str | None
    title: str
    spread: Spread
    told: str
    is_judged: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A line that could not be measured, and why."""

    mark: str | None
    title: str
    why: str


def in_turn(
    *parts: Callable[[], float], slices: int = SLICES, budget: float = 60.0
) -> tuple[Spread, ...]:
    """What each part gives, once in every slice; fewer slices where they outlast the budget."""
    began = time.perf_counter()
    rounds: list[list[float]] = []
    while len(rounds) < slices and (not rounds or time.perf_counter() - began < budget):
        rounds.append([part() for part in parts])
    return tuple(Spread(values=column) for column in zip(*rounds, strict=True))


def ratio(above: Spread, below: Spread) -> Spread:
    """The ratio within each slice."""
    pairs = zip(above.values, below.values, strict=True)
    return Spread(values=tuple(one / other for one, other in pairs))


def seconds(step: Callable[[], object]) -> float:
    """How long a step takes."""
    began = time.perf_counter()
    step()
    return time.perf_counter() - began
