"""The SDMX structures of the plans: two dataflows a plan, from its definition alone.

``..._OBS`` has the official figures, ``..._GAP`` targets beside actuals and gaps.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session

from app.errors.failure import ParametersInvalid
from app.errors.fault import unknown_in_parameter
from app.schemas.document.indicators import UnitEntry
from app.sdmx.model import Artefact, ArtefactKind, Dataflow, DataStructure, Item, ItemScheme, Name
from app.sdmx.words import (
    AGENCIES,
    CODELISTS,
    CONCEPTS,
    PLAN_CODELISTS,
    STRUCTURES,
    make_components,
    unit_code,
)
from app.services.ledger.snapshots import take_snapshots
from app.services.state.definitions import PlanDefinition, get_definition
from app.tables import LedgerEntry

_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,2}", re.ASCII)
FIGURES, GAPS = "OBS", "GAP"
Found: TypeAlias = dict[str, Artefact]
Choice: TypeAlias = frozenset[str] | None
Lead: TypeAlias = Callable[[Artefact], Iterable[Artefact]]


def flow_id(plan: str, structure: str) -> str:
    """The id of a plan's dataflow: upper case, hyphens as one and underscores as two.

    Both are single in the code of a plan, so the id leads back to one plan only.
    """
    return f"{plan.replace('_', '__').replace('-', '_').upper()}_{structure}"


def read_flow_id(written: str) -> tuple[str, str] | None:
    """The plan and the structure of a dataflow; None for what is no such id."""
    plan, _, structure = written.rpartition("_")
    code = plan.replace("__", " ").replace("_", "-").replace(" ", "_").lower()
    is_known = structure in STRUCTURES and flow_id(code, structure) == written
    return (code, structure) if is_known else None


def make_flow(session: Session, definition: PlanDefinition, structure: str) -> Dataflow:
    """A dataflow with all that it consists of. Its version is the definition's revision."""
    plan = definition.document.plan
    version, code = f"{definition.revision}.0.0", flow_id(plan.code, structure)
    words = STRUCTURES[structure]
    name = Name(zh=f"{plan.title_zh}：{words.zh}", en=f"{plan.title_en}: {words.en}")
    columns = DataStructure(
        kind=ArtefactKind.DATA_STRUCTURE,
        id=code,
        version=version,
        name=name,
        concepts=CONCEPTS,
        components=make_components(structure, _plan_lists(definition, version)),
    )
    return Dataflow(
        kind=ArtefactKind.DATAFLOW,
        id=code,
        version=version,
        name=name,
        structure=columns,
        recorded_at=session.get_one(LedgerEntry, (plan.code, definition.revision)).recorded_at,
    )


def list_flows(
    session: Session, *, as_of: str | None, only: str | None, now: datetime
) -> list[Dataflow]:
    """The dataflows of every plan that was there; ``only``: of the one plan that may be seen.

    AsOfInvalid where none was there yet.
    """
    flows = []
    for snapshot in take_snapshots(session, as_of=as_of, only=only, now=now):
        definition = get_definition(session, snapshot.plan, revision=snapshot.revision)
        flows += [make_flow(session, definition, structure) for structure in STRUCTURES]
    return flows


def find_artefacts(flows: Sequence[Dataflow], wanted: Mapping[str, Choice]) -> Found:
    """The artefacts of the flows that have one of the wanted values in each field; None means any.

    Of code lists and concept schemes only those are left that have one of the wanted values of
    ``item``, and of their items only these.
    """
    fields = {name: words for name, words in wanted.items() if words is not None}
    items = fields.pop("item", None)
    found = [
        _with_items(each, items)
        for each in (_all_of(flows) | {AGENCIES.urn: AGENCIES}).values()
        if all(_value(each, name) in words for name, words in fields.items())
    ]
    return {each.urn: each for each in found if not isinstance(each, ItemScheme) or each.items}


