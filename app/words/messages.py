"""Every sentence that a client reads, in English and Chinese.

The sentences are data, in ``en/`` and ``zh/``: a message says what came, why it matters
and what to do. ``{name}`` stands for a fact of the failure or finding.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from app.domain.checks.figure import Finding, FindingCode

LANGUAGES = ("en", "zh")
# Where the sentence for the fact ``why`` of a failure stands.
_WHYS = {
    "invalid_as_of": "why_as_of",
    "malformed_json": "why_malformed",
    "file_refused": "why_file_refused",
}
_FOLDER = Path(__file__).parent
_TEXTS: dict[str, Any] = {
    language: yaml.safe_load((_FOLDER / language / "messages.yaml").read_text("utf-8"))
    for language in LANGUAGES
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What a problem is called, and what it says."""

    title: str
    detail: str


def say_failure(code: str, facts: Mapping[str, object], language: str) -> Sentence:
    """The title and detail of a failure in a language."""
    texts = _TEXTS[language]
    known = dict(facts)
    if code in _WHYS:
        known["why"] = _fill(texts[_WHYS[code]][facts["why"]], facts)
    found = texts["failures"][code]
    return Sentence(title=found["title"], detail=_fill(found["detail"], known))


def say_finding(finding: Finding, language: str) -> str:
    """What a check says, in a language."""
    texts = _TEXTS[language]
    facts: dict[str, object] = {"indicator": finding.indicator, "unit": "", **finding.facts}
    if "hint" in facts:
        facts["hint"] = texts["hints"][facts["hint"]]
    if finding.code is FindingCode.PERIOD_NOT_OPEN:
        facts["why"] = _fill(texts["periods_not_open"][facts["why"]], facts)
    if finding.code is FindingCode.SCALE_SLIP:
        facts["direction"] = texts["directions"][facts["direction"]]
        kind = "unit" if facts["looks_like"] else "none"
        facts["looks_like"] = _fill(texts["looks_like"][kind], facts)
    if finding.code is FindingCode.RULE_VIOLATED:
        facts["rule"] = facts[f"rule_{language}"]
    return _fill(texts["findings"][finding.code.value], facts)


def say_fault(code: str, facts: Mapping[str, object], language: str) -> str:
    """What is wrong with one parameter or field, in a language.

    The fact ``rule`` names the sentence that says what is expected. What a check of figures
    says, it says of any body.
    """
    texts, known = _TEXTS[language], dict(facts)
    if known.get("rule") in texts["expected"]:
        known["expected"] = _fill(texts["expected"][known["rule"]], facts)
    return _fill(texts["faults"].get(code) or texts["findings"][code], known)


def _fill(text: str, facts: Mapping[str, object]) -> str:
    """The text with its facts; of these, what steers a screen is made visible."""
    legible = {name: _legible(fact) for name, fact in facts.items()}
    return text.format_map(_Facts(legible))


def _legible(fact: object) -> object:
    if not isinstance(fact, str) or fact.isprintable():
        return fact
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in fact)


class _Facts(dict[str, object]):
    """Facts for a text; one that is not there stands as it is written."""

    def __missing__(self, name: str) -> str:
        return "{" + name + "}"
