"""A table on its way into a file: the same rows and the same names in every format.

The schema of a row says what its columns hold and mean; the book of words says it in Chinese.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum, auto
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue
from pydantic_core import to_jsonable_python

from app.domain.bulletin.announced import MEASURES
from app.domain.quantity import MeasureUnit
from app.schemas.document.plan import PlanDocument
from app.schemas.gaps.row import CONTEXT_FIELDS
from app.vocabulary import to_instant, to_number
from app.words.book import texts


class ColumnKind(StrEnum):
    """What the cells of a column hold; any of them may be empty."""

    TEXT = auto()
    TEXTS = auto()
    NUMBER = auto()
    COUNT = auto()
    TRUTH = auto()
    DAY = auto()
    INSTANT = auto()
    PARTS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its name, what it holds, and what that means in both languages.

    One that is not in the row itself is made from the value ``of`` another by ``convert``.
    """

    name: str
    kind: ColumnKind
    definition: str
    definition_zh: str
    name_zh: str
    of: str | None = None
    convert: Callable[[Any], object] | None = None

    # A cell is of the type that its kind says.
    def cell(self, row: BaseModel) -> Any:  # noqa: ANN401
        """What a row has in this column; None without a value."""
        value = getattr(row, self.of or self.name)
        return value if self.convert is None or value is None else self.convert(value)

    @property
    def is_percent(self) -> bool:
        """Whether the numbers are percents or points, which have two places to read."""
        measure = MEASURES.get(self.name)
        is_points = measure is not None and measure.unit is MeasureUnit.POINTS
        return is_points or self.name.endswith("_percent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the rows come from: a plan as known at a revision. ``as_of`` is as it was asked."""

    document: PlanDocument
    revision: int
    recorded_at: datetime
    view: str
    as_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows, of ``total`` that there are. ``origin`` is None for a list of plans.

    ``language`` is that of labels where a format has room for one.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[BaseModel]
    total: int
    origin: Origin | None = None
    language: str = "en"
    is_demo: bool = False

    def facts(self) -> dict[str, JsonValue]:
        """What a file says of itself where a program reads it."""
        known: dict[str, JsonValue] = {"table": self.name, "demo": self.is_demo}
        if self.origin is not None:
            known |= {
                "plan": self.origin.document.plan.code,
                "revision": self.origin.revision,
                "recorded_at": to_instant(self.origin.recorded_at),
                "view": self.origin.view,
                "as_of": self.origin.as_of,
            }
        return known


def columns_of(model: type[BaseModel], *, also: Sequence[str] = ()) -> tuple[Column, ...]:
    """The columns of a row. What says why others are empty is left out, but for ``also``."""
    return tuple(
        Column(
            name=name,
            kind=_kind(field.annotation),
            definition=field.description or "",
            definition_zh=_told(name, "description"),
            name_zh=_told(name, "name"),
        )
        for name, field in model.model_fields.items()
        if name not in CONTEXT_FIELDS or name in also
    )


def _told(column: str, part: str) -> str:
    """The name or description of a column in Chinese, as far as the book knows it."""
    return str(texts("columns", "zh").get(column, {}).get(part, ""))


def to_text(value: object) -> str:
    """A value as people read it in one cell: ``a; b`` for a list, ``x: 1; y.z: 2`` for parts.

    Lists of parts have ``|`` between them.
    """
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | int | Decimal):
        return json.dumps(to_number(value) if isinstance(value, Decimal) else value)
    if isinstance(value, datetime):
        return to_instant(value)
    if isinstance(value, list | dict | BaseModel):
        return _to_line(to_jsonable_python(value))
    return str(value)


def _to_line(value: JsonValue, between: str = "; ") -> str:
    """Parts in one line; what lies inside them has commas between."""
    if isinstance(value, list):
        is_nested = any(isinstance(each, list | dict) for each in value)
        return (" | " if is_nested else between).join(_to_line(each, between) for each in value)
    if isinstance(value, dict):
        return between.join(f"{name}: {text}" for name, text in _leaves(value, ""))
    return value if isinstance(value, str) else json.dumps(value)


def _leaves(parts: dict[str, JsonValue], above: str) -> Iterator[tuple[str, str]]:
    """What there is in the parts, by its path."""
    for name, value in parts.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{name}.")
        elif value not in (None, [], ""):
            yield f"{above}{name}", _to_line(value, ", ")


def _kind(annotation: object) -> ColumnKind:
    bare = [each for each in _members(annotation) if each is not NoneType]
    if len(bare) != 1:
        return ColumnKind.PARTS
    (only,) = bare
    if get_origin(only) is list:
        return ColumnKind.TEXTS if _kind(get_args(only)[0]) is ColumnKind.TEXT else ColumnKind.PARTS
    if not isinstance(only, type):
        return ColumnKind.TEXT if get_origin(only) is Literal else ColumnKind.PARTS
    # bool before int, and datetime before date, which they are kinds of.
    for known, kind in _KINDS:
        if issubclass(only, known):
            return kind
    return ColumnKind.PARTS


# What stands in an annotation has no type of its own.
def _members(annotation: Any) -> list[Any]:  # noqa: ANN401
    """The members of a union, without what is annotated to them."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return [each for member in get_args(annotation) for each in _members(member)]
    return [annotation]


_KINDS: tuple[tuple[type, ColumnKind], ...] = (
    (bool, ColumnKind.TRUTH),
    (int, ColumnKind.COUNT),
    (Decimal, ColumnKind.NUMBER),
    (datetime, ColumnKind.INSTANT),
    (date, ColumnKind.DAY),
    (str, ColumnKind.TEXT),
)
