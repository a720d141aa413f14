"""Every sentence is there in both languages, says the same facts, and is never left unfilled."""

import pytest

from app import errors
from app.api.answers.problems import STATUS
from app.api.requests.accept import choose_language
from app.domain.checks.finding import FindingCode
from app.words.book import LANGUAGES, texts
from app.words.messages import say_failure


def test_every_finding_has_a_sentence() -> None:
    assert {code.value for code in FindingCode} <= set(texts("findings", "en")["findings"])


@pytest.mark.parametrize("failure", [*STATUS, errors.SubmissionRefused])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failure_has_a_title_and_a_sentence(
    failure: type[errors.Failure], language: str
) -> None:
    whys = {"invalid_as_of": "future", "malformed_json": "empty", "file_refused": "empty"}
    whys["key_invalid"] = "expired"
    sentence = say_failure(failure.code, {"why": whys.get(failure.code, "")}, language)
    assert sentence.title
    assert sentence.detail


@pytest.mark.parametrize(
    ("accept", "language"),
    [(None, "en"), ("zh", "zh"), ("de, zh;q=0.2", "zh"), ("zh;q=nan, en;q=0.1", "en"), ("x", "en")],
)
def test_english_unless_chinese_is_liked_better(accept: str | None, language: str) -> None:
    assert choose_language(accept) == language
