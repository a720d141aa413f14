"""Every sentence is there in both languages, says the same facts, and is never left unfilled."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import errors
from app.api.answers.problems import STATUS
from app.api.requests.accept import choose_language
from app.domain.checks.figure import FindingCode
from app.words.messages import LANGUAGES, say_failure, say_fault

FOLDER = Path(__file__).parents[1] / "app" / "words"
TEXTS: dict[str, dict[str, Any]] = {
    language: yaml.safe_load((FOLDER / language / "messages.yaml").read_text(encoding="utf-8"))
    for language in LANGUAGES
}


def _sentences(texts: dict[str, Any], place: str = "") -> dict[str, str]:
    """Every sentence by its place in the file."""
    found: dict[str, str] = {}
    for name, value in texts.items():
        at = f"{place}/{name}"
        found |= _sentences(value, at) if isinstance(value, dict) else {at: value}
    return found


def _facts(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_both_languages_have_the_same_sentences() -> None:
    english, chinese = (_sentences(TEXTS[language]) for language in ("en", "zh"))
    assert set(english) == set(chinese)
    assert all(isinstance(text, str) for text in (*english.values(), *chinese.values()))


def test_a_sentence_says_the_same_facts_in_both_languages() -> None:
    english, chinese = (_sentences(TEXTS[language]) for language in ("en", "zh"))
    # In Chinese one sentence covers an unknown, an expired and a revoked key.
    shared = set(english) - {"/failures/key_invalid/detail"}
    unlike = {place for place in shared if _facts(english[place]) != _facts(chinese[place])}
    assert unlike == set()


def test_a_chinese_sentence_is_chinese() -> None:
    foreign = {
        place
        for place, text in _sentences(TEXTS["zh"]).items()
        if text and not any("一" <= sign <= "鿿" for sign in re.sub(r"\{\w+\}", "", text))
    }
    # It is made of what was asked and of the sentence for why.
    assert foreign == {"/failures/invalid_as_of/detail"}


def test_every_finding_has_a_sentence() -> None:
    assert {code.value for code in FindingCode} == set(TEXTS["en"]["findings"])


@pytest.mark.parametrize("failure", [*STATUS, errors.SubmissionRefused])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failure_has_a_title_and_a_sentence(
    failure: type[errors.Failure], language: str
) -> None:
    whys = {"invalid_as_of": "future", "malformed_json": "empty", "file_refused": "empty"}
    sentence = say_failure(failure.code, {"why": whys.get(failure.code, "")}, language)
    assert sentence.title
    assert sentence.detail


def test_a_fact_with_braces_is_shown_as_it_came() -> None:
    sentence = say_failure("unknown_plan", {"plan": "{plan} {0} {"}, "en")
    assert "'{plan} {0} {'" in sentence.detail


def test_a_fact_that_would_steer_the_screen_is_made_visible() -> None:
    sentence = say_failure("unknown_plan", {"plan": "a\x1b[31m\u202eb"}, "en")
    assert "'a\ufffd[31m\ufffdb'" in sentence.detail


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_says_what_is_expected_and_an_unknown_one_in_english(language: str) -> None:
    facts = {"value": "0", "rule": "greater_than_equal", "ge": "1", "expected": "English"}
    assert "English" not in say_fault("invalid", facts, language)
    unknown = {**facts, "rule": "never_heard_of"}
    assert "English" in say_fault("invalid", unknown, language)


@pytest.mark.parametrize(
    ("accept", "language"),
    [(None, "en"), ("zh", "zh"), ("de, zh;q=0.2", "zh"), ("zh;q=nan, en;q=0.1", "en"), ("x", "en")],
)
def test_english_unless_chinese_is_liked_better(accept: str | None, language: str) -> None:
    assert choose_language(accept) == language
