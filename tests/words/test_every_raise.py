"""Whatever the code raises, the book has a sentence for it in both languages, and no other."""

import re
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from app.errors import access, bodies, failure, plans, reports
from app.errors.failure import Failure
from app.errors.fault import name_rule
from app.words.book import LANGUAGES, texts
from app.words.messages import say_failure, say_fault, say_plan_fault
from tests.words.raises import Said, failures, rules
from tests.words.speech import check_speech

FACT = re.compile(r"\{(\w+)\}")
CLASSES = {
    each.__name__: each
    for room in (access, bodies, failure, plans, reports)
    for each in vars(room).values()
    if isinstance(each, type) and issubclass(each, Failure)
}
# These have no facts of their own: what is wrong is in their faults or findings.
LISTS = {"ParametersInvalid", "SubmissionRefused", "DecisionsRefused"}
FAILURES = list(failures(set(CLASSES) - LISTS))
RULES = list(rules())
# Facts that are codes, and one of each.
CODES = {
    "role": "reporter",
    "needed": "reviewer, administrator",
    "status": "approved",
    "rule": "unit",
    "kind": "area",
    "why": "unknown",
}


def _samples(said: Said) -> dict[str, object]:
    """A value for every fact; none of them has letters that could pass for English."""
    of_file = {"columns": "value, unit", "column": "value"} if said.name == "FileRefused" else {}
    known = {**CODES, **of_file}
    return {**{name: known.get(name, "甲") for name in said.facts}, **dict(said.literal)}


def test_the_walk_found_what_there_is() -> None:
    raised = {each.name for each in FAILURES}
    # Raised bare, or by the framework.
    bare = {"HostNotAllowed", "KeyNeeded", "NotMixed", "StorageUnavailable", "TooManyReads"}
    assert set(CLASSES) - LISTS - raised - {"Failure"} <= bare
    assert len(FAILURES) > 100
    assert len(RULES) > 60
    assert all(each.name for each in RULES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", FAILURES, ids=lambda each: f"{each.at} {dict(each.literal)}")
def test_a_failure_is_said(said: Said, language: str) -> None:
    facts = _samples(said)
    if said.is_open:
        section = texts("problems", "en").get(CLASSES[said.name].code, {})
        wanted = FACT.findall(str(section.get(facts.get("why"), "")))
        facts = dict.fromkeys(wanted, "甲") | facts
    sentence = say_failure(CLASSES[said.name].code, facts, language)
    for text in (sentence.title, sentence.detail):
        check_speech(text, language, typed={"as_of", "GET /api/v1/plans"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["key_required", "not_mixed", "storage_unavailable"])
def test_a_failure_without_facts_is_said(code: str, language: str) -> None:
    sentence = say_failure(code, {}, language)
    check_speech(f"{sentence.title}{sentence.detail}", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", ["file_refused", "malformed_json", "archive_invalid"])
def test_every_cause_in_the_book_is_raised(section: str, language: str) -> None:
    named = {dict(each.literal).get("why") for each in FAILURES}
    # The framework's own reader found no JSON, or could not read the body.
    assert set(texts("problems", language)[section]) <= named | {"empty", "unreadable"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", RULES, ids=lambda each: f"{each.at} {each.name}")
def test_a_rule_is_said_with_its_facts(said: Said, language: str) -> None:
    book = texts("faults", language)
    text = {**book["rules"], **book["in_plan_files"]}[said.name]
    facts = {name: CODES.get(name, "甲") for name in said.facts}
    if not said.is_open:
        assert set(FACT.findall(text)) <= set(facts), text
    sample = dict.fromkeys(FACT.findall(text), "甲") | facts | {"value": "甲"}
    check_speech(say_plan_fault(said.name, sample, language), language)
    if said.name in book["rules"]:
        rule = {**sample, "rule": said.name}
        check_speech(say_fault("invalid", rule, language), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_whatever_the_models_refuse_is_said(kind: str, language: str) -> None:
    book = texts("faults", language)["rules"]
    context = {name: 7 for name in FACT.findall(book.get(kind, "")) if name != "choices"}
    facts = {
        **name_rule(kind, {**context, "expected": "'甲' or '乙'"}),
        "value": "甲",
        "name": "甲",
    }
    code = kind if kind in {"missing", "extra_forbidden"} else "invalid"
    check_speech(say_fault(code, facts, language), language)
    check_speech(say_plan_fault(kind, facts, language), language)


def test_no_rule_of_the_book_is_without_use() -> None:
    used = {each.name for each in RULES} | set(get_args(ErrorType)) | {"other"}
    # Named in a keyword: a key of a mapping that is there twice, and a number in a text.
    used |= {"key_twice", "invalid-json-value", "choice_close", "extra_forbidden_close"}
    book = texts("faults", "en")
    assert {*book["rules"], *book["in_plan_files"]} <= used
