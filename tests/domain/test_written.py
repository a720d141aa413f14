"""What a text in the place of a number is taken for."""

import pytest

from app.domain.checks.written import say_what_is_written


@pytest.mark.parametrize("blank", ["", "   ", "\u3000", "\u00a0\t"])
def test_blanks_are_an_empty_text(blank: str) -> None:
    assert say_what_is_written(blank) == {"hint": "empty_text"}


def test_what_no_number_is_as_long_as_is_not_looked_at() -> None:
    assert say_what_is_written("1," * 10_000) == {"hint": "number"}
