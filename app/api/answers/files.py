"""A table as a file: the formats that there are, the one that is asked for, and its answer."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from types import MappingProxyType
from typing import IO

from fastapi import Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from app.api.requests.accept import choose_language, choose_media_type, read_wishes
from app.api.requests.dependencies import Reader
from app.errors.bodies import FormatNotInstalled, FormatUnknown
from app.errors.failure import ParametersInvalid
from app.errors.fault import unknown_in_parameter
from app.formats.tables.beside import with_beside
from app.formats.tables.csv import write_csv
from app.formats.tables.jsonstat import is_cube, write_jsonstat
from app.formats.tables.table import Column, Origin, Table
from app.services.state.definitions import get_definition
from app.starting import late

# The codes by which a row is known among the others: the first of these that the list has.
_IDENTITIES = (
    ("code", "id", "name", "indicator", "area", "year", "period"),
    ("plan",),
    ("revision",),
)
JSON = "json"
XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A larger answer waits on disk until it is sent.
HELD_IN_MEMORY = 4 * 1024 * 1024
CHUNK = 256 * 1024


_PARQUET = "app.formats.tables.parquet"
# Loaded with the first file of the kind: Parquet's library takes a tenth of a process.
_write_xlsx = late("app.formats.tables.xlsx", "write_xlsx")
_has_parquet, _write_parquet = late(_PARQUET, "is_installed"), late(_PARQUET, "write_parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """How a table is written, named, and said to be."""

    write: Callable[[Table, IO[bytes]], None]
    ending: str
    media_type: str


_FILES: Mapping[str, FileFormat] = MappingProxyType(
    {
        "csv": FileFormat(write=write_csv, ending="csv", media_type="text/csv; charset=utf-8"),
        "xlsx": FileFormat(
            write=_write_xlsx,
            ending="xlsx",
            media_type=XLSX_MEDIA_TYPE,
        ),
        "parquet": FileFormat(
            write=_write_parquet, ending="parquet", media_type="application/vnd.apache.parquet"
        ),
        "jsonstat": FileFormat(
            write=write_jsonstat,
            ending="jsonstat.json",
            media_type="application/vnd.json-stat+json",
        ),
    }
)
# The media type that an Accept header names for each; JSON-stat has one for itself.
FORMATS: Mapping[str, str] = MappingProxyType(
    {JSON: "application/json"}
    | {name: each.media_type.partition(";")[0] for name, each in _FILES.items()}
)


def choose_format(reader: Reader, asked: str | None, columns: Sequence[Column]) -> str:
    """The format of the answer: the one asked for, else by the Accept header.

    FormatUnknown where the table has none that is wanted; FormatNotInstalled.
    """
    offered = {
        name: media_type
        for name, media_type in FORMATS.items()
        if name != "jsonstat" or is_cube(columns)
    }
    if asked is None:
        accept = reader.request.headers.get("accept")
        media_type = choose_media_type(read_wishes(accept), tuple(offered.values()))
        asked = next((name for name, each in offered.items() if each == media_type), None)
    if asked not in offered:
        allowed = ", ".join(f"{name} ({media_type})" for name, media_type in offered.items())
        raise FormatUnknown(allowed=allowed)
    if asked == "parquet" and not _has_parquet():
        raise FormatNotInstalled(format=asked, extra="arrow")
    return asked


def answer_file(
    reader: Reader,
    wanted: str,
    columns: Sequence[Column],
    rows: Sequence[BaseModel],
    *,
    total: int,
    fields: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The rows as a file that is named after the path, of ``total`` that there are.

    ``fields``: the columns that are asked for, those that a file has beside others too.
    """
    request, file, origin = reader.request, _FILES[wanted], _origin(reader)
    offered = with_beside(columns, None if origin is None else origin.document)
    table = Table(
        name=request.url.path.rstrip("/").rpartition("/")[2],
        columns=choose_columns(offered, fields),
        rows=rows,
        total=total,
        origin=origin,
        language=choose_language(request.headers.get("accept-language")),
        is_demo=bool(request.app.state.is_demo),
    )
    body = SpooledTemporaryFile(max_size=HELD_IN_MEMORY)  # noqa: SIM115 - closed when it is sent
    try:
        file.write(table, body)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    name = f"{'demo-' if table.is_demo else ''}{table.name}.{file.ending}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(
        read_chunks(body), media_type=file.media_type, headers={**(headers or {}), **disposition}
    )


def choose_columns(columns: Sequence[Column], asked: str | None) -> Sequence[Column]:
    """The columns of a file that are asked for, in their own order; all where none is named."""
    if asked is None:
        return columns
    fields = choose_fields([column.name for column in columns], asked)
    return [column for column in columns if column.name in fields]


def choose_fields(known: Collection[str], asked: str) -> set[str]:
    """The fields of a row that are asked for, and the codes that say which row it is.

    ParametersInvalid for a field that the row does not have.
    """
    named = asked.split(",")
    unknown = [name for name in named if name not in known]
    if unknown:
        raise ParametersInvalid([unknown_in_parameter("fields", n, known) for n in unknown])
    codes = next(group for group in _IDENTITIES if any(name in known for name in group))
    return {*named, *(name for name in codes if name in known)}


def read_chunks(body: IO[bytes]) -> Iterator[bytes]:
    """What is left of a file, in pieces; it is closed afterwards."""
    with body:
        while chunk := body.read(CHUNK):
            yield chunk


def _origin(reader: Reader) -> Origin | None:
    snapshot = reader.opened
    if snapshot is None:
        return None
    definition = get_definition(reader.session, snapshot.plan, revision=snapshot.revision)
    return Origin(
        document=definition.document,
        revision=snapshot.revision,
        recorded_at=snapshot.recorded_at,
        view=snapshot.view.value,
        as_of=reader.request.query_params.get("as_of"),
    )
