"""Structures as SDMX-JSON 2.0.0, and as 1.0.0, which is that of SDMX 2.1."""

import json
from dataclasses import dataclass
from typing import TypeAlias

from app.sdmx.model import (
    AGENCY,
    MEASURE,
    TIME,
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


@dataclass(frozen=True, slots=True)
class JsonDialect:
    """A version of SDMX-JSON. Before 2.0.0 a structure has one measure, its primary one."""

    version: str
    is_of_sdmx_3: bool


JSON_1 = JsonDialect("1.0.0", is_of_sdmx_3=False)
JSON_2 = JsonDialect("2.0.0", is_of_sdmx_3=True)


def write_structure_json(dialect: JsonDialect, content: StructureMessage) -> bytes:
    """The message; ``name`` is in the header's language, ``names`` in both."""
    language = content.header.language
    data: Json = {
        collection: found
        for kind, collection in _COLLECTIONS.items()
        if (found := [_artefact(dialect, a, content) for a in content.artefacts if a.kind is kind])
    }
    if content.availability is not None:
        constraint = _identified(content.availability, language)
        if dialect.is_of_sdmx_3:
            data["dataConstraints"] = [constraint | _region(content.availability)]
        else:
            data["contentConstraints"] = [constraint | _region_1(content.availability)]
    return dump({"meta": write_meta(content.header, "structure", dialect.version), "data": data})


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


def _artefact(dialect: JsonDialect, each: Artefact, content: StructureMessage) -> Json:
    language = content.header.language
    is_stub = each.urn in content.stubs
    known = _identity(each, language) | {"isExternalReference": is_stub}
    if is_stub:
        return known
    if isinstance(each, ItemScheme):
        items = [_item(item, language) for item in each.items]
        return known | {"isPartial": each.is_partial, _ITEMS[each.kind]: items}
    if isinstance(each, DataStructure):
        return known | {"dataStructureComponents": _components(dialect, each)}
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


def _components(dialect: JsonDialect, structure: DataStructure) -> Json:
    by_role: dict[ComponentRole, list[Json]] = {role: [] for role in ComponentRole}
    for each in structure.components:
        write = _component if dialect.is_of_sdmx_3 else _component_1
        by_role[each.role].append(write(each, structure))
    key = [
        each | {"position": place} for place, each in enumerate(by_role[ComponentRole.DIMENSION])
    ]
    dimensions: Json = {"id": "DimensionDescriptor", "dimensions": key}
    (time,), measures = by_role[ComponentRole.TIME], by_role[ComponentRole.MEASURE]
    if dialect.is_of_sdmx_3:
        dimensions["timeDimension"] = time
        values: Json = {"measures": measures}
    else:
        dimensions["timeDimensions"] = [time | {"position": len(key)}]
        values = {"primaryMeasure": measures[0]}
    return {
        "dimensionList": dimensions,
        "measureList": {"id": "MeasureDescriptor"} | values,
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": by_role[ComponentRole.ATTRIBUTE],
        },
    }


def _component(each: Component, structure: DataStructure) -> Json:
    found = _represented(each, structure, "format", "dataType")
    if each.role is ComponentRole.MEASURE:
        # A figure that is missing is told with its reason, and without a value.
        found["usage"] = "optional"
    if each.role is ComponentRole.ATTRIBUTE:
        found["usage"] = "optional"
        found["attributeRelationship"] = _belongs_to(each, structure, {"observation": {}})
        if not each.is_of_series:
            found["measureRelationship"] = [MEASURE]
    return found


def _component_1(each: Component, structure: DataStructure) -> Json:
    found = _represented(each, structure, "textFormat", "textType")
    if each.role is ComponentRole.DIMENSION:
        found["type"] = "Dimension"
    if each.role is ComponentRole.TIME:
        found["type"] = "TimeDimension"
    if each.role is ComponentRole.ATTRIBUTE:
        found["assignmentStatus"] = "Conditional"
        found["attributeRelationship"] = _belongs_to(each, structure, {"primaryMeasure": MEASURE})
    return found


def _represented(each: Component, structure: DataStructure, form: str, kind: str) -> Json:
    """A component with its concept, and its codes or type."""
    values: Json = {form: {kind: each.text_type}}
    return {
        "id": each.id,
        "conceptIdentity": structure.concepts.item_urn(each.id),
        "localRepresentation": values if each.codes is None else {"enumeration": each.codes.urn},
    }


def _belongs_to(each: Component, structure: DataStructure, observation: Json) -> Json:
    """What an attribute belongs to: a series, or an observation."""
    if each.is_of_series:
        return {"dimensions": [dimension.id for dimension in structure.key]}
    return observation


def _identified(found: Availability, language: str) -> Json:
    """A constraint, but for the region that it describes."""
    counts = {"series_count": found.series, "obs_count": found.observations}
    notes = [
        {"id": name, "title": str(count), "type": "sdmx_metrics"} for name, count in counts.items()
    ]
    return {
        "id": found.flow.id,
        "version": found.flow.version,
        "agencyID": AGENCY,
        **named(found.flow.name, language),
        "annotations": notes,
        "constraintAttachment": {"dataflows": [found.flow.urn]},
    }


def _region(found: Availability) -> Json:
    values: list[Json] = [
        {"id": each, "values": [{"value": code} for code in codes]}
        for each, codes in found.values.items()
    ]
    region = {"include": True, "keyValues": [*values, _times(found)]}
    return {"role": "Actual", "cubeRegions": [region]}


def _region_1(found: Availability) -> Json:
    values: list[Json] = [{"id": each, "values": codes} for each, codes in found.values.items()]
    region = {"isIncluded": True, "keyValues": [*values, _times(found)]}
    return {"type": "Actual", "cubeRegions": [region]}


def _times(found: Availability) -> Json:
    bounds = {"startPeriod": found.first_day, "endPeriod": found.last_day}
    span = {name: {"period": day.isoformat(), "isInclusive": True} for name, day in bounds.items()}
    return {"id": TIME, "timeRange": span}