def find_references(flows: Sequence[Dataflow], found: Found, references: Sequence[str]) -> Found:
    """What the found artefacts of the flows refer to, and what refers to them, as asked for.

    ParametersInvalid for a reference that is neither a direction nor a kind of artefact.
    """
    users: dict[str, list[Artefact]] = defaultdict(list)
    for each in _all_of(flows).values():
        for used in each.uses:
            users[used.urn].append(each)

    def used_by(each: Artefact) -> Iterable[Artefact]:
        return users[each.urn]

    parents, descendants = _step(found, used_by), _closure(found, _uses)
    ancestors = _closure(found, used_by)
    siblings = parents | _step(parents, _uses)
    related = descendants | _closure(ancestors, _uses)
    known: dict[str, Found] = {
        "none": {},
        "parents": parents,
        "parentsandsiblings": siblings,
        "ancestors": ancestors,
        "children": _step(found, _uses),
        "descendants": descendants,
        "all": siblings | descendants,
        **{
            kind.value: {urn: each for urn, each in related.items() if each.kind is kind}
            for kind in ArtefactKind
        },
    }
    unknown = [reference for reference in references if reference not in known]
    if unknown:
        raise ParametersInvalid([unknown_in_parameter("references", unknown[0], known)])
    chosen = {urn: each for reference in references for urn, each in known[reference].items()}
    return {urn: each for urn, each in chosen.items() if urn not in found}


def full_version(written: str) -> str:
    """A version in three parts: 1.0 is 1.0.0. What is none stays as it is."""
    return f"{written}{'.0' * (2 - written.count('.'))}" if _VERSION.fullmatch(written) else written


def _value(each: Artefact, field: str) -> str:
    found: str = getattr(each, field)
    return full_version(found) if field == "version" else found


def _all_of(flows: Sequence[Dataflow]) -> Found:
    return _closure({flow.urn: flow for flow in flows}, _uses)


def _plan_lists(definition: PlanDefinition, version: str) -> dict[str, ItemScheme]:
    plan = definition.document.plan
    items = {
        "INDICATOR": [
            Item(
                id=each.code,
                name=Name(zh=each.name_zh, en=each.name_en),
                description=_both(each.definition_zh, each.definition_en),
            )
            for each in definition.document.indicators
        ],
        "AREA": [
            Item(
                id=each.code,
                name=Name(zh=each.name_zh, en=each.name_en),
                description=_both(each.role_zh, each.role_en),
                parent=each.parent,
            )
            for each in definition.document.areas
        ],
    }
    names = dict(PLAN_CODELISTS)
    if definition.document.units:
        # With units of its own a plan has a list of its own, in place of the one for all.
        known = CODELISTS["CL_UNIT"]
        items["CL_UNIT"] = [*known.items, *map(_unit_item, definition.document.units)]
        names["CL_UNIT"] = known.name
    return {
        code: ItemScheme(
            kind=ArtefactKind.CODELIST,
            id=f"CL_{flow_id(plan.code, code.removeprefix('CL_'))}",
            version=version,
            name=Name(zh=f"{plan.title_zh}：{name.zh}", en=f"{plan.title_en}: {name.en}"),
            items=tuple(items[code]),
        )
        for code, name in names.items()
    }


def _unit_item(unit: UnitEntry) -> Item:
    name = Name(zh=unit.symbol, en=unit.name_en or unit.symbol)
    return Item(id=unit_code(unit.symbol), name=name)


def _both(zh: str | None, en: str | None) -> Name | None:
    found = zh or en
    return None if found is None else Name(zh=zh or found, en=en or found)


def _with_items(each: Artefact, items: Choice) -> Artefact:
    if items is None or not isinstance(each, ItemScheme):
        return each
    chosen = tuple(item for item in each.items if item.id in items)
    return replace(each, items=chosen, is_partial=len(chosen) < len(each.items))


def _uses(each: Artefact) -> Iterable[Artefact]:
    return each.uses


def _step(found: Found, lead: Lead) -> Found:
    return {other.urn: other for each in found.values() for other in lead(each)}


def _closure(found: Found, lead: Lead) -> Found:
    known, new = dict(found), dict(found)
    while new:
        new = {urn: each for urn, each in _step(new, lead).items() if urn not in known}
        known |= new
    return known
