"""An attacker who keeps every answer ever published and solves for what is withheld."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

Unknown = Hashable


@dataclass
class Attacker:
    """Linear equations between counts, none of which is negative, and what follows from them."""

    equations: list[tuple[dict[Unknown, Fraction], Fraction]] = field(default_factory=list)
    # Totals that never fall: the first is at most the second.
    rising: list[tuple[Unknown, Unknown]] = field(default_factory=list)

    def learn_sum(self, parts: Iterable[Unknown], total: Fraction) -> None:
        self.equations.append((dict.fromkeys(parts, Fraction(1)), Fraction(total)))

    def learn(self, unknown: Unknown, value: Fraction) -> None:
        self.learn_sum([unknown], value)

    def solve(self) -> dict[Unknown, Fraction]:
        """Whatever the equations determine, by Gauss and Jordan, in exact fractions."""
        rows: list[tuple[dict[Unknown, Fraction], Fraction]] = []
        for terms, total in self.equations:
            left, right = dict(terms), total
            for known, value in rows:
                pivot = next(iter(known))
                if factor := left.get(pivot):
                    left, right = _less(left, known, factor), right - factor * value
            if left:
                pivot = next(iter(left))
                scale = left[pivot]
                row = ({key: each / scale for key, each in left.items()}, right / scale)
                rows = [
                    (_less(known, row[0], known[pivot]), value - known[pivot] * row[1])
                    if pivot in known
                    else (known, value)
                    for known, value in rows
                ]
                rows.append(row)
        return {next(iter(terms)): value for terms, value in rows if len(terms) == 1}

    def bound(self) -> Mapping[Unknown, tuple[Fraction, Fraction | None]]:
        """Between which values each unknown must lie; None for no upper end."""
        low: dict[Unknown, Fraction] = {}
        high: dict[Unknown, Fraction | None] = {}
        for terms, _ in self.equations:
            for key in terms:
                low[key], high[key] = Fraction(0), None
        for _ in range(12):
            before = (dict(low), dict(high))
            for terms, total in self.equations:
                _narrow(terms, total, low, high)
            for less, more in self.rising:
                low[more] = max(low.get(more, Fraction(0)), low.get(less, Fraction(0)))
                ends = [each for each in (high.get(less), high.get(more)) if each is not None]
                high[less] = min(ends, default=None)
            if before == (low, high):
                break
        return {key: (low[key], high.get(key)) for key in low}


def _less(
    terms: Mapping[Unknown, Fraction], other: Mapping[Unknown, Fraction], factor: Fraction
) -> dict[Unknown, Fraction]:
    """Terms less a multiple of others; the first of what remains is the first of the terms."""
    found = dict(terms)
    for key, each in other.items():
        found[key] = found.get(key, Fraction(0)) - factor * each
    return {key: each for key, each in found.items() if each}


def _narrow(
    terms: Mapping[Unknown, Fraction],
    total: Fraction,
    low: dict[Unknown, Fraction],
    high: dict[Unknown, Fraction | None],
) -> None:
    for key in terms:
        others = [each for each in terms if each != key]
        most = total - sum((low[each] for each in others), Fraction(0))
        known = high[key]
        high[key] = most if known is None else min(known, most)
        ends = [high[each] for each in others]
        if all(each is not None for each in ends):
            least = total - sum((each for each in ends if each is not None), Fraction(0))
            low[key] = max(low[key], least)
