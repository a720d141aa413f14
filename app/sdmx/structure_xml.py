"""Structures as SDMX-ML 2.1."""

from app.sdmx.model import (
    AGENCY,
    Artefact,
    ArtefactKind,
    Availability,
    Component,
    ComponentRole,
    Dataflow,
    DataStructure,
    Item,
    ItemScheme,
    Name,
    StructureMessage,
)
from app.sdmx.xml import concept_reference, element, header, message, reference, text

# The order in which the schema wants the containers, and what each element is called.
_CONTAINERS = {
    ArtefactKind.AGENCY_SCHEME: "str:OrganisationSchemes",
    ArtefactKind.DATAFLOW: "str:Dataflows",
    ArtefactKind.CODELIST: "str:Codelists",
    ArtefactKind.CONCEPT_SCHEME: "str:Concepts",
    ArtefactKind.DATA_STRUCTURE: "str:DataStructures",
}
_ITEMS = {
    ArtefactKind.CODELIST: "str:Code",
    ArtefactKind.CONCEPT_SCHEME: "str:Concept",
    ArtefactKind.AGENCY_SCHEME: "str:Agency",
}


def write_structure_xml(content: StructureMessage) -> bytes:
    """The message; names come in both languages."""
    containers = [
        element(container, {}, *found)
        for kind, container in _CONTAINERS.items()
        if (found := [_artefact(a, content) for a in content.artefacts if a.kind is kind])
    ]
    if content.availability is not None:
        containers.append(element("str:Constraints", {}, _constraint(content.availability)))
    body = element("mes:Structures", {}, *containers)
    return message("mes:Structure", ("mes", "str", "com"), header(content.header), body)


def _artefact(each: Artefact, content: StructureMessage) -> str:
    is_stub = each.urn in content.stubs
    inner = [] if is_stub else _inner(each)
    attributes = _identity(each) | {"isExternalReference": "true" if is_stub else "false"}
    if is_stub:
        place = (each.agency, each.id, each.version)
        attributes["structureURL"] = f"/sdmx/v1/{each.kind}/{'/'.join(place)}"
    if isinstance(each, ItemScheme) and each.is_partial:
        attributes["isPartial"] = "true"
    return element(f"str:{each.kind.class_name}", attributes, *_names(each.name), *inner)


def _identity(each: Artefact) -> dict[str, str | None]:
    return {"id": each.id, "urn": each.urn, "agencyID": each.agency, "version": each.version}


def _names(name: Name, tag: str = "com:Name") -> list[str]:
    return [text(tag, getattr(name, lang), **{"xml:lang": lang}) for lang in ("en", "zh")]


def _inner(each: Artefact) -> list[str]:
    if isinstance(each, ItemScheme):
        return [_item(_ITEMS[each.kind], item) for item in each.items]
    if isinstance(each, DataStructure):
        return [_components(each)]
    return [reference("str:Structure", each.structure)] if isinstance(each, Dataflow) else []


def _item(tag: str, item: Item) -> str:
    descriptions = [] if item.description is None else _names(item.description, "com:Description")
    parents = []
    if item.parent is not None:
        parents.append(element("str:Parent", {}, element("Ref", {"id": item.parent})))
    return element(tag, {"id": item.id}, *_names(item.name), *descriptions, *parents)


def _components(structure: DataStructure) -> str:
    by_role = {
        role: [each for each in structure.components if each.role is role] for role in ComponentRole
    }
    dimensions = [
        _component("str:Dimension", each, structure, {"position": str(place)})
        for place, each in enumerate(by_role[ComponentRole.DIMENSION], start=1)
    ]
    position = {"position": str(len(dimensions) + 1)}
    times = [
        _component("str:TimeDimension", t, structure, position) for t in by_role[ComponentRole.TIME]
    ]
    attributes = [
        _component("str:Attribute", each, structure, {"assignmentStatus": "Conditional"})
        for each in by_role[ComponentRole.ATTRIBUTE]
    ]
    measures = [
        _component("str:PrimaryMeasure", m, structure, {}) for m in by_role[ComponentRole.MEASURE]
    ]
    return element(
        "str:DataStructureComponents",
        {},
        element("str:DimensionList", {"id": "DimensionDescriptor"}, *dimensions, *times),
        element("str:AttributeList", {"id": "AttributeDescriptor"}, *attributes),
        element("str:MeasureList", {"id": "MeasureDescriptor"}, *measures),
    )


def _component(
    tag: str, each: Component, structure: DataStructure, attributes: dict[str, str]
) -> str:
    concept = concept_reference("str:ConceptIdentity", structure.concepts, each.id)
    if each.codes is None:
        representation = element("str:TextFormat", {"textType": each.text_type})
    else:
        representation = reference("str:Enumeration", each.codes)
    parts = [concept, element("str:LocalRepresentation", {}, representation)]
    if each.role is ComponentRole.ATTRIBUTE:
        parts.append(_relationship(each, structure))
    return element(tag, {"id": each.id, **attributes}, *parts)


def _relationship(each: Component, structure: DataStructure) -> str:
    owners = (
        structure.key
        if each.is_of_series
        else [other for other in structure.components if other.role is ComponentRole.MEASURE]
    )
    tag = "str:Dimension" if each.is_of_series else "str:PrimaryMeasure"
    owned = [element(tag, {}, element("Ref", {"id": owner.id})) for owner in owners]
    return element("str:AttributeRelationship", {}, *owned)


def _constraint(found: Availability) -> str:
    flow = found.flow
    counts = {"series_count": found.series, "obs_count": found.observations}
    notes = [
        element(
            "com:Annotation",
            {"id": name},
            text("com:AnnotationTitle", str(count)),
            text("com:AnnotationType", "sdmx_metrics"),
        )
        for name, count in counts.items()
    ]
    values = [
        element("com:KeyValue", {"id": each}, *(text("com:Value", code) for code in codes))
        for each, codes in found.values.items()
    ]
    span = element(
        "com:TimeRange",
        {},
        text("com:StartPeriod", found.first_day.isoformat(), isInclusive="true"),
        text("com:EndPeriod", found.last_day.isoformat(), isInclusive="true"),
    )
    times = element("com:KeyValue", {"id": "TIME_PERIOD"}, span)
    identity: dict[str, str | None] = {
        "id": flow.id,
        "agencyID": AGENCY,
        "version": flow.version,
        "type": "Actual",
    }
    return element(
        "str:ContentConstraint",
        identity,
        element("com:Annotations", {}, *notes),
        *_names(flow.name),
        element("str:ConstraintAttachment", {}, reference("str:Dataflow", flow)),
        element("str:CubeRegion", {"include": "true"}, *values, times),
    )
