"""What the paths of SDMX-REST ask for, and the messages that answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.api.dependencies import Reader
from app.errors import AsOfInvalid, Fault, NothingThere, ParametersInvalid
from app.formats.sdmx_model import (
    AGENCY,
    ALL_DIMENSIONS,
    Dataflow,
    DataMessage,
    Header,
    Kind,
    StructureMessage,
)
from app.messages import choose_language
from app.schemas.query import AsOfQuery
from app.schemas.sdmx_query import (
    SdmxAvailabilityQuery,
    SdmxDataQuery,
    SdmxFilterQuery,
    SdmxQuery,
    SdmxStructureQuery,
)
from app.services.deployments import is_marked
from app.services.sdmx_selection import choose_components, make_selection
from app.services.sdmx_series import SeriesOrder, find_availability, list_datasets
from app.services.sdmx_structures import (
    FIGURES,
    Catalogue,
    Wanted,
    find_artefacts,
    find_references,
    load_catalogue,
    make_flow,
    read_flow_id,
    recorded_at,
)
from app.services.snapshots import find_revision_at, read_instant
from app.services.standings import Plan, load_plan_at

# All, the latest, the latest stable: there is one agency, and one version at a time.
_ANY = frozenset({"", "*", "~", "+", "all", "latest"})
_CONTEXTS = _ANY | {Kind.DATAFLOW, Kind.DATA_STRUCTURE}
_NO_OFFSET = re.compile(r"[0-9-]+T[0-9:.]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRequest:
    """Which observations of which dataflow, in which columns."""

    place: Mapping[str, str]
    keys: str
    filters: Mapping[str, str] = field(default_factory=dict)
    start: str | None = None
    end: str | None = None
    attributes: str = "dsd"
    has_values: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A dataflow with its plan, as known when."""

    plan: Plan
    flow: Dataflow
    structure: str


def split_path(path: str, *names: str) -> dict[str, str]:
    """The parts of a path by name, empty where left out; NothingThere for more of them."""
    parts = path.rstrip("/").split("/")
    if len(parts) > len(names):
        raise NothingThere(kind="path", code=path)
    return dict.fromkeys(names, "") | dict(zip(names, parts, strict=False))


def split_flow(written: str, *, provider: str) -> dict[str, str]:
    """A flow reference of SDMX-REST 1: id, or agency,id, or agency,id,version."""
    parts = written.split(",")
    if len(parts) > len(("agency", "id", "version")) or provider not in _ANY | {AGENCY}:
        raise NothingThere(kind=Kind.DATAFLOW, code=written)
    agency = [""] if len(parts) == 1 else []
    return dict(zip(("agency", "id", "version"), [*agency, *parts, ""], strict=False))


def make_structures(
    reader: Reader, query: SdmxStructureQuery, kind: str, path: str
) -> StructureMessage:
    """The artefacts that a path names; NothingThere without any."""
    reader.require_access()
    place = split_path(path, "agency", "id", "version", "item")
    as_of = _instant(query.as_of)
    if as_of is not None and read_instant(as_of) is None:
        raise AsOfInvalid(why="not_an_instant", as_of=as_of)
    only = reader.principal.plan if reader.principal else None
    catalogue = load_catalogue(reader.session, as_of=as_of, only=only, now=reader.now)
    agencies = _choice(place["agency"])
    wanted = Wanted(
        kinds=_choice(kind),
        ids=_choice(place["id"]),
        versions=_choice(place["version"]),
        items=_choice(place["item"]),
    )
    found = find_artefacts(catalogue, wanted) if agencies is None or AGENCY in agencies else {}
    if not found:
        raise NothingThere(kind="artefact", code=f"{kind}/{path}")
    related = find_references(catalogue, found, query.references.split(","))
    stubs = {"allstubs": found | related, "allcompletestubs": found | related}
    stubs |= {"referencestubs": related, "referencecompletestubs": related}
    return StructureMessage(
        header=_header(reader, f"{AGENCY}-{catalogue.prepared:%Y%m%dT%H%M%S}", catalogue.prepared),
        artefacts=(*found.values(), *related.values()),
        stubs=frozenset(stubs.get(query.detail, {})),
    )


def make_schema(reader: Reader, query: SdmxQuery, place: Mapping[str, str]) -> StructureMessage:
    """The data structure of a flow with its concepts and code lists."""
    opened = _open(reader, query, place)
    structure = opened.flow.structure
    prepared = recorded_at(reader.session, opened.plan.definition)
    return StructureMessage(
        header=_header(reader, structure.id, prepared), artefacts=(structure, *structure.uses)
    )


