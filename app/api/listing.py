"""Lists as answers: sorted, paged, in the format that was asked for."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode

from fastapi import Request, Response
from pydantic import BaseModel

from app.api.accept import choose_media_type
from app.errors import Fault, FormatUnknown, ParametersInvalid
from app.formats.csv_table import MEDIA_TYPE, write_csv
from app.schemas.base import Page
from app.schemas.query import PageQuery

DEFAULT_LIMIT = 100
FORMATS = {"application/json": "json", "text/csv": "csv"}

Row = TypeVar("Row", bound=BaseModel)


def answer_list(
    request: Request, query: PageQuery, rows: Sequence[Row], columns: Sequence[str]
) -> Response:
    """One page of the rows as JSON, or the table as CSV with the same rows and names.

    A file holds every row unless a limit is given; JSON has 100 to a page.
    """
    ordered = sort_rows(rows, query.sort, columns)
    wanted = choose_format(request, query.format)
    limit = query.limit or (DEFAULT_LIMIT if wanted == "json" else len(ordered) or 1)
    page = ordered[query.offset : query.offset + limit]
    following = _next_page(request, query.offset + limit, limit, len(ordered))
    headers = {} if following is None else {"Link": f'<{following}>; rel="next"'}
    if wanted == "csv":
        body = write_csv(columns, [dict(row) for row in page])
        name = request.url.path.rstrip("/").rpartition("/")[2]
        headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return Response(body, media_type=MEDIA_TYPE, headers=headers)
    found = Page[Any].model_construct(items=list(page), total=len(ordered), next=following)
    return Response(found.model_dump_json(), media_type="application/json", headers=headers)


def sort_rows(rows: Sequence[Row], sort: str | None, columns: Sequence[str]) -> Sequence[Row]:
    """The rows by the named columns, nulls last; ties keep the list's own order."""
    ordered = list(rows)
    keys = sort.split(",") if sort else []
    allowed = [name for name in columns if _has_order(rows, name)] if keys else []
    for key in reversed(keys):
        name, is_descending = key.removeprefix("-"), key.startswith("-")
        if name not in allowed:
            facts = {"value": key, "allowed": " ".join(allowed)}
            raise ParametersInvalid([Fault(code="unknown_code", parameter="sort", facts=facts)])
        known = [row for row in ordered if getattr(row, name) is not None]
        unknown = [row for row in ordered if getattr(row, name) is None]
        ordered = sorted(known, key=lambda row: getattr(row, name), reverse=is_descending) + unknown
    return ordered


def choose_format(request: Request, asked: str | None) -> str:
    """The format of the answer; FormatUnknown when the Accept header allows none."""
    if asked is not None:
        return asked
    chosen = choose_media_type(request.headers.get("accept"), tuple(FORMATS))
    if chosen is None:
        raise FormatUnknown(allowed=", ".join(FORMATS))
    return FORMATS[chosen]


def _has_order(rows: Sequence[Row], name: str) -> bool:
    """Whether the column can be sorted by: lists and nested parts have no order."""
    values = (getattr(row, name) for row in rows)
    return all(value is None or isinstance(value, str | int | Decimal | date) for value in values)


def _next_page(request: Request, offset: int, limit: int, total: int) -> str | None:
    if offset >= total:
        return None
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in {"limit", "offset"}]
    query = urlencode([*kept, ("limit", limit), ("offset", offset)])
    return f"{request.url.path}?{query}"
