"""The one-line formulas of an explanation."""

from dataclasses import fields

from app.domain.gap import Assessment
from app.services.gaps.rows import FORMULAS

EXPLAINED_BY_THE_RATING = {"rating_index", "rating_basis", "rating_threshold", "flags"}


def test_every_measure_of_a_row_has_a_formula_and_nothing_else_has() -> None:
    measures = {each.name for each in fields(Assessment)} - EXPLAINED_BY_THE_RATING

    assert set(FORMULAS) == measures | {"actual"}
