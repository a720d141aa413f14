"""SDMX-REST 1 (of SDMX 2.1) and 2 (of SDMX 3): structures, data, availability, schemas.

A path may end early, or with a slash: what is left out stands for everything.
"""

from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import Query
from app.sdmx.media import DATA, STRUCTURES, answer
from app.sdmx.query import (
    SdmxAvailability1Query,
    SdmxAvailabilityQuery,
    SdmxData1Query,
    SdmxData2Query,
    SdmxQuery,
    SdmxStructureQuery,
)
from app.sdmx.request import (
    make_availability,
    make_data,
    make_schema,
    make_structures,
    split_flow,
    split_path,
)

router = APIRouter(tags=["sdmx"])

ArtefactPath = Annotated[
    str,
    Path(
        description="Kind of structure: `dataflow`, `datastructure`, `codelist`, `conceptscheme`, "
        "`agencyscheme`."
    ),
]
StructurePath = Annotated[
    str, Path(description="Agency, id, version and item, separated by slashes.")
]
Structure2Path = Annotated[
    str,
    Path(
        description="Kind of structure (or `*` for all), agency, id, version and item, separated "
        "by slashes."
    ),
]
DataPath = Annotated[str, Path(description="Flow, key and provider, separated by slashes.")]
Availability1Path = Annotated[
    str, Path(description="Flow, key, provider and component, separated by slashes.")
]
Data2Path = Annotated[
    str, Path(description="Context, agency, id, version and key, separated by slashes.")
]
AvailabilityPath = Annotated[
    str,
    Path(description="Context, agency, id, version, key and component, separated by slashes."),
]
SchemaPath = Annotated[
    str, Path(description="Context, agency, id and version, separated by slashes.")
]


def _as(media_types: Iterable[str]) -> dict[str, Any]:
    """How a route describes an answer that comes in these formats."""
    content: dict[str, Any] = {each: {} for each in media_types}
    found = {200: {"description": "An SDMX message in the format asked for.", "content": content}}
    return {"response_class": Response, "responses": found}


@router.get("/v1/data/{path:path}", summary="Get data (SDMX 2.1)", **_as(DATA[1]))
def read_data_1(
    request: Request, reader: ReaderDep, path: DataPath, query: Query[SdmxData1Query]
) -> Response:
    """Get observations. The path is `flow/key/provider`.

    `flow` is an id, or `agency,id`, or `agency,id,version`. `key` has codes separated by dots;
    an empty place means all.
    """
    return answer(request, query, DATA[1], partial(make_data, reader, query, split_flow(path)))


@router.get(
    "/v1/availableconstraint/{path:path}",
    summary="Get availability (SDMX 2.1)",
    **_as(STRUCTURES[1]),
)
def read_availability_1(
    request: Request,
    reader: ReaderDep,
    path: Availability1Path,
    query: Query[SdmxAvailability1Query],
) -> Response:
    """Get the values of each dimension that have observations.

    They are those that the same data query would find. The path is
    `flow/key/provider/component`.
    """
    make = partial(make_availability, reader, query, split_flow(path, "component"))
    return answer(request, query, STRUCTURES[1], make)


@router.get(
    "/v1/{artefact}",
    summary="Get structures of one kind (SDMX 2.1)",
    operation_id="list_structures_sdmx_2_1",
    **_as(STRUCTURES[1]),
)
def read_all_1(
    request: Request, reader: ReaderDep, artefact: ArtefactPath, query: Query[SdmxStructureQuery]
) -> Response:
    """Get all dataflows, data structures, code lists, concept schemes or agency schemes."""
    make = partial(make_structures, reader, query, artefact, "")
    return answer(request, query, STRUCTURES[1], make)


@router.get(
    "/v1/{artefact}/{path:path}",
    summary="Get structures (SDMX 2.1)",
    **_as(STRUCTURES[1]),
)
def read_structures_1(
    request: Request,
    reader: ReaderDep,
    artefact: ArtefactPath,
    path: StructurePath,
    query: Query[SdmxStructureQuery],
) -> Response:
    """Get structures. The path is `agency/id/version/item`; parts left out at the end mean all."""
    make = partial(make_structures, reader, query, artefact, path)
    return answer(request, query, STRUCTURES[1], make)


@router.get("/v2/structure", summary="Get all structures (SDMX 3)", **_as(STRUCTURES[2]))
def read_all_2(request: Request, reader: ReaderDep, query: Query[SdmxStructureQuery]) -> Response:
    """Get every dataflow, data structure, code list and concept scheme of every plan.

    The agency scheme is included.
    """
    make = partial(make_structures, reader, query, "", "")
    return answer(request, query, STRUCTURES[2], make)


@router.get(
    "/v2/structure/{path:path}",
    summary="Get structures (SDMX 3)",
    **_as(STRUCTURES[2]),
)
def read_structures_2(
    request: Request, reader: ReaderDep, path: Structure2Path, query: Query[SdmxStructureQuery]
) -> Response:
    """Get structures. The path is `artefact/agency/id/version/item`.

    Parts left out at the end mean all.
    """
    artefact, _, rest = path.partition("/")
    make = partial(make_structures, reader, query, artefact, rest)
    return answer(request, query, STRUCTURES[2], make)


@router.get("/v2/data/{path:path}", summary="Get data (SDMX 3)", **_as(DATA[2]))
def read_data_2(
    request: Request, reader: ReaderDep, path: Data2Path, query: Query[SdmxData2Query]
) -> Response:
    """Get observations. The path is `context/agency/id/version/key`.

    `context` is `dataflow` or `datastructure`. `key` has codes separated by dots; several keys
    are separated by commas.
    """
    place = split_path(path, "context", "agency", "id", "version", "key")
    return answer(request, query, DATA[2], partial(make_data, reader, query, place))


@router.get(
    "/v2/availability/{path:path}",
    summary="Get availability (SDMX 3)",
    **_as(STRUCTURES[2]),
)
def read_availability(
    request: Request, reader: ReaderDep, path: AvailabilityPath, query: Query[SdmxAvailabilityQuery]
) -> Response:
    """Get the values of each dimension that have observations.

    They are those that the same data query would find. The path is
    `context/agency/id/version/key/component`.
    """
    place = split_path(path, "context", "agency", "id", "version", "key", "component")
    make = partial(make_availability, reader, query, place)
    return answer(request, query, STRUCTURES[2], make)


@router.get(
    "/v2/schema/{path:path}",
    summary="Get a data schema (SDMX 3)",
    **_as(STRUCTURES[2]),
)
def read_schema(
    request: Request, reader: ReaderDep, path: SchemaPath, query: Query[SdmxQuery]
) -> Response:
    """Get the data structure of a dataflow with its concepts and code lists.

    The path is `context/agency/id/version`.
    """
    place = split_path(path, "context", "agency", "id", "version")
    make = partial(make_schema, reader, query, place)
    return answer(request, query, STRUCTURES[2], make)
