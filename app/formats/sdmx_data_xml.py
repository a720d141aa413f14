"""Data as SDMX-ML 2.1: generic, and specific to the data structure."""

from typing import ClassVar

from app.formats.sdmx_model import (
    ALL_DIMENSIONS,
    MEASURE,
    TIME,
    Component,
    DataMessage,
    DataSet,
    Role,
)
from app.formats.sdmx_xml import element, header, message, reference
from app.vocabulary import to_instant

Cells = dict[str, str]


def write_generic_data(content: DataMessage) -> bytes:
    """The data as pairs of component and value: they can be read without the structure."""
    sets = [_dataset(each, content, _GENERIC, "") for each in content.datasets]
    head = header(content.header, _structure(content, None))
    return message("mes:GenericData", ("mes", "com", "gen"), head, *sets)


def write_structure_specific_data(content: DataMessage) -> bytes:
    """The data as XML attributes with the names of the components."""
    at = ALL_DIMENSIONS if content.is_flat else TIME
    space = f"{content.flow.structure.urn}:ObsLevelDim:{at}"
    sets = [_dataset(each, content, _SPECIFIC, "ss:") for each in content.datasets]
    head = header(content.header, _structure(content, space))
    prefixes = ("mes", "com", "ss", "xsi")
    return message("mes:StructureSpecificData", prefixes, head, *sets, more={"ns1": space})


def group_series(rows: list[Cells], content: DataMessage) -> list[list[Cells]]:
    """The rows of each series, in the order in which they came."""
    key = [each.id for each in content.flow.structure.key]
    series: dict[tuple[str, ...], list[Cells]] = {}
    for row in rows:
        series.setdefault(tuple(row[name] for name in key), []).append(row)
    return list(series.values())


def _structure(content: DataMessage, space: str | None) -> str:
    # The id must be that of the data structure: readers look it up under this one.
    structure = content.flow.structure
    attributes = {
        "structureID": structure.id,
        "namespace": space,
        "dimensionAtObservation": ALL_DIMENSIONS if content.is_flat else TIME,
    }
    return element("mes:Structure", attributes, reference("com:Structure", structure))


class _Generic:
    """Cells as elements of their own."""

    extra: ClassVar[Cells] = {}

    def series(self, content: DataMessage, cells: Cells, observations: str) -> str:
        shown = [each for each in content.components if each.is_of_series]
        key = _values("gen:SeriesKey", list(content.flow.structure.key), cells)
        return element("gen:Series", {}, key, _values("gen:Attributes", shown, cells), observations)

    def observation(self, content: DataMessage, cells: Cells) -> str:
        if content.is_flat:
            dimensions = {Role.DIMENSION, Role.TIME}
            keyed = [each for each in content.components if each.role in dimensions]
            place = _values("gen:ObsKey", keyed, cells)
        else:
            place = element("gen:ObsDimension", {"value": cells[TIME]})
        has_value = MEASURE in cells and any(c.id == MEASURE for c in content.components)
        value = element("gen:ObsValue", {"value": cells[MEASURE]}) if has_value else ""
        attributes = [
            each
            for each in content.components
            if each.role is Role.ATTRIBUTE and (content.is_flat or not each.is_of_series)
        ]
        return element("gen:Obs", {}, place, value, _values("gen:Attributes", attributes, cells))


class _Specific:
    """Cells as attributes."""

    extra: ClassVar[Cells] = {"xsi:type": "ns1:DataSetType", "ss:dataScope": "DataStructure"}

    def series(self, content: DataMessage, cells: Cells, observations: str) -> str:
        shown = [
            each.id
            for each in content.components
            if each.is_of_series or each.role is Role.DIMENSION
        ]
        return element("Series", {name: cells.get(name) for name in shown}, observations)

    def observation(self, content: DataMessage, cells: Cells) -> str:
        shown = [
            each.id
            for each in content.components
            if content.is_flat or not (each.is_of_series or each.role is Role.DIMENSION)
        ]
        return element("Obs", {name: cells.get(name) for name in shown})


_GENERIC, _SPECIFIC = _Generic(), _Specific()


def _dataset(each: DataSet, content: DataMessage, writer: _Generic | _Specific, prefix: str) -> str:
    attributes: dict[str, str | None] = {
        f"{prefix}structureRef": content.flow.structure.id,
        f"{prefix}action": each.action,
        f"{prefix}validFromDate": None if each.valid_from is None else to_instant(each.valid_from),
        **writer.extra,
    }
    has_observations = any(component.id == TIME for component in content.components)
    if content.is_flat and has_observations:
        inner = [writer.observation(content, row) for row in each.rows]
    else:
        inner = [
            writer.series(
                content,
                rows[0],
                "".join(writer.observation(content, row) for row in rows)
                if has_observations
                else "",
            )
            for rows in group_series(each.rows, content)
        ]
    return element("mes:DataSet", attributes, *inner)


def _values(tag: str, components: list[Component], cells: Cells) -> str:
    values = [
        element("gen:Value", {"id": each.id, "value": cells[each.id]})
        for each in components
        if each.id in cells
    ]
    return element(tag, {}, *values) if values else ""
