"""A briefing says the same in both languages, and has a word for whatever it may have to say."""

import re
from pathlib import Path
from typing import Any

import yaml

import app.briefing
from app.domain.quantity import Reason

WORDS: dict[str, Any] = yaml.safe_load(
    (Path(app.briefing.__path__[0]) / "words.yaml").read_text("utf-8")
)


def _places(words: Any, at: str = "") -> dict[str, str]:
    if not isinstance(words, dict | list):
        return {at: str(words)}
    named = words.items() if isinstance(words, dict) else enumerate(words)
    return {place: t for name, each in named for place, t in _places(each, f"{at}/{name}").items()}


def test_both_languages_say_the_same_facts_in_the_same_places() -> None:
    chinese, english = _places(WORDS["zh"]), _places(WORDS["en"])
    facts = re.compile(r"\{\w+\}")
    assert {place: sorted(facts.findall(text)) for place, text in chinese.items()} == {
        place: sorted(facts.findall(text)) for place, text in english.items()
    }
    assert all(english.values())
    assert all(chinese.values())


def test_every_reason_has_words() -> None:
    for words in WORDS.values():
        assert set(words["reasons"]) == {reason.value for reason in Reason}
