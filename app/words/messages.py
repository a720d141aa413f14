"""Every sentence that a client reads, in English and Chinese.

The sentences are data, in ``en/`` and ``zh/``: a message says what was received,
why it matters and what to do. ``{name}`` stands for a fact of the failure or finding.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.words.book import fill, join, label_column, name_code, name_kind, texts

# Where a failure is said in other words, by what it is about.
_SECTIONS = {"file": "in_files", "list": "in_lists"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What a problem is called, and what it says."""

    title: str
    detail: str


def say_failure(code: str, facts: Mapping[str, object], language: str) -> Sentence:
    """The title and detail of a failure in a language."""
    book, known = texts("problems", language), dict(facts)
    for fact, say in _SAYS.get(code, {}).items():
        if fact in facts:
            known[fact] = say(str(facts[fact]), language)
    if code in book:
        known["why"] = fill(book[code][facts["why"]], known)
    if code == "file_refused":
        known["where"] = fill(book["where"]["sheet" if facts.get("sheet") else "file"], known)
    if "count" in facts:
        form = "one" if facts["count"] == 1 else "many"
        known["counted"] = fill(book["counted"][code][form], facts)
    found = book["problems"][code]
    if (section := _SECTIONS.get(str(facts.get("place")))) is not None:
        found = book[section].get(code, found)
    return Sentence(title=found["title"], detail=fill(found["detail"], known))


def say_fault(code: str, facts: Mapping[str, object], language: str) -> str:
    """What is wrong with one parameter or field, in a language.

    The fact ``rule`` names the sentence that says what is expected.
    """
    book = texts("faults", language)
    if code not in book["faults"]:
        # What forbids one thing among several is said as if it had been the only one.
        return say_failure(code, facts, language).detail
    known = dict(facts) | _listed(facts, language)
    if "rule" in facts:
        rules = book["rules"]
        known["expected"] = fill(rules.get(facts["rule"], rules["other"]), known)
    return fill(book["faults"][code], known)


def say_plan_fault(rule: str, facts: Mapping[str, object], language: str) -> str:
    """What is wrong at one place of a plan file, to its author. A ``value`` is quoted."""
    book = texts("faults", language)
    rules = {**book["rules"], **book["in_plan_files"]}
    known = {**facts, **_listed(facts, language)}
    expected = fill(rules.get(rule, rules["other"]), known)
    if "value" not in facts:
        return expected
    return fill(book["faults"]["invalid"], {**known, "expected": expected})


def _listed(facts: Mapping[str, object], language: str) -> dict[str, str]:
    """The facts that are codes: those to choose from as alternatives, a kind by its name."""
    said = {
        name: join(str(facts[name]).split(), language)
        for name in ("allowed", "choices")
        if name in facts
    }
    kind = {"kind": name_kind(str(facts["kind"]), language)} if "kind" in facts else {}
    return said | kind


def _join_all(codes: str, language: str) -> str:
    return join(codes.split(), language, word="and")


def _join_any(codes: str, language: str) -> str:
    return join(codes.split(), language)


def _name_role(role: str, language: str) -> str:
    return name_code("role", role, language)


def _name_roles(roles: str, language: str) -> str:
    return join([_name_role(role, language) for role in roles.split(", ")], language)


def _name_status(status: str, language: str) -> str:
    return name_code("report_status", status, language)


def _name_field(field: str, language: str) -> str:
    return str(texts("glossary", language)["fields"][field])


def _name_columns(columns: str, language: str) -> str:
    """Columns of a file as the form calls them; one that it does not have, as it was typed."""
    known = texts("columns", language)
    named = [
        label_column(column, language) if column in known else column
        for column in columns.split(", ")
    ]
    return ("、" if language == "zh" else ", ").join(named)


# The facts of a failure that are codes, and what each is called.
_SAYS: Mapping[str, Mapping[str, Callable[[str, str], str]]] = {
    "area_not_allowed": {"allowed": _join_all},
    "unit_not_allowed": {"allowed": _join_any},
    "not_found": {"kind": name_kind},
    "definition_reduced": {"kind": name_kind},
    "role_not_allowed": {"role": _name_role, "needed": _name_roles},
    "already_decided": {"status": _name_status},
    "rule_in_use": {"rule": _name_field},
    "earlier_plan_differs": {"rule": _name_field},
    "file_refused": {
        "column": _name_columns,
        "columns": _name_columns,
        "allowed": _name_columns,
    },
}
