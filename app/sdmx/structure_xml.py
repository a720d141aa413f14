"""Structures as SDMX-ML 2.1 and 3.0."""

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
    Item,
    ItemScheme,
    Name,
    StructureMessage,
)
from app.sdmx.xml import (
    ML_2_1,
    ML_3_0,
    Dialect,
    concept_reference,
    element,
    header,
    local_reference,
    message,
    reference,
    text,
)

# The order in which the schemas want the containers, and what each is called; of constraints None.
_CONTAINERS: dict[Dialect, dict[ArtefactKind | None, str]] = {
    ML_2_1: {
        ArtefactKind.AGENCY_SCHEME: "str:OrganisationSchemes",
        ArtefactKind.DATAFLOW: "str:Dataflows",
        ArtefactKind.CODELIST: "str:Codelists",
        ArtefactKind.CONCEPT_SCHEME: "str:Concepts",
        ArtefactKind.DATA_STRUCTURE: "str:DataStructures",
        None: "str:Constraints",
    },
    ML_3_0: {
        ArtefactKind.AGENCY_SCHEME: "str:AgencySchemes",
        ArtefactKind.CODELIST: "str:Codelists",
        ArtefactKind.CONCEPT_SCHEME: "str:ConceptSchemes",
        None: "str:DataConstraints",
        ArtefactKind.DATAFLOW: "str:Dataflows",
        ArtefactKind.DATA_STRUCTURE: "str:DataStructures",
    },
}
_ITEMS = {
    ArtefactKind.CODELIST: "str:Code",
    ArtefactKind.CONCEPT_SCHEME: "str:Concept",
    ArtefactKind.AGENCY_SCHEME: "str:Agency",
}


def write_structure_xml(dialect: Dialect, content: StructureMessage) -> bytes:
    """The message; names come in both languages."""
    found: dict[ArtefactKind | None, list[str]] = {
        kind: [_artefact(dialect, a, content) for a in content.artefacts if a.kind is kind]
        for kind in ArtefactKind
    }
    if content.availability is not None:
        found[None] = [_constraint(dialect, content.availability)]
    containers = [
        element(container, {}, *found[kind])
        for kind, container in _CONTAINERS[dialect].items()
        if found.get(kind)
    ]
    body = element("mes:Structures", {}, *containers)
    return message(dialect, "mes:Structure", ("mes", "str", "com"), header(content.header), body)


def _artefact(dialect: Dialect, each: Artefact, content: StructureMessage) -> str:
    is_stub = each.urn in content.stubs
    inner = [] if is_stub else _inner(dialect, each)
    attributes = _identity(each) | {"isExternalReference": "true" if is_stub else "false"}
    if is_stub:
        place = (each.agency, each.id, each.version)
        attributes["structureURL"] = f"/sdmx/v1/{each.kind}/{'/'.join(place)}"
    if dialect.has_urns and each.kind is ArtefactKind.AGENCY_SCHEME:
        # It is in the URN alone.
        del attributes["version"]
    if isinstance(each, ItemScheme) and each.is_partial:
        attributes["isPartial"] = "true"
    return element(f"str:{each.kind.class_name}", attributes, *_names(each.name), *inner)


def _identity(each: Artefact) -> dict[str, str | None]:
    return {"id": each.id, "urn": each.urn, "agencyID": each.agency, "version": each.version}


def _names(name: Name, tag: str = "com:Name") -> list[str]:
    return [text(tag, getattr(name, lang), **{"xml:lang": lang}) for lang in ("en", "zh")]


def _inner(dialect: Dialect, each: Artefact) -> list[str]:
    if isinstance(each, ItemScheme):
        return [_item(dialect, _ITEMS[each.kind], item) for item in each.items]
    if isinstance(each, DataStructure):
        return [_components(dialect, each)]
    if isinstance(each, Dataflow):
        return [reference(dialect, "str:Structure", each.structure)]
    return []


def _item(dialect: Dialect, tag: str, item: Item) -> str:
    descriptions = [] if item.description is None else _names(item.description, "com:Description")
    parents = []
    if item.parent is not None:
        parents.append(local_reference(dialect, "str:Parent", item.parent))
    return element(tag, {"id": item.id}, *_names(item.name), *descriptions, *parents)


