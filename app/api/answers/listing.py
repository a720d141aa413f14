"""Lists as answers: sorted, paged, in the format that was asked for."""

from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from pydantic import BaseModel
from pydantic_core import to_json

from app.api.answers.files import JSON, answer_file, choose_fields, choose_format
from app.api.requests.dependencies import Reader
from app.domain.outlook.sensitivity import SEVERITY
from app.errors.failure import ParametersInvalid
from app.errors.fault import unknown_in_parameter
from app.formats.tables.table import Column, ColumnKind, columns_of
from app.schemas.base import Page, Row, Rows
from app.schemas.query import PageQuery

DEFAULT_LIMIT = 100
# Lists and nested parts have no order.
_WITHOUT_ORDER = {ColumnKind.TEXTS, ColumnKind.PARTS}


def answer_list(
    reader: Reader,
    query: PageQuery,
    rows: Sequence[Row],
    model: type[Row],
    *,
    also: Sequence[str] = (),
) -> Response:
    """One page of the rows as JSON, or the table as a file with the same rows and names.

    A file holds every row unless a limit is given; JSON has 100 to a page. ``also``: columns of
    a file that it has on demand.
    """
    columns = columns_of(model, also=(*also, *(query.fields or "").split(",")))
    wanted = choose_format(reader, query.format, columns)
    ordered = sort_rows(rows, query.sort, columns)
    limit = query.limit or (DEFAULT_LIMIT if wanted == JSON else len(ordered) or 1)
    page = ordered[query.offset : query.offset + limit]
    following = _next_page(reader.request, query.offset + limit, limit, len(ordered))
    headers = {} if following is None else {"Link": f'<{following}>; rel="next"'}
    if wanted != JSON:
        total, fields = len(ordered), query.fields
        return answer_file(
            reader, wanted, columns, page, total=total, fields=fields, headers=headers
        )
    written = page.written() if isinstance(page, Rows) and query.fields is None else None
    if written is not None:
        rest = to_json({"total": len(ordered), "next": following}).decode()
        body = f'{{"items":[{",".join(written)}],{rest[1:]}'.encode()
    elif query.fields is None:
        found = Page[Any].model_construct(items=list(page), total=len(ordered), next=following)
        body = found.model_dump_json().encode()
    else:
        chosen = choose_fields(model.model_fields, query.fields)
        items = [show_fields(row, chosen) for row in page]
        body = to_json({"items": items, "total": len(ordered), "next": following})
    return Response(body, media_type="application/json", headers=headers)


def show_fields(row: BaseModel, fields: Collection[str]) -> dict[str, Any]:
    """A row with these fields alone; its reasons are those of these fields."""
    shown = row.model_dump(mode="json", include=set(fields))
    if isinstance(reasons := shown.get("reasons"), dict):
        shown["reasons"] = {name: why for name, why in reasons.items() if name in fields}
    return shown


def sort_rows(rows: Sequence[Row], sort: str | None, columns: Sequence[Column]) -> Sequence[Row]:
    """The rows by the named columns, nulls last; ties keep the list's own order."""
    if not sort:
        return rows
    ordered = list(rows)
    allowed = [column.name for column in columns if column.kind not in _WITHOUT_ORDER]
    for key in reversed(sort.split(",")):
        name, is_descending = key.removeprefix("-"), key.startswith("-")
        if name not in allowed:
            raise ParametersInvalid([unknown_in_parameter("sort", key, allowed)])
        known = [row for row in ordered if getattr(row, name) is not None]
        unknown = [row for row in ordered if getattr(row, name) is None]
        ordered = sorted(known, key=_order_of(name), reverse=is_descending) + unknown
    return ordered


def _order_of(name: str) -> Callable[[Row], Any]:
    """What a column is sorted by: its value, and of ratings how severe they are, worst first."""
    value_of = attrgetter(name)
    if name not in {"rating", "year_rating"}:
        return value_of
    return lambda row: SEVERITY.index(value_of(row))


def _next_page(request: Request, offset: int, limit: int, total: int) -> str | None:
    if offset >= total:
        return None
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in {"limit", "offset"}]
    query = urlencode([*kept, ("limit", limit), ("offset", offset)])
    return f"{request.url.path}?{query}"
