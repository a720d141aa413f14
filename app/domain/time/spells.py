"""Spells: how long a state lasted that is known period by period, as a target's rating is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Generic, TypeVar

from app.domain.time.period import Period

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Generic[S]):
    """What holds at one period: a value, a rating."""

    period: Period
    value: S


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell(Generic[S]):
    """Periods in a row with one value.

    ``days``: from the data date of its first period to that of the spell after it; the newest
    spell ends with its own last data date.
    """

    value: S
    first: Period
    last: Period
    days: int


def find_spells(dated: Sequence[Dated[S]]) -> list[Spell[S]]:
    """The spells of states that come in the order of time; the transitions lie between them.

    >>> quarters = [Period(2024, 1), Period(2024, 2), Period(2024, 3)]
    >>> dated = [Dated(period=p, value=s) for p, s in zip(quarters, ("late", "late", "well"))]
    >>> [(spell.value, spell.days) for spell in find_spells(dated)]
    [('late', 183), ('well', 0)]
    """
    groups = [list(group) for _, group in groupby(dated, key=lambda each: each.value)]
    if not groups:
        return []
    ends = [following[0].period for _, following in pairwise(groups)] + [groups[-1][-1].period]
    return [
        Spell(
            value=group[0].value,
            first=group[0].period,
            last=group[-1].period,
            days=(end.last_day - group[0].period.last_day).days,
        )
        for group, end in zip(groups, ends, strict=True)
    ]
