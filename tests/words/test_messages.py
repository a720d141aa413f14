"""Every sentence is there in both languages, says the same facts, and is never left unfilled."""

import pytest

from app.api.answers.statuses import STATUS
from app.api.requests.accept import choose_language
from app.domain.checks.finding import FindingCode
from app.errors.failure import Failure
from app.errors.reports import SubmissionRefused
from app.words.book import LANGUAGES, texts
from app.words.messages import say_failure


def test_every_finding_has_a_sentence() -> None:
    assert {code.value for code in FindingCode} <= set(texts("findings", "en")["findings"])


@pytest.mark.parametrize("failure", [*STATUS, SubmissionRefused])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_failure_has_a_title_and_a_sentence(failure: type[Failure], language: str) -> None:
    whys = {"invalid_as_of": "future", "malformed_json": "empty", "file_refused": "empty"}
    whys |= {"key_invalid": "expired", "precondition_failed": "changed"}
    whys |= {"token_invalid": "signature", "token_without_role": "role"}
    sentence = say_failure(failure.code, {"why": whys.get(failure.code, "")}, language)
    assert sentence.title
    assert sentence.detail


@pytest.mark.parametrize(
    ("accept", "language"),
    [(None, "en"), ("zh", "zh"), ("de, zh;q=0.2", "zh"), ("zh;q=nan, en;q=0.1", "en"), ("x", "en")],
)
def test_english_unless_chinese_is_liked_better(accept: str | None, language: str) -> None:
    assert choose_language(accept) == language


@pytest.mark.parametrize(
    ("code", "place", "language", "detail"),
    [
        (
            "report_refused",
            "body",
            "en",
            (
                "Nothing was saved. 3 problems are listed below, each with its location, "
                "the value received and how to fix it."
            ),
        ),
        (
            "explanation_required",
            "file",
            "en",
            (
                "Nothing was saved. 3 queries are listed below. "
                "Correct each figure, or give the reason in the column Explanation."
            ),
        ),
        (
            "explanation_required",
            "file",
            "zh",
            "未保存任何数据。下列 3 条疑问须更正数据，或在“情况说明”中说明原因。",
        ),
    ],
)
def test_a_refusal_counts_what_is_listed_and_speaks_to_its_sender(
    code: str, place: str, language: str, detail: str
) -> None:
    assert say_failure(code, {"count": 3, "place": place}, language).detail == detail
    assert "1 " in say_failure(code, {"count": 1, "place": place}, language).detail


def test_words_that_the_guide_gives() -> None:
    lost = say_failure("not_found", {"kind": "indicator", "code": "nothing"}, "zh")
    assert lost.detail == "没有找到指标“nothing”，或您无权查看。"
    own = say_failure("self_approval", {"report": "r4-1", "owner": "nanshan"}, "en")
    assert own.title == "You cannot review your own report"
