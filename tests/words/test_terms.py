"""One term for each thing: what the guide to words avoids is in no text of the book."""

import re
from pathlib import Path

import pytest

from app.words.book import LANGUAGES, texts

FOLDER = Path(__file__).parents[2] / "app" / "words"
# Riddles, and second names of a thing.
AVOIDED = {
    "en": [
        *(
            "came",
            "mend",
            "mended",
            "anew",
            "goes by",
            "of its own",
            "beyond the own",
            "stands for",
        ),
        *("stands", "is there", "silent gaps", "that it does cover", "is taken away"),
        *(
            "to pass over",
            "as so far",
            "since when",
            "nothing was stored",
            "own reports",
            "a question",
        ),
    ],
    "zh": [
        *("约束性", "何时所知", "修订号", "撤销", "约数", "净值或总值", "起用时期", "未报任何数据"),
        *("经办", "缺数原因", "已知的数据", "作决定"),
    ],
}


def _texts(language: str) -> dict[str, str]:
    """The lines of the book, without comments and keys."""
    lines = {}
    for file in sorted((FOLDER / language).glob("*.yaml")):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            if not line.lstrip().startswith("#"):
                value = line.partition(": ")[2] if re.match(r"\s*[\w%-]+: ", line) else line
                lines[f"{file.name}:{number}"] = value
    return lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_has_what_the_guide_avoids(language: str) -> None:
    found = []
    for place, line in _texts(language).items():
        for phrase in AVOIDED[language]:
            pattern = rf"\b{re.escape(phrase)}\b" if language == "en" else re.escape(phrase)
            if re.search(pattern, line, re.IGNORECASE):
                found.append(f"{place}: {phrase}: {line.strip()}")
    assert found == []


def test_chinese_is_set_with_chinese_marks() -> None:
    half_width = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]")
    # The parts of an address have marks of their own.
    lines = {at: re.sub(r"\S+://\S+", "", line) for at, line in _texts("zh").items()}
    found = {at: line for at, line in lines.items() if half_width.search(line)}
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_is_what_its_column_and_its_code_are_called(language: str) -> None:
    terms, codes = texts("glossary", language)["terms"], texts("codes", language)
    columns = texts("columns", language)
    # The column says of which report a figure is, not what a report is called.
    named = {term: columns[term]["name"] for term in terms if term in columns and term != "report"}
    named |= {term: codes["commitment"][term] for term in ("stated", "aspirational")}
    named |= {term: codes["severity"][term] for term in ("error", "query")}
    named["superseded"] = codes["report_status"]["superseded"]
    assert len(named) > 15
    assert {term: name.lower() for term, name in named.items()} == {
        term: terms[term] for term in named
    }
