"""What the paths of SDMX-REST ask for, and the messages that answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from app.api.requests.accept import choose_language
from app.api.requests.dependencies import Reader
from app.errors.failure import AsOfInvalid, NothingThere, ParametersInvalid
from app.errors.fault import invalid_parameter
from app.schemas.query import AsOfQuery
from app.sdmx.model import (
    AGENCY,
    ALL_DIMENSIONS,
    ArtefactKind,
    Dataflow,
    DataMessage,
    Header,
    StructureMessage,
)
from app.sdmx.query import (
    SdmxAvailability1Query,
    SdmxAvailabilityQuery,
    SdmxData1Query,
    SdmxData2Query,
    SdmxFilterQuery,
    SdmxQuery,
    SdmxStructureQuery,
)
from app.sdmx.selection import choose_components, make_selection
from app.sdmx.series import SeriesOrder, find_availability, list_datasets
from app.sdmx.structures import (
    FIGURES,
    find_artefacts,
    find_references,
    full_version,
    list_flows,
    make_flow,
    read_flow_id,
)
from app.services.ledger.snapshots import (
    find_revision_at,
    read_instant,
    read_moment,
    read_revision,
)
from app.services.plans.deployments import is_marked
from app.services.state.plan import KnownPlan, load_plan_at

PathParts: TypeAlias = Mapping[str, str]

# All, the latest, the latest stable: there is one agency, and one version at a time.
_ANY = frozenset({"", "*", "~", "+", "all", "latest"})
_CONTEXTS = _ANY | {ArtefactKind.DATAFLOW, ArtefactKind.DATA_STRUCTURE}
_NO_OFFSET = re.compile(r"[0-9-]+T[0-9:.]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A dataflow with its plan, as known when."""

    known: KnownPlan
    flow: Dataflow
    structure: str


def split_path(path: str, *names: str) -> dict[str, str]:
    """The parts of a path by name, empty where left out; NothingThere for more of them."""
    parts = path.rstrip("/").split("/")
    if len(parts) > len(names):
        raise NothingThere(kind="path", code=path)
    return dict.fromkeys(names, "") | dict(zip(names, parts, strict=False))


def split_flow(path: str, *more: str) -> dict[str, str]:
    """The path of data in SDMX-REST 1; its flow is id, or agency,id, or agency,id,version."""
    place = split_path(path, "flow", "key", "provider", *more)
    parts = place["flow"].split(",")
    names = ("agency", "id", "version") if len(parts) > 1 else ("id",)
    if len(parts) > len(names) or place["provider"] not in _ANY | {AGENCY}:
        raise NothingThere(kind=ArtefactKind.DATAFLOW, code=path)
    return {"agency": "", "version": "", **place, **dict(zip(names, parts, strict=False))}


def make_structures(
    reader: Reader, query: SdmxStructureQuery, kind: str, path: str
) -> StructureMessage:
    """The artefacts that a path names; NothingThere without any."""
    reader.require_access()
    place = split_path(path, "agency", "id", "version", "item")
    as_of = _instant(query.as_of)
    if as_of is not None and read_moment(as_of) is None:
        raise AsOfInvalid(why="not_an_instant", as_of=as_of)
    only = reader.principal.plan if reader.principal else None
    flows = list_flows(reader.session, as_of=as_of, only=only, now=reader.now)
    wanted = {name: _choice(words) for name, words in {"kind": kind, **place}.items()}
    if (versions := wanted["version"]) is not None:
        wanted["version"] = frozenset(map(full_version, versions))
    found = find_artefacts(flows, wanted)
    # Without a plan there is nothing that the rest would describe.
    if not found or not flows:
        raise NothingThere(kind="artefact", code=f"{kind}/{path}")
    related = find_references(flows, found, query.references.split(","))
    prepared = max(flow.recorded_at for flow in flows)
    stubs = {"allstubs": found | related, "allcompletestubs": found | related}
    stubs |= {"referencestubs": related, "referencecompletestubs": related}
    return StructureMessage(
        header=_header(reader, f"{AGENCY}-{prepared:%Y%m%dT%H%M%S}", prepared),
        artefacts=(*found.values(), *related.values()),
        stubs=frozenset(stubs.get(query.detail, {})),
    )


def make_schema(reader: Reader, query: SdmxQuery, place: PathParts) -> StructureMessage:
    """The data structure of a flow with its concepts and code lists."""
    flow = _open(reader, query, place).flow
    header = _header(reader, flow.id, flow.recorded_at)
    return StructureMessage(header=header, artefacts=(flow.structure, *flow.structure.uses))


