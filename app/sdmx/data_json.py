"""Data messages as SDMX-JSON 2.0.0 and 1.0.0, and as the draft before them that sdmx1 reads.

Codes and periods are written once, in the structure; the data refer to them by their place in its
lists. Before 2.0.0 that holds for the values of all attributes. An attribute that no row has a
value of is left out.
"""

import json
from collections.abc import Iterable
from enum import IntEnum

from app.domain.time.period import Period
from app.sdmx.model import (
    MEASURE,
    TIME,
    Component,
    ComponentRole,
    DataMessage,
    DataSet,
    Item,
    ObservationCells,
)
from app.sdmx.structure_json import Json, dump, named, write_meta
from app.vocabulary import to_instant

# The cells of these types are JSON already.
_JSON_TYPES = frozenset({"Double", "Integer", "Boolean"})


class _Edition(IntEnum):
    """The versions, in their order."""

    DRAFT = 0
    ONE = 1
    TWO = 2


def write_data_json_2(content: DataMessage) -> bytes:
    """SDMX-JSON 2.0.0."""
    layout = _Layout(content, _Edition.TWO)
    sets = [{"structure": 0} | each for each in layout.datasets()]
    structure = {"dataSets": list(range(len(sets)))} | layout.structure()
    meta = write_meta(content.header, "data", "2.0.0")
    return dump({"meta": meta, "data": {"structures": [structure], "dataSets": sets}})


def write_data_json_1(content: DataMessage) -> bytes:
    """SDMX-JSON 1.0.0."""
    layout = _Layout(content, _Edition.ONE)
    sets = layout.datasets()
    meta = write_meta(content.header, "data", "1.0.0")
    return dump({"meta": meta, "data": {"structure": layout.structure(), "dataSets": sets}})


def write_data_json_draft(content: DataMessage) -> bytes:
    """The working draft of 2014: one level less, and names in one language."""
    layout = _Layout(content, _Edition.DRAFT)
    sets = layout.datasets()
    meta = write_meta(content.header, "data", "1.0.0")
    header = {name: meta[name] for name in ("id", "test", "prepared", "sender")}
    return dump({"header": header, "structure": layout.structure(), "dataSets": sets})


class _Column:
    """A component with the values that it has in the message, in order of appearance."""

    def __init__(self, component: Component, content: DataMessage, edition: _Edition) -> None:
        self.component, self._edition = component, edition
        self._language = content.header.language
        concepts = {each.id: each for each in content.flow.structure.concepts.items}
        self._name = self._named(concepts[component.id])
        self._items = {} if component.codes is None else {e.id: e for e in component.codes.items}
        self._key = [each.id for each in content.flow.structure.key]
        self._places: dict[str, int] = {}
        is_coded = component.codes is not None or component.role is ComponentRole.TIME
        is_measure = component.role is ComponentRole.MEASURE
        self._is_listed = is_coded or (edition < _Edition.TWO and not is_measure)

    def cell(self, row: ObservationCells) -> object:
        """A value, or its place among those of the column; None without any."""
        written = row.get(self.component.id)
        if written is None:
            return None
        if self._is_listed:
            return self._places.setdefault(written, len(self._places))
        return json.loads(written) if self.component.text_type in _JSON_TYPES else written

    def describe(self) -> Json:
        """The component, with its values where the data refer to them."""
        found: Json = {"id": self.component.id} | self._name
        if self.component.role is ComponentRole.ATTRIBUTE:
            found["relationship"] = self._relationship()
        elif self.component.role is not ComponentRole.MEASURE:
            place = [*self._key, TIME].index(self.component.id)
            found |= {"keyPosition": place, "roles": [self.component.id]}
        if self._is_listed:
            return found | {"values": [self._value(each) for each in self._places]}
        return found | {"format": {"dataType": self.component.text_type}}

    def _relationship(self) -> Json:
        if self.component.is_of_series:
            return {"dimensions": self._key}
        return {"observation": {}} if self._edition is _Edition.TWO else {"primaryMeasure": MEASURE}

    def _value(self, written: str) -> Json:
        if self.component.role is ComponentRole.TIME:
            period = Period.parse(written)
            span = {"start": f"{period.first_day}T00:00:00Z", "end": f"{period.last_day}T23:59:59Z"}
            return {"id": written, "name": written, **span}
        if written not in self._items:
            return {"name": written}
        item = self._items[written]
        parent = {} if item.parent is None else {"parent": item.parent}
        return {"id": written} | self._named(item) | parent

    def _named(self, item: Item) -> Json:
        found = named(item.name, self._language)
        return found if self._edition else {"name": found["name"]}


