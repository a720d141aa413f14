"""Structures as SDMX-JSON 2.0.0."""

import json
from typing import TypeAlias

from app.sdmx.model import (
    AGENCY,
    MEASURE,
    Artefact,
    ArtefactKind,
    Availability,
    Component,
    ComponentRole,
    Dataflow,
    DataStructure,
    Header,
    Item,
    ItemScheme,
    Name,
    StructureMessage,
)
from app.vocabulary import to_instant

Json: TypeAlias = dict[str, object]

# Readers tell the version of a message by the address of its schema.
_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/develop/{kind}-message"
    "/tools/schemas/{version}/sdmx-json-{kind}-schema.json"
)
_COLLECTIONS = {
    ArtefactKind.DATAFLOW: "dataflows",
    ArtefactKind.DATA_STRUCTURE: "dataStructures",
    ArtefactKind.CODELIST: "codelists",
    ArtefactKind.CONCEPT_SCHEME: "conceptSchemes",
    ArtefactKind.AGENCY_SCHEME: "agencySchemes",
}
_ITEMS = {
    ArtefactKind.CODELIST: "codes",
    ArtefactKind.CONCEPT_SCHEME: "concepts",
    ArtefactKind.AGENCY_SCHEME: "agencies",
}


def write_structure_json(content: StructureMessage) -> bytes:
    """The message; ``name`` is in the header's language, ``names`` in both."""
    language = content.header.language
    data: Json = {
        collection: found
        for kind, collection in _COLLECTIONS.items()
        if (found := [_artefact(a, content) for a in content.artefacts if a.kind is kind])
    }
    if content.availability is not None:
        data["dataConstraints"] = [_constraint(content.availability, language)]
    return dump({"meta": write_meta(content.header, "structure", "2.0.0"), "data": data})


def dump(whole: Json) -> bytes:
    """A message as it is sent."""
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def write_meta(header: Header, kind: str, version: str) -> Json:
    """What a message of this kind and version says of itself."""
    other = "en" if header.language == "zh" else "zh"
    return {
        "schema": _SCHEMA.format(kind=kind, version=version),
        "id": header.id,
        "test": header.is_test,
        "prepared": to_instant(header.prepared),
        "contentLanguages": [header.language, other],
        "sender": {"id": AGENCY},
    }


def _artefact(each: Artefact, content: StructureMessage) -> Json:
    language = content.header.language
    is_stub = each.urn in content.stubs
    known = _identity(each, language) | {"isExternalReference": is_stub}
    if is_stub:
        return known
    if isinstance(each, ItemScheme):
        items = [_item(item, language) for item in each.items]
        return known | {"isPartial": each.is_partial, _ITEMS[each.kind]: items}
    if isinstance(each, DataStructure):
        return known | {"dataStructureComponents": _components(each)}
    return known | ({"structure": each.structure.urn} if isinstance(each, Dataflow) else {})


def _identity(each: Artefact, language: str) -> Json:
    links = [{"rel": "self", "urn": each.urn}]
    place = {"id": each.id, "version": each.version, "agencyID": each.agency, "links": links}
    return place | named(each.name, language)


def named(name: Name, language: str, field: str = "name") -> Json:
    """A name in the reader's language, and in both."""
    return {field: getattr(name, language), f"{field}s": {"en": name.en, "zh": name.zh}}


def _item(item: Item, language: str) -> Json:
    known: Json = {"id": item.id} | named(item.name, language)
    if item.description is not None:
        known |= named(item.description, language, "description")
    return known | ({} if item.parent is None else {"parent": item.parent})


def _components(structure: DataStructure) -> Json:
    by_role: dict[ComponentRole, list[Json]] = {role: [] for role in ComponentRole}
    for each in structure.components:
        by_role[each.role].append(_component(each, structure))
    return {
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": [
                each | {"position": place}
                for place, each in enumerate(by_role[ComponentRole.DIMENSION])
            ],
            "timeDimension": by_role[ComponentRole.TIME][0],
        },
        "measureList": {"id": "MeasureDescriptor", "measures": by_role[ComponentRole.MEASURE]},
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": by_role[ComponentRole.ATTRIBUTE],
        },
    }


def _component(each: Component, structure: DataStructure) -> Json:
    known: Json = {
        "id": each.id,
        "conceptIdentity": structure.concepts.item_urn(each.id),
        "localRepresentation": (
            {"format": {"dataType": each.text_type}}
            if each.codes is None
            else {"enumeration": each.codes.urn}
        ),
    }
    if each.role is ComponentRole.MEASURE:
        # A figure that is missing is told with its reason, and without a value.
        known["usage"] = "optional"
    if each.role is ComponentRole.ATTRIBUTE:
        key = [dimension.id for dimension in structure.key]
        known["usage"] = "optional"
        known["attributeRelationship"] = (
            {"dimensions": key} if each.is_of_series else {"observation": {}}
        )
        if not each.is_of_series:
            known["measureRelationship"] = [MEASURE]
    return known


def _constraint(found: Availability, language: str) -> Json:
    counts = {"series_count": found.series, "obs_count": found.observations}
    notes = [
        {"id": name, "title": str(count), "type": "sdmx_metrics"} for name, count in counts.items()
    ]
    values: list[Json] = [
        {"id": each, "values": [{"value": code} for code in codes]}
        for each, codes in found.values.items()
    ]
    bounds = {"startPeriod": found.first_day, "endPeriod": found.last_day}
    span = {name: {"period": day.isoformat(), "isInclusive": True} for name, day in bounds.items()}
    times = {"id": "TIME_PERIOD", "timeRange": span}
    flow = found.flow
    return {
        "id": flow.id,
        "version": flow.version,
        "agencyID": AGENCY,
        **named(flow.name, language),
        "annotations": notes,
        "role": "Actual",
        "constraintAttachment": {"dataflows": [flow.urn]},
        "cubeRegions": [{"include": True, "keyValues": [*values, times]}],
    }
