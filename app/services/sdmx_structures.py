"""The SDMX structures of the plans: two dataflows a plan, from its definition alone.

``..._OBS`` has the official figures, ``..._GAP`` targets beside actuals and gaps.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from sqlmodel import Session

from app.errors import AsOfInvalid, Fault, ParametersInvalid
from app.formats.sdmx_model import (
    Artefact,
    Dataflow,
    DataStructure,
    Item,
    ItemScheme,
    Kind,
    Name,
)
from app.formats.sdmx_words import CONCEPTS, PLAN_CODELISTS, STRUCTURES, make_components
from app.services.definitions import PlanDefinition, get_definition
from app.services.plans import list_plans
from app.services.snapshots import take_snapshot
from app.tables import LedgerEntry

FIGURES, GAPS = "OBS", "GAP"
Found: TypeAlias = dict[str, Artefact]
Lead: TypeAlias = Callable[[Artefact], Iterable[Artefact]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which artefacts are asked for; None means all."""

    kinds: frozenset[str] | None = None
    ids: frozenset[str] | None = None
    versions: frozenset[str] | None = None
    items: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The dataflows of all plans, and when the newest of their definitions was recorded."""

    flows: tuple[Dataflow, ...]
    prepared: datetime

    @property
    def artefacts(self) -> Found:
        """Every artefact by its URN."""
        return _closure({flow.urn: flow for flow in self.flows}, _uses)


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


def make_flow(definition: PlanDefinition, structure: str) -> Dataflow:
    """A dataflow with all that it consists of. Its version is the definition's revision."""
    plan = definition.document.plan
    version = f"{definition.revision}.0.0"
    place = {"id": flow_id(plan.code, structure), "version": version}
    words = STRUCTURES[structure]
    name = Name(zh=f"{plan.title_zh}：{words.zh}", en=f"{plan.title_en}: {words.en}")
    columns = DataStructure(
        **place,
        kind=Kind.DATA_STRUCTURE,
        name=name,
        concepts=CONCEPTS,
        components=make_components(structure, _plan_lists(definition, version)),
    )
    return Dataflow(**place, kind=Kind.DATAFLOW, name=name, structure=columns)


def load_catalogue(
    session: Session, *, as_of: str | None, only: str | None, now: datetime
) -> Catalogue:
    """The structures of every plan that was there; ``only``: of the one plan that may be seen.

    AsOfInvalid where none was there yet.
    """
    flows, recorded, missing = [], [], []
    for each in list_plans(session):
        if only is not None and only != each.code:
            continue
        try:
            snapshot = take_snapshot(session, each.code, as_of=as_of, now=now)
        except AsOfInvalid as invalid:
            missing.append(invalid)
            continue
        definition = get_definition(session, each.code, revision=snapshot.revision)
        flows += [make_flow(definition, structure) for structure in STRUCTURES]
        recorded.append(recorded_at(session, definition))
    if missing and not flows:
        raise missing[0]
    return Catalogue(flows=tuple(flows), prepared=max(recorded, default=now))


def recorded_at(session: Session, definition: PlanDefinition) -> datetime:
    """When a definition became known."""
    entry = session.get_one(LedgerEntry, (definition.document.plan.code, definition.revision))
    return entry.recorded_at


def find_artefacts(catalogue: Catalogue, wanted: Wanted) -> Found:
    """The artefacts that are asked for, perhaps with some of their items only."""
    return {
        urn: _with_items(each, wanted.items)
        for urn, each in catalogue.artefacts.items()
        if (wanted.kinds is None or each.kind in wanted.kinds)
        and (wanted.ids is None or each.id in wanted.ids)
        and (wanted.versions is None or each.version in wanted.versions)
    }


def find_references(catalogue: Catalogue, found: Found, references: Sequence[str]) -> Found:
    """What the found artefacts refer to, and what refers to them, as far as asked for.

    ParametersInvalid for a reference that is neither a direction nor a kind of artefact.
    """
    users: dict[str, list[Artefact]] = defaultdict(list)
    for each in catalogue.artefacts.values():
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
            for kind in Kind
        },
    }
    unknown = [reference for reference in references if reference not in known]
    if unknown:
        facts = {"value": unknown[0], "allowed": " ".join(known)}
        raise ParametersInvalid([Fault(code="unknown_code", parameter="references", facts=facts)])
    chosen = {urn: each for reference in references for urn, each in known[reference].items()}
    return {urn: each for urn, each in chosen.items() if urn not in found}


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
    return {
        code: ItemScheme(
            kind=Kind.CODELIST,
            id=f"CL_{flow_id(plan.code, code)}",
            version=version,
            name=Name(zh=f"{plan.title_zh}：{name.zh}", en=f"{plan.title_en}: {name.en}"),
            items=tuple(items[code]),
        )
        for code, name in PLAN_CODELISTS.items()
    }


def _both(zh: str | None, en: str | None) -> Name | None:
    found = zh or en
    return None if found is None else Name(zh=zh or found, en=en or found)


def _with_items(each: Artefact, items: frozenset[str] | None) -> Artefact:
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
