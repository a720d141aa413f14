"""Every sentence that a client reads, in English and Chinese.

The sentences are data, in ``en/`` and ``zh/``: a message says what came, why it matters
and what to do. ``{name}`` stands for a fact of the failure or finding.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.checks.figure import Finding, FindingCode
from app.words.book import fill, join, name_kind, texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What a problem is called, and what it says."""

    title: str
    detail: str


def say_failure(code: str, facts: Mapping[str, object], language: str) -> Sentence:
    """The title and detail of a failure in a language."""
    book, known = texts("problems", language), dict(facts)
    if code in book:
        known["why"] = fill(book[code][facts["why"]], facts)
    found = book["problems"][code]
    return Sentence(title=found["title"], detail=fill(found["detail"], known))


def say_finding(finding: Finding, language: str) -> str:
    """What a check says, in a language."""
    book = texts("findings", language)
    facts: dict[str, object] = {"indicator": finding.indicator, "unit": "", **finding.facts}
    if "hint" in facts:
        facts["hint"] = book["hints"][facts["hint"]]
    if finding.code is FindingCode.PERIOD_NOT_OPEN:
        facts["why"] = fill(book["periods_not_open"][facts["why"]], facts)
    if finding.code is FindingCode.SCALE_SLIP:
        facts["direction"] = book["directions"][facts["direction"]]
        kind = "unit" if facts["looks_like"] else "none"
        facts["looks_like"] = fill(book["looks_like"][kind], facts)
    if finding.code is FindingCode.RULE_VIOLATED:
        facts["rule"] = facts[f"rule_{language}"]
    return fill(book["findings"][finding.code.value], facts)


def say_fault(code: str, facts: Mapping[str, object], language: str) -> str:
    """What is wrong with one parameter or field, in a language.

    The fact ``rule`` names the sentence that says what is expected. What a check of figures
    says, it says of any body.
    """
    book = texts("faults", language)
    known = dict(facts) | _listed(facts, language)
    if "rule" in facts:
        rules = book["rules"]
        known["expected"] = fill(rules.get(facts["rule"], rules["other"]), known)
    return fill(book["faults"].get(code) or texts("findings", language)["findings"][code], known)


def say_plan_fault(rule: str, facts: Mapping[str, object], language: str) -> str:
    """What is wrong at one place of a plan file, to its author. A ``value`` is quoted."""
    book = texts("faults", language)
    rules = {**book["rules"], **book["in_plan_files"]}
    known = {**facts, **_listed(facts, language)}
    if "kind" in facts:
        known["kind"] = name_kind(str(facts["kind"]), language)
    expected = fill(rules.get(rule, rules["other"]), known)
    if "value" not in facts:
        return expected
    return fill(book["faults"]["invalid"], {**known, "expected": expected})


def _listed(facts: Mapping[str, object], language: str) -> dict[str, str]:
    """The facts that are codes to choose from, as alternatives."""
    return {
        name: join(str(facts[name]).split(), language)
        for name in ("allowed", "choices")
        if name in facts
    }
