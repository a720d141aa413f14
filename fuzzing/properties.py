"""What each reader of foreign bytes promises: a value or a failure of our own, and no surprise.

A value that was accepted is read again from what is written of it, and is the same.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from pydantic import JsonValue

from app.api.requests.strict_json import load_strict
from app.domain.time.period import Period
from app.errors.bodies import BodyMalformed, FileRefused
from app.errors.failure import Failure
from app.formats.intake.file import COLUMNS, FileRow, read_intake_file
from app.formats.intake.period import read_period
from app.formats.intake.tasks import read_task_file
from app.sdmx.query import Span
from app.services.ledger.snapshots import read_instant, read_moment, read_revision
from app.words.messages import say_failure

T = TypeVar("T")
# Whether the input was accepted.
Reader = Callable[[bytes], bool]
# As long as the longest parameter that holds a moment or a period.
_LONGEST_TEXT = 64
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def check_json(body: bytes) -> bool:
    """A body as JSON: what was read is read again from what is written of it."""
    try:
        value = load_strict(body)
    except BodyMalformed as failure:
        _say(failure)
        return False
    written = _write_json(value)
    assert load_strict(written.encode()) == value, written
    return True


def check_file(content: bytes) -> bool:
    """A file of figures: rows without a fault are the same again from a CSV file of them."""
    rows: list[FileRow] = []
    try:
        for table in read_intake_file(io.BytesIO(content), size=len(content)).tables:
            rows += [row for row in table.rows if not row.faults]
    except FileRefused as failure:
        _say(failure)
        return False
    written = _write_csv([row.cells for row in rows])
    (table,) = read_intake_file(io.BytesIO(written), size=len(written)).tables
    again = [row.cells for row in table.rows]
    assert again == [row.cells for row in rows], written
    return True


def check_tasks(content: bytes) -> bool:
    """A file of targets: its rows have a value, and lie one below the other."""
    try:
        lines = read_task_file(io.BytesIO(content), size=len(content))
    except FileRefused as failure:
        _say(failure)
        return False
    assert all(line.cells["value"] is not None for line in lines)
    return True


def check_period(content: bytes) -> bool:
    """A text as a period, a moment, a revision: each says the same again, written out."""
    text = content.decode("utf-8", "replace")[:_LONGEST_TEXT]
    written = read_period(text)
    if written is not None:
        again = read_period(written.code)
        assert again is not None, written
        assert (again.code, str(Period.parse(written.code))) == (written.code, written.code)
    moment = read_moment(text)
    if moment is not None:
        assert read_instant(moment.isoformat()) == moment, text
    revision = read_revision(text)
    assert revision is None or read_revision(str(revision)) == revision
    period, span = _try(Period.parse, text), _try(Span.parse, text)
    assert period is None or str(period) == text
    assert span is None or span.first <= span.last
    return any(each is not None for each in (written, moment, revision, period, span))


READERS: Mapping[str, tuple[Reader, ...]] = MappingProxyType(
    {
        "json": (check_json,),
        "csv": (check_file, check_tasks),
        "xlsx": (check_file, check_tasks),
        "period": (check_period,),
    }
)


def read_as(kind: str, content: bytes) -> bool:
    """Read an input with every reader of its kind; whether any accepted it."""
    return sum(read(content) for read in READERS[kind]) > 0


def _say(failure: Failure) -> None:
    for language in ("zh", "en"):
        assert say_failure(failure.code, failure.facts, language).detail


def _try(read: Callable[[str], T], text: str) -> T | None:
    try:
        return read(text)
    except (ValueError, OverflowError):
        return None


def _write_json(value: JsonValue | Decimal) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list):
        return f"[{','.join(map(_write_json, value))}]"
    if isinstance(value, dict):
        members = (f"{json.dumps(name)}:{_write_json(each)}" for name, each in value.items())
        return f"{{{','.join(members)}}}"
    return json.dumps(value)


def _write_csv(rows: list[tuple[str | Decimal | None, ...]]) -> bytes:
    """The cells below a heading, a text that begins as a formula does behind an apostrophe."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for row in rows:
        table.writerow([_write_cell(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _write_cell(cell: str | Decimal | None) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    text = cell or ""
    return f"'{text}" if text.startswith(_FORMULAS) else text
