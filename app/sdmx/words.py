"""The parts of the SDMX structures that are the same for all plans: concepts, shared code lists.

The words are data, in ``sdmx_words.yaml``. Their version is counted here: it goes up when they
change, since SDMX takes a version for something that never changes.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from app.sdmx.model import ArtefactKind, Component, ComponentRole, Item, ItemScheme, Name

VERSION = "1.0.0"
_WORDS: Any = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))


def _items(words: dict[str, dict[str, str]]) -> tuple[Item, ...]:
    return tuple(Item(id=code, name=Name(**names)) for code, names in words.items())


CONCEPTS = ItemScheme(
    kind=ArtefactKind.CONCEPT_SCHEME,
    id="CONCEPTS",
    version=VERSION,
    name=Name(zh="概念", en="Concepts"),
    items=_items(_WORDS["concepts"]),
)
CODELISTS: Mapping[str, ItemScheme] = MappingProxyType(
    {
        code: ItemScheme(
            kind=ArtefactKind.CODELIST,
            id=code,
            version=VERSION,
            name=Name(**words["name"]),
            items=_items(words["codes"]),
        )
        for code, words in _WORDS["codelists"].items()
    }
)
# The names of what each plan has of its own: its code lists, and its data structures.
PLAN_CODELISTS = {code: Name(**names) for code, names in _WORDS["plan_codelists"].items()}
STRUCTURES = {code: Name(**words["name"]) for code, words in _WORDS["structures"].items()}
# The codes of units by their symbols, and the statuses of observations by missing reason.
UNIT_CODES = {item.name.zh: item.id for item in CODELISTS["CL_UNIT"].items}
STATUSES: dict[str, str] = _WORDS["statuses"]


def make_components(structure: str, plan_lists: Mapping[str, ItemScheme]) -> tuple[Component, ...]:
    """The components of a data structure, with the code lists of a plan."""
    known = {**CODELISTS, **plan_lists}
    return tuple(
        Component(
            id=words["id"],
            role=ComponentRole(words["role"]),
            codes=known[words["codes"]] if "codes" in words else None,
            text_type=words.get("type", "String"),
            is_of_series=words.get("level") == "series",
            field=words.get("field"),
        )
        for words in _WORDS["structures"][structure]["components"]
    )
