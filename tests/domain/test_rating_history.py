"""Spells of one rating, the days between them, and what a target recovered from."""

import pytest

from app.domain.course.track import find_recovery
from app.domain.rating import Rating
from app.domain.time.period import Period
from app.domain.time.spells import Dated, Spell, find_spells

LATE, WELL, UNKNOWN = Rating.OFF_TRACK, Rating.ON_TRACK, Rating.UNABLE_TO_ASSESS


def _rated(*ratings: Rating) -> list[Dated[Rating]]:
    return [
        Dated(period=Period(2023, 1).shift(place), value=rating)
        for place, rating in enumerate(ratings)
    ]


def test_a_spell_lasts_to_the_data_date_of_the_next_one() -> None:
    found = find_spells(_rated(LATE, LATE, WELL, UNKNOWN, WELL, WELL))
    assert [(each.value, str(each.first), str(each.last), each.days) for each in found] == [
        (LATE, "2023-Q1", "2023-Q2", 183),
        (WELL, "2023-Q3", "2023-Q3", 92),
        (UNKNOWN, "2023-Q4", "2023-Q4", 91),
        (WELL, "2024-Q1", "2024-Q2", 91),
    ]


def test_periods_without_a_figure_leave_no_hole_in_the_days() -> None:
    far_apart = [
        Dated(period=Period(2023, 4), value=LATE),
        Dated(period=Period(2024, 4), value=WELL),
    ]
    assert find_spells(far_apart)[0] == Spell(
        value=LATE, first=Period(2023, 4), last=Period(2023, 4), days=366
    )


def test_nothing_rated_is_no_spell() -> None:
    assert find_spells([]) == []
    assert find_recovery([]) is None


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ((LATE, WELL), LATE),
        ((Rating.DETERIORATING, LATE, WELL, WELL), LATE),
        ((LATE, UNKNOWN, Rating.ACHIEVED), LATE),
        ((WELL, LATE), None),
        ((WELL, UNKNOWN, WELL), None),
        ((LATE, Rating.MISSED), None),
    ],
)
def test_what_a_target_recovered_from(ratings: tuple[Rating, ...], expected: Rating | None) -> None:
    assert find_recovery(ratings) == expected
