"""The formats of SDMX: which of them an answer comes in, by ``format`` or by the Accept header."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TypeVar

from fastapi import Request, Response

from app.api.requests.accept import Wish, choose_media_type, read_wishes
from app.errors.bodies import FormatUnknown
from app.sdmx.data_json import write_data_json_1, write_data_json_2, write_data_json_draft
from app.sdmx.datasets import (
    write_csv_1,
    write_csv_2,
    write_generic_data,
    write_structure_specific_data,
)
from app.sdmx.model import DataMessage, StructureMessage
from app.sdmx.query import SdmxQuery
from app.sdmx.structure_json import JSON_1, JSON_2, write_structure_json
from app.sdmx.structure_xml import write_structure_xml
from app.sdmx.xml import ML_2_1, ML_3_0

Message = TypeVar("Message")
MessageWriter = Callable[[Message], bytes]
Offer = Mapping[str, MessageWriter[Message]]

_VND = "application/vnd.sdmx."
_STRUCTURES: Offer[StructureMessage] = MappingProxyType(
    {
        f"{_VND}structure+xml;version=2.1": partial(write_structure_xml, ML_2_1),
        f"{_VND}structure+xml;version=3.0.0": partial(write_structure_xml, ML_3_0),
        f"{_VND}structure+json;version=2.0.0": partial(write_structure_json, JSON_2),
        f"{_VND}structure+json;version=1.0.0": partial(write_structure_json, JSON_1),
    }
)
_DATA: Offer[DataMessage] = MappingProxyType(
    {
        f"{_VND}genericdata+xml;version=2.1": write_generic_data,
        f"{_VND}structurespecificdata+xml;version=2.1": partial(
            write_structure_specific_data, ML_2_1
        ),
        f"{_VND}data+xml;version=3.0.0": partial(write_structure_specific_data, ML_3_0),
        f"{_VND}data+csv;version=2.0.0": write_csv_2,
        f"{_VND}data+csv;version=1.0.0": write_csv_1,
        f"{_VND}data+csv;version=2.0.0;labels=both": partial(write_csv_2, has_names=True),
        f"{_VND}data+csv;version=1.0.0;labels=both": partial(write_csv_1, has_names=True),
        f"{_VND}data+json;version=2.0.0": write_data_json_2,
        f"{_VND}data+json;version=1.0.0": write_data_json_1,
        f"{_VND}draft-sdmx-json+json;version=1.0.0": write_data_json_draft,
    }
)
# What a client gets that has no wish: SDMX-REST 1 began with XML, SDMX-REST 2 with newer formats.
STRUCTURES: Mapping[int, Offer[StructureMessage]] = MappingProxyType(
    {1: _STRUCTURES, 2: dict(sorted(_STRUCTURES.items(), key=lambda each: "json" not in each[0]))}
)
DATA: Mapping[int, Offer[DataMessage]] = MappingProxyType(
    {1: _DATA, 2: dict(sorted(_DATA.items(), key=lambda each: "csv" not in each[0]))}
)
# Other names, each of which stands for the first format of its kind on offer.
_PLAIN = MappingProxyType(
    {"+xml": "application/xml", "+json": "application/json", "+csv": "text/csv"}
)
_VERSION = re.compile(r'version="?([0-9.]+)"?')
# Parameters that ask for what comes anyway.
_DEFAULTS = frozenset({"labels=id", "timeformat=original", "keys=none", "charset=utf-8"})


def answer(
    request: Request, query: SdmxQuery, offer: Offer[Message], make: Callable[[], Message]
) -> Response:
    """The message in the format that is asked for; FormatUnknown where it is not on offer."""
    media_type = _choose(request, query, offer)
    return Response(offer[media_type](make()), headers={"content-type": media_type})


def _choose(request: Request, query: SdmxQuery, offer: Offer[Message]) -> str:
    if query.format is None and query.format_version is None:
        names = _names(offer)
        asked = read_wishes(request.headers.get("accept"))
        chosen = choose_media_type([_folded(wish) for wish in asked], tuple(names))
        found = [] if chosen is None else [names[chosen]]
    else:
        found = [each for each in offer if _is_named(each, query)]
    if not found:
        raise FormatUnknown(allowed=", ".join(offer))
    return found[0]


def _names(offer: Offer[Message]) -> dict[str, str]:
    """The names that lead to each media type: with its version, without, and plain ones."""
    names = {_folded(wish).name: each for each in offer for wish in read_wishes(each)}
    for each in offer:
        base, _, parameters = each.partition(";")
        label = "@labels=both" if "labels=both" in parameters else ""
        names.setdefault(f"{base}{label}", each)
        for suffix, plain in _PLAIN.items():
            if suffix in base:
                names.setdefault(f"{plain}{label}", each)
    return names


def _folded(wish: Wish) -> Wish:
    """A wish whose version, and what else it asks for, is part of the name of the media type."""
    # The version is the first, wherever it was.
    rest = sorted((p for p in wish.parameters if p not in _DEFAULTS), key=_is_no_version)
    folded = (f"@{found[1] if (found := _VERSION.fullmatch(p)) else p}" for p in rest)
    return replace(wish, name=wish.name + "".join(folded))


def _is_no_version(parameter: str) -> bool:
    return _VERSION.fullmatch(parameter) is None


def _is_named(media_type: str, query: SdmxQuery) -> bool:
    """Whether ``format`` and ``formatVersion`` name a media type; 2.0 is 2.0.0."""
    version = media_type.partition("version=")[2].partition(";")[0]
    wanted = query.format_version
    is_version = wanted is None or version in {wanted, f"{wanted}.0"}
    return is_version and query.format in {None, _short(media_type)}


def _short(media_type: str) -> str:
    """What ``format`` calls a media type: genericdata, csvdata, ..."""
    label, _, base = media_type.removeprefix(_VND).partition(";")[0].partition("+")
    if base != "xml":
        return f"{base}{label}"
    # From SDMX-ML 3.0 on data have no other shape, and the media type no longer says it.
    return "structurespecificdata" if label == "data" else label
