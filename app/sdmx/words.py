"""The parts of the SDMX structures that are the same for all plans: concepts, shared code lists.

Of which columns the structures consist is data, in ``structures.yaml``; what all of it is called
is in the book of words. The version is counted here: after the first release it goes up when they
change, since SDMX takes a version for something that never changes.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.domain.bulletin.announced import MEASURES
from app.domain.quantity import MeasureUnit
from app.sdmx.model import AGENCY, ArtefactKind, Component, ComponentRole, Item, ItemScheme, Name
from app.words.book import label_column, name_code, read_yaml, texts

VERSION = "1.0.0"
_STRUCTURES: Any = read_yaml(Path(__file__).with_name("structures.yaml"))
# The codes of units by their symbols, and the statuses of observations by missing reason.
UNIT_CODES: dict[str, str] = _STRUCTURES["units"]
STATUSES: dict[str, str] = _STRUCTURES["statuses"]

# A code of a measure whose codes the book does not name is a text, and so is a day.
_TYPES = {MeasureUnit.CODE: "String", MeasureUnit.DAY: "String", MeasureUnit.COUNT: "Integer"}


def unit_code(symbol: str) -> str:
    """The code of a unit. One that a plan declares is its symbol, or the places of its signs."""
    if symbol.isascii() and symbol.isalnum():
        return UNIT_CODES.get(symbol, symbol)
    return UNIT_CODES.get(symbol, "U" + "_".join(f"{ord(sign):04X}" for sign in symbol))


def _name(section: str, code: str) -> Name:
    """What the book calls a code list or a structure."""
    return Name(**{language: texts("sdmx", language)[section][code] for language in ("zh", "en")})


def _column(name: str) -> Name:
    """What the book calls a column."""
    return Name(zh=label_column(name, "zh"), en=label_column(name, "en"))


def _concept(code: str) -> Item:
    """A concept: one of SDMX's own, or a column under its name in capitals."""
    is_own = code in texts("sdmx", "en")["concepts"]
    return Item(id=code, name=_name("concepts", code) if is_own else _column(code.lower()))


def _codelist(code: str, kind: str) -> ItemScheme:
    """A list of codes, called by its column; SDMX's own have names of their own."""
    is_own = code in texts("sdmx", "en")["codelists"]
    return ItemScheme(
        kind=ArtefactKind.CODELIST,
        id=code,
        version=VERSION,
        name=_name("codelists", code) if is_own else _column(kind),
        items=_codes(kind),
    )


def _codes(kind: str) -> tuple[Item, ...]:
    """A list of codes; a unit's code is its id, for its symbol is none."""
    return tuple(
        Item(
            id=unit_code(code) if kind == "unit" else code,
            name=Name(zh=name_code(kind, code, "zh"), en=_capital(name_code(kind, code, "en"))),
        )
        for code in texts("codes", "en")[kind]
    )


def _capital(name: str) -> str:
    """A name on its own begins with a capital; in the book it fits into a sentence."""
    return name[0].upper() + name[1:]


def _columns(structure: str) -> Iterator[dict[str, Any]]:
    """The columns of a structure: those of the file, and the measures from their registry."""
    for words in _STRUCTURES["structures"][structure]["components"]:
        if "measures" not in words:
            yield words
            continue
        for name, measure in MEASURES.items():
            # The actual is the observation itself.
            if name != "actual":
                kind = {"type": _TYPES.get(measure.unit, "Double")}
                codes = {"codes": f"CL_{name.upper()}"}
                is_coded = codes["codes"] in _STRUCTURES["codelists"]
                yield {
                    "id": name.upper(),
                    "role": "attribute",
                    "field": name,
                    **(codes if is_coded else kind),
                }


CONCEPTS = ItemScheme(
    kind=ArtefactKind.CONCEPT_SCHEME,
    id="CONCEPTS",
    version=VERSION,
    name=_name("schemes", "CONCEPTS"),
    items=tuple(
        _concept(code)
        for code in dict.fromkeys(
            each["id"] for structure in _STRUCTURES["structures"] for each in _columns(structure)
        )
    ),
)
# The one agency is at the top: SDMX itself keeps the list of these, in a version that is fixed.
AGENCIES = ItemScheme(
    kind=ArtefactKind.AGENCY_SCHEME,
    id="AGENCIES",
    version="1.0",
    name=_name("schemes", "AGENCIES"),
    agency="SDMX",
    items=(Item(id=AGENCY, name=_name("schemes", AGENCY)),),
)
CODELISTS: Mapping[str, ItemScheme] = MappingProxyType(
    {code: _codelist(code, kind) for code, kind in _STRUCTURES["codelists"].items()}
)
# The names of what each plan has of its own: its code lists, and its data structures.
PLAN_CODELISTS = {code: _name("codelists", code) for code in _STRUCTURES["plan_codelists"]}
STRUCTURES = {code: _name("structures", code) for code in _STRUCTURES["structures"]}


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
        for words in _columns(structure)
    )
