"""What a code of a problem or finding means in general: its sentence, without a case's facts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.words.book import LANGUAGES, texts

# What a client reads for a fault of one parameter or field, where it is not the book's own code.
FIELD_CODES: Mapping[str, str] = {"missing": "required", "extra_forbidden": "unknown_field"}
_FACT = re.compile(r"\{\w+\}")
# A sentence about an indicator, or of a cause, that is given apart.
_LEFT_OUT = re.compile(r"^\{indicator\}[:：] ?|\{(?:why|where|expected|hint|remedy|looks_like)\} ?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a code says, in a language: in short, in a sentence, and why it may be said."""

    title: str
    detail: str
    causes: tuple[str, ...] = ()


def explain(code: str) -> dict[str, Meaning] | None:
    """The meaning of a code by language; None for a code that no answer holds.

    >>> explain("self_approval")["en"].title
    'You cannot review your own report'
    """
    for find in (_find_problem, _find_finding, _find_fault):
        found = {language: find(code, language) for language in LANGUAGES}
        said = {language: meaning for language, meaning in found.items() if meaning is not None}
        if said:
            return said
    return None


def _find_problem(code: str, language: str) -> Meaning | None:
    book = texts("problems", language)
    found = book["problems"].get(code)
    if found is None:
        return None
    # Other sentences say how a list is counted.
    causes: dict[str, Any] = {} if code in book["counted"] else book.get(code, {})
    return Meaning(
        title=found["title"],
        detail=_say(found["detail"].replace("{counted}", _count(book, code))),
        causes=tuple(_say(cause) for cause in causes.values()),
    )


def _count(book: Mapping[str, Any], code: str) -> str:
    return str(book["counted"].get(code, {}).get("many", ""))


def _find_finding(code: str, language: str) -> Meaning | None:
    book = texts("findings", language)
    found = book["findings"].get(code)
    if found is None:
        return None
    return Meaning(title=texts("contract", language)["kinds"]["finding"], detail=_say(found))


def _find_fault(code: str, language: str) -> Meaning | None:
    book = texts("faults", language)["faults"]
    names = {FIELD_CODES.get(name, name): name for name in book}
    if code not in names:
        return None
    title = texts("contract", language)["kinds"]["field"]
    return Meaning(title=title, detail=_say(book[names[code]]))


def _say(text: str) -> str:
    """The sentence with an ellipsis for each fact, and without what is said elsewhere."""
    said = _FACT.sub("…", _LEFT_OUT.sub("", text)).strip()
    return said[:1].upper() + said[1:] if text.startswith("{indicator}") else said