def _components(dialect: Dialect, structure: DataStructure) -> str:
    def written(role: ComponentRole, tag: str, **attributes: str) -> list[str]:
        return [
            _component(dialect, tag, each, structure, attributes)
            for each in structure.components
            if each.role is role
        ]

    dimensions = [
        _component(dialect, "str:Dimension", each, structure, {"position": str(place)})
        for place, each in enumerate(structure.key, start=1)
    ]
    if dialect.has_urns:
        times = written(ComponentRole.TIME, "str:TimeDimension")
        attributes = written(ComponentRole.ATTRIBUTE, "str:Attribute", usage="optional")
        # A figure that is missing is told with its reason, and without a value.
        measures = written(ComponentRole.MEASURE, "str:Measure", usage="optional")
    else:
        position = str(len(dimensions) + 1)
        times = written(ComponentRole.TIME, "str:TimeDimension", position=position)
        status = "Conditional"
        attributes = written(ComponentRole.ATTRIBUTE, "str:Attribute", assignmentStatus=status)
        measures = written(ComponentRole.MEASURE, "str:PrimaryMeasure")
    return element(
        "str:DataStructureComponents",
        {},
        element("str:DimensionList", {"id": "DimensionDescriptor"}, *dimensions, *times),
        element("str:AttributeList", {"id": "AttributeDescriptor"}, *attributes),
        element("str:MeasureList", {"id": "MeasureDescriptor"}, *measures),
    )


def _component(
    dialect: Dialect,
    tag: str,
    each: Component,
    structure: DataStructure,
    attributes: dict[str, str],
) -> str:
    concept = concept_reference(dialect, "str:ConceptIdentity", structure.concepts, each.id)
    if each.codes is None:
        representation = element("str:TextFormat", {"textType": each.text_type})
    else:
        representation = reference(dialect, "str:Enumeration", each.codes)
    parts = [concept, element("str:LocalRepresentation", {}, representation)]
    if each.role is ComponentRole.ATTRIBUTE:
        parts.append(_relationship(dialect, each, structure))
    return element(tag, {"id": each.id, **attributes}, *parts)


def _relationship(dialect: Dialect, each: Component, structure: DataStructure) -> str:
    """What an attribute belongs to: a series, or an observation.

    Of which measures it is, SDMX-ML 3.0 may leave open: sdmx1 does not read that.
    """
    tag = "str:AttributeRelationship"
    if each.is_of_series:
        dimensions = [local_reference(dialect, "str:Dimension", e.id) for e in structure.key]
        return element(tag, {}, *dimensions)
    if dialect.has_urns:
        return element(tag, {}, element("str:Observation", {}))
    return element(tag, {}, local_reference(dialect, "str:PrimaryMeasure", MEASURE))


def _constraint(dialect: Dialect, found: Availability) -> str:
    flow = found.flow
    tag, kind, space = ("ContentConstraint", "type", "com")
    if dialect.has_urns:
        tag, kind, space = ("DataConstraint", "role", "str")
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
        element(
            f"{space}:KeyValue", {"id": each}, *(text(f"{space}:Value", code) for code in codes)
        )
        for each, codes in found.values.items()
    ]
    span = element(
        f"{space}:TimeRange",
        {},
        text(f"{space}:StartPeriod", found.first_day.isoformat(), isInclusive="true"),
        text(f"{space}:EndPeriod", found.last_day.isoformat(), isInclusive="true"),
    )
    times = element(f"{space}:KeyValue", {"id": "TIME_PERIOD"}, span)
    identity: dict[str, str | None] = {
        "id": flow.id,
        "agencyID": AGENCY,
        "version": flow.version,
        kind: "Actual",
    }
    return element(
        f"str:{tag}",
        identity,
        element("com:Annotations", {}, *notes),
        *_names(flow.name),
        element("str:ConstraintAttachment", {}, reference(dialect, "str:Dataflow", flow)),
        element("str:CubeRegion", {"include": "true"}, *values, times),
    )
