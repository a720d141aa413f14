"""SDMX-REST 1 (of SDMX 2.1) and 2 (of SDMX 3): structures, data, availability, schemas.

A path may end early, or with a slash: what is left out stands for everything.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api.requests.dependencies import ReaderDep
from app.api.requests.parameters import Query
from app.sdmx.media import DATA, STRUCTURES, answer
from app.sdmx.query import (
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


def _as(media_types: Iterable[str]) -> dict[str, Any]:
    """How a route describes an answer that comes in these formats."""
    content: dict[str, Any] = {each: {} for each in media_types}
    found = {200: {"description": "An SDMX message.", "content": content}}
    return {"response_class": Response, "responses": found}


@router.get("/v1/data/{path:path}", summary="Data: flow/key/provider", **_as(DATA[1]))
def read_data_1(
    request: Request, reader: ReaderDep, path: str, query: Query[SdmxData1Query]
) -> Response:
    """``flow``: id, or agency,id, or agency,id,version. ``key``: codes after dots."""
    return answer(request, query, DATA[1], partial(make_data, reader, query, split_flow(path)))


@router.get("/v1/{artefact}", summary="All of a kind of structures", **_as(STRUCTURES[1]))
def read_all_1(
    request: Request, reader: ReaderDep, artefact: str, query: Query[SdmxStructureQuery]
) -> Response:
    """``artefact``: dataflow, datastructure, codelist or conceptscheme."""
    make = partial(make_structures, reader, query, artefact, "")
    return answer(request, query, STRUCTURES[1], make)


@router.get(
    "/v1/{artefact}/{path:path}",
    summary="Structures: agency/id/version/item",
    **_as(STRUCTURES[1]),
)
def read_structures_1(
    request: Request, reader: ReaderDep, artefact: str, path: str, query: Query[SdmxStructureQuery]
) -> Response:
    """``artefact``: dataflow, datastructure, codelist or conceptscheme."""
    make = partial(make_structures, reader, query, artefact, path)
    return answer(request, query, STRUCTURES[1], make)


@router.get("/v2/structure", summary="All structures", **_as(STRUCTURES[2]))
def read_all_2(request: Request, reader: ReaderDep, query: Query[SdmxStructureQuery]) -> Response:
    """Every artefact of every plan."""
    make = partial(make_structures, reader, query, "", "")
    return answer(request, query, STRUCTURES[2], make)


@router.get(
    "/v2/structure/{path:path}",
    summary="Structures: artefact/agency/id/version/item",
    **_as(STRUCTURES[2]),
)
def read_structures_2(
    request: Request, reader: ReaderDep, path: str, query: Query[SdmxStructureQuery]
) -> Response:
    """``artefact``: dataflow, datastructure, codelist, conceptscheme, or * for all."""
    artefact, _, rest = path.partition("/")
    make = partial(make_structures, reader, query, artefact, rest)
    return answer(request, query, STRUCTURES[2], make)


@router.get("/v2/data/{path:path}", summary="Data: context/agency/id/version/key", **_as(DATA[2]))
def read_data_2(
    request: Request, reader: ReaderDep, path: str, query: Query[SdmxData2Query]
) -> Response:
    """``context``: dataflow or datastructure. ``key``: codes after dots, keys after commas."""
    place = split_path(path, "context", "agency", "id", "version", "key")
    return answer(request, query, DATA[2], partial(make_data, reader, query, place))


@router.get(
    "/v2/availability/{path:path}",
    summary="For which values there are data: context/agency/id/version/key/component",
    **_as(STRUCTURES[2]),
)
def read_availability(
    request: Request, reader: ReaderDep, path: str, query: Query[SdmxAvailabilityQuery]
) -> Response:
    """What the same data query would find, as a constraint on each dimension."""
    place = split_path(path, "context", "agency", "id", "version", "key", "component")
    make = partial(make_availability, reader, query, place)
    return answer(request, query, STRUCTURES[2], make)


@router.get(
    "/v2/schema/{path:path}",
    summary="What data of a flow consist of: context/agency/id/version",
    **_as(STRUCTURES[2]),
)
def read_schema(
    request: Request, reader: ReaderDep, path: str, query: Query[SdmxQuery]
) -> Response:
    """The data structure with its concepts and code lists."""
    place = split_path(path, "context", "agency", "id", "version")
    make = partial(make_schema, reader, query, place)
    return answer(request, query, STRUCTURES[2], make)