def make_data(reader: Reader, query: SdmxDataQuery, wanted: DataRequest) -> DataMessage:
    """The observations that a query is about."""
    opened = _open(reader, query, wanted.place)
    if query.include_history and opened.structure != FIGURES:
        raise _refused("includeHistory", "true", rule="sdmx_history")
    order = replace(
        _order(reader, query, opened, wanted),
        first=query.first,
        last=query.last,
        include_history=query.include_history,
    )
    return DataMessage(
        header=_flow_header(reader, opened),
        flow=opened.flow,
        components=choose_components(
            opened.flow, attributes=wanted.attributes, has_values=wanted.has_values
        ),
        is_flat=query.dimension_at_observation == ALL_DIMENSIONS,
        datasets=list_datasets(reader.session, opened.plan, opened.flow, order),
    )


def make_availability(
    reader: Reader, query: SdmxAvailabilityQuery, wanted: DataRequest, component: str
) -> StructureMessage:
    """For which values there are observations; of one dimension where it is named."""
    opened = _open(reader, query, wanted.place)
    flow, order = opened.flow, _order(reader, query, opened, wanted)
    datasets = list_datasets(reader.session, opened.plan, flow, order)
    availability = find_availability(flow, datasets, only=_choice(component))
    header = _flow_header(reader, opened)
    catalogue = Catalogue(flows=(flow,), prepared=header.prepared)
    references = query.references.split(",")
    related = find_references(catalogue, {flow.urn: flow}, references)
    own = [flow] if {"all", Kind.DATAFLOW} & set(references) else []
    return StructureMessage(
        header=header, artefacts=(*own, *related.values()), availability=availability
    )


def _open(reader: Reader, query: SdmxQuery, place: Mapping[str, str]) -> _Opened:
    """The dataflow at a place; NothingThere where there is none of this agency, id and version."""
    code, version = place["id"], place["version"]
    found = read_flow_id(code) if place["agency"] in _ANY | {AGENCY} else None
    if found is None or place.get("context", "") not in _CONTEXTS:
        raise NothingThere(kind=Kind.DATAFLOW, code=code)
    plan, structure = found
    snapshot = reader.open(plan, AsOfQuery(as_of=_instant(query.as_of)))
    known = load_plan_at(reader.session, snapshot, () if structure == FIGURES else None)
    flow = make_flow(known.definition, structure)
    if version not in _ANY | {flow.version}:
        raise NothingThere(kind=Kind.DATAFLOW, code=f"{code}({version})")
    return _Opened(plan=known, flow=flow, structure=structure)


def _order(
    reader: Reader, query: SdmxFilterQuery, opened: _Opened, wanted: DataRequest
) -> SeriesOrder:
    return SeriesOrder(
        structure=opened.structure,
        selection=make_selection(
            opened.flow,
            keys=wanted.keys,
            filters=wanted.filters,
            start=wanted.start,
            end=wanted.end,
        ),
        updated_after=_updated_after(reader, query, opened),
    )


def _updated_after(reader: Reader, query: SdmxFilterQuery, opened: _Opened) -> int | None:
    written = _instant(query.updated_after)
    if written is None:
        return None
    if written.isascii() and written.isdigit():
        return int(written)
    instant, until = read_instant(written), read_instant(_instant(query.as_of) or "")
    if instant is None or (until is not None and instant > until):
        raise _refused("updatedAfter", written, rule="sdmx_updated_after")
    return find_revision_at(reader.session, opened.plan.snapshot.plan, instant) or 0


def _header(reader: Reader, code: str, prepared: datetime) -> Header:
    """The header: the same for ever where the message is about what was known at a revision."""
    return Header(
        id=code,
        prepared=prepared,
        is_test=is_marked(reader.session),
        language=choose_language(reader.request.headers.get("accept-language")),
    )


def _flow_header(reader: Reader, opened: _Opened) -> Header:
    snapshot = opened.plan.snapshot
    return _header(reader, f"{opened.flow.id}-{snapshot.revision}", snapshot.recorded_at)


def _instant(written: str | None) -> str | None:
    """An instant without an offset is in UTC: SDMX leaves it to the service."""
    return f"{written}Z" if written is not None and _NO_OFFSET.fullmatch(written) else written


def _choice(written: str) -> frozenset[str] | None:
    """The words of a part of a path; None for all."""
    words = frozenset() if written in _ANY else frozenset(re.split("[+,]", written))
    return None if not words or words & _ANY else words


def _refused(parameter: str, value: str, **facts: str) -> ParametersInvalid:
    return ParametersInvalid(
        [Fault(code="invalid", parameter=parameter, facts={"value": value, **facts})]
    )
