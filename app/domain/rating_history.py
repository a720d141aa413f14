"""How a target's rating went: spells of one rating, their days, what it recovered from."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from app.domain.rating import LATE, WELL, Rating
from app.domain.time.period import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedPeriod:
    """The rating at one period, by the figures of that period."""

    period: Period
    rating: Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """Periods in a row with one rating.

    ``days``: from the data date of its first period to that of the spell after it; the newest
    spell ends with its own last data date.
    """

    rating: Rating
    first: Period
    last: Period
    days: int


def find_spells(rated: Sequence[RatedPeriod]) -> list[Spell]:
    """The spells of ratings that come in the order of time; the transitions lie between them.

    >>> quarters = [Period(2024, 1), Period(2024, 2), Period(2024, 3)]
    >>> ratings = [Rating.OFF_TRACK, Rating.OFF_TRACK, Rating.ON_TRACK]
    >>> rated = [RatedPeriod(period=p, rating=r) for p, r in zip(quarters, ratings)]
    >>> [(spell.rating.value, spell.days) for spell in find_spells(rated)]
    [('off_track', 183), ('on_track', 0)]
    """
    groups = [list(group) for _, group in groupby(rated, key=lambda each: each.rating)]
    if not groups:
        return []
    ends = [following[0].period for _, following in pairwise(groups)] + [groups[-1][-1].period]
    return [
        Spell(
            rating=group[0].rating,
            first=group[0].period,
            last=group[-1].period,
            days=(end.last_day - group[0].period.last_day).days,
        )
        for group, end in zip(groups, ends, strict=True)
    ]


def find_recovery(rated: Sequence[RatedPeriod]) -> Rating | None:
    """The late rating that a target which stands well now had last; None where it had none.

    >>> find_recovery([RatedPeriod(period=Period(2024, 1), rating=Rating.ON_TRACK)]) is None
    True
    """
    if not rated or rated[-1].rating not in WELL:
        return None
    return next((each.rating for each in reversed(rated) if each.rating in LATE), None)
