"""What every answer shares: strict models, and lists with their pages."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

from pydantic import BaseModel, ConfigDict, Field

from app.words.book import define_column

Row = TypeVar("Row", bound=BaseModel)
# So many rows of a list are made at once.
_PIECE = 500


class Answer(BaseModel):
    """A part of an answer: no defaults, so that nothing is left out by accident."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Columns(Answer):
    """A part of an answer whose fields are columns: what they are is in the book of words."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        """Describe each field that does not describe itself; one that the book lacks fails."""
        for name, field in cls.model_fields.items():
            if field.description is None:
                field.description = define_column(name, "en")
        cls.model_rebuild(force=True)


class Input(BaseModel):
    """A part of a request: unknown fields are refused, so that a typo is never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    keys. Nothing is kept, so whoever goes through it twice has it made twice.
    """

    def __init__(self, keys: Sequence[Any], make: Callable[[Sequence[Any]], Iterable[Row]]) -> None:
        self._keys, self._make = keys, make

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> "Rows[Row]": ...

    def __getitem__(self, index: int | slice) -> "Row | Rows[Row]":
        """One row, or some of the list, which are not made yet."""
        if isinstance(index, slice):
            return Rows(self._keys[index], self._make)
        return next(iter(self._make([self._keys[index]])))

    def __iter__(self) -> Iterator[Row]:
        for first in range(0, len(self._keys), _PIECE):
            yield from self._make(self._keys[first : first + _PIECE])


class DocumentPart(BaseModel):
    """Any part of a plan file: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