def make_data(
    reader: Reader, query: SdmxData1Query | SdmxData2Query, place: PathParts
) -> DataMessage:
    """The observations that a query is about."""
    opened = _open(reader, query, place)
    if query.include_history and opened.structure != FIGURES:
        fault = invalid_parameter("includeHistory", "true", "sdmx_history")
        raise ParametersInvalid([fault])
    order = replace(
        _order(reader, query, opened, place["key"]),
        first=query.first,
        last=query.last,
        include_history=query.include_history,
    )
    attributes, has_values = query.columns
    return DataMessage(
        header=_flow_header(reader, opened),
        flow=opened.flow,
        components=choose_components(opened.flow, attributes=attributes, has_values=has_values),
        is_flat=query.dimension_at_observation == ALL_DIMENSIONS,
        datasets=list_datasets(reader.session, opened.known, opened.flow, order),
    )


def make_availability(
    reader: Reader, query: SdmxAvailability1Query | SdmxAvailabilityQuery, place: PathParts
) -> StructureMessage:
    """For which values there are observations; of one dimension where it is named."""
    opened = _open(reader, query, place)
    flow, order = opened.flow, _order(reader, query, opened, place["key"])
    datasets = list_datasets(reader.session, opened.known, flow, order)
    references = query.references.split(",")
    related = find_references([flow], {flow.urn: flow}, references)
    own = [flow] if {"all", ArtefactKind.DATAFLOW} & set(references) else []
    return StructureMessage(
        header=_flow_header(reader, opened),
        artefacts=(*own, *related.values()),
        availability=find_availability(flow, datasets, only=_choice(place["component"])),
    )


def _open(reader: Reader, query: SdmxQuery, place: PathParts) -> _Opened:
    """The dataflow at a place; NothingThere where there is none of this agency, id and version."""
    code, version = place["id"], place["version"]
    found = read_flow_id(code) if place["agency"] in _ANY | {AGENCY} else None
    if found is None or place.get("context", "") not in _CONTEXTS:
        raise NothingThere(kind=ArtefactKind.DATAFLOW, code=code)
    plan, structure = found
    snapshot = reader.open(plan, AsOfQuery(as_of=_instant(query.as_of)))
    known = load_plan_at(reader.session, snapshot)
    flow = make_flow(reader.session, known.definition, structure)
    if full_version(version) not in _ANY | {flow.version}:
        raise NothingThere(kind=ArtefactKind.DATAFLOW, code=f"{code}({version})")
    return _Opened(known=known, flow=flow, structure=structure)


def _order(reader: Reader, query: SdmxFilterQuery, opened: _Opened, keys: str) -> SeriesOrder:
    return SeriesOrder(
        structure=opened.structure,
        selection=make_selection(opened.flow, keys=keys, filters=query.filters),
        updated_after=_updated_after(reader, query, opened),
    )


def _updated_after(reader: Reader, query: SdmxFilterQuery, opened: _Opened) -> int | None:
    written = _instant(query.updated_after)
    if written is None:
        return None
    revision = read_revision(written)
    if revision is not None:
        return revision
    instant, until = read_instant(written), read_moment(_instant(query.as_of) or "")
    if instant is None or (until is not None and instant > until):
        fault = invalid_parameter("updatedAfter", written, "sdmx_updated_after")
        raise ParametersInvalid([fault])
    return find_revision_at(reader.session, opened.known.snapshot.plan, instant) or 0


def _header(reader: Reader, code: str, prepared: datetime) -> Header:
    """The header: the same for ever where the message is about what was known at a revision."""
    return Header(
        id=code,
        prepared=prepared,
        is_test=is_marked(reader.session),
        language=choose_language(reader.request.headers.get("accept-language")),
    )


def _flow_header(reader: Reader, opened: _Opened) -> Header:
    snapshot = opened.known.snapshot
    return _header(reader, f"{opened.flow.id}-{snapshot.revision}", snapshot.recorded_at)


def _instant(written: str | None) -> str | None:
    """An instant without an offset is in UTC: SDMX leaves it to the service."""
    return f"{written}Z" if written is not None and _NO_OFFSET.fullmatch(written) else written


def _choice(written: str) -> frozenset[str] | None:
    """The words of a part of a path; None for all."""
    words = frozenset() if written in _ANY else frozenset(re.split("[+,]", written))
    return None if not words or words & _ANY else words
