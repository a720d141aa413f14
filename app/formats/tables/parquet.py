"""A table as Parquet, for pandas, R, DuckDB and the like. It needs the extra ``arrow``."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any

from app.formats.tables.table import ColumnKind, Table, to_text

try:
    from arro3.core import (
        Array,
        DataType,
        Field,
        RecordBatch,
        RecordBatchReader,
        Schema,
        list_array,
    )
    from arro3.io import write_parquet as write_arrow
except ImportError:
    IS_INSTALLED = False
else:
    IS_INSTALLED = True

BATCH = 1_000
_ROW_GROUP = 20_000
_EPOCH, _FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC), date(1970, 1, 1)

Values = Sequence[Any]


def is_installed() -> bool:
    """Whether the extra is there."""
    return IS_INSTALLED


def write_parquet(table: Table, target: IO[bytes]) -> None:
    """The table, batch by batch, with its definitions under the key ``dabiao`` of the file.

    Numbers are doubles: docs/decisions says why. Days and instants are themselves, in UTC.
    """
    fields = [Field(each.name, _type(each.kind), nullable=True) for each in table.columns]
    definitions = {each.name: each.definition for each in table.columns}
    # One key: several would stand in another order each time.
    said = {"dabiao": json.dumps(table.facts() | {"columns": definitions}, ensure_ascii=False)}
    write_arrow(
        RecordBatchReader.from_batches(Schema(fields), _batches(table, Schema(fields))),
        target,
        compression="snappy",
        key_value_metadata=said,
        max_row_group_size=_ROW_GROUP,
    )


def _batches(table: Table, schema: "Schema") -> "Iterator[RecordBatch]":
    for start in range(0, len(table.rows), BATCH):
        # Each row is made as it is taken: once, and not once a column.
        part = [*table.rows[start : start + BATCH]]
        arrays = [
            _ARRAYS[column.kind]([column.cell(row) for row in part]) for column in table.columns
        ]
        yield RecordBatch.from_arrays(arrays, schema=schema)


def _type(kind: ColumnKind) -> "DataType":
    match kind:
        case ColumnKind.NUMBER:
            return DataType.float64()
        case ColumnKind.COUNT:
            return DataType.int64()
        case ColumnKind.TRUTH:
            return DataType.bool()
        case ColumnKind.DAY:
            return DataType.date32()
        case ColumnKind.INSTANT:
            return DataType.timestamp("us", tz="UTC")
        case ColumnKind.TEXTS:
            return DataType.list(Field("item", DataType.utf8(), nullable=True))
        case _:
            return DataType.utf8()


def _numbers(cells: Values) -> "Array":
    return Array([None if each is None else float(each) for each in cells], DataType.float64())


def _plain(kind: ColumnKind) -> "Callable[[Values], Array]":
    return lambda cells: Array(cells, _type(kind))


def _days(cells: Values) -> "Array":
    found = [None if each is None else (each - _FIRST_DAY).days for each in cells]
    return Array(found, DataType.int32()).cast(_type(ColumnKind.DAY))


def _instants(cells: Values) -> "Array":
    found = [None if each is None else _microseconds(each) for each in cells]
    return Array(found, DataType.int64()).cast(_type(ColumnKind.INSTANT))


def _microseconds(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _texts(cells: Values) -> "Array":
    found = [None if each is None else to_text(each) for each in cells]
    return Array(found, DataType.utf8())


def _lists(cells: Values) -> "Array":
    offsets = [0]
    for each in cells:
        offsets.append(offsets[-1] + len(each or ()))
    values = [text for each in cells for text in each or ()]
    return list_array(
        Array(offsets, DataType.int32()),
        Array(values, DataType.utf8()),
        type=_type(ColumnKind.TEXTS),
        mask=Array([each is None for each in cells], DataType.bool()),
    )


_ARRAYS: "dict[ColumnKind, Callable[[Values], Array]]" = {
    ColumnKind.NUMBER: _numbers,
    ColumnKind.COUNT: _plain(ColumnKind.COUNT),
    ColumnKind.TRUTH: _plain(ColumnKind.TRUTH),
    ColumnKind.DAY: _days,
    ColumnKind.INSTANT: _instants,
    ColumnKind.TEXT: _texts,
    ColumnKind.TEXTS: _lists,
    ColumnKind.PARTS: _texts,
}
