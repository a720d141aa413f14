"""The book of words says the same things in both languages, and has a name for every code."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from app.domain.accumulation import ActualBasis, Basis, MissingReason
from app.domain.checks.finding import Severity
from app.domain.checks.unit import UNITS
from app.domain.path import Comparator
from app.domain.quantity import Reason
from app.domain.rating import Rating
from app.domain.targets import Commitment
from app.services.intake.submission import Effect
from app.words.book import LANGUAGES, fill, join, texts

FOLDER = Path(__file__).parents[2] / "app" / "words"
# Columns have a test of their own: their tables define most of them in English.
SUBJECTS = sorted({file.stem for file in FOLDER.glob("*/*.yaml")} - {"columns"})
FACT = re.compile(r"\{(\w+)\}")
LISTS: dict[str, type[StrEnum]] = {
    "actual_basis": ActualBasis,
    "basis": Basis,
    "change": Effect,
    "commitment": Commitment,
    "comparator": Comparator,
    "missing_reason": MissingReason,
    "null_reason": Reason,
    "rating": Rating,
    "severity": Severity,
}


def _places(words: Any, at: str = "") -> dict[str, str]:
    """Every text by its place in the file."""
    if not isinstance(words, dict | list):
        assert isinstance(words, str), at
        return {at: words}
    named = words.items() if isinstance(words, dict) else enumerate(words)
    return {place: t for name, each in named for place, t in _places(each, f"{at}/{name}").items()}


def _texts(subject: str, language: str) -> dict[str, str]:
    return _places(dict(texts(subject, language)))


def test_every_subject_has_a_file_in_each_language() -> None:
    assert SUBJECTS
    for language in LANGUAGES:
        assert {file.stem for file in (FOLDER / language).glob("*.yaml")} >= set(SUBJECTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_both_languages_have_the_same_texts_with_the_same_facts(subject: str) -> None:
    english, chinese = (_texts(subject, language) for language in LANGUAGES)
    assert list(english) == list(chinese)
    assert {place: set(FACT.findall(text)) for place, text in english.items()} == {
        place: set(FACT.findall(text)) for place, text in chinese.items()
    }


@pytest.mark.parametrize(("kind", "codes"), LISTS.items())
def test_every_code_has_a_name(kind: str, codes: type[StrEnum]) -> None:
    for language in LANGUAGES:
        assert set(texts("codes", language)[kind]) == {code.value for code in codes}


def test_every_unit_has_a_name_and_is_its_own_in_chinese() -> None:
    assert texts("codes", "zh")["unit"] == {symbol: symbol for symbol in UNITS}
    assert set(texts("codes", "en")["unit"]) == set(UNITS)


def test_a_fact_with_braces_is_shown_as_it_was_received() -> None:
    assert fill("No plan '{plan}'.", {"plan": "{plan} {0} {"}) == "No plan '{plan} {0} {'."


def test_a_fact_that_would_steer_the_screen_is_made_visible() -> None:
    assert fill("'{plan}'", {"plan": "a\x1b[31m\u202eb"}) == "'a\ufffd[31m\ufffdb'"


def test_alternatives_are_joined_as_each_language_does() -> None:
    assert join(["a"], "en") == "a"
    assert join(["a", "b", "c"], "en") == "a, b or c"
    assert join(["甲", "乙", "丙"], "zh") == "甲、乙或丙"
