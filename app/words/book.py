"""The book of words: every sentence, name and label that people read, in two languages.

The texts are data: one file for each subject and language, ``en/problems.yaml`` beside
``zh/problems.yaml``. The two have the same keys and say the same facts. ``{name}`` in a text
is where a fact belongs.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml

LANGUAGES = ("en", "zh")
_FOLDER = Path(__file__).parent
# Every start reads the words: the parser in C is ten times as fast, and reads the same.
_LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_COMMAS = {"en": ", ", "zh": "、"}
_WORDS = {"en": {"or": " or ", "and": " and "}, "zh": {"or": "或", "and": "和"}}


@cache
def texts(subject: str, language: str) -> Mapping[str, Any]:
    """The texts on a subject in a language, by their keys."""
    return MappingProxyType(read_yaml(_FOLDER / language / f"{subject}.yaml"))


def read_yaml(file: Path) -> Any:  # noqa: ANN401 - whatever a file of ours holds
    """What one of the program's own files holds."""
    return yaml.load(file.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - either is safe


def name_code(kind: str, code: str, language: str) -> str:
    """What a code of a list is called: a rating, a basis, a unit, a missing reason, a role.

    >>> name_code("basis", "quarter", "zh")
    '当季数'
    """
    return str(texts("codes", language)[kind][code])


def name_kind(kind: str, language: str) -> str:
    """What a kind of thing is called: an indicator, an area, a report."""
    return str(texts("glossary", language)["kinds"][kind])


def label_column(column: str, language: str) -> str:
    """What a column is called, wherever it is shown.

    >>> label_column("gap_percent", "zh")
    '差距占目标比重'
    """
    return str(texts("columns", language)[column]["name"])


def define_column(column: str, language: str) -> str:
    """What a column holds, in a sentence or two: its unit and sign, and when it is null."""
    return str(texts("columns", language)[column]["description"])


def say_both(subject: str, *keys: str) -> str:
    """A short text in both languages, side by side, as a form has it.

    >>> say_both("forms", "sheets", "help")
    '填报说明 Help'
    """
    return " ".join(_find(texts(subject, language), keys) for language in ("zh", "en"))


def join(names: Sequence[str], language: str, *, word: Literal["or", "and"] = "or") -> str:
    """Names in a sentence: as alternatives, or all of them.

    >>> join(["quarter", "ytd", "since_start"], "en"), join(["人", "万人"], "zh")
    ('quarter, ytd or since_start', '人或万人')
    """
    comma, last = _COMMAS[language], _WORDS[language][word]
    if language == "zh" and len(names) > 1:
        # Chinese sets Latin letters off by a space.
        left, right = names[-2][-1:].isascii(), names[-1][:1].isascii()
        last = f"{' ' * left}{last}{' ' * right}"
    return last.join([comma.join(names[:-1]), names[-1]] if len(names) > 1 else names)


def fill(text: str, facts: Mapping[str, object]) -> str:
    """The text with its facts; of these, what steers a screen is made visible."""
    return text.format_map(_Facts({name: _legible(fact) for name, fact in facts.items()}))


def _find(found: Any, keys: Sequence[str]) -> str:  # noqa: ANN401 - texts nest as deep as they like
    for key in keys:
        found = found[key]
    return str(found)


def _legible(fact: object) -> object:
    if not isinstance(fact, str) or fact.isprintable():
        return fact
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in fact)


class _Facts(dict[str, object]):
    """Facts for a text. One that is not there leaves its place as it is: nothing breaks."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"