class _Layout:
    """Which component is at which level, and the data in this order."""

    def __init__(self, content: DataMessage, edition: _Edition) -> None:
        self._content = content
        self._is_flat = content.is_flat and content.has_observations
        self._edition = edition
        known = {name for row in content.rows for name in row}
        self._columns = [
            _Column(each, content, edition)
            for each in content.components
            if each.id in known or each.role is not ComponentRole.ATTRIBUTE
        ]
        self._measures = self._of(ComponentRole.MEASURE)
        attributes = self._of(ComponentRole.ATTRIBUTE)
        self._above = [e for e in attributes if e.component.is_of_series and not self._is_flat]
        self._beside = [each for each in attributes if each not in self._above]
        key, times = self._of(ComponentRole.DIMENSION), self._of(ComponentRole.TIME)
        self._key = [] if self._is_flat else key
        self._places = [*key, *times] if self._is_flat else times

    def datasets(self) -> list[Json]:
        """The data sets; they come first, for the structure has the values that they have."""
        return [self._dataset(each) for each in self._content.datasets]

    def structure(self) -> Json:
        """The components by level, with the values of the data sets."""
        flow = self._content.flow
        found: Json = {"links": self._links()}
        name = named(flow.name, self._content.header.language)
        found |= name if self._edition else {"name": name["name"]}
        found["dimensions"] = _levels(dataSet=[], series=self._key, observation=self._places)
        if self._edition is _Edition.TWO:
            found["measures"] = _levels(observation=self._measures)
        levels = _levels(dataSet=[], series=self._above, observation=self._beside)
        return found | {"attributes": levels}

    def _of(self, role: ComponentRole) -> list[_Column]:
        return [each for each in self._columns if each.component.role is role]

    def _links(self) -> list[Json]:
        flow = self._content.flow
        return [{"rel": str(each.kind), "urn": each.urn} for each in (flow, flow.structure)]

    def _dataset(self, each: DataSet) -> Json:
        found: Json = {"action": each.action, "links": self._links()}
        if each.valid_from is not None:
            found["validFrom"] = to_instant(each.valid_from)
        if self._is_flat:
            return found | {"observations": self._observations(each.rows)}
        series: dict[str, list[ObservationCells]] = {}
        for row in each.rows:
            series.setdefault(_key(self._key, row), []).append(row)
        return found | {"series": {key: self._series(rows) for key, rows in series.items()}}

    def _series(self, rows: list[ObservationCells]) -> Json:
        found: Json = {"attributes": [each.cell(rows[0]) for each in self._above]}
        return found | {"observations": self._observations(rows) if self._places else {}}

    def _observations(self, rows: Iterable[ObservationCells]) -> Json:
        return {_key(self._places, row): self._observation(row) for row in rows}

    def _observation(self, row: ObservationCells) -> list[object]:
        values = [each.cell(row) for each in self._measures]
        # Before 2.0.0 the value has its place even where it is not asked for.
        missing = [None] if self._edition < _Edition.TWO and not values else []
        return [*values, *missing, *(each.cell(row) for each in self._beside)]


def _key(columns: Iterable[_Column], row: ObservationCells) -> str:
    return ":".join(str(each.cell(row)) for each in columns)


def _levels(**levels: list[_Column]) -> Json:
    return {name: [each.describe() for each in columns] for name, columns in levels.items()}
