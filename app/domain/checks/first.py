"""A first figure, held against what is known where its area has no history (核实性 check).

The target: no area starts with more than all of it. The whole that the area lies in, and the parts
that lie in it: a part is no larger than its whole. The other areas: those of one city lie within
two or three powers of ten of each other, while units are four apart.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.checks.finding import Fact
from app.domain.checks.scale import pace_of
from app.domain.series import Observed, Series
from app.domain.time.period import Period

# How far from all other areas a figure may lie; and from so few that they may be the odd ones.
TIMES_OTHERS, TIMES_FEW = 100, 1000
FEW = 2
# Figures at other times, or on another basis, are known by their pace: good to within this factor.
TIMES_ELSEWHEN = 2
# Figures of other areas count when they are at most so many quarters away.
REACH = 4
# A smaller count is no slip: a district may well begin with one.
LEAST_COUNT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known of an indicator around an area; every figure says whose it is.

    ``target``: the largest increase that is wanted of the area, or of one that it lies in.
    """

    target: Decimal | None = None
    wholes: tuple[Observed, ...] = ()
    largest_part: Observed | None = None
    largest_other: Observed | None = None
    smallest_other: Observed | None = None
    others: int = 0


def is_first(history: Series) -> bool:
    """Whether the area has no other figure that a new one could be held against."""
    return not any(history.numbers.values())


def is_closer(one: Observed, other: Observed | None, period: Period) -> bool:
    """Whether a figure is a better neighbour of the period than the one that is known."""
    if other is None:
        return True
    away, known = (abs(each.period.index - period.index) for each in (one, other))
    return away <= known


def find_doubt(
    now: Observed, known: Surroundings, start: date | None, *, is_count: bool
) -> dict[str, Fact] | None:
    """Why a first figure can hardly be right, with the evidence; None where it may well be."""
    if now.value is None or now.value <= 0:
        return None
    if known.target is not None and now.value > known.target:
        return {"against": "target", "reference": f"{known.target:f}"}
    for whole in known.wholes:
        if pace_of(now, start) > _allowed(now, whole) * pace_of(whole, start):
            return _against("whole", whole)
    part = known.largest_part
    if part is not None and pace_of(part, start) > _allowed(now, part) * pace_of(now, start):
        return _against("part", part)
    return _find_odd_one(now, known, start, is_count=is_count)


def _find_odd_one(
    now: Observed, known: Surroundings, start: date | None, *, is_count: bool
) -> dict[str, Fact] | None:
    """Far above the largest of the others, or far below the smallest."""
    pace, largest, smallest = pace_of(now, start), known.largest_other, known.smallest_other
    times = TIMES_FEW if known.others <= FEW else TIMES_OTHERS
    if largest is not None and pace > times * pace_of(largest, start):
        return {**_against("largest", largest), "times": times}
    is_small_count = is_count and now.value is not None and now.value < LEAST_COUNT
    if smallest is None or is_small_count:
        return None
    if pace_of(smallest, start) > times * pace:
        return {**_against("smallest", smallest), "times": times}
    return None


def _allowed(now: Observed, other: Observed) -> int:
    """How many times the whole a part may seem to be."""
    is_alike = now.period.index == other.period.index and now.basis is other.basis
    return 1 if is_alike else TIMES_ELSEWHEN


def _against(kind: str, other: Observed) -> dict[str, Fact]:
    return {
        "against": kind,
        "reference": f"{other.value:f}",
        "reference_area": other.area,
        "reference_period": str(other.period),
    }
