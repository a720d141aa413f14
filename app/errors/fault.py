"""What is wrong with one parameter or one field of a body, with the facts of its message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.domain.checks.finding import Fact, Finding, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with one parameter (``name``) or one field of the body (``pointer``)."""

    code: str
    pointer: str | None = None
    parameter: str | None = None
    # Of a file: the number of its row.
    row: int | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    # What a check of figures says of the field, where that is what is wrong.
    finding: Finding | None = None


# Rules that clients branch on: they are the code of their fault.
TOLD_BY_CODE = frozenset({"direction_conflict"})


def found_in_field(finding: Finding) -> Fault:
    """What a check of figures says, as a fault of any other body."""
    return Fault(code=finding.code.value, pointer=finding.pointer, finding=finding)


def invalid_field(pointer: str, value: object, rule: str, **facts: Fact) -> Fault:
    """A field of the body that breaks a rule of the book; ``facts`` are those of the rule."""
    code = rule if rule in TOLD_BY_CODE else "invalid"
    return Fault(code=code, pointer=pointer, facts={"value": shown(value), "rule": rule, **facts})


def invalid_parameter(name: str, value: object, rule: str, **facts: Fact) -> Fault:
    """A parameter, or a header, that breaks a rule of the book."""
    return Fault(
        code="invalid", parameter=name, facts={"value": shown(value), "rule": rule, **facts}
    )


def unknown_in_field(pointer: str, value: str, allowed: Iterable[str]) -> Fault:
    """A field of the body that holds none of the codes allowed there."""
    return Fault(code="unknown_code", pointer=pointer, facts=_unknown(value, allowed))


def unknown_in_parameter(name: str, value: str, allowed: Iterable[str]) -> Fault:
    """A parameter that holds none of the codes allowed there."""
    return Fault(code="unknown_code", parameter=name, facts=_unknown(value, allowed))


def name_rule(kind: str, context: Mapping[str, object]) -> dict[str, Fact]:
    """The rule that a body breaks, as pydantic found it, with the facts of its sentence."""
    facts: dict[str, Fact] = {name: str(value) for name, value in context.items()}
    choices = str(facts.pop("expected", "")).replace("'", "").replace(" or ", ", ")
    return {"rule": kind, "choices": " ".join(choices.split(", ")), **facts}


def _unknown(value: str, allowed: Iterable[str]) -> dict[str, Fact]:
    return {"value": value, "allowed": " ".join(allowed)}
