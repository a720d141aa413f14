"""Which licences the parts of a deployment have, and which of them are not allowed.

A part whose licence nobody has looked at is as bad as one whose licence is forbidden.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing

_SPDX = get_spdx_licensing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is allowed, as SPDX names licences.

    ``names``: what packages say in other words; ``packages``: the licence of those that say none.
    """

    allowed: frozenset[str]
    names: Mapping[str, str] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)


def licences_of(component: Mapping[str, Any], policy: Policy) -> list[str]:
    """The licences of a component of CycloneDX: expressions of SPDX, or names that are none."""
    found = list(dict.fromkeys(_listed(component, policy)))
    return found or [each for each in [policy.packages.get(component["name"])] if each]


def find_faults(component: Mapping[str, Any], policy: Policy) -> list[str]:
    """What is wrong with the licences of a component, in a sentence each."""
    name, found = f"{component['name']} {component['version']}", licences_of(component, policy)
    if not found:
        return [f"{name} names no licence"]
    faults = []
    for each in found:
        try:
            parsed = _SPDX.parse(each, validate=True)
        except ExpressionError:
            faults.append(f"{name} has a licence that is not known: {each}")
            continue
        if not _is_allowed(parsed, policy):
            faults.append(f"{name} has a licence that is not allowed: {each}")
    return faults


def _listed(component: Mapping[str, Any], policy: Policy) -> Iterator[str]:
    for each in component.get("licenses", ()):
        licence = each.get("license", {})
        if text := each.get("expression") or licence.get("id"):
            yield text
        elif text := licence.get("name"):
            yield policy.names.get(text, text)


def _is_allowed(parsed: Any, policy: Policy) -> bool:  # noqa: ANN401 - the library has no types
    """Whether one of several, or all of several, may be used."""
    # `A WITH B` has parts too, but is a licence.
    if not getattr(parsed, "args", ()) or hasattr(parsed, "exception_symbol"):
        return str(parsed) in policy.allowed
    parts = [_is_allowed(part, policy) for part in parsed.args]
    return any(parts) if isinstance(parsed, _SPDX.OR) else all(parts)
