"""Data messages, written: as SDMX-ML and as SDMX-CSV.

SDMX-ML 2.1 is generic or specific to the structure, 3.0 is specific alone.

In CSV every cell is as it is, without marks for spreadsheets.
"""

import csv
import io
from collections.abc import Iterator
from typing import Protocol

from app.sdmx.model import (
    ALL_DIMENSIONS,
    MEASURE,
    TIME,
    ComponentRole,
    DataMessage,
    DataSet,
    ObservationCells,
)
from app.sdmx.xml import ML_2_1, Dialect, element, header, message, reference, start
from app.vocabulary import to_instant


def write_generic_data(content: DataMessage) -> bytes:
    """The data as pairs of component and value: they can be read without the structure."""
    head = header(content.header, _structure(ML_2_1, content, None))
    body = _body(content, _Generic(content), "", {})
    return message(ML_2_1, "mes:GenericData", ("mes", "com", "gen"), head, *body)


def write_structure_specific_data(dialect: Dialect, content: DataMessage) -> bytes:
    """The data as XML attributes with the names of the components."""
    space = f"{content.flow.structure.urn}:ObsLevelDim:{_at(content)}"
    head = header(content.header, _structure(dialect, content, space))
    kind = {"xsi:type": "ns1:DataSetType", "ss:dataScope": "DataStructure"}
    body = _body(content, _Specific(content), "ss:", kind)
    prefixes = ("mes", "com", "ss", "xsi")
    more = {"ns1": space}
    return message(dialect, "mes:StructureSpecificData", prefixes, head, *body, more=more)


def write_csv_1(content: DataMessage, *, has_names: bool = False) -> bytes:
    """SDMX-CSV 1.0.0: the flow, then the components; names after codes where wanted."""
    place = [_flow(content, has_names=has_names)]
    return _write_csv(content, ["DATAFLOW"], place, has_names=has_names)


def write_csv_2(content: DataMessage, *, has_names: bool = False) -> bytes:
    """SDMX-CSV 2.0.0: the flow, what to do with the row, then the components."""
    action = "R" if any(each.valid_from for each in content.datasets) else "I"
    place = ["dataflow", _flow(content, has_names=has_names), action]
    columns = ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    return _write_csv(content, columns, place, has_names=has_names)


class _Shape(Protocol):
    """How series and observations are written."""

    def series(self, cells: ObservationCells, observations: list[str]) -> str: ...

    def observation(self, cells: ObservationCells) -> str: ...


class _Generic:
    """Cells as elements of their own."""

    def __init__(self, content: DataMessage) -> None:
        components = content.components
        self._is_flat = content.is_flat
        self._key = [each.id for each in content.flow.structure.key]
        self._of_series = [each.id for each in components if each.is_of_series]
        self._of_observation = [
            each.id
            for each in components
            if each.role is ComponentRole.ATTRIBUTE and (content.is_flat or not each.is_of_series)
        ]
        self._has_value = any(each.id == MEASURE for each in components)

    def series(self, cells: ObservationCells, observations: list[str]) -> str:
        key = _pairs("gen:SeriesKey", self._key, cells)
        attributes = _pairs("gen:Attributes", self._of_series, cells)
        return element("gen:Series", {}, key, attributes, *observations)

    def observation(self, cells: ObservationCells) -> str:
        place = element("gen:ObsDimension", {"value": cells[TIME]})
        if self._is_flat:
            place = _pairs("gen:ObsKey", [*self._key, TIME], cells)
        has_value = self._has_value and MEASURE in cells
        value = element("gen:ObsValue", {"value": cells[MEASURE]}) if has_value else ""
        attributes = _pairs("gen:Attributes", self._of_observation, cells)
        return element("gen:Obs", {}, place, value, attributes)


class _Specific:
    """Cells as attributes."""

    def __init__(self, content: DataMessage) -> None:
        above = {
            each.id
            for each in content.components
            if each.is_of_series or each.role is ComponentRole.DIMENSION
        }
        shown = [each.id for each in content.components]
        self._of_series = [name for name in shown if name in above]
        self._of_observation = [n for n in shown if content.is_flat or n not in above]

    def series(self, cells: ObservationCells, observations: list[str]) -> str:
        return element("Series", {n: cells.get(n) for n in self._of_series}, *observations)

    def observation(self, cells: ObservationCells) -> str:
        return element("Obs", {n: cells.get(n) for n in self._of_observation})


def _at(content: DataMessage) -> str:
    return ALL_DIMENSIONS if content.is_flat else TIME


def _structure(dialect: Dialect, content: DataMessage, space: str | None) -> str:
    # The id must be that of the data structure: readers look it up under this one.
    structure = content.flow.structure
    attributes = {
        "structureID": structure.id,
        "namespace": space,
        "dimensionAtObservation": _at(content),
    }
    return element("mes:Structure", attributes, reference(dialect, "com:Structure", structure))


def _body(content: DataMessage, shape: _Shape, prefix: str, kind: dict[str, str]) -> Iterator[str]:
    for each in content.datasets:
        since = None if each.valid_from is None else to_instant(each.valid_from)
        attributes = {
            f"{prefix}structureRef": content.flow.structure.id,
            f"{prefix}action": each.action,
            f"{prefix}validFromDate": since,
            **kind,
        }
        yield start("mes:DataSet", attributes)
        if content.is_flat and content.has_observations:
            yield from (shape.observation(row) for row in each.rows)
        else:
            yield from _series(each, content, shape)
        yield "</mes:DataSet>"


def _series(each: DataSet, content: DataMessage, shape: _Shape) -> Iterator[str]:
    key = [dimension.id for dimension in content.flow.structure.key]
    series: dict[tuple[str, ...], list[ObservationCells]] = {}
    for row in each.rows:
        series.setdefault(tuple(row[name] for name in key), []).append(row)
    for rows in series.values():
        shown = rows if content.has_observations else []
        yield shape.series(rows[0], [shape.observation(row) for row in shown])


def _pairs(tag: str, names: list[str], cells: ObservationCells) -> str:
    values = [element("gen:Value", {"id": n, "value": cells[n]}) for n in names if n in cells]
    return element(tag, {}, *values) if values else ""


def _flow(content: DataMessage, *, has_names: bool) -> str:
    flow = content.flow
    name: str = getattr(flow.name, content.header.language)
    return f"{flow.short_urn}: {name}" if has_names else flow.short_urn


def _write_csv(
    content: DataMessage, columns: list[str], place: list[str], *, has_names: bool
) -> bytes:
    names = [each.id for each in content.components]
    labels = _labels(content) if has_names else {}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*columns, *(labels.get((None, name), name) for name in names)])
    rows = [
        tuple(labels.get((name, cell := row.get(name, "")), cell) for name in names)
        for row in content.rows
    ]
    # Without observations many rows say the same of their series.
    shown = rows if content.has_observations else list(dict.fromkeys(rows))
    writer.writerows([*place, *row] for row in shown)
    return out.getvalue().encode()


def _labels(content: DataMessage) -> dict[tuple[str | None, str], str]:
    """Ids of columns, and codes by column, with their names in the reader's language."""
    language = content.header.language
    concepts = {each.id: each.name for each in content.flow.structure.concepts.items}
    found: dict[tuple[str | None, str], str] = {}
    for each in content.components:
        found[None, each.id] = f"{each.id}: {getattr(concepts[each.id], language)}"
        for code in () if each.codes is None else each.codes.items:
            found[each.id, code.id] = f"{code.id}: {getattr(code.name, language)}"
    return found
