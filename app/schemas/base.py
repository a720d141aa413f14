"""What every answer shares: strict models, the errors of a request, and lists with their pages."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, Literal, TypeVar, overload

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.warnings import UnsupportedFieldAttributeWarning

from app.words.book import define_column

Row = TypeVar("Row", bound=BaseModel)
# So many rows of a list are made at once.
_PIECE = 500
# FastAPI says of a parameter more than its type needs, and silences this while it makes the route.
# Here its type is built later: when it is first used.
warnings.filterwarnings("ignore", category=UnsupportedFieldAttributeWarning)


class Answer(BaseModel):
    """A part of an answer: no defaults, so that nothing is left out by accident."""

    # Built when it is first used: a start needs few of them.
    model_config = ConfigDict(extra="forbid", from_attributes=True, defer_build=True)


class Columns(Answer):
    """A part of an answer whose fields are columns: what they are is in the book of words."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Describe each field that does not describe itself; one that the book lacks fails.

        The model is built later, so that it knows the descriptions.
        """
        for name, field in cls.model_fields.items():
            if field.description is None:
                field.description = define_column(name, "en")


class Input(BaseModel):
    """A part of a request: unknown fields are refused, so that a typo is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class ProblemError(Answer):
    """One thing that is wrong with a request: with a parameter, a field, or a reported figure."""

    pointer: str | None = Field(
        description="Location in the body, as a JSON pointer. Null if it is about a parameter."
    )
    row: int | None = Field(
        description="Number of the figure, from 1, or row of the file. Null if it is about none."
    )
    code: str = Field(description="Stable code of the error, for example `unit_required`.")
    message: str = Field(description="What is wrong, the value received and what to do.")
    parameter: str | None = Field(
        default=None, description="Name of the parameter or header. Null if it is about none."
    )
    sheet: str | None = Field(default=None, description="Sheet of the workbook that was sent.")
    column: str | None = Field(default=None, description="Field or column of the figure.")
    severity: Literal["error", "query"] | None = Field(
        default=None, description="`error`: must be corrected. `query`: corrected or explained."
    )
    indicator: str | None = Field(default=None, description="Code of the indicator concerned.")
    facts: dict[str, JsonValue] | None = Field(
        default=None, description="Values that the check used, by name."
    )


class Page(Answer, Generic[Row]):
    """One page of a list."""

    # A generic model does not hand its docstring on to its concrete ones.
    model_config = ConfigDict(json_schema_extra={"description": "One page of a list of rows."})

    items: list[Row] = Field(description="The rows on this page, in the order asked for.")
    total: int = Field(description="Number of rows in the whole list, over all pages.")
    next: str | None = Field(description="Path and query of the next page. Null on the last page.")


class Rows(Sequence[Row]):
    """The rows of a list, made when they are looked at: a page costs what the page holds.

    ``keys``: what each row is made from, in the order of the list. ``make``: the rows of some
    keys. Nothing is kept, so whoever goes through it twice has it made twice. ``write``: the JSON
    of some rows, where it is there without making them.
    """

    def __init__(
        self,
        keys: Sequence[Any],
        make: Callable[[Sequence[Any]], Iterable[Row]],
        write: Callable[[Sequence[Any]], Iterable[str]] | None = None,
    ) -> None:
        self._keys, self._make, self._write = keys, make, write

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> "Rows[Row]": ...

    def __getitem__(self, index: int | slice) -> "Row | Rows[Row]":
        """One row, or some of the list, which are not made yet."""
        if isinstance(index, slice):
            return Rows(self._keys[index], self._make, self._write)
        return next(iter(self._make([self._keys[index]])))

    def __iter__(self) -> Iterator[Row]:
        for first in range(0, len(self._keys), _PIECE):
            yield from self._make(self._keys[first : first + _PIECE])

    def written(self) -> Iterable[str] | None:
        """The JSON of every row, where it is there without making them."""
        return None if self._write is None else self._write(self._keys)


class DocumentPart(BaseModel):
    """Any part of a plan file: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
