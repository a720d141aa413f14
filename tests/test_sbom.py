"""The list of parts: what is in it, and which licences stop `make sbom`."""

from typing import Any

import pytest

from sbom.licences import Policy, find_faults, licences_of
from sbom.run import find_missing, make_bom, read_lock

POLICY = Policy(
    allowed=frozenset({"MIT", "Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"}),
    names={"License :: OSI Approved :: MIT License": "MIT"},
    packages={"silent": "MIT"},
)
LOCK = """alembic==1.20.1 \\
    --hash=sha256:8349 \\
    --hash=sha256:9970
pyjwt==2.15.1 \\
    --hash=sha256:1111
tzdata==2026.6 ; sys_platform == 'never' \\
    --hash=sha256:2222
typing-extensions==4.16.0 ; python_full_version >= '3.0' \\
    --hash=sha256:3333
"""


def _part(*licences: dict[str, Any], name: str = "part") -> dict[str, Any]:
    found = [each if "expression" in each else {"license": each} for each in licences]
    return {
        "name": name,
        "version": "1.0",
        "bom-ref": name,
        **({"licenses": found} if found else {}),
    }


@pytest.mark.parametrize(
    "part",
    [
        _part({"id": "MIT"}),
        _part({"expression": "MIT OR GPL-3.0-only"}),
        _part({"expression": "MIT AND Apache-2.0"}),
        _part({"expression": "(MIT AND Apache-2.0) OR GPL-3.0-only"}),
        _part({"expression": "GPL-2.0-only WITH Classpath-exception-2.0"}),
        _part({"name": "License :: OSI Approved :: MIT License"}),
        _part(name="silent"),
    ],
)
def test_a_licence_that_is_allowed_passes(part: dict[str, Any]) -> None:
    assert find_faults(part, POLICY) == []


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        (_part(), "part 1.0 names no licence"),
        (
            _part({"id": "GPL-3.0-only"}),
            "part 1.0 has a licence that is not allowed: GPL-3.0-only",
        ),
        (
            _part({"expression": "MIT AND AGPL-3.0-only"}),
            "part 1.0 has a licence that is not allowed: MIT AND AGPL-3.0-only",
        ),
        (
            _part({"expression": "GPL-2.0-only"}),
            "part 1.0 has a licence that is not allowed: GPL-2.0-only",
        ),
        # One of several that a package names does not speak for the others.
        (
            _part({"id": "MIT"}, {"id": "GPL-3.0-only"}),
            "part 1.0 has a licence that is not allowed: GPL-3.0-only",
        ),
        (
            _part({"name": "our own terms"}),
            "part 1.0 has a licence that is not known: our own terms",
        ),
        (_part({"name": "Freeware"}), "part 1.0 has a licence that is not known: Freeware"),
    ],
)
def test_a_licence_that_is_forbidden_or_not_known_is_named(
    part: dict[str, Any], fault: str
) -> None:
    assert find_faults(part, POLICY) == [fault]


def test_the_same_licence_in_two_words_is_listed_once() -> None:
    part = _part({"id": "MIT"}, {"name": "License :: OSI Approved :: MIT License"})
    assert licences_of(part, POLICY) == ["MIT"]


def test_the_lock_is_read_for_this_kind_of_machine() -> None:
    assert dict(read_lock(LOCK)) == {
        "alembic": "1.20.1",
        "pyjwt": "2.15.1",
        "typing-extensions": "4.16.0",
    }


def test_what_only_tests_need_is_left_out_and_what_is_missing_is_named() -> None:
    environment = {
        "components": [_part(name="Typing_Extensions"), _part(name="pytest")],
        "dependencies": [
            {"ref": "Typing_Extensions", "dependsOn": ["pytest"]},
            {"ref": "pytest", "dependsOn": ["Typing_Extensions"]},
        ],
    }
    locked = {"typing-extensions": "1.0", "alembic": "1.20.1", "pyjwt": "2.15.1"}
    bom = make_bom(environment, locked)
    assert [each["name"] for each in bom["components"]] == ["Typing_Extensions"]
    assert bom["dependencies"] == [{"ref": "Typing_Extensions", "dependsOn": []}]
    assert list(find_missing(bom, {**locked, "typing-extensions": "2.0"})) == [
        "typing-extensions is locked at 2.0 but 1.0 installed",
        "alembic is locked at 1.20.1 but not installed",
        "pyjwt is locked at 2.15.1 but not installed",
    ]
